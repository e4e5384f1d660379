"""A phone that stays on the stand until it is verified (no rack): an error on its display calls a person before the time runs out."""

from __future__ import annotations

import asyncio

from station.bench.record import Record
from station.domain.enrollment import Held, HoldReason, State
from station.ports import CAMERA, Change, Sighting

FRAMES = 5  # in a row that show it: it stays
IN_SETUP = frozenset({State.SCANNED, State.ENROLLED})


class SetupWatch:
    """Holds the unit on the stand when its phone shows a screen that was taught as an error. Nothing is revoked by that: a phone
    that recovers by itself goes on."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._run: tuple[str, int] = ("", 0)
        self._shown: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    def hear(self, sighting: Sighting) -> None:
        """One sighting of the camera, in order."""
        taught = sighting.taught or ""
        name, times = self._run
        self._run = (taught, times + 1 if taught == name else 1)
        phone = self._record.desk.on_stand()
        if taught.startswith("error:") and self._run[1] == FRAMES and phone is not None:
            self._shown.put_nowait((phone.enrollment, taught.removeprefix("error:")))

    async def run(self) -> None:
        """For as long as the service runs."""
        while True:
            ident, name = await self._shown.get()
            async with self._record.turn:
                enrollment = await self._record.ledger.enrollment(ident)
                if enrollment.state in IN_SETUP:
                    held = Held(HoldReason.FAULT, f"the phone shows the error {name}")
                    await self._record.move(enrollment, held, change=Change(CAMERA))
