"""Generic codes: one token for the phones of a whole batch. Nobody sees which phone became which device; each device gets a row."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from station.bench.minting import new_attempt
from station.bench.record import Record, new_id
from station.bench.revoking import revoke_token
from station.domain.enrollment import STILL_EXPECTED, Attempt, Enrollment, Held, HoldReason, State
from station.domain.errors import AskOperator, RefuseUnit, ServiceRefused, TryAgain
from station.domain.evidence import Device
from station.ports import SERVICE, Batch, Change, Fact, Minting, Recorded

MOVES_ON = frozenset({"DeviceEnrolled", "Held", "Skipped", "Failed", "BatchStarted"})  # after which a code may have had its day
MOST_WAITING = 1000  # phones of one code between their scan and their device
BEYOND = "a device used the generic code, and no phone that was seen to scan it is left"


def row_for(device: Device, waiting: Sequence[Attempt], label_of: Mapping[str, str]) -> Attempt | None:
    """Which of the phones that may still enroll a new device is: the one whose box label it is, else the one that has waited longest
    since its scan, else the one on the screen or one that was up and is held. None when no phone is left that it could be.

    `label_of`: the label of an attempt's phone, by the attempt's id.
    """
    names = {device.serial, device.imei} - {""}
    labelled = [one for one in waiting if label_of.get(one.id) in names]
    unlabelled = [one for one in waiting if one.id not in label_of or not names]
    # A device that was there before the scan is not this phone's.
    scanned = [one for one in unlabelled if one.scanned is not None and (device.enrolled is None or device.enrolled >= one.scanned)]
    shown = [one for one in unlabelled if one.scanned is None and one.shown is not None]
    return next(iter([*labelled, *sorted(scanned, key=lambda one: one.scanned or 0.0), *shown]), None)


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
        phones = await self._record.ledger.phones(batch=batch.id, places=("stand", "tray", "set_aside"))
        return row_for(device, await self._waiting(batch), {phone.attempt: phone.label for phone in phones if phone.label})

    async def _waiting(self, batch: Batch) -> list[Attempt]:
        """The attempts of rows whose phone may still enroll, those that are held last."""
        found: list[Attempt] = []
        for states in ((State.SHOWING, State.SCANNED), (State.HELD,)):
            for row in await self._record.ledger.enrollments(batch=batch.id, states=states, limit=MOST_WAITING):
                attempt = await self._record.ledger.attempt(row.attempt) if row.attempt else None
                if attempt is not None and attempt.device is None and (row.reason is None or row.reason in STILL_EXPECTED):
                    found.append(attempt)
        return found

    async def beyond(self, device: Device, batch: Batch, token: str) -> None:
        """A device that no scan explains: a row of its own, held. Called in turn."""
        users, _ = await self._record.ledger.counts(batch.id)
        row = Enrollment(new_id("e"), batch.id, users.received + 1, "", batch.mode, batch.policy)
        attempt = replace(new_attempt(row, 1), token=token, device=device.name, ended="enrolled")
        row = replace(row, attempt=attempt.id, attempts=1)  # whoever decides about it decides about this device
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
                    await self._end(attempt, batch, ended)

    async def _still_used(self, batch: Batch) -> bool:
        queued = await self._record.ledger.enrollments(batch=batch.id, states=(State.QUEUED,), limit=1)
        return bool(queued or await self._waiting(batch))

    async def _end(self, attempt: Attempt, batch: Batch, ended: set[str]) -> None:
        try:
            await revoke_token(self._record, self._service, attempt)
            ended.add(attempt.token or "")
        except (TryAgain, ServiceRefused) as why:
            desk = self._record.desk
            desk.part("service", "lost", str(why))
            asyncio.get_running_loop().call_later(desk.timing.retry, self._looked_at.put_nowait, batch.id)
        except (AskOperator, RefuseUnit) as why:
            self._record.desk.part("service", "lost", str(why))  # it ends by its lifetime too
