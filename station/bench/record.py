"""The one way in which the bench writes: advance, commit, tell. Turns are taken, so that no two writers cross."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace

from station.bench.desk import Desk
from station.domain.enrollment import Attempt, Enrollment, JourneyEvent, Phone, advance
from station.domain.errors import StopBench
from station.ports import BENCH, Actor, Change, Clock, Effect, EffectKind, EffectOutcome, Fact, Ledger, Recorded

AGAIN = "again"  # why a phone is set aside that is to try again for the same user


def new_id(kind: str) -> str:
    """An opaque id that says of what it is: `a_3f...`."""
    return f"{kind}_{uuid.uuid4().hex[:20]}"


class Record:
    """Commits changes and tells who listens. `turn` is held around every read-decide-write, `roster` around those of users: one person
    never comes in twice, and who was removed never comes back with somebody's older copy."""

    def __init__(self, ledger: Ledger, clock: Clock, desk: Desk) -> None:
        self.ledger = ledger
        self.clock = clock
        self.desk = desk
        self.turn = asyncio.Lock()
        self.roster = asyncio.Lock()  # never taken in turn
        self.hearers: list[Callable[[tuple[Recorded, ...]], None]] = []

    async def commit(self, change: Change) -> tuple[Recorded, ...]:
        """Write it, take it over into the desk, tell. StopBench errors stop the bench as well as reaching the caller."""
        try:
            recorded = await self.ledger.commit(change)
        except StopBench as why:
            self.desk.stop(why)
            raise
        moved = tuple(enrollment for enrollment, _ in change.moves)
        self.desk.keep(moved, change.phones)
        for hearer in self.hearers:
            hearer(recorded)
        self.desk.ring()
        return recorded

    async def move(self, enrollment: Enrollment, *events: JourneyEvent, change: Change) -> Enrollment:
        """Advance through `events` in order and commit them with the rest of `change`. Returns the enrollment after the last."""
        moves: list[tuple[Enrollment, JourneyEvent]] = []
        for event in events:
            enrollment = advance(enrollment, event)
            moves.append((enrollment, event))
        await self.commit(replace(change, moves=(*change.moves, *moves)))
        return enrollment

    async def phone_of(self, attempt: Attempt) -> Phone | None:
        """The phone that this attempt is about; None when it was never seen, or is by now about another attempt."""
        phone = await self.ledger.phone(attempt.phone) if attempt.phone else None
        return phone if phone is not None and phone.attempt == attempt.id else None

    async def intend(self, kind: EffectKind, attempt: str, *, token: str | None = None) -> Effect:
        """Commit that something will be done outside, before it is done."""
        effect = Effect(new_id("f"), kind, attempt, self.clock.now(), token)
        await self.commit(Change(BENCH, effects=(effect,)))
        return effect

    async def settle(self, effect: Effect, outcome: EffectOutcome, *, actor: Actor = BENCH, change: Change | None = None) -> None:
        """Commit what came of it, with the rest of `change`."""
        base = change or Change(actor)
        await self.commit(replace(base, effects=(*base.effects, replace(effect, outcome=outcome))))


def received(attempt: Attempt, enrollment: Enrollment) -> Phone:
    """A phone that the bench has now, standing on the stand."""
    return Phone(new_id("p"), enrollment.batch, enrollment.id, attempt.id)


async def arrived(record: Record, enrollment: Enrollment, attempt: Attempt) -> Phone:
    """The phone on the stand: one that an operator said would try again for this user comes back, else it is a new one."""
    phones = await record.ledger.phones(enrollment=enrollment.id, places=("set_aside",))
    again = [phone for phone in phones if phone.reason == AGAIN]
    return replace(again[-1], attempt=attempt.id, place="stand", tray=None, reason="") if again else received(attempt, enrollment)


async def set_by(record: Record, phone: Phone) -> None:
    """A phone whose code was never ordered leaves the stand; it tries again when its user's turn comes. Called in turn."""
    aside = replace(phone, place="set_aside", tray=None, reason=AGAIN)
    await record.commit(Change(BENCH, phones=(aside,), facts=(phone_fact(aside, "PhonePlaced"),)))


def phone_fact(phone: Phone, kind: str = "PhoneReceived") -> Fact:
    """The event of a phone that came, or changed its place."""
    body: dict[str, object] = {"phone": phone.id, "attempt": phone.attempt, "place": phone.place, "tray": phone.tray}
    if phone.reason:
        body["reason"] = phone.reason
    if phone.label is not None:
        body["label"] = phone.label
        body["label_kind"] = phone.label_kind
    return Fact(kind, body, phone.batch, phone.enrollment)


async def leave_stand(
    record: Record, enrollment: Enrollment, phone: Phone, events: tuple[JourneyEvent, ...], change: Change
) -> Enrollment:
    """Move the enrollment and, in the same commit, give its phone the next free tray; without a rack it stays on the stand."""
    tray = record.desk.free_tray()
    placed = phone if tray is None else replace(phone, place="tray", tray=tray)
    facts = (*change.facts, phone_fact(placed, "PhonePlaced"))
    return await record.move(enrollment, *events, change=replace(change, phones=(*change.phones, placed), facts=facts))
