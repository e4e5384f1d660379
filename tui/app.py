"""The terminal's app: it routes. Events go into the model, the model to the screens, what screens ask for to the feed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

from textual import on
from textual.screen import Screen

from station.client import CannotReach
from station.wire import BadgeHeard, Command, Done, Heard, SetLanguage, SignOut, Snapshot, UnitBrief
from station.words import Catalogue
from tui.actions import ACTIONS as EVERY_ACTION
from tui.actions import FOR_GOOD, answers, order, undoing
from tui.feed import Feed
from tui.messages import Act, Anew, Ask, Open, Order, Touched
from tui.model import Model, fold, lost, tick
from tui.places import SCREENS
from tui.screens.answer import GONE, QuestionSheet
from tui.screens.batches import BatchesScreen
from tui.screens.bench import BenchScreen
from tui.screens.holds import HoldsScreen
from tui.screens.menu import MENU, language_sheet, menu_sheet
from tui.screens.reassign import ReassignScreen
from tui.screens.shown import Shows
from tui.screens.signin import SignInScreen
from tui.screens.story import StoryScreen
from tui.screens.unit import REASSIGN, STORY, UnitSheet, aside_sheet, confirm_sheet
from tui.telling import TellingApp
from tui.text import ASIDE, NOT_SURE, SLOW
from tui.widgets.undo import offer, withdraw


class BenchApp(TellingApp):
    """The terminal of one bench.

    feed: where events come from and commands go to. pauses: seconds between attempts to reach the service, the last one for ever.
    frame: least seconds between two drawings. language: of this terminal, whatever the person's own is. For the rest see LockedApp.
    """

    CSS_PATH = "theme.tcss"
    TITLE = "sixtap"
    NOTIFICATION_TIMEOUT = 12
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-wide")]  # noqa: RUF012 - for checkers, Textual's is no ClassVar
    VERTICAL_BREAKPOINTS = [(0, "-short"), (28, "-middle"), (38, "-tall")]  # noqa: RUF012 - for checkers, Textual's is no ClassVar
    TICK = 15.0
    """Seconds between two drawings while nothing happens: waiting times are in minutes."""
    PATIENCE = 0.8
    """Seconds until a command that still runs is spoken of."""
    LIMIT = 60.0
    """Seconds until a command without an answer is given up: revoking a code may take the management service a while."""

    def __init__(
        self,
        feed: Feed,
        *,
        kiosk: bool = False,
        pauses: Sequence[float] = (0.3, 0.6, 1.2, 2.5, 5.0),
        frame: float = 0.1,
        language: str = "",
        sixteen: bool = False,
        here: bool = True,
    ) -> None:
        super().__init__(kiosk=kiosk, here=here, sixteen=sixteen)
        self._language = self._of_terminal = language
        self.model = Model(language=language or "en")
        self._feed, self._pauses, self._frame = feed, tuple(pauses), frame
        self._came = monotonic()
        self._changed = asyncio.Event()
        self._under_way: set[Command] = set()
        self._put_off: str | None = None
        self._resuming = False

    @property
    def t(self) -> Catalogue:
        return self.model.t

    async def on_mount(self) -> None:
        self.choose_colours()
        await self.push_screen(BenchScreen(self.model))
        self._anew()
        self.run_worker(self._draw(), group="draw")
        self.set_interval(self.TICK, self._changed.set)

    # --- events in, drawings out ------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Take every event, for ever; reconnect with growing pauses."""
        failures = 0
        while True:
            why = ""
            try:
                async for event in self._feed.events():
                    failures = 0
                    if isinstance(event, Heard):
                        self.heard(event.key)
                    elif isinstance(event, BadgeHeard):
                        self.badge_heard(event.ticket)
                    self._resuming = self._resuming or isinstance(event, Snapshot)
                    self._know(fold(self.model, event))
            except CannotReach as error:
                why = str(error)
            self._know(lost(self.model, why))
            await asyncio.sleep(self._pauses[min(failures, len(self._pauses) - 1)])
            failures += 1

    def _know(self, model: Model) -> None:
        if model.status is not self.model.status:
            self._came = monotonic()
        self.model = replace(model, language=self._language or model.language)
        self._changed.set()

    def speak(self, language: str) -> None:
        """Say everything in this language from now on."""
        self._language = language
        self._know(self.model)

    async def _draw(self) -> None:
        """Draw the newest model, at most once a frame: a slow terminal misses frames, the model misses nothing."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if not self.is_running:  # its screens are being taken apart
                return
            self.model = tick(self.model, monotonic() - self._came)
            self._keep_locked()
            self._ask_question()
            self._resume()
            for screen in self.screen_stack:
                if isinstance(screen, Shows) and screen.is_mounted:
                    screen.show(self.model)
                elif not screen.is_mounted:
                    self._changed.set()
            await asyncio.sleep(self._frame)

    # --- who is there -----------------------------------------------------------------------------------------------------

    @on(Anew)
    def _anew(self) -> None:
        """Listen as whoever is signed in now, and speak their language."""
        self._language = self._of_terminal
        self.run_worker(self._listen(), group="listen", exclusive=True)

    def _keep_locked(self) -> None:
        """Nothing but the sign-in is in front while somebody must sign in: what stood there was for another's eyes."""
        asking = any(type(screen) is SignInScreen for screen in self.screen_stack)
        if self.model.locked is asking:
            return
        while not isinstance(self.screen, BenchScreen):
            self.pop_screen()
        if self.model.locked:
            self.clear_notifications()
            self.push_screen(SignInScreen(self.model))

    # --- the bench's question ---------------------------------------------------------------------------------------------

    def _ask_question(self) -> None:
        """Exactly the open question is on the screen, unless the person looks at the bench first."""
        asked = None if self.model.locked else self.model.question
        shown = self.screen if isinstance(self.screen, QuestionSheet) else None
        if shown is not None and asked != shown.question:
            shown.dismiss(GONE)
            shown = None
        if asked is None:
            self._put_off = None
        elif shown is None and asked.id != self._put_off:
            self._show_question()

    def _show_question(self) -> None:
        asked = self.model.question
        if asked is not None:
            self.push_screen(
                QuestionSheet(self.model, asked, answers(self.model, asked)), lambda chosen: self._question_closed(asked.id, chosen)
            )

    def _question_closed(self, question: str, chosen: str | None) -> None:
        self._put_off = None if chosen == GONE else question

    def _resume(self) -> None:
        """Once after the terminal or the service came back: phones whose codes were up when the bench stopped are asked after."""
        if (
            self._resuming
            and self.model.connected
            and self.model.question is None
            and isinstance(self.screen, BenchScreen | HoldsScreen)
        ):
            self._resuming = False
            if isinstance(self.screen, BenchScreen) and any(unit.reason == "interrupted" for unit in self.model.held):
                self.push_screen(HoldsScreen(self.model, "interrupted"))

    # --- what screens ask for ---------------------------------------------------------------------------------------------

    @on(Open)
    def _open(self, message: Open) -> None:
        match message.screen_name:
            case "question":
                self._show_question()
            case "menu":
                self.push_screen(menu_sheet(self.model), self._go)
            case "language":
                self.push_screen(language_sheet(self.model), self._choose_language)
            case "lock":
                self._send(SignOut(), lambda _: self._anew())
            case "batches":
                self.run_worker(self._choose_batch(self.screen), group="batches", exclusive=True)
            case place:
                self.push_screen(SCREENS[place](self.model))

    def _go(self, place: str | None) -> None:
        known = next((known for known in MENU if known == place), None)
        if known is not None:
            self._open(Open(known))

    def _choose_language(self, chosen: str | None) -> None:
        if chosen is not None:
            code = "" if chosen == "bench" else chosen
            self._send(SetLanguage(language=code), lambda done: self.speak(str(done.facts.get("language") or code)))

    async def _choose_batch(self, before: Screen[object]) -> None:
        with self.told():
            batches = await self._feed.batches()
            if self.screen is before:
                self.push_screen(BatchesScreen(self.model, batches))

    @on(Ask)
    def _ask(self, message: Ask[Any]) -> None:
        self.run_worker(self._hand_over(message), group=f"ask {message.topic}", exclusive=True)

    async def _hand_over(self, message: Ask[Any]) -> None:
        with self.told():
            answer = await message.query(self._feed)
            if message.asker in self.screen_stack:
                message.then(answer)

    @on(Touched)
    def _touched(self, message: Touched) -> None:
        self.push_screen(UnitSheet(self.model, message.unit), lambda chosen: self._unit_chosen(message.unit, chosen))

    def _unit_chosen(self, unit: UnitBrief, chosen: str | None) -> None:
        if chosen == STORY and not any(isinstance(screen, StoryScreen) for screen in self.screen_stack):
            self.push_screen(StoryScreen(self.model, unit))
        if chosen == REASSIGN:
            self.push_screen(ReassignScreen(self.model, unit))
        action = next((action for action in EVERY_ACTION if action == chosen), None)
        if action is not None:
            self._act(Act(action, unit))

    @on(Act)
    def _act(self, message: Act) -> None:
        action, unit = message.action, message.unit
        if action == "set_aside":
            self.push_screen(aside_sheet(self.model.t, unit), lambda reason: self._set_aside(unit, reason))
        elif action in FOR_GOOD:
            self.push_screen(
                confirm_sheet(self.model.t, action, unit), lambda chosen: self._send(order(action, unit)) if chosen == action else None
            )
        else:
            self._send(order(action, unit), undo=undoing(action, unit))

    def _set_aside(self, unit: UnitBrief, chosen: str | None) -> None:
        reason = next((reason for reason in ASIDE if reason == chosen), None)
        if reason is not None:
            self._send(order("set_aside", unit, reason))

    # --- orders out -------------------------------------------------------------------------------------------------------

    @on(Order)
    def _order(self, message: Order) -> None:
        self._send(message.command, message.then, message.undo)

    def _send(self, command: Command, then: Callable[[Done], Any] | None = None, undo: Command | None = None) -> None:
        """Send an order, unless the same one is still under way; `then` hears what it did, `undo` is offered afterwards."""
        if command not in self._under_way:
            self._under_way.add(command)
            self.clear_notifications()
            for screen in self.screen_stack:
                withdraw(screen)
            self.run_worker(self._carry_out(command, then, undo), group="send")

    async def _carry_out(self, command: Command, then: Callable[[Done], Any] | None, undo: Command | None) -> None:
        slow = self.set_timer(self.PATIENCE, lambda: self.tell("information", self.model.t(SLOW)))
        try:
            with self.told(self.model.t(NOT_SURE)):
                async with asyncio.timeout(self.LIMIT):
                    done = await self._feed.command(command)
                self.clear_notifications()
                if then is not None:
                    then(done)
                offer(self.screen, undo, self.model.t)
        finally:
            slow.stop()
            self._under_way.discard(command)
