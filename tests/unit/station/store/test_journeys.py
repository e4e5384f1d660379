"""Any journey, in any order: what is stored is what the domain decided, both counts close, and the chain holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.domain import enrollment as domain
from station.domain.audit import Chain
from station.domain.enrollment import Attempt, Enrollment, HoldReason, JourneyEvent, Phone, Place, State, advance
from station.domain.errors import LeaseLost, UnknownTransition
from station.ports import BENCH, Change, Clock
from station.store.ledger import SqlLedger, open_ledger

NUMBER = 4
PLACES: tuple[Place, ...] = ("stand", "tray", "set_aside", "failed", "verified")
EVENTS: tuple[Callable[[str], JourneyEvent], ...] = (
    domain.ShowOrdered,
    domain.InvitationSent,
    domain.CodeShown,
    lambda attempt: domain.ScanWitnessed(attempt, 3, 60.0),
    lambda attempt: domain.ScanAttested(attempt, None, 60.0),
    lambda attempt: domain.DeviceEnrolled(attempt, "d"),
    lambda _: domain.Verified(),
    lambda _: domain.Held(HoldReason.OVERDUE, "late"),
    lambda _: domain.Held(HoldReason.DUPLICATE),
    lambda _: domain.Released(State.SCANNED, 9.5),
    lambda _: domain.Requeued("flat"),
    lambda _: domain.Skipped(),
    lambda _: domain.Failed("broken"),
)
STEPS = st.lists(
    st.tuples(st.integers(1, NUMBER), st.sampled_from(EVENTS), st.sampled_from(PLACES), st.booleans()), min_size=1, max_size=25
)


async def step(ledger: SqlLedger, model: dict[str, Enrollment], ident: str, event: JourneyEvent, place: Place, *, stale: bool) -> None:
    number = ident[1:]
    try:
        moved = advance(model[ident], event)
    except UnknownTransition:
        return
    written = replace(moved, revision=moved.revision + 1) if stale else moved
    attempt, phone = Attempt(f"a{number}", ident, 1, shown=1.0), Phone(f"p{number}", "b", ident, f"a{number}", place)
    try:
        await ledger.commit(Change(BENCH, moves=((written, event),), attempts=(attempt,), phones=(phone,)))
    except LeaseLost:
        assert stale
    else:
        assert not stale
        model[ident] = moved


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_journey_is_stored_as_decided(
    roster: Callable[[int], Change], clock: Clock, steps: list[tuple[int, Callable[[str], JourneyEvent], Place, bool]]
) -> None:
    async def run() -> None:
        async with open_ledger("sqlite://", bench="a", clock=clock) as ledger:
            first = roster(NUMBER)
            await ledger.commit(first)
            model = {one.id: one for one in first.enrollments}
            for number, event, place, stale in steps:
                await step(ledger, model, f"e{number}", event(f"a{number}"), place, stale=stale)
                users, phones = await ledger.counts("b")
                assert users.closes
                assert phones.closes
            assert await ledger.enrollments(batch="b") == tuple(model.values())
            events = await ledger.events()
            assert len(events) == sum(one.revision for one in model.values())
            chain = Chain()
            chain.feed([asdict(event) for event in events])
            assert chain.finish() is None

    asyncio.run(run())
