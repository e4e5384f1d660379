"""Held units: why each is held, what to look at, and what this person may do about it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList

from tui.actions import Action, actions
from tui.messages import Act
from tui.model import Model
from tui.plain import plain
from tui.screens.sheet import BACK
from tui.screens.shown import FullScreen
from tui.text import ACTIONS, HOLDS, person
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.step import StepLine
from tui.widgets.unitlist import UnitList
from tui.widgets.words import Words

OFFERS: tuple[Action, ...] = ("release", "attest", "retry", "set_aside", "skip", "fail")
TIPS: dict[Action, str] = {
    "release": "Let the chosen unit go on from what its evidence supports",
    "attest": "Say that the phone of the chosen unit read its code",
    "retry": "Revoke the old code and put the user back into the queue",
    "set_aside": "Put the phone of the chosen unit aside, with a reason",
    "skip": "Leave the user out of this batch, for good",
    "fail": "Give the chosen unit up, for good",
}


class HoldsScreen(FullScreen):
    """A list to choose from; the chosen one's story; one button for each way out."""

    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"f{at}", f"press('do-{name}')", ACTIONS[name][0], tooltip=TIPS[name]) for at, name in enumerate(OFFERS, start=1)),
        Binding("escape", "press('back')", "Back", tooltip="Back to the bench"),
    ]

    FACES: ClassVar[dict[str, tuple[str, str]]] = {"back": (BACK, "")} | {f"do-{name}": ACTIONS[name][:2] for name in OFFERS}

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(id="list-title")
        yield UnitList(id="units")
        yield Words(id="story")
        with Horizontal(classes="buttons"):
            for at, name in enumerate(OFFERS, start=1):
                yield BigButton(key=f"F{at}", id=f"do-{name}")
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def show(self, model: Model) -> None:
        super().show(model)
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self.query_one(UnitList).show(model.held, model)
        self._show_title(model)
        self._show_story()

    def _show_title(self, model: Model) -> None:
        t, count, listed = model.t, model.held_count, len(model.held)
        title = t.plural("▲ {count} held", "▲ {count} held", count)
        if count > listed:
            title += ", " + t("the first {listed} of them here", listed=listed)
        self.query_one("#list-title", Words).say(title if count else t("✔ Nothing is held."), "trouble" if count else "done")

    def _show_story(self) -> None:
        unit = self.query_one(UnitList).chosen
        t, story = self.model.t, self.query_one("#story", Words)
        if unit is None:
            story.say("")
        else:
            known = t(HOLDS[unit.reason][1]) if unit.reason in HOLDS else ""
            story.say(Content(person(t, unit)).stylize("bold") + Content(f": {known} {plain(unit.detail)}"))
        allowed = actions(self.model, unit) if unit else ()
        for name in OFFERS:
            self.query_one(f"#do-{name}", BigButton).disabled = name not in allowed

    @on(OptionList.OptionHighlighted)
    def _chosen(self) -> None:
        self._show_story()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        unit = self.query_one(UnitList).chosen
        if event.button.id == "back":
            self.dismiss()
        elif unit is not None:
            self.post_message(Act(next(name for name in OFFERS if event.button.id == f"do-{name}"), unit))
