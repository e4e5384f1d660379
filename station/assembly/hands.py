"""The twin's operator: a client of the wire like any other, who reads the bench's one next step and moves phones in the world.

They act on what a person could see: the bench's screen, and each phone's display. Answers to questions are honest.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

from hardware.simulated.phone import Phone
from hardware.simulated.world import World
from station import wire
from station.client import CannotReach, Client, Refused

HANDLED_IN_WORLD = 3.0  # seconds that placing, tapping and taking away last by themselves
TAKES_AWAY = 0.8
READS_QUESTION = 3.0
TAPS_AGAIN = 8.0  # seconds without an answer to six taps before trying again
MOST_TRIES = 3
SEEN_SET_ASIDE: dict[str, wire.SetAsideReason] = {"off": "flat", "in_use": "locked", "error": "broken"}


class Hands:
    """One operator. `faults`: what is wrong with the phones in the order they are unboxed; later ones are healthy.

    decides: they also answer questions and set phones aside; else somebody at the screen does, and they only do what it says.
    handling: seconds of handwork for each phone in all (fetch, unbox, place, tap, carry). By the time a phone is in its tray, the
    next one is being unboxed.
    """

    def __init__(
        self,
        world: World,
        client: Client,
        faults: Iterator[str | None],
        handling: float,
        scan: Callable[[str], object] | None,
        *,
        decides: bool = True,
    ) -> None:
        self._decides = decides
        self._world = world
        self._client = client
        self._faults = faults
        self._prepares = max(0.0, handling - HANDLED_IN_WORLD)
        self._scan = scan
        self._ready_at = self._prepares
        self._tapped_at = float("-inf")
        self._in_hand: Phone | None = None
        self._tries: dict[str, int] = {}
        self._refused: set[str] = set()  # phones that will not be tried again
        self._answered: set[str] = set()
        self._pulled: set[str] = set()
        self._version = 0
        self._bells: list[asyncio.Future[None]] = []
        self.presented: list[tuple[Phone, str]] = []  # each phone with the enrollment whose code it was shown
        self.status: wire.Status | None = None
        self.heard: Callable[[wire.Event], None] = lambda _: None

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._work())

    async def until(self, holds: Callable[[wire.Status], bool]) -> wire.Status:
        """Wait for a status of which this is true."""
        while self.status is None or not holds(self.status):
            await self._news(self._version)
        return self.status

    async def _news(self, seen: int) -> None:
        """Wait until something was heard after version `seen`."""
        while self._version == seen:
            bell = asyncio.get_running_loop().create_future()
            self._bells.append(bell)
            await bell

    def _hear(self, status: wire.Status | None) -> None:
        self.status = status
        self._version += 1
        bells, self._bells = self._bells, []
        for bell in bells:
            if not bell.done():
                bell.set_result(None)

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(CannotReach):
                async for event in self._client.events(heartbeat=None):
                    self.heard(event)
                    if isinstance(event, wire.Snapshot):
                        self._hear(event.status)
                    elif isinstance(event, wire.Status):
                        self._hear(event)
            self._hear(None)
            await asyncio.sleep(0.5)

    async def _work(self) -> None:
        while True:
            seen, status = self._version, self.status
            try:
                acted = status is not None and await self._act(status)
            except (CannotReach, Refused):
                await asyncio.sleep(1.0)  # the service died under the command, or the bench moved on: look again
                continue
            if not acted:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TAPS_AGAIN if self._world.on_stand and self._waiting_for_taps() else None):
                        await self._news(seen)

    def _waiting_for_taps(self) -> bool:
        return self.status is not None and self.status.step.id in {"place_phone", "hold_still"}

    async def _act(self, status: wire.Status) -> bool:
        """One act, if there is one to do. True when something was done, so that the newest status is looked at."""
        if status.question is not None:
            if status.question.id in self._answered or not self._decides:
                return False
            await self._answer(status.question)
            return True
        match status.step.id:
            case "scan_label":
                return await self._label(status)
            case "place_phone" | "hold_still":
                return await self._present(status)
            case "to_tray" | "clear_stand":
                return await self._clear()
        return False

    # --- presenting a phone ------------------------------------------------------------------------------------------------

    async def _label(self, status: wire.Status) -> bool:
        if status.step.args.get("problem") and self._in_hand is not None:
            self._in_hand = None  # its label does not serve: another phone
        if self._in_hand is None:
            await self._fetch()
        elif self._tries.get(f"label {self._in_hand.id}"):
            return False
        phone = self._in_hand
        if phone is None:
            return False
        self._tries[f"label {phone.id}"] = 1
        if self._scan is not None:
            self._scan(phone.label_serial)
        else:
            await self._client.command(wire.EnterLabel(text=phone.label_serial))
        return True

    async def _fetch(self) -> Phone:
        """Take up the phone that is tried again, or unbox the next one."""
        await asyncio.sleep(max(0.0, self._ready_at - self._world.now()))
        if self._in_hand is None:
            self._in_hand = self._world.unbox(next(self._faults, None))
        return self._in_hand

    async def _present(self, status: wire.Status) -> bool:
        phone = self._world.on_stand[0] if self._world.on_stand else None
        if phone is None:
            phone = await self._fetch()
            if self.status is None or self.status.step.id != "place_phone":
                return True  # things moved on while it was unboxed
            self._in_hand = None
            if status.unit is not None:
                self.presented.append((phone, status.unit.enrollment))
            await self._world.place(phone)
            self._tries[phone.id] = 0
            self._tapped_at = float("-inf")
        if phone.fault.pulled_away and phone.id not in self._pulled and status.step.id == "hold_still":
            self._pulled.add(phone.id)
            await self._world.take_away(phone)
            self._in_hand = phone
            return True
        if self._world.now() < self._tapped_at + TAPS_AGAIN:
            return False  # give it time to answer
        if phone.state == "welcome" and self._tries.get(phone.id, 0) < MOST_TRIES:
            self._tries[phone.id] = self._tries.get(phone.id, 0) + 1
            await self._world.tap_six(phone)
            self._tapped_at = self._world.now()
            self._ready_at = self._tapped_at + self._prepares + TAKES_AWAY
            return True
        if phone.state in {"welcome", "in_use", "off"} and status.unit is not None and self._decides:
            self._refused.add(phone.id)
            reason = SEEN_SET_ASIDE.get(phone.state, "other")
            await self._client.command(wire.SetAside(enrollment=status.unit.enrollment, reason=reason))
            return True
        return False

    async def _clear(self) -> bool:
        for phone in list(self._world.on_stand):
            await self._world.take_away(phone)
            if not phone.has_read and phone.id not in self._refused and self._again(phone):
                self._in_hand = phone
        return False

    def _again(self, phone: Phone) -> bool:
        return phone.state in {"welcome", "viewfinder"} and self._tries.get(f"shown {phone.id}", 0) > 0

    # --- questions -----------------------------------------------------------------------------------------------------------

    async def _answer(self, question: wire.Question) -> None:
        self._answered.add(question.id)
        await asyncio.sleep(READS_QUESTION)
        for second in self._world.on_stand[1:]:
            await self._world.take_away(second)
        phone = self._world.on_stand[0] if self._world.on_stand else self._in_hand
        answer = await self._looked_at(phone, question) if phone is not None else "show_again"
        if answer not in question.answers:
            answer = "set_aside"
        try:
            await self._client.command(wire.AnswerQuestion(question=question.id, answer=answer))
        except (CannotReach, Refused):
            self._answered.discard(question.id)
            raise

    async def _looked_at(self, phone: Phone, question: wire.Question) -> wire.Answer:
        if phone.has_read:
            return "scanned"
        shown = f"shown {phone.id}"
        self._tries[shown] = self._tries.get(shown, 0) + 1
        if phone.state not in {"welcome", "viewfinder", "boxed"} or question.kind == "not_scanned" or self._tries[shown] > MOST_TRIES:
            self._refused.add(phone.id)
            return "set_aside"
        if question.kind in {"went_back", "pulled_away", "two_phones", "screen_gone", "paused"}:
            if phone not in self._world.on_stand:
                self._in_hand = None
                await self._world.place(phone)
            self._tries[phone.id] = 0
            self._tapped_at = float("-inf")
        return "show_again"
