"""All users of the batch that is at the bench, a page at a time."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer

from station.wire import UnitBrief, UnitPage
from station.words import N_
from tui.messages import Ask, Open, Touched
from tui.model import Model
from tui.plain import plain
from tui.screens.sheet import BACK
from tui.screens.shown import FullScreen
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.step import StepLine
from tui.widgets.unitlist import UnitList
from tui.widgets.words import Words

PAGE = 100
"""Units asked for at once."""

FRESH = 1.0
"""Seconds between two requests for the same page, while the record grows."""


class QueueScreen(FullScreen):
    """A page of units. It asks for its page again when the record has grown."""

    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('open')", "Unit", tooltip="What can be done with the chosen unit"),
        Binding("f2", "press('previous')", "Previous page", tooltip="The page before"),
        Binding("f3", "press('next')", "Next page", tooltip="The page after"),
        Binding("f4", "press('batches')", "Batches", tooltip="Choose another batch"),
        Binding("escape", "press('back')", "Back", tooltip="Back to the bench"),
    ]

    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "open": (N_("Unit…"), N_("the chosen one")),
        "previous": (N_("Previous"), N_("page")),
        "next": (N_("Next"), N_("page")),
        "batches": (N_("Batches"), N_("choose one")),
        "back": (BACK, ""),
    }

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._starts = [0]
        self._units: tuple[UnitBrief, ...] = ()
        self._after: int | None = None
        self._asked_at: int | None = None
        self._asking: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(id="list-title")
        yield UnitList(id="units")
        with Horizontal(classes="buttons"):
            yield BigButton(key="F1", id="open")
            yield BigButton(key="F2", id="previous")
            yield BigButton(key="F3", id="next")
            yield BigButton(key="F4", id="batches")
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def show(self, model: Model) -> None:
        if model.batch and self.model.batch and model.batch.id != self.model.batch.id:
            self._starts = [0]
            self._asked_at = None
        super().show(model)
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self._ask_again()
        self._draw_page()

    def show_page(self, batch: str, after: int, page: UnitPage) -> None:
        """A page came; one that is no longer looked at is dropped."""
        if self.model.batch and (batch, after) == (self.model.batch.id, self._starts[-1]):
            self._units, self._after = page.items, page.after
            self._draw_page()

    def _ask(self) -> None:
        """Ask for the page: at once when it is another one, after a moment when the record has grown."""
        self._asking = None
        if self.model.batch and self.model.connected:
            self._asked_at = self.model.seq
            batch, after = self.model.batch.id, self._starts[-1]
            self.post_message(
                Ask(
                    self,
                    "units",
                    lambda feed: feed.units(batch, after=after, limit=PAGE),
                    lambda page: self.show_page(batch, after, page),
                )
            )

    def _ask_again(self) -> None:
        if self._asked_at is None:
            self._ask()
        elif self._asked_at != self.model.seq and self._asking is None:
            self._asking = self.set_timer(FRESH, self._ask)

    def _draw_page(self) -> None:
        t, units, batch = self.model.t, self._units, self.model.batch
        self.query_one(UnitList).show(units, self.model)
        title = Content(plain(batch.name, 40) if batch else t("no batch")).stylize("bold")
        listed = t("no users")
        if units and batch:
            listed = t("users {first}–{last} of {users}", first=units[0].position, last=units[-1].position, users=batch.users.received)
        title += Content(f"   {listed}")
        self.query_one("#list-title", Words).say(title)
        self.query_one("#open", BigButton).disabled = not units
        self.query_one("#previous", BigButton).disabled = len(self._starts) == 1
        self.query_one("#next", BigButton).disabled = self._after is None

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "open":
                unit = self.query_one(UnitList).chosen
                if unit is not None:
                    self.post_message(Touched(unit))
            case "previous":
                self._turn(self._starts[:-1])
            case "next" if self._after is not None:
                self._turn([*self._starts, self._after])
            case "batches":
                self.post_message(Open("batches"))
            case "back":
                self.dismiss()

    def _turn(self, starts: list[int]) -> None:
        self._starts = starts
        self._ask()
