"""The batch chooser: one large line for each batch that can still be started."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from station.wire import BatchView, StartBatch
from tui.messages import Order
from tui.model import Model
from tui.plain import plain
from tui.screens.shown import BenchRoomScreen
from tui.text import SIMULATED
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.step import StepLine
from tui.widgets.words import Words


class BatchesScreen(BenchRoomScreen):
    """A list to choose from, then one button that starts the chosen batch."""

    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('start')", "Start", tooltip="Start the chosen batch"),
        Binding("escape", "press('back')", "Back", tooltip="Back, and start nothing"),
    ]

    def __init__(self, model: Model, batches: tuple[BatchView, ...]) -> None:
        super().__init__(model)
        self._batches = batches

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        words = "Choose a batch, then press Start." if self._batches else "There is no batch yet. An admin makes one with: sixtap batch"
        yield Words(words, id="list-title")
        yield OptionList(*(Option(_two_rows(batch)) for batch in self._batches), id="batches", markup=False)
        with Horizontal(classes="buttons"):
            yield BigButton("Start", "the chosen batch", key="F1", id="start", classes="-suggested")
            yield BigButton("Back", key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#batches", OptionList).highlighted = 0 if self._batches else None

    def show(self, model: Model) -> None:
        super().show(model)
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self.query_one("#start", BigButton).disabled = not (self._batches and model.connected)

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        at = self.query_one("#batches", OptionList).highlighted
        if event.button.id == "start" and at is not None:
            self.post_message(Order(StartBatch(batch=self._batches[at].id)))
        self.dismiss()


def _two_rows(batch: BatchView) -> Content:
    name = Content(plain(batch.name, 60)).stylize("bold")
    stamp = Content(f"  ◆ {SIMULATED}").stylize("$ask") if batch.simulated else Content("")
    done = f"{plain(batch.state, 20)}  ·  {batch.users.verified} of {batch.users.received} verified  ·  {batch.users.open} open"
    facts = f"{done}  ·  {plain(batch.mode, 30)}, policy {plain(batch.policy, 40)}"
    return name + stamp + Content("\n") + Content(facts).stylize("$muted")
