"""Listening: what the management service says by itself of devices, so that nobody waits for the next walk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from station.bench.desk import Desk
from station.bench.rack import Rack
from station.bench.record import Record
from station.domain.errors import ServiceRefused, TryAgain
from station.domain.evidence import Device
from station.ports import Confirming, Hearing, Recorded

LONGEST_PAUSE = 300.0  # seconds between two tries to listen again
SILENCE = 120.0  # seconds after an enrollment in which it should have been told of


class Listening:
    """Hears of devices and has the rack look at them. The walks go on as a safety net, more seldom while this works.

    What is heard is a hint and no proof: it may come twice, late, or from whoever may publish. So the device's own record is asked
    for, and only of devices that are this ledger's and still awaited.
    """

    def __init__(self, record: Record, service: Confirming, rack: Rack, hearing: Hearing) -> None:
        self._record = record
        self._service = service
        self._rack = rack
        self._hearing = hearing
        self._told = False  # of any device of this enterprise, since the start
        self._untold: float | None = None  # when a device enrolled, while none was ever told of
        record.hearers.append(self._recorded)

    @property
    def _desk(self) -> Desk:
        return self._record.desk

    async def run(self) -> None:
        """Listen; where that fails, say so and try again after pauses that grow."""
        self._desk.part("notifications", "absent")  # nothing was answered yet
        pause = self._desk.timing.retry
        while True:
            try:
                async with aclosing(self._hearing.heard()) as batches:
                    async for devices in batches:
                        await self._take(devices)
                        self._say_how_it_is()
                        pause = self._desk.timing.retry
            except (TryAgain, ServiceRefused) as why:
                self._desk.part("notifications", "lost", str(why))
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _take(self, devices: Sequence[Device]) -> None:
        self._told = self._told or bool(devices)
        for said in devices:
            if said.state != "DELETED" and await self._awaited(said):
                device = await self._service.device(said.name)
                if device is not None:
                    await self._rack.look_at(device)

    async def _awaited(self, said: Device) -> bool:
        """Whether anything could follow: it is no other system's, and its unit has not ended with this very device."""
        attempt = await self._rack.matching.attempt_of(said)
        return attempt is not None and (attempt.device != said.name or attempt.enrollment in self._desk.units)

    # --- a line on which nothing is said --------------------------------------------------------------------------------------

    def _recorded(self, events: tuple[Recorded, ...]) -> None:
        if self._untold is None and any(event.kind == "DeviceEnrolled" for event in events):
            self._untold = self._record.clock.now()

    def _say_how_it_is(self) -> None:
        silent = not self._told and self._untold is not None and self._record.clock.now() - self._untold > SILENCE
        if silent:
            self._desk.part("notifications", "lost", self._hearing.when_silent)
        else:
            self._desk.part("notifications", "ok")
