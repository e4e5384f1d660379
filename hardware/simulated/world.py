"""The simulated world around the bench: phones, hands, the light on them, and the bench camera's view of it all.

It runs as coroutines of one event loop, whose clock is the world's clock. It knows the code on the attached screen only by
the screen's pixels.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.readings import Sighting
from hardware.simulated import sight
from hardware.simulated.attached import SCREEN_MM, TORN, AttachedScreen, Preview
from hardware.simulated.cloud import Cloud
from hardware.simulated.faults import HEALTHY, Fault, fault_named
from hardware.simulated.handset import beside, handset
from hardware.simulated.optics import BenchCamera, Conditions, Pose, Spot
from hardware.simulated.phone import Phone

Grey = NDArray[np.uint8]

PLACING: Final = 0.8
SIX_TAPS: Final = 1.0
ONE_TAP: Final = 0.3
"""How long a hand is in the way, in seconds."""
SETTLES: Final = 0.6
"""How long after a hand has left the camera films at its full rate, in seconds: then the bench sees at once what it left behind."""


class World:
    """Phones on a bench. Enter it with `async with`; its hands are coroutines.

    seed: decides everything that varies; the same seed and the same acts give the same bytes. screen: the attached screen's
    grey pixels, any shape; its long side stands upright and measures `screen_mm`. emulator: base URL of the management
    service's stand-in. setup_seconds: from the read to the home screen, varied by `spread` either way. simple: no pictures;
    phones read the screen's own pixels and `frame` is refused. taps_after: hands that tap by themselves, so many seconds
    after a phone asked. air: Wi-Fi networks in reach, name -> passphrase ("" for an open one).

    changed: set whenever what the camera could see changed; the one who films clears it.
    """

    def __init__(
        self,
        *,
        seed: int,
        screen: Callable[[], Grey],
        emulator: str,
        setup_seconds: float = 150.0,
        spread: float = 0.1,
        simple: bool = False,
        taps_after: float | None = None,
        air: Mapping[str, str] | None = None,
        conditions: Conditions | None = None,
        screen_mm: float = SCREEN_MM,
    ) -> None:
        self.seed = seed
        self.simple = simple
        self.air = air
        self.cloud = Cloud(emulator)
        self.phones: list[Phone] = []
        self.on_stand: list[Phone] = []
        self.changed = asyncio.Event()
        self._setup = (setup_seconds, spread)
        self._taps_after = taps_after
        self._screen = AttachedScreen(screen, screen_mm)
        self._conditions = conditions
        self._poses: dict[str, Pose] = {}
        self._placings = 0
        self._hands = 0
        self._hand_held = False
        self._hand_left = 0.0  # at first too: the bench looks at what it finds
        self._sightings = 0
        self._running = AsyncExitStack()
        self._lives: asyncio.TaskGroup | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> World:
        self._loop = asyncio.get_running_loop()
        await self._running.enter_async_context(self.cloud)
        self._lives = await self._running.enter_async_context(asyncio.TaskGroup())
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        self._lives = None
        await self._running.aclose()

    def now(self) -> float:
        """The world's clock, in seconds; 0 before it runs."""
        return self._loop.time() if self._loop is not None else 0.0

    def unbox(self, fault: str | None = None, *, serial: str | None = None) -> Phone:
        """A new phone in its box, on the table. `fault` is a name from `faults.FAULTS`; `serial` overrides the drawn one."""
        phone = self._unbox(fault_named(fault), serial)
        if phone.fault.companion:
            second = self._unbox(HEALTHY, None)
            second.handset = beside(second.handset, phone.handset)
            phone.companion = second
        return phone

    async def place(self, phone: Phone) -> None:
        """Hands put it on the stand and switch it on; with it the phone that fault two_at_once puts beside it."""
        newcomers = [each for each in (phone, phone.companion) if each is not None and each not in self.on_stand]
        if phone not in newcomers or len(self.on_stand) + len(newcomers) > 2:
            raise ValueError(f"{phone.id} cannot be placed: it stands there already, or two others do; take one away")
        async with self._hand_in_view():
            await asyncio.sleep(PLACING / 2)
            self._stand(newcomers)
            await asyncio.sleep(PLACING / 2)

    async def tap_six(self, phone: Phone) -> None:
        """Six taps in one place of its display, and of the phone's that fault two_at_once put beside it."""
        self._must_stand(phone)
        async with self._hand_in_view():
            await asyncio.sleep(SIX_TAPS)
            for each in (phone, phone.companion):
                if each is not None and each in self.on_stand:
                    each.tap_six()

    async def tap(self, phone: Phone) -> None:
        """One tap on what it asks for, wherever it is."""
        if phone in self.on_stand:
            async with self._hand_in_view():
                await asyncio.sleep(ONE_TAP)
        else:
            await asyncio.sleep(ONE_TAP)
        phone.tap()

    async def take_away(self, phone: Phone) -> None:
        """Hands take it off the stand; it goes on with what it does."""
        self._must_stand(phone)
        async with self._hand_in_view():
            await asyncio.sleep(PLACING / 2)
            if phone in self.on_stand:
                self.on_stand.remove(phone)
            phone.pick_up()
            phone.see(None)
            await asyncio.sleep(PLACING / 2)

    def wants(self, phone: Phone) -> str | None:
        """ "accept" while the phone waits for a tap."""
        return phone.wants

    def hand(self, over: bool) -> None:
        """Leaves a hand in the camera's view, or takes it away."""
        self._hand_held = over
        self.changed.set()

    def screen_changed(self) -> None:
        """Says that the attached screen may show another picture; phones see it a moment later, as previews lag.

        Two forms of a code that go on taking turns are no news by themselves: viewfinders that follow them are.
        """
        if self._screen.changed():
            for phone in self.on_stand:
                if phone.state == "viewfinder" and self._loop is not None:
                    self._loop.call_later(phone.eye.lens.delay, self._refresh, phone)
            if not self._screen.turning:
                self.changed.set()

    @property
    def busy_view(self) -> bool:
        """A scan is possible or has just ended, or a hand has just left: film at the full rate."""
        return self.now() < self._hand_left + SETTLES or any(phone.scan_possible for phone in self.on_stand)

    def frame(self) -> Grey:
        """What the bench camera sees now, shape (720, 1280). RuntimeError in a simple world."""
        if self.simple:
            raise RuntimeError("this world was made without pictures (simple=True): ask for truth() instead")
        self.screen_changed()
        phones = [(self._poses[phone.id], sight.shown(phone)) for phone in self.on_stand]
        return self._camera.frame(sight.attached(self._screen.now), phones, self._hand_over, self.now())

    def truth(self) -> Sighting:
        """What is on the stand now, as it is and not as a camera sees it. "code" means the attached screen's code."""
        self.screen_changed()
        self._sightings += 1
        phones = [(self._poses[phone.id], phone) for phone in self.on_stand]
        return sight.sighting(self._sightings, self.now(), phones, self._hand_over)

    def viewfinder_modules(self) -> bytes | None:
        """The modules, row-major 0 and 1, of the symbol that a viewfinder on the stand shows; None if none does."""
        symbol = sight.symbol_in_view(self.on_stand)
        return symbol.modules if symbol is not None else None

    def truth_digest(self) -> str | None:
        """SHA-256, in hexadecimal, of `viewfinder_modules`; None if there is none."""
        symbol = sight.symbol_in_view(self.on_stand)
        return symbol.digest if symbol is not None else None

    def phone_changed(self, phone: Phone) -> None:
        """For phones: the display shows something else."""
        if phone.state == "viewfinder" and phone.preview is None:
            self.screen_changed()
            self._refresh(phone)
        if phone.wants and self._taps_after is not None and self._loop is not None:
            self._loop.call_later(self._taps_after, phone.tap)
        self.changed.set()

    @cached_property
    def _camera(self) -> BenchCamera:
        return BenchCamera(self.seed, self._conditions)

    @property
    def _hand_over(self) -> bool:
        return self._hand_held or self._hands > 0

    @asynccontextmanager
    async def _hand_in_view(self) -> AsyncIterator[None]:
        self._hands += 1
        self.changed.set()
        try:
            yield
        finally:
            self._hands -= 1
            self._hand_left = self.now()
            self.changed.set()

    def _unbox(self, fault: Fault, serial: str | None) -> Phone:
        number = len(self.phones) + 1
        phone = Phone(number, handset(self.seed, number, fault, *self._setup, serial), fault, self)
        self.phones.append(phone)
        return phone

    def _stand(self, newcomers: Sequence[Phone]) -> None:
        """Puts them down; two phones share the stand. Those in their boxes are switched on."""
        self.on_stand += newcomers
        self._placings += 1
        spots: tuple[Spot, ...] = ("middle",) if len(self.on_stand) == 1 else ("left", "right")
        for spot, phone in zip(spots, self.on_stand, strict=True):
            draw = random.Random(f"{self.seed}:{phone.number}:pose {self._placings}")
            self._poses[phone.id] = Pose.drawn(draw, spot)
        for phone in newcomers:
            if phone.state == "boxed":
                if self._lives is None:
                    raise RuntimeError("the simulated world is not running: enter it with `async with` first")
                self._tasks.append(self._lives.create_task(phone.live(), name=phone.id))
            self.phone_changed(phone)

    def _must_stand(self, phone: Phone) -> None:
        if phone not in self.on_stand:
            raise ValueError(f"{phone.id} is not on the stand: place it first")

    def _refresh(self, phone: Phone) -> None:
        """It sees the screen of now: torn for a moment, if it saw another before."""
        if phone.state != "viewfinder" or phone not in self.on_stand:
            return
        before, after = phone.preview, phone.eye.look(self._screen, self.simple)
        if before is None or before is after or self._loop is None:
            phone.see(after)
            return
        torn = phone.eye.torn(before, after, self.now())
        phone.see(torn)
        self._loop.call_later(TORN, self._settle, phone, torn, after)

    def _settle(self, phone: Phone, torn: Preview, after: Preview) -> None:
        if phone.preview is torn:
            phone.see(after)
