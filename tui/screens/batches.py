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

from station.wire import BatchView, CreateBatch, PauseBatch, Preflight, PreflightItem, StartBatch, may
from station.words import N_, Catalogue
from station.words.preflight import CHECKS
from tui.messages import Ask, Order
from tui.model import Model
from tui.plain import plain
from tui.screens.sheet import BACK, Choice, Sheet
from tui.screens.shown import FullScreen
from tui.screens.wizard import WizardScreen
from tui.text import BATCH_STATES, CHOOSE_BATCH, NO_BATCHES, PRIMARY, SIMULATED, mode_name
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.marked import MarkedList
from tui.widgets.step import StepLine
from tui.widgets.words import Words


class BatchesScreen(FullScreen):
    """A list to choose from, then one button that starts the chosen batch. One that runs is paused first, in a step of its own."""

    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('start')", "Start", tooltip="Start the chosen batch; pause the one that runs, if another does"),
        Binding("f2", "press('new')", "New batch", tooltip="Make a new batch, step by step; admins only"),
        Binding("escape", "press('back')", "Back", tooltip="Back, and start nothing"),
    ]

    FACES: ClassVar[dict[str, tuple[str, str]]] = {"new": (N_("New batch…"), N_("step by step")), "back": (BACK, "")}

    def __init__(self, model: Model, batches: tuple[BatchView, ...]) -> None:
        super().__init__(model)
        self._batches = _in_order(batches)

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(id="list-title")
        yield MarkedList(*(Option(_two_rows(self.model.t, batch)) for batch in self._batches), id="batches", markup=False)
        with Horizontal(classes="buttons"):
            yield BigButton(key="F1", id="start", classes="-suggested")
            yield BigButton(key="F2", id="new")
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        self.query_one("#batches", OptionList).highlighted = 0 if self._batches else None

    def show(self, model: Model) -> None:
        super().show(model)
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self.query_one("#list-title", Words).say(model.t(CHOOSE_BATCH if self._batches else NO_BATCHES))
        self.query_one("#new", BigButton).disabled = not (may(model.role, CreateBatch(name="-")) and model.connected)
        self._show_button()

    def _show_button(self) -> None:
        t, button, chosen, running = self.model.t, self.query_one("#start", BigButton), self._chosen(), self._at_work()
        if chosen is not None and running is not None and running.id != chosen.id:
            button.say(t(PRIMARY["pause"][0]), t("first: {batch} runs", batch=plain(running.name, 40)))
        else:
            button.say(t("Start"), plain(chosen.name, 40) if chosen else "")
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
        elif event.button.id == "new":
            self.app.push_screen(WizardScreen(self.model, self._made))
        elif running is not None:
            self.post_message(Order(PauseBatch(batch=running.id)))
        elif chosen is not None and chosen.state == "ready":
            self.post_message(Ask(self, "preflight", lambda feed: feed.preflight(chosen.id), lambda found: self._found(chosen, found)))
        elif chosen is not None:
            self._start(chosen)

    # --- a batch that was just made -----------------------------------------------------------------------------------------

    def _made(self, ident: str) -> None:
        self.post_message(Ask(self, "made", lambda feed: feed.batches(), lambda batches: self._list(batches, ident)))

    def _list(self, batches: tuple[BatchView, ...], ident: str) -> None:
        """List what there is now, the new one chosen, and look what could stop it."""
        self._batches = _in_order(batches)
        listed = self.query_one("#batches", OptionList)
        listed.clear_options()
        listed.add_options([Option(_two_rows(self.model.t, batch)) for batch in self._batches])
        at = next((at for at, batch in enumerate(self._batches) if batch.id == ident), None)
        listed.highlighted = at
        self.show(self.model)
        if at is not None:
            made = self._batches[at]
            self.post_message(Ask(self, "preflight", lambda feed: feed.preflight(ident), lambda found: self._offer(made, found)))

    def _offer(self, batch: BatchView, found: Preflight) -> None:
        """Start it now or later; later where something cannot work, or while another one runs."""
        t, running, name = self.model.t, self._at_work(), plain(batch.name, 40)
        title = t("{batch} is made", batch=name) if found.ready else t("{batch} cannot start", batch=name)
        words = _checks(t, found) or t("Nothing stands in its way.")
        if running is not None:
            words = f"{words}\n{t('{batch} runs: pause it before this one starts.', batch=plain(running.name, 40))}"
        self._may_start(batch, title, words, found.ready, able=running is None, back=N_("Later"))

    # --- starting -----------------------------------------------------------------------------------------------------------

    def _found(self, batch: BatchView, found: Preflight) -> None:
        """What was looked at before a batch starts for the first time: nobody is asked when there is nothing to say."""
        t, words = self.model.t, _checks(self.model.t, found)
        if not words:
            self._start(batch)
            return
        title = (
            t("Before {batch} starts", batch=plain(batch.name, 40))
            if found.ready
            else t("{batch} cannot start", batch=plain(batch.name, 40))
        )
        self._may_start(batch, title, words, found.ready)

    def _may_start(self, batch: BatchView, title: str, words: str, ready: bool, *, able: bool = True, back: str = BACK) -> None:
        """Say this, and start the batch when the person wants it; where it is not `ready`, or not `able` now, they cannot."""
        t = self.model.t
        choices = [Choice("start", t("Start"), t("I have read this"), "act")] if ready and able else []
        sheet = Sheet(t, title, words, choices, back=back, tone="act" if ready else "trouble")
        self.app.push_screen(sheet, lambda chosen: self._start(batch) if chosen == "start" else None)

    def _start(self, batch: BatchView) -> None:
        self.post_message(Order(StartBatch(batch=batch.id)))
        self.dismiss()


def _in_order(batches: tuple[BatchView, ...]) -> tuple[BatchView, ...]:
    return tuple(sorted(batches, key=lambda batch: batch.users.open == 0))


def _checks(t: Catalogue, found: Preflight) -> str:
    """What is to be known before it starts, what cannot work first; empty when there is nothing to say."""
    say = [item for item in found.items if item.level != "ok"]
    return "\n".join(_check(t, item) for item in sorted(say, key=lambda item: item.level != "refuse"))


def _check(t: Catalogue, item: PreflightItem) -> str:
    told = {name: mode_name(t, str(value)) if name == "mode" else plain(str(value), 120) for name, value in item.args.items()}
    return f"{'✘' if item.level == 'refuse' else '▲'} {t(CHECKS[item.id], **told)}"


def _two_rows(t: Catalogue, batch: BatchView) -> Content:
    name = Content(plain(batch.name, 60)).stylize("bold")
    stamp = Content(f"  ◆ {t(SIMULATED)}").stylize("$ask") if batch.simulated else Content("")
    facts = [
        t(BATCH_STATES[batch.state]) if batch.state in BATCH_STATES else plain(batch.state, 20),
        t("{verified} of {received} verified", verified=batch.users.verified, received=batch.users.received),
        t("{open} open", open=batch.users.open),
        t("{mode}, policy {policy}", mode=mode_name(t, batch.mode), policy=plain(batch.policy, 40)),
    ]
    return name + stamp + Content("\n") + Content("  ·  ".join(facts)).stylize("$muted")
