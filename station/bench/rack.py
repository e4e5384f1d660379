"""The rack: units that set themselves up until the management service's record confirms them, or until they are overdue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from station.bench.desk import Desk
from station.bench.matching import Matching, facts_of
from station.bench.record import Record, arrived, leave_stand, phone_fact, received
from station.domain.enrollment import (
    REASSIGNED,
    STILL_EXPECTED,
    Attempt,
    DeviceEnrolled,
    Enrollment,
    Held,
    HoldReason,
    JourneyEvent,
    Phone,
    State,
    Verified,
    advance,
)
from station.domain.errors import ServiceRefused, TryAgain
from station.domain.evidence import Device, Evidence, Order, Verdict, judge
from station.domain.policy import lowest_android
from station.ports import BENCH, SERVICE, Actor, Change, Confirming, Fact

PENDING = frozenset({State.SHOWING, State.SCANNED, State.ENROLLED, State.INVITED})

LATE: dict[State, tuple[HoldReason, str]] = {
    State.ENROLLED: (HoldReason.OVERDUE, "the policy was not applied in time"),
    State.INVITED: (HoldReason.EXPIRED, "the code that was sent or given out has run out"),
}


class Rack:
    """Polls only while somebody waits, and as often as the budget of calls allows."""

    def __init__(self, record: Record, service: Confirming, matching: Matching, moved: Callable[[str], None]) -> None:
        self._record = record
        self._service = service
        self.matching = matching
        self._moved = moved
        self._foreign: set[str] = set()  # devices of other systems, by name
        self._looked: dict[str, tuple[Device, str, int | None]] = {}
        self._told_by: dict[str, Actor] = {}  # of devices that people brought
        self._pages = 1
        self.walked = float("-inf")  # when the newest walk began
        self._walk_lock = asyncio.Lock()
        self.walks = 0

    @property
    def _desk(self) -> Desk:
        return self._record.desk

    # --- when to ask ---------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Walk over the devices whenever a setup may be done."""
        while True:
            await self._desk.until(lambda: self._next_walk() is not None)
            due = self._next_walk()
            if due is None:
                continue
            wait = due - self._record.clock.now()
            if wait > 0:
                await self._desk.ring_within(wait)
                continue
            await self._try_walk()

    def _next_walk(self) -> float | None:
        """When the next walk is due (epoch seconds); None while nobody waits."""
        timing = self._desk.timing
        usual = timing.heard_poll if self._desk.listening else timing.poll
        interval = max(usual, 1.2 * 60.0 * self._pages / timing.calls_per_minute)
        dues: list[float] = []
        for unit in self._desk.units.values():
            if unit.state in {State.SCANNED, State.ENROLLED} and unit.due is not None:
                earliest = unit.due - timing.overdue + (timing.first_poll if unit.state is State.SCANNED else 0.0)
                dues.append(max(earliest, self.walked + interval))
            elif unit.state in {State.INVITED, State.SHOWING} or (unit.reason in STILL_EXPECTED and unit.attempt):
                dues.append(self.walked + max(interval, timing.held_poll))
        return min(dues, default=None)

    async def _try_walk(self) -> None:
        try:
            await self.walk()
            self._desk.part("service", "ok")
        except (TryAgain, ServiceRefused) as why:
            self._desk.part("service", "lost", str(why))
            self.walked = self._record.clock.now() + self._desk.timing.retry

    async def walk(self) -> None:
        """See all devices once, and attach what belongs to this ledger."""
        async with self._walk_lock:
            self.walked = self._record.clock.now()
            self.walks += 1
            pages = 0
            async for page in self._service.devices():
                pages += 1
                for device in page:
                    if device.name not in self._foreign:
                        await self.look_at(device)
            self._pages = max(1, pages)

    async def bring(self, bringing: Awaitable[Sequence[Device]], by: Actor) -> None:
        """Devices that a person brings; no walk meets them before it is known whose word they are."""
        async with self._walk_lock:
            for device in await bringing:
                self._told_by[device.name] = by
                await self.look_at(device)

    async def look_at(self, device: Device) -> None:
        """Weigh a device's record, as it is now, and attach it if it belongs to this ledger."""
        if self._unchanged(device):
            return
        attempt = await self.matching.attempt_of(device)
        if attempt is None:
            self._foreign.add(device.name)
            return
        self._foreign.discard(device.name)
        async with self._record.turn:
            fresh = await self.matching.own(device, attempt.id)
            if fresh is not None:
                await self._attach(device, fresh)
                self._looked[device.name] = (device, fresh.enrollment, self._revision(fresh.enrollment))

    def _unchanged(self, device: Device) -> bool:
        """Neither this record nor its unit changed since the last walk, so there is nothing to weigh anew."""
        looked = self._looked.get(device.name)
        return looked is not None and looked[0] == device and looked[2] == self._revision(looked[1])

    def _revision(self, enrollment: str) -> int | None:
        unit = self._desk.units.get(enrollment)
        return unit.revision if unit else None

    # --- what a record means -------------------------------------------------------------------------------------------------

    async def _attach(self, device: Device, attempt: Attempt) -> None:
        """One device record, one attempt. Called in turn."""
        ledger = self._record.ledger
        enrollment = await ledger.enrollment(attempt.enrollment)
        known = await ledger.device(device.name)
        if attempt.device not in {None, device.name}:
            if known is None:
                await self._duplicate(device, attempt, enrollment, "a second device used the same code")
        elif enrollment.attempt != attempt.id or enrollment.state in {State.QUEUED, State.FAILED, State.SKIPPED}:
            if attempt.device is None:
                whose = "of who had this place before" if attempt.ended == REASSIGNED else "that was given up"
                await self._duplicate(device, attempt, enrollment, f"a device used a code {whose}")
        elif enrollment.state is State.HELD and enrollment.reason not in STILL_EXPECTED:
            if attempt.device is None:
                await self._noted(device, attempt)
        elif (
            attempt.device is None
            or enrollment.state is State.SCANNED
            or (enrollment.reason is HoldReason.OVERDUE and known != device)
        ):
            await self._enrolled(device, attempt, enrollment)
        elif enrollment.state is State.ENROLLED:
            await self._judged(device, attempt, enrollment, known != device)

    async def _duplicate(self, device: Device, attempt: Attempt, enrollment: Enrollment, what: str) -> None:
        held = Held(HoldReason.DUPLICATE, what)
        attempts = (replace(attempt, device=device.name),) if attempt.device is None else ()
        fact = Fact("DuplicateDevice", {"attempt": attempt.id, "device": device.name}, enrollment.batch, enrollment.id)
        change = Change(self._by(device), attempts=attempts, devices=(device,), facts=(fact,))
        self._withdraw_question(enrollment)  # what may be answered is another thing now
        await self._record.move(enrollment, held, change=change)
        self._moved(enrollment.id)

    async def _noted(self, device: Device, attempt: Attempt) -> None:
        """The unit is held for something that only a lead may release: the record is attached and moves nothing."""
        attached = replace(attempt, device=device.name, ended=attempt.ended or "enrolled")
        proof = Evidence("device_record", self._record.clock.now(), self._by(device).name, attempt.id, facts_of(device))
        await self._record.commit(Change(self._by(device), attempts=(attached,), devices=(device,), evidence=(proof,)))

    def _withdraw_question(self, enrollment: Enrollment) -> None:
        if self._desk.question and self._desk.question.enrollment == enrollment.id:
            self._desk.question = None

    async def _enrolled(self, device: Device, attempt: Attempt, enrollment: Enrollment) -> None:
        record = self._record
        now = record.clock.now()
        attached = replace(attempt, device=device.name, ended=attempt.ended or "enrolled")
        proof = Evidence("device_record", now, self._by(device).name, attempt.id, facts_of(device))
        change = Change(self._by(device), attempts=(attached,), devices=(device,), evidence=(proof,))
        overdue = now + self._desk.timing.overdue
        due = overdue if enrollment.state is State.INVITED else enrollment.due or overdue  # an invitation's own is its code's end
        events: list[JourneyEvent] = [DeviceEnrolled(attempt.id, device.name, due)]
        twin = await self.matching.assigned_already(device, enrollment)
        verdict = await self._verdict(device, attached, advance(enrollment, events[0]))
        events += [Held(HoldReason.DUPLICATE, twin)] if twin else self._consequence(verdict)
        phone = await record.phone_of(attached)
        self._withdraw_question(enrollment)
        if phone is None and _with_its_user(attempt, events):
            await record.move(enrollment, *events, change=change)
            self._told(enrollment.id, events)
            return
        if phone is None:
            phone = await self._unseen(attached, enrollment)
            change = replace(change, facts=(phone_fact(phone),))
        change = replace(change, attempts=(replace(attached, phone=phone.id),))
        settled = self._settled(phone, events)
        if settled.place == "stand":
            await leave_stand(record, enrollment, settled, tuple(events), change)
        else:
            facts = () if settled == phone else (phone_fact(settled, "PhonePlaced"),)
            await record.move(enrollment, *events, change=replace(change, phones=(settled,), facts=(*change.facts, *facts)))
        self._told(enrollment.id, events)

    def _told(self, enrollment: str, events: list[JourneyEvent]) -> None:
        """Whoever has this unit before the camera must know; the operator sees what was verified last."""
        self._moved(enrollment)
        if isinstance(events[-1], Verified):
            self._desk.verified.append(enrollment)
            self._desk.ring()

    async def _unseen(self, attempt: Attempt, enrollment: Enrollment) -> Phone:
        """A phone that enrolled before anybody saw it: on the stand if its code was up, else it is somewhere aside."""
        if enrollment.state is State.SHOWING:
            return await arrived(self._record, enrollment, attempt)
        return replace(received(attempt, enrollment), place="set_aside", reason="unseen")

    def _settled(self, phone: Phone, events: list[JourneyEvent]) -> Phone:
        return replace(phone, place="verified") if isinstance(events[-1], Verified) else phone

    async def _judged(self, device: Device, attempt: Attempt, enrollment: Enrollment, changed: bool) -> None:
        events = self._consequence(await self._verdict(device, attempt, enrollment))
        if not events:
            if changed:
                await self._record.commit(Change(self._by(device), devices=(device,)))
            return
        known = await self._record.phone_of(attempt)
        proof = Evidence("device_record", self._record.clock.now(), self._by(device).name, attempt.id, facts_of(device))
        change = Change(self._by(device), devices=(device,), evidence=(proof,))
        if known is not None or not _with_its_user(attempt, events):
            phone = self._settled(known or await self._unseen(attempt, enrollment), events)
            facts = [] if known else [phone_fact(phone)]
            facts += [phone_fact(phone, "PhonePlaced")] if phone.place == "verified" else []
            change = replace(change, attempts=(replace(attempt, phone=phone.id),), phones=(phone,), facts=tuple(facts))
        await self._record.move(enrollment, *events, change=change)
        self._told(enrollment.id, events)

    def _by(self, device: Device) -> Actor:
        return self._told_by.get(device.name, SERVICE)

    def _consequence(self, verdict: Verdict) -> list[JourneyEvent]:
        if verdict.mismatches:
            return [Held(HoldReason.MISMATCH, "; ".join(verdict.mismatches))]
        if verdict.verified:
            return [Verified()]
        if verdict.missing == ("no witnessed or attested scan",):
            return [Held(HoldReason.UNWITNESSED, "the device is there, but no scan was seen")]
        return []

    async def _verdict(self, device: Device, attempt: Attempt, enrollment: Enrollment) -> Verdict:
        batch = await self._record.ledger.batch(enrollment.batch)
        seen = (one for one in await self._record.ledger.evidence(enrollment.id) if one.attempt == attempt.id)
        proven = any(one.kind in {"witness", "attestation"} for one in seen)
        phone = await self._record.phone_of(attempt)
        minimum = lowest_android(enrollment.mode, batch.mode, batch.minimum_android)
        at_bench = attempt.channel == "bench"  # elsewhere nobody looks on, and nobody reads a label
        required, told = batch.identity == "label" and at_bench, self._service.capabilities.reports_serial
        order = Order(enrollment.mode, enrollment.policy, minimum, required, at_bench, told)
        kind, label = (phone.label_kind, phone.label) if phone else (None, None)
        return judge(order, device, scan_proven=proven, label_kind=kind, label=label)

    # --- overdue -------------------------------------------------------------------------------------------------------------

    async def watch_overdue(self) -> None:
        """Hold what was not confirmed in time. A slow good phone still confirms itself afterwards."""
        while True:
            dues = [unit.due for unit in self._desk.units.values() if unit.due is not None and unit.state in PENDING]
            if not dues:
                await self._desk.next_ring()
                continue
            wait = min(dues) - self._record.clock.now()
            if wait > 0:
                await self._desk.ring_within(wait)
                continue
            for unit in list(self._desk.units.values()):
                if unit.due is not None and unit.state in PENDING and unit.due <= self._record.clock.now():
                    await self._overdue(unit.id)

    async def _overdue(self, ident: str) -> None:
        async with self._record.turn:
            enrollment = await self._record.ledger.enrollment(ident)
            if enrollment.state in PENDING and enrollment.due is not None and enrollment.due <= self._record.clock.now():
                reason, why = LATE.get(enrollment.state, (HoldReason.OVERDUE, "no device record came in time"))
                await self._record.move(enrollment, Held(reason, why), change=Change(BENCH))


def _with_its_user(attempt: Attempt, events: Sequence[JourneyEvent]) -> bool:
    """A phone that enrolls away from the bench was never received here; it counts from the moment that it is verified."""
    return attempt.channel != "bench" and not isinstance(events[-1], Verified)
