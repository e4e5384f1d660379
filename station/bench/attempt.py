"""The attempt whose code is before the camera: what is known of it, and every write about it."""

from __future__ import annotations

import math
from dataclasses import replace

from station.bench.minting import Prepared
from station.bench.record import Record, arrived, leave_stand, phone_fact
from station.domain.enrollment import CodeShown, Held, HoldReason, Requeued, ScanWitnessed, ShowOrdered, State
from station.domain.errors import PartLost
from station.domain.evidence import PICTURES, Evidence, picture_name
from station.ports import BENCH, CAMERA, Change, Effect, Fact, Pictures, Sighting

Facts = dict[str, str | int | float | bool | None]

LEAST_LEFT = 60.0  # seconds; a code that runs out sooner is not put up: the phone redeems it only after its downloads


class OpenAttempt:
    """One unit's attempt for the time of its showing. Each method takes its turn, and writes nothing once the unit has moved on."""

    def __init__(self, record: Record, prepared: Prepared, pictures: Pictures | None) -> None:
        self._record = record
        self._prepared = prepared
        self._pictures = pictures
        self.now = prepared.attempt

    @property
    def enrollment(self) -> str:
        return self._prepared.enrollment.id

    def usable_for(self) -> float:
        """Seconds until the token runs out."""
        expires = self.now.expires
        return math.inf if expires is None else expires - self._record.clock.now()

    async def too_old(self) -> bool:
        """Whether no phone should begin with this code any more: it runs out, or its token was revoked."""
        await self._refresh()
        return self.now.ended is not None or self.usable_for() < LEAST_LEFT

    async def _refresh(self) -> None:
        self.now = await self._record.ledger.attempt(self.now.id) or self.now

    async def order(self, effect: Effect) -> bool:
        """Intent: the code goes up, for the phone that its label brought to the stand, if one did. False when it left the queue
        or another code is ordered for it by now."""
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            await self._refresh()
            if enrollment.revision != self._prepared.enrollment.revision or self.now.ended is not None:
                return False
            phone = record.desk.on_stand(enrollment.id)
            self.now = replace(self.now, phone=phone.id if phone else None)
            phones = (replace(phone, attempt=self.now.id),) if phone else ()
            change = Change(BENCH, attempts=(self.now,), phones=phones, effects=(effect,), lease=self._prepared.lease)
            await record.move(enrollment, ShowOrdered(self.now.id), change=change)
        return True

    async def shown(self, effect: Effect) -> None:
        """The picture is up."""
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            done = replace(effect, outcome="done")
            if enrollment.state is not State.SHOWING:
                await record.commit(Change(BENCH, effects=(done,)))
                return
            await self._refresh()
            if self.now.shown is None:
                self.now = replace(self.now, shown=record.clock.now())
                change = Change(BENCH, attempts=(self.now,), effects=(done,))
                await record.move(enrollment, CodeShown(self.now.id), change=change)
            else:
                fact = Fact("CodeShownAgain", {"attempt": self.now.id}, enrollment.batch, enrollment.id)
                await record.commit(Change(BENCH, effects=(done,), facts=(fact,)))

    async def phone_came(self, sighting: Sighting | None) -> None:
        """The phone counts as received from the moment that it saw the code, or was looked for in vain."""
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            await self._refresh()
            if self.now.phone is not None or enrollment.state is not State.SHOWING:
                return
            phone = await arrived(record, enrollment, self.now)
            self.now = replace(self.now, phone=phone.id)
            evidence: tuple[Evidence, ...] = ()
            if sighting is not None:
                facts: Facts = {"score": round(sighting.score, 3), "z": round(sighting.z, 1)}
                evidence = (Evidence("phone_seen", record.clock.now(), CAMERA.name, self.now.id, facts),)
            change = Change(CAMERA, attempts=(self.now,), phones=(phone,), evidence=evidence, facts=(phone_fact(phone),))
            await record.commit(change)

    async def kept(self, before: bytes | None, after: bytes | None) -> Facts:
        """Keep the pictures of the scan; what the witness's facts say of them. Without them the scan is as true as with them."""
        facts: Facts = {}
        for which, content in zip(PICTURES, (before, after), strict=True):
            if content is not None and self._pictures is not None:
                try:
                    facts[f"picture_{which}"] = await self._pictures.save(picture_name(self.now.id, which), content)
                except PartLost as why:
                    facts["pictures"] = str(why)
        return facts

    async def scanned(self, facts: Facts, live: Facts | None) -> None:
        """The camera saw the code read. `facts`: what the witness goes by. `live`: how the viewfinder followed the screen's turns."""
        record, desk = self._record, self._record.desk
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            await self._refresh()
            phone = await record.phone_of(self.now)
            if enrollment.state is State.SHOWING and phone is not None:
                now = record.clock.now()
                self.now = replace(self.now, scanned=now, ended="scanned")
                evidence = [Evidence("witness", now, CAMERA.name, self.now.id, facts)]
                if live is not None:
                    evidence.append(Evidence("live", now, CAMERA.name, self.now.id, live))
                event = ScanWitnessed(self.now.id, desk.free_tray(), now + desk.timing.overdue)
                change = Change(CAMERA, attempts=(self.now,), evidence=tuple(evidence))
                await leave_stand(record, enrollment, phone, (event,), change)

    async def ran_out(self) -> bool:
        """No phone ever came: the unit's turn comes again, with another code. False when the unit had moved on."""
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            await self._refresh()
            if enrollment.state is not State.SHOWING:
                return False
            self.now = replace(self.now, ended=self.now.ended or "expired")
            await record.move(enrollment, Requeued("the token ran out"), change=Change(BENCH, attempts=(self.now,)))
            return True

    async def hold(self, reason: HoldReason, detail: str) -> None:
        """A person must look at it, and at the phone."""
        await self.phone_came(None)
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            if enrollment.state is State.SHOWING:
                await record.move(enrollment, Held(reason, detail), change=Change(BENCH))
