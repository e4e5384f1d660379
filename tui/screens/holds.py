"""Held units: one question about each, what is known of it, and what this person may answer."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList

from station.wire import ROLES, UnitBrief, UnitView
from tui.actions import Action, actions
from tui.holdwords import known, last_picture, question
from tui.messages import Act, Ask
from tui.model import Model
from tui.plain import plain
from tui.screens.answer import LOOK_FIRST
from tui.screens.sheet import BACK
from tui.screens.shown import FullScreen
from tui.text import ACTIONS, HOLDS, person
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.picture import Picture
from tui.widgets.step import StepLine
from tui.widgets.unitlist import UnitList
from tui.widgets.words import Words

OFFERS: tuple[Action, ...] = ("release", "attest", "retry", "set_aside", "skip", "fail")
OF_INTERRUPTED: tuple[Action, ...] = ("attest", "retry", "set_aside", "fail")
"""Answers to the one question that a bench has after it stopped: whether the phone read the code that was up."""
TIPS: dict[Action, str] = {
    "release": "Let the chosen unit go on from what its evidence supports",
    "attest": "Say that the phone of the chosen unit read its code",
    "retry": "Revoke the old code and put the user back into the queue",
    "set_aside": "Put the phone of the chosen unit aside, with a reason",
    "skip": "Leave the user out of this batch, for good",
    "fail": "Give the chosen unit up, for good",
}


class HoldsScreen(FullScreen):
    """A list to choose from; the question about the chosen one, and for leads the last picture of its scan beside the list; one button
    for each answer. `only`: the one reason whose units are listed, when the screen opened by itself."""

    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"f{at}", f"press('do-{name}')", ACTIONS[name][0], tooltip=TIPS[name]) for at, name in enumerate(OFFERS, start=1)),
        Binding("escape", "press('back')", "Back", tooltip="Back to the bench"),
    ]

    FACES: ClassVar[dict[str, tuple[str, str]]] = {f"do-{name}": ACTIONS[name][:2] for name in OFFERS}

    def __init__(self, model: Model, only: str = "") -> None:
        super().__init__(model)
        self._only = only
        self._asked: UnitBrief | None = None
        self._known: UnitView | None = None
        self._left = False

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(id="list-title")
        with Horizontal(id="holds-body"):
            yield UnitList(id="units")
            with Vertical(id="hold-picture"):
                yield Picture()
        yield Words(id="story")
        with Horizontal(classes="buttons"):
            for at, name in enumerate(OFFERS, start=1):
                yield BigButton(key=f"F{at}", id=f"do-{name}")
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def show(self, model: Model) -> None:
        if model.connected and not self.model.connected:
            self._asked = None
        super().show(model)
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self.query_one(UnitList).show(self._listed, model)
        self.query_one("#back", BigButton).say(model.t(LOOK_FIRST if self._only else BACK))
        for name in OFFERS:
            self.query_one(f"#do-{name}", BigButton).display = not self._only or name in OF_INTERRUPTED
        self._show_title(model)
        self._show_chosen()
        if self._only and model.connected and self.app.screen is self and not self._listed:
            self._leave()  # it opened by itself, and nothing is left to answer

    def on_screen_resume(self) -> None:
        """A sheet was closed, under which the last unit may have been answered."""
        self.show(self.model)

    @property
    def _listed(self) -> tuple[UnitBrief, ...]:
        return tuple(unit for unit in self.model.held if self._only in ("", unit.reason))

    def _show_title(self, model: Model) -> None:
        t, count, listed = model.t, model.held_count, len(self._listed)
        title = t.plural("▲ {count} held", "▲ {count} held", count) if count else t("✔ Nothing is held.")
        if self._only and listed:
            title = t.plural("▲ The bench stopped, {count} code was up", "▲ The bench stopped, {count} codes were up", listed)
        elif not self._only and count > listed:
            title += ", " + t("the first {listed} of them here", listed=listed)
        self.query_one("#list-title", Words).say(title, "trouble" if count else "done")

    def _show_chosen(self) -> None:
        unit = self.query_one(UnitList).chosen
        t, story = self.model.t, self.query_one("#story", Words)
        self._look_closer(unit)
        if unit is None:
            story.say("")
        else:
            why = t(HOLDS[unit.reason][1]) if unit.reason in HOLDS else ""
            facts = known(t, self._known) if self._known else ""
            asked = Content(f"{person(t, unit)}: {question(t, unit.reason)}").stylize("bold")
            story.say(Content("\n").join([asked, Content(facts), Content(f"{why} {plain(unit.detail)}".strip())]))
        allowed = actions(self.model, unit) if unit else ()
        for name in OFFERS:
            self.query_one(f"#do-{name}", BigButton).disabled = name not in allowed

    def _look_closer(self, unit: UnitBrief | None) -> None:
        """Another unit was chosen, or this one is held anew: what is known of it is asked for."""
        if unit is not None and self._asked is not None and _same(unit, self._asked):
            return
        self._asked, self._known = unit, None
        self._show_picture(None)
        if unit is not None and self.model.connected:
            self.post_message(Ask(self, "hold", lambda feed: feed.unit(unit.enrollment), lambda story: self._came(unit, story)))

    def _came(self, unit: UnitBrief, story: UnitView) -> None:
        if unit is not self._asked:
            return
        self._known = story
        self._show_chosen()
        which = last_picture(story)
        if which is not None and ROLES.index(self.model.role) >= ROLES.index("lead") and not self.has_class("-narrow"):
            self.post_message(
                Ask(
                    self,
                    "hold picture",
                    lambda feed: feed.picture(unit.enrollment, which),
                    lambda png: self._show_picture(png) if unit is self._asked else None,
                )
            )

    def _show_picture(self, content: bytes | None) -> None:
        self.set_class(content is not None, "-pictured")
        self.query_one(Picture).say(content)

    @on(OptionList.OptionHighlighted)
    def _chosen(self) -> None:
        self._show_chosen()

    def _leave(self) -> None:
        """Once: a screen that leaves stays current for a moment."""
        if not self._left:
            self._left = True
            self.dismiss()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        unit = self.query_one(UnitList).chosen
        if event.button.id == "back":
            self._leave()
        elif unit is not None:
            self.post_message(Act(next(name for name in OFFERS if event.button.id == f"do-{name}"), unit))


def _same(unit: UnitBrief, other: UnitBrief) -> bool:
    return (unit.enrollment, unit.reason, unit.attempts) == (other.enrollment, other.reason, other.attempts)
