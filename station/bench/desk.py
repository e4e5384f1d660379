"""What this bench is doing at this moment, in memory. All of it can be rebuilt from the ledger; nothing here is the record."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from station.domain.enrollment import Attempt, Enrollment, Phone, State
from station.domain.errors import StopBench
from station.ports import Batch

View = Literal["empty", "phone", "code", "two_phones", "unsure", "absent"]
Shows = Literal["none", "dark", "code", "viewfinder", "before", "other"]
PartName = Literal["camera", "display", "scanner", "service", "mail", "notifications"]

WAITING = frozenset({State.SHOWING, State.SCANNED, State.ENROLLED, State.INVITED, State.HELD})


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things may take, in seconds, and how much the rack holds (trays 0: phones stay on the stand until verified)."""

    trays: int = 10
    scan: float = 120.0  # a phone stands before the code and nothing comes of it
    idle: float = 600.0  # no phone comes: the code is taken down
    overdue: float = 1800.0  # scanned and not confirmed
    lifetime: int = 7200  # of a token
    renew_below: float = 1800.0  # a token with less is minted again
    lease: float = 300.0
    poll: float = 5.0  # between two walks over the devices, at least
    first_poll: float = 30.0  # no setup is quicker than this
    held_poll: float = 60.0  # while only held units wait
    heard_poll: float = 60.0  # while devices are heard of without asking
    calls_per_minute: int = 50
    ahead: int = 2  # tokens minted before they are needed
    settle: int = 3  # frames that must agree on an empty stand
    retry: float = 15.0  # after the management service did not answer


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can know. `id` names one asking: an answer to an older one is refused."""

    id: str
    kind: str
    enrollment: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the bench."""

    state: Literal["ok", "lost", "absent"] = "absent"
    detail: str = ""


@dataclass(slots=True)
class Desk:
    """The live state, and the bell that rings when it changes."""

    name: str
    timing: Timing
    simulated: bool = False
    language: str = "en"  # of who has chosen none
    reader: str = ""  # the account of who is at the bench's own terminal
    lock_after: float = 300.0  # seconds without a key, tap or scan until a person at a shared account must sign in again
    batch: Batch | None = None
    unit: Enrollment | None = None
    attempt: Attempt | None = None
    question: Question | None = None
    view: View = "absent"
    shows: Shows = "none"  # what the display of the phone on the stand shows
    followed: bool = False  # its viewfinder follows the attached screen's turns
    code_up: bool = False
    testing: bool = False  # the camera is being examined: no code comes up
    stand_clear: bool = False
    leaving: int | None = None  # the tray that the phone on the stand shall go to
    wants_label: bool = False
    overrides: int = 0
    last: Enrollment | None = None
    verified: list[str] = field(default_factory=list)  # in this run of the service, oldest first
    stopped: str | None = None
    mint: Literal["idle", "busy", "ready", "empty", "down"] = "idle"
    parts: dict[PartName, Part] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)  # on the stand or in a tray
    units: dict[str, Enrollment] = field(default_factory=dict)  # WAITING ones
    listeners: list[Callable[[], None]] = field(default_factory=list)
    _bells: list[asyncio.Future[None]] = field(default_factory=list)

    def ring(self) -> None:
        """Say that something changed."""
        bells, self._bells = self._bells, []
        for bell in bells:
            if not bell.done():
                bell.set_result(None)
        for listener in self.listeners:
            listener()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until `holds()`; it is asked again whenever something changed."""
        while not holds():
            await self.next_ring()

    async def next_ring(self) -> None:
        """Wait for the next change."""
        bell = asyncio.get_running_loop().create_future()
        self._bells.append(bell)
        try:
            await bell
        finally:
            if bell in self._bells:  # nobody waits for it any more
                self._bells.remove(bell)

    async def ring_within(self, seconds: float) -> None:
        """Wait for the next change, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.next_ring()

    def stop(self, why: StopBench) -> None:
        """Nothing more is shown until the service is started again."""
        self.stopped = str(why)
        self.ring()

    def part(self, name: PartName, state: Literal["ok", "lost", "absent"], detail: str = "") -> None:
        if self.parts.get(name) != Part(state, detail):
            self.parts[name] = Part(state, detail)
            self.ring()

    @property
    def listening(self) -> bool:
        """Whether devices are heard of without asking."""
        return self.parts.get("notifications", Part()).state == "ok"

    def free_tray(self) -> int | None:
        """The lowest tray without a phone; None when all are taken, or there is no rack."""
        taken = {phone.tray for phone in self.phones.values() if phone.place == "tray"}
        return next((tray for tray in range(1, self.timing.trays + 1) if tray not in taken), None)

    def on_stand(self, enrollment: str | None = None) -> Phone | None:
        """The phone that is booked on the stand; with `enrollment` only if it is that user's."""
        here = (phone for phone in self.phones.values() if phone.place == "stand")
        return next((phone for phone in here if enrollment in {None, phone.enrollment}), None)

    def keep(self, enrollments: tuple[Enrollment, ...], phones: tuple[Phone, ...]) -> None:
        """Take over what was just committed."""
        for enrollment in enrollments:
            if enrollment.state in WAITING:
                self.units[enrollment.id] = enrollment
            else:
                self.units.pop(enrollment.id, None)
            if self.unit and self.unit.id == enrollment.id:
                self.unit = enrollment
        for phone in phones:
            if phone.place in {"stand", "tray"}:
                self.phones[phone.id] = phone
            else:
                self.phones.pop(phone.id, None)
