"""Generic codes: one token for the phones of a whole batch. Nobody sees which phone became which device; each device gets a row."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from station.bench.minting import new_attempt, revoke_token
from station.bench.record import Record, new_id
from station.domain.enrollment import CLOSED, STILL_EXPECTED, Attempt, Enrollment, Held, HoldReason, State
from station.domain.errors import AskOperator, RefuseUnit, ServiceRefused, TryAgain
from station.domain.evidence import Device
from station.ports import SERVICE, Batch, Change, Fact, Minting, Recorded

MOVES_ON = frozenset({"DeviceEnrolled", "Held", "Skipped", "Failed", "BatchStarted"})  # after which a code may have had its day
BEYOND = "a device used the generic code, and no phone that was seen to scan it is left"


def row_for(device: Device, rows: Sequence[tuple[Enrollment, Attempt]], label_of: dict[str, str]) -> Attempt | None:
    """Which of the batch's open rows a new device is: the one whose box label it is, else the one that has waited longest since its
    scan, else the one on the screen, else one that was shown and is held. None when no phone is left that it could be.

    `label_of`: the label of an attempt's phone, by the attempt's id.
    """
    waiting = [(row, one) for row, one in rows if row.attempt == one.id and one.device is None and _expects(row)]
    labelled = [one for _, one in waiting if label_of.get(one.id) in {device.serial, device.imei} - {""}]
    # A device that was there before the scan is not this phone's.
    scanned = [one for _, one in waiting if one.scanned is not None and (device.enrolled is None or device.enrolled >= one.scanned)]
    unscanned = [one for row, one in sorted(waiting, key=lambda pair: pair[0].state is State.HELD) if one.scanned is None]
    ordered = [*labelled, *sorted(scanned, key=lambda one: one.scanned or 0.0), *(one for one in unscanned if one.shown is not None)]
    return next((one for one in ordered if label_of.get(one.id, device.serial) in {device.serial, device.imei}), None)


def _expects(row: Enrollment) -> bool:
    """Whether a phone of this row may still enroll."""
    if row.state is State.HELD:
        return row.reason in STILL_EXPECTED
    return row.state not in CLOSED | {State.QUEUED, State.ENROLLED}


class GenericCodes:
    """Gives devices their rows, and ends a code that has served its phones."""

    def __init__(self, record: Record, service: Minting) -> None:
        self._record = record
        self._service = service
        self._looked_at: asyncio.Queue[str] = asyncio.Queue()
        record.hearers.append(self._hear)

    def _hear(self, events: tuple[Recorded, ...]) -> None:
        for event in events:
            if event.kind in MOVES_ON and event.batch is not None:
                self._looked_at.put_nowait(event.batch)

    async def attempt_for(self, device: Device, batch: Batch) -> Attempt | None:
        """The attempt that a new device of a generic code belongs to; None when it belongs to none: see `beyond`."""
        ledger = self._record.ledger
        rows: list[tuple[Enrollment, Attempt]] = []
        for row in await ledger.enrollments(batch=batch.id, limit=batch.generic * 2 + 1000):
            attempt = await ledger.attempt(row.attempt) if row.attempt else None
            if attempt is not None:
                rows.append((row, attempt))
        phones = await ledger.phones(batch=batch.id)
        return row_for(device, rows, {phone.attempt: phone.label for phone in phones if phone.label})

    async def beyond(self, device: Device, batch: Batch, token: str) -> None:
        """A device that no scan explains: a row of its own, held. Called in turn."""
        users, _ = await self._record.ledger.counts(batch.id)
        row = Enrollment(new_id("e"), batch.id, users.received + 1, "", batch.mode, batch.policy)
        attempt = replace(new_attempt(row, 1), token=token, device=device.name, ended="enrolled")
        fact = Fact("DuplicateDevice", {"attempt": attempt.id, "device": device.name}, batch.id, row.id)
        change = Change(SERVICE, enrollments=(row,), attempts=(attempt,), devices=(device,), facts=(fact,))
        await self._record.move(row, Held(HoldReason.DUPLICATE, BEYOND), change=change)

    async def run(self) -> None:
        """Revoke each code when the last of its phones has its device: not at the last scan, because a phone redeems the token only
        after its downloads, minutes later. For as long as the service runs."""
        for batch in await self._record.ledger.batches():
            if batch.generic:
                self._looked_at.put_nowait(batch.id)
        ended: set[str] = set()
        while True:
            batch = await self._record.ledger.batch(await self._looked_at.get())
            if not batch.generic or await self._still_used(batch):
                continue
            for attempt in await self._record.ledger.shared_attempts(batch.id):
                if attempt.token not in ended and (attempt.expires is None or attempt.expires > self._record.clock.now()):
                    await self._end(attempt, ended)

    async def _still_used(self, batch: Batch) -> bool:
        rows = await self._record.ledger.enrollments(batch=batch.id, limit=batch.generic * 2 + 1000)
        for row in rows:
            if row.state is State.QUEUED:
                return True
            attempt = await self._record.ledger.attempt(row.attempt) if row.attempt else None
            if attempt is not None and attempt.device is None and _expects(row):
                return True
        return False

    async def _end(self, attempt: Attempt, ended: set[str]) -> None:
        try:
            await revoke_token(self._record, self._service, attempt)
            ended.add(attempt.token or "")
        except (TryAgain, ServiceRefused, AskOperator, RefuseUnit) as why:
            self._record.desk.part("service", "lost", str(why))  # it ends by its lifetime too
