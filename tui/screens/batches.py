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

from station.wire import BatchView, PauseBatch, StartBatch
from tui.messages import Order
from tui.model import Model
from tui.plain import plain
from tui.screens.shown import FullScreen
from tui.text import BATCH_STATES, CHOOSE_BATCH, NO_BATCHES, PRIMARY, SIMULATED
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.step import StepLine
from tui.widgets.words import Words


class BatchesScreen(FullScreen):
    """A list to choose from, then one button that starts the chosen batch. One that runs is paused first, in a step of its own."""

    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('start')", "Start", tooltip="Start the chosen batch; pause the one that runs, if another does"),
        Binding("escape", "press('back')", "Back", tooltip="Back, and start nothing"),
    ]

    def __init__(self, model: Model, batches: tuple[BatchView, ...]) -> None:
        super().__init__(model)
        self._batches = tuple(sorted(batches, key=lambda batch: batch.users.open == 0))

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(CHOOSE_BATCH if self._batches else NO_BATCHES, id="list-title")
        yield OptionList(*(Option(_two_rows(batch)) for batch in self._batches), id="batches", markup=False)
        with Horizontal(classes="buttons"):
            yield BigButton(key="F1", id="start", classes="-suggested")
            yield BigButton("Back", key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        self.query_one("#batches", OptionList).highlighted = 0 if self._batches else None
        super().on_mount()

    def show(self, model: Model) -> None:
        super().show(model)
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self._show_button()

    def _show_button(self) -> None:
        button, chosen, running = self.query_one("#start", BigButton), self._chosen(), self._at_work()
        if chosen is not None and running is not None and running.id != chosen.id:
            button.say(PRIMARY["pause"][0], f"first: {plain(running.name, 40)} runs")
        else:
            button.say("Start", plain(chosen.name, 40) if chosen else "")
        already = chosen is not None and running is not None and running.id == chosen.id
        button.disabled = chosen is None or already or not self.model.connected

    def _chosen(self) -> BatchView | None:
        at = self.query_one("#batches", OptionList).highlighted
        return None if at is None else self._batches[at]

    def _at_work(self) -> BatchView | None:
        return self.model.batch if self.model.batch and self.model.batch.state == "running" else None

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self._show_button()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        chosen, running = self._chosen(), self._at_work()
        if event.button.id == "back":
            self.dismiss()
        elif running is not None:
            self.post_message(Order(PauseBatch(batch=running.id)))
        elif chosen is not None:
            self.post_message(Order(StartBatch(batch=chosen.id)))
            self.dismiss()


def _two_rows(batch: BatchView) -> Content:
    name = Content(plain(batch.name, 60)).stylize("bold")
    stamp = Content(f"  ◆ {SIMULATED}").stylize("$ask") if batch.simulated else Content("")
    state = BATCH_STATES.get(batch.state, plain(batch.state, 20))
    done = f"{state}  ·  {batch.users.verified} of {batch.users.received} verified  ·  {batch.users.open} open"
    facts = f"{done}  ·  {plain(batch.mode, 30)}, policy {plain(batch.policy, 40)}"
    return name + stamp + Content("\n") + Content(facts).stylize("$muted")
