"""The terminal's app: it routes. Events go into the model, the model to the screens, what screens ask for to the feed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType

from station.client import CannotReach, Refused
from station.wire import Command
from tui.actions import FOR_GOOD, Action, actions, order
from tui.feed import Feed
from tui.messages import Act, Open, Order, PageWanted, Touched
from tui.model import Model, fold, in_sight, lost, tick
from tui.palette import PALETTE
from tui.plain import plain
from tui.screens.answer import QuestionSheet, aside_choices
from tui.screens.batches import BatchesScreen
from tui.screens.bench import BenchScreen
from tui.screens.holds import HoldsScreen
from tui.screens.queue import PAGE, QueueScreen
from tui.screens.sheet import Choice, Sheet
from tui.screens.shown import Shows
from tui.screens.unit import UnitSheet
from tui.text import ACTIONS, ASIDE, CONFIRM, NOT_SURE, SLOW, state_words


class BenchApp(App[None], inherit_bindings=False):
    """The terminal of one bench.

    feed: where events come from and commands go to. kiosk: nothing on the keyboard leaves the app. pauses: seconds between
    attempts to reach the service, the last one for ever. frame: least seconds between two drawings.
    """

    CSS_PATH = "theme.tcss"
    TITLE = "sixtap"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    NOTIFICATION_TIMEOUT = 12
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [(0, "-short"), (28, "-middle"), (38, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave", "Quit", tooltip="Close this terminal; the bench goes on", priority=True),
        Binding("q", "leave", "Quit", tooltip="Close this terminal; the bench goes on"),
    ]
    TICK = 15.0
    """Seconds between two drawings while nothing happens: waiting times are in minutes."""
    PATIENCE = 0.8
    """Seconds until a command that still runs is spoken of."""
    LIMIT = 60.0
    """Seconds until a command without an answer is given up: revoking a code may take the management service a while."""

    def __init__(self, feed: Feed, *, kiosk: bool = False, pauses: Sequence[float] = (0.3, 0.6, 1.2, 2.5, 5.0), frame: float = 0.1) -> None:
        super().__init__()
        self.register_theme(PALETTE)
        self.theme = PALETTE.name
        self.animation_level = "none"
        self.model = Model()
        self._feed, self._kiosk, self._pauses, self._frame = feed, kiosk, tuple(pauses), frame
        self._came = monotonic()
        self._changed = asyncio.Event()
        self._under_way: set[Command] = set()
        self._put_off: str | None = None

    async def on_mount(self) -> None:
        await self.push_screen(BenchScreen(self.model))
        self.run_worker(self._listen(), group="listen")
        self.run_worker(self._draw(), group="draw")
        self.set_interval(self.TICK, self._changed.set)

    # --- events in, drawings out ------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Take every event, for ever; reconnect with growing pauses."""
        failures = 0
        while True:
            why = "The connection ended."
            try:
                async for event in self._feed.events():
                    failures = 0
                    self._know(fold(self.model, event))
            except CannotReach as error:
                why = str(error)
            self._know(lost(self.model, why))
            await asyncio.sleep(self._pauses[min(failures, len(self._pauses) - 1)])
            failures += 1

    def _know(self, model: Model) -> None:
        if model.status is not self.model.status:
            self._came = monotonic()
        self.model = model
        self._changed.set()

    async def _draw(self) -> None:
        """Draw the newest model, at most once a frame: a slow terminal misses frames, the model misses nothing."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            self.model = tick(self.model, monotonic() - self._came)
            self._ask_question()
            for screen in self.screen_stack:
                if isinstance(screen, Shows) and screen.is_mounted:
                    screen.show(self.model)
            await asyncio.sleep(self._frame)

    # --- the bench's question ---------------------------------------------------------------------------------------------

    def _ask_question(self) -> None:
        """Exactly the open question is on the screen, unless the person looks at the bench first."""
        asked = self.model.question
        shown = self.screen if isinstance(self.screen, QuestionSheet) else None
        if shown is not None and (asked is None or asked != shown.question):
            shown.dismiss()
            shown = None
        if asked is None:
            self._put_off = None
        elif shown is None and asked.id != self._put_off:
            self._show_question()

    def _show_question(self) -> None:
        asked = self.model.question
        if asked is not None:

            def closed(_: str | None) -> None:
                self._put_off = asked.id

            self.push_screen(QuestionSheet(asked), closed)

    # --- what screens ask for ---------------------------------------------------------------------------------------------

    @on(Order)
    def _order(self, message: Order) -> None:
        self._send(message.command)

    @on(Open)
    def _open(self, message: Open) -> None:
        match message.screen_name:
            case "queue":
                self.push_screen(QueueScreen(self.model))
            case "holds":
                self.push_screen(HoldsScreen(self.model))
            case "question":
                self._show_question()
            case "batches":
                self.run_worker(self._choose_batch(), group="batches", exclusive=True)

    @on(Touched)
    def _touched(self, message: Touched) -> None:
        pass
