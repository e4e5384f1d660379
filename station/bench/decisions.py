"""What people decide about units: attest, set aside, retry, release, hold, skip, fail, and the answers to questions.

Requeue, skip and fail revoke first; requeue is refused while the service shows a device for the old token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from station.bench.cycle import Cycle
from station.bench.desk import Desk
from station.bench.minting import MintAhead
from station.bench.people import must_be_there
from station.bench.rack import Rack
from station.bench.record import AGAIN, Record, arrived, leave_stand, phone_fact, received
from station.bench.revoking import revoke
from station.domain.enrollment import (
    ATTESTABLE,
    HARMLESS,
    Attempt,
    Enrollment,
    Failed,
    Held,
    HoldReason,
    JourneyEvent,
    Released,
    Requeued,
    ScanAttested,
    Skipped,
    State,
    advance,
)
from station.domain.errors import NotAllowed, NotFound, RefuseUnit, SixtapError, WrongUse
from station.domain.evidence import Evidence
from station.domain.identity import read_label
from station.ports import Actor, Change, Fact, Minting

LEADS = frozenset({"lead", "admin"})
UNCOUNTED = frozenset({AGAIN, "retried"})  # nobody said that there is a phone


class Decisions:
    """Each method is one act of one actor; errors say why it cannot be done."""

    def __init__(self, record: Record, cycle: Cycle, rack: Rack, minting: MintAhead, service: Minting) -> None:
        self._record = record
        self._cycle = cycle
        self._rack = rack
        self._minting = minting
        self._service = service
        self._answering = ""  # the question that somebody is answering at this moment

    @property
    def _desk(self) -> Desk:
        return self._record.desk

    # --- answers ---------------------------------------------------------------------------------------------------------------

    async def answer(self, actor: Actor, question: str, answer: str) -> None:
        """Answer the open question. An answer to an older one is refused: it was meant for another phone."""
        asked = self._desk.question
        if asked is None or asked.id != question:
            raise WrongUse("This question is no longer open.", "Look at what the bench asks now.")
        if answer not in asked.answers:
            raise WrongUse(f"{answer[:40]!r} is no answer to it.", f"Answer with one of: {', '.join(asked.answers)}.")
        if self._answering == asked.id:
            raise WrongUse("This question is just being answered.", "Look at what the bench asks next.")
        self._answering = asked.id
        try:
            await self._follow(actor, asked.enrollment, answer)
        finally:
            self._answering = ""
        if self._desk.question is asked:
            self._desk.question = None
            self._desk.ring()

    async def _follow(self, actor: Actor, ident: str, answer: str) -> None:
        match answer:
            case "scanned":
                await self.attest(actor, ident)
            case "set_aside":
                await self.set_aside(actor, ident, "other")
            case "fail":
                await self.fail(actor, ident, "failed at the stand")
            case _:
                await self._show_again(actor, ident)

    async def _show_again(self, actor: Actor, ident: str) -> None:
        enrollment = await self._record.ledger.enrollment(ident)
        fact = Fact("OperatorAnswered", {"answer": "show_again"}, enrollment.batch, ident)
        await self._record.commit(Change(actor, facts=(fact,)))
        if enrollment.state is State.SHOWING and self._cycle.show_again():
            return
        await self._requeue(actor, enrollment, "the phone had not read the code", AGAIN)

    # --- attest ------------------------------------------------------------------------------------------------------------------

    async def attest(self, actor: Actor, ident: str) -> None:
        """A person says that the phone read the code; the batch says whose word counts."""
        record, desk = self._record, self._desk
        enrollment = await record.ledger.enrollment(ident)
        batch = await record.ledger.batch(enrollment.batch)
        if batch.attestation == "never":
            raise NotAllowed(f"Batch {batch.name} counts no attested scan.", "Set the phone aside, or retry the unit.")
        if batch.attestation == "lead" and actor.role not in LEADS:
            raise NotAllowed(f"Batch {batch.name} counts only a lead's word for a scan.", "Ask a lead to attest it.")
        async with record.turn:
            enrollment = await record.ledger.enrollment(ident)
            attempt = await self._attempt(enrollment)
            known = await record.phone_of(attempt)
            phone = known or await arrived(record, enrollment, attempt)
            now = record.clock.now()
            ended = replace(attempt, phone=phone.id, scanned=attempt.scanned or now, ended="scanned")
            proof = Evidence("attestation", now, actor.name, attempt.id, {"role": actor.role})
            facts = () if known else (phone_fact(phone),)
            change = Change(actor, attempts=(ended,), evidence=(proof,), facts=facts)
            on_stand = phone.place == "stand"
            event = ScanAttested(attempt.id, desk.free_tray() if on_stand else phone.tray, now + desk.timing.overdue)
            if on_stand:
                await leave_stand(record, enrollment, phone, (event,), change)
            else:
                await record.move(enrollment, event, change=change)
        self._done_with(ident)

    # --- back to the queue -------------------------------------------------------------------------------------------------------

    async def set_aside(self, actor: Actor, ident: str, reason: str) -> None:
        """The phone is put aside with a reason and stays accounted for; its user goes back to the queue."""
        enrollment = await self._record.ledger.enrollment(ident)
        if enrollment.attempt is None and enrollment.state is State.QUEUED:
            raise WrongUse("No phone is with this user yet.", "Hold or skip the unit instead.")
        await self._requeue(actor, enrollment, f"phone set aside: {reason}", reason)

    async def retry(self, actor: Actor, ident: str) -> None:
        """Back to the queue with a new code."""
        enrollment = await self._record.ledger.enrollment(ident)
        await self._requeue(actor, enrollment, "retried", "retried")

    async def _requeue(self, actor: Actor, enrollment: Enrollment, why: str, phone_reason: str) -> None:
        if enrollment.state in {State.QUEUED, State.VERIFIED, State.FAILED, State.SKIPPED, State.ENROLLED}:
            raise WrongUse(f"The unit is {enrollment.state} and cannot go back to the queue.", "Look at its history.")
        _lead_if_grave(actor, enrollment)
        if enrollment.state is not State.SHOWING:  # a code that is up comes down at once; nobody removed its user
            await must_be_there(self._record.ledger, enrollment.user)
        await self._revoked(enrollment, unless_enrolled=True)
        record = self._record
        async with record.turn:
            fresh = await record.ledger.enrollment(enrollment.id)
            attempt = await record.ledger.attempt(fresh.attempt) if fresh.attempt else None
            change = Change(actor)
            if attempt is not None:
                change = replace(change, attempts=(replace(attempt, ended=attempt.ended or "superseded"),))
                change = await self._put(change, fresh, attempt, "set_aside", phone_reason)
            await record.move(fresh, Requeued(why), change=change)
        self._done_with(enrollment.id)

    async def _put(self, change: Change, enrollment: Enrollment, attempt: Attempt, place: str, reason: str) -> Change:
        """The attempt's phone goes to `place`. One that was never counted is counted now if a person speaks of it."""
        phone = await self._record.phone_of(attempt)
        if phone is None:
            if reason in UNCOUNTED or place == "failed":
                return change
            phone = received(attempt, enrollment)
            change = replace(change, facts=(*change.facts, phone_fact(phone)))
        moved = replace(phone, place="failed" if place == "failed" else "set_aside", tray=None, reason=reason)
        return replace(change, phones=(moved,), facts=(*change.facts, phone_fact(moved, "PhonePlaced")))

    async def _revoked(self, enrollment: Enrollment, *, unless_enrolled: bool) -> None:
        """The code is down and its token deleted. With `unless_enrolled`, refused when a device has used it."""
        if enrollment.attempt is None:
            return
        await self._cycle.withdraw(enrollment.id)
        try:
            await revoke(self._record, self._service, await self._attempt(enrollment))
            if not unless_enrolled:
                return
            await self._rack.walk()
        except SixtapError:
            self._cycle.resume(enrollment.id)
            raise
        if (await self._attempt(enrollment)).device is not None:
            raise RefuseUnit(
                "The management service has a device for this user's code already.",
                "Let it go on; if that device is the wrong one, a lead fails the unit.",
            )

    # --- holds, ends ---------------------------------------------------------------------------------------------------------------

    async def hold(self, actor: Actor, ident: str, detail: str) -> None:
        """Keep this unit until somebody releases it."""
        await self._cycle.withdraw(ident)
        await self._move(actor, ident, lambda _: Held(HoldReason.BY_OPERATOR, detail[:200]))
        self._done_with(ident)

    async def release(self, actor: Actor, ident: str) -> None:
        """Go on from what the evidence supports: a device record, a scan, or nothing (then back to the queue)."""
        record = self._record
        enrollment = await record.ledger.enrollment(ident)
        if enrollment.state is not State.HELD:
            raise WrongUse(f"The unit is {enrollment.state}, not held.", "")
        _lead_if_grave(actor, enrollment)
        attempt = await record.ledger.attempt(enrollment.attempt) if enrollment.attempt else None
        if attempt is None or (attempt.scanned is None and attempt.device is None):
            if enrollment.reason in ATTESTABLE:
                raise WrongUse("No scan is proven for this unit.", "Attest the scan, or retry the unit.")
            await self._requeue(actor, enrollment, "released", "retried")
            return
        due = record.clock.now() + self._desk.timing.overdue
        to = State.SCANNED if attempt.scanned is not None else State.ENROLLED
        await self._move(actor, ident, lambda _: Released(to, due))
        self._done_with(ident)

    async def skip(self, actor: Actor, ident: str, reason: str) -> None:
        """Leave this user out."""
        await self._end(actor, ident, Skipped(reason[:200]), "set_aside", "skipped")

    async def fail(self, actor: Actor, ident: str, reason: str) -> None:
        """Give this unit up; its phone counts as failed."""
        _lead_only(actor, "Failing a unit")
        await self._end(actor, ident, Failed(reason[:200]), "failed", reason[:200] or "failed")

    async def _end(self, actor: Actor, ident: str, event: JourneyEvent, place: str, reason: str) -> None:
        record = self._record
        enrollment = await record.ledger.enrollment(ident)
        advance(enrollment, event)  # before anything is revoked
        _lead_if_grave(actor, enrollment)
        await self._revoked(enrollment, unless_enrolled=False)
        async with record.turn:
            enrollment = await record.ledger.enrollment(ident)
            attempt = await record.ledger.attempt(enrollment.attempt) if enrollment.attempt else None
            change = Change(actor)
            if attempt is not None:
                change = replace(change, attempts=(replace(attempt, ended=attempt.ended or "revoked"),))
                if await record.phone_of(attempt) is not None:
                    change = await self._put(change, enrollment, attempt, place, reason)
            await record.move(enrollment, event, change=change)
        self._done_with(ident)

    async def declare_empty(self, actor: Actor) -> None:
        """Override: the next code may come although the stand was not seen empty. An act of its own, counted."""
        if self._desk.on_stand() is not None:
            raise WrongUse("A phone is still booked on the stand.", "Answer what the bench asks about it first.")
        batch = self._desk.batch.id if self._desk.batch else None
        await self._record.commit(Change(actor, facts=(Fact("StandDeclaredEmpty", {}, batch),)))
        self._cycle.declare_empty()

    # --- labels --------------------------------------------------------------------------------------------------------------------

    async def label(self, actor: Actor, text: str) -> None:
        """The box's label of the phone that is next. Raises BadLabel, or WrongUse when none is asked for or it is taken."""
        desk, record = self._desk, self._record
        if not desk.wants_label or desk.unit is None or desk.attempt is None:
            raise WrongUse("No label is asked for now.", "Scan it when the screen says so.")
        label = read_label(text)
        unit, attempt = desk.unit.id, desk.attempt
        async with record.turn:
            enrollment = await record.ledger.enrollment(unit)
            if enrollment.state is not State.QUEUED or desk.on_stand() is not None:
                raise WrongUse("The label of this phone is known already, or another phone's turn has come.", "Look at the screen.")
            others = [phone for phone in await record.ledger.phones() if phone.label == label.value]
            busy = [phone for phone in others if phone.place in {"stand", "tray", "verified"} and phone.returned is None]
            if busy:
                raise WrongUse(f"The phone {label.value} is with this bench already ({busy[0].place}).", "Check what is in your hand.")
            phone = replace(received(attempt, enrollment), label_kind=label.kind, label=label.value)
            aside = [phone for phone in others if phone.place != "verified"]
            if aside:  # it was set aside before and comes back: the same phone is counted once
                phone = replace(phone, id=aside[-1].id)
            proof = Evidence("label", record.clock.now(), actor.name, attempt.id, {"kind": label.kind, "value": label.value})
            facts = (phone_fact(phone),)
            await record.commit(Change(actor, phones=(phone,), evidence=(proof,), facts=facts))

    # --- in common -------------------------------------------------------------------------------------------------------------------

    async def _move(self, actor: Actor, ident: str, event: Callable[[Enrollment], JourneyEvent]) -> None:
        async with self._record.turn:
            enrollment = await self._record.ledger.enrollment(ident)
            await self._record.move(enrollment, event(enrollment), change=Change(actor))

    async def _attempt(self, enrollment: Enrollment) -> Attempt:
        attempt = await self._record.ledger.attempt(enrollment.attempt) if enrollment.attempt else None
        if attempt is None:
            raise NotFound("This unit has no code yet.", "Wait until its turn comes.")
        return attempt

    def _done_with(self, ident: str) -> None:
        if self._desk.question and self._desk.question.enrollment == ident:
            self._desk.question = None
        self._cycle.moved(ident)
        self._minting.queue_changed()


def _lead_if_grave(actor: Actor, enrollment: Enrollment) -> None:
    if enrollment.state is State.HELD and enrollment.reason not in HARMLESS:
        _lead_only(actor, f"A unit held as {enrollment.reason}")


def _lead_only(actor: Actor, what: str) -> None:
    if actor.role not in LEADS:
        raise NotAllowed(f"{what} needs a lead.", "Ask a lead.")
