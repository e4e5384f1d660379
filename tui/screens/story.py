"""One unit's whole story: its device, its codes, its evidence with pictures, and all that happened to it."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content

from station.wire import ROLES, UnitBrief, UnitView
from station.words import N_
from tui.messages import Ask, Touched
from tui.model import Model, minutes
from tui.screens.sheet import BACK
from tui.screens.shown import FullScreen
from tui.storywords import told
from tui.text import person, state_words, waited
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.picture import Picture
from tui.widgets.step import StepLine
from tui.widgets.words import Words

Which = Literal["before", "after"]
NAMES: dict[Which, str] = {"before": N_("the last picture with the code"), "after": N_("after the code gave way")}
FOR_LEADS = N_("Pictures of the scan are for leads.")


class StoryScreen(FullScreen):
    """Told from the record; asked for again when the record has grown."""

    CSS_PATH = "story.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('acts')", "What to do", tooltip="What can be done with this unit"),
        Binding("f2", "press('up')", "Up", tooltip="A page up"),
        Binding("f3", "press('down')", "Down", tooltip="A page down"),
        Binding("pageup", "press('up')", "Page up", tooltip="A page up"),
        Binding("pagedown", "press('down')", "Page down", tooltip="A page down"),
        Binding("up", "scroll(-1)", "A line up", tooltip="A line up"),
        Binding("down", "scroll(1)", "A line down", tooltip="A line down"),
        Binding("escape", "press('back')", "Back", tooltip="Back"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "acts": (N_("Unit…"), N_("what can be done")),
        "up": (N_("Up"), N_("a page")),
        "down": (N_("Down"), N_("a page")),
        "back": (BACK, ""),
    }

    def __init__(self, model: Model, unit: UnitBrief) -> None:
        super().__init__(model)
        self._unit = unit
        self._story: UnitView | None = None
        self._asked_at = -1
        self._pictured = ""

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(id="list-title")
        with Horizontal(id="story-body"):
            with VerticalScroll(id="story-told", can_focus=False):
                yield Words(id="story-words")
            with Vertical(id="story-pictures"):
                for which in NAMES:
                    yield Words(id=f"name-{which}", classes="picture-name")
                    yield Picture(id=f"picture-{which}")
        with Horizontal(classes="buttons"):
            yield BigButton(key="F1", id="acts")
            yield BigButton(key="F2", id="up")
            yield BigButton(key="F3", id="down")
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def show(self, model: Model) -> None:
        super().show(model)
        t, unit = model.t, self._story.unit if self._story else self._unit
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        facts = [state_words(t, unit.state, unit.reason)]
        facts += [t("tray {tray}", tray=unit.tray)] if unit.tray else []
        facts += [waited(t, minutes(model, unit))] if unit.since is not None else []
        title = Content(person(t, unit)).stylize("bold") + Content(f"   {'  ·  '.join(facts)}")
        self.query_one("#list-title", Words).say(title)
        for which, name in NAMES.items():
            self.query_one(f"#name-{which}", Words).say(t(name))
        if model.connected and model.seq != self._asked_at:
            self._asked_at = model.seq
            self.post_message(Ask(self, "story", lambda feed: feed.unit(self._unit.enrollment), self._came))
        self._tell()

    def _came(self, story: UnitView) -> None:
        self._story = story
        self._ask_for_pictures(story)
        self.show(self.model)

    def _tell(self) -> None:
        t, story = self.model.t, self._story
        if story is None:
            self.query_one("#story-words", Words).say(t("Fetching the story."))
            return
        parts: list[Content] = []
        for heading, lines in told(t, story):
            parts += [Content(heading).stylize("bold $act"), *(Content(line) for line in lines), Content("")]
        if self._filmed(story) and not self._lead:
            parts.append(Content(t(FOR_LEADS)).stylize("$muted"))
        self.query_one("#story-words", Words).say(Content("\n").join(parts))

    @property
    def _lead(self) -> bool:
        return ROLES.index(self.model.role) >= ROLES.index("lead")

    @staticmethod
    def _filmed(story: UnitView) -> str:
        """The newest attempt of whose scan there are pictures; empty where there are none."""
        filmed = (one for one in reversed(story.evidence) if one.kind == "witness" and "picture_before" in one.facts)
        return next((one.attempt for one in filmed), "")

    def _ask_for_pictures(self, story: UnitView) -> None:
        filmed = self._filmed(story)
        if not filmed or filmed == self._pictured or not self._lead:
            return
        self._pictured = filmed
        self.add_class("-pictures")
        ident = self._unit.enrollment
        self.post_message(Ask(self, "before", lambda feed: feed.picture(ident, "before"), lambda png: self._picture("before", png)))
        self.post_message(Ask(self, "after", lambda feed: feed.picture(ident, "after"), lambda png: self._picture("after", png)))

    def _picture(self, which: Which, content: bytes) -> None:
        self.query_one(f"#picture-{which}", Picture).say(content)

    def action_scroll(self, lines: int) -> None:
        """Up or down by so many lines."""
        self.query_one("#story-told", VerticalScroll).scroll_relative(y=lines, animate=False)

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        told = self.query_one("#story-told", VerticalScroll)
        match event.button.id:
            case "acts":
                self.post_message(Touched(self._story.unit if self._story else self._unit))
            case "up":
                told.scroll_page_up(animate=False)
            case "down":
                told.scroll_page_down(animate=False)
            case "back":
                self.dismiss()
