"""The journey: the table in the module's docstring, read and compared with what `advance` does."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain import enrollment as domain
from station.domain.enrollment import (
    CLOSED,
    HARMLESS,
    OPEN,
    TRANSITIONS,
    CodeShown,
    DeviceEnrolled,
    Enrollment,
    Failed,
    Held,
    HoldReason,
    InvitationSent,
    JourneyEvent,
    PhoneCount,
    Reassigned,
    Released,
    Reordered,
    Requeued,
    ScanAttested,
    ScanWitnessed,
    ShowOrdered,
    Skipped,
    State,
    UserCount,
    Verified,
    advance,
)
from station.domain.errors import UnknownTransition
from station.domain.policy import Mode

STEADY = settings(deadline=None, derandomize=True, max_examples=150)
NAMED: tuple[type[JourneyEvent], ...] = (CodeShown, ScanWitnessed, ScanAttested, DeviceEnrolled)
"""Events that tell of one attempt."""

EVENTS: tuple[JourneyEvent, ...] = (
    *(
        event
        for attempt in ("now", "earlier")
        for event in (
            ShowOrdered(attempt),
            InvitationSent(attempt),
            CodeShown(attempt),
            ScanWitnessed(attempt, 3, 60.0),
            ScanAttested(attempt, None, 60.0),
            DeviceEnrolled(attempt, "device"),
            DeviceEnrolled(attempt, "device", 90.0),
        )
    ),
    InvitationSent("another", 120.0),
    Reordered(Mode.DEDICATED, "another"),
    Reassigned("u", "v", Mode.DEDICATED, "another", "reason"),
    Verified(),
    *(Held(reason, "detail") for reason in HoldReason),
    *(Released(state, 70.0) for state in State),
    Requeued("reason"),
    Skipped("reason"),
    Failed("reason"),
)


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    states: frozenset[State]
    event: str
    becomes: State | None
    condition: str


def table() -> list[Line]:
    """The table as the module's docstring prints it; None in `becomes` where the event says where to."""
    text = domain.__doc__ or ""
    rows = text.split("condition\n", 1)[1].split("\n\n", 1)[0].splitlines()
    lines = [re.split(r" {2,}", row.strip(), maxsplit=3) for row in rows]
    groups = {"any open": OPEN, "closed": CLOSED}
    found: list[Line] = []
    for state, event, becomes, *rest in lines:
        states = groups.get(state) or frozenset({State[state]})
        if becomes in State.__members__:
            found.append(Line(states, event, State[becomes], rest[0] if rest else ""))
        else:
            found.append(Line(states, event, None, " ".join((becomes, *rest))))
    return found


def reasons_in(text: str) -> set[HoldReason]:
    return {reason for reason in HoldReason if re.search(rf"\b{reason}\b", text)}


def allowed_by(line: Line, before: Enrollment, event: JourneyEvent) -> bool:
    """Whether a row's condition holds, as its words say."""
    condition = line.condition.split(":")[0]
    if isinstance(event, Held):
        named = reasons_in(condition)
        return not named or event.reason in named or ("so far is harmless" in condition and before.reason in HARMLESS)
    if isinstance(event, Released):
        never, may = line.condition.split(": ")[1].split(" never, ")
        assert never == "SHOWING"
        return event.to.name in re.findall(r"[A-Z]+", may) and before.attempt is not None
    if isinstance(event, NAMED) and getattr(event, "attempt", None) != before.attempt:
        return False
    if condition.startswith("reason "):
        return before.reason in reasons_in(condition)
    return True


def every_enrollment() -> list[Enrollment]:
    plain = [Enrollment("e", "b", 1, "u", Mode.WPCO, "p", state, tray=2, due=50.0) for state in State if state is not State.HELD]
    held = [replace(plain[0], state=State.HELD, reason=reason) for reason in HoldReason]
    return [replace(one, attempt=attempt) for one in (*plain, *held) for attempt in ("now", None)]


def test_the_docstrings_table_and_the_transitions_hold_the_same_pairs() -> None:
    printed = {(line.event, state) for line in table() for state in line.states}
    coded = {(event.__name__, state) for event, moves in TRANSITIONS.items() for state in moves}
    assert printed == coded
    becomes = {(line.event, state): line.becomes for line in table() for state in line.states if line.becomes}
    moves = {(event.__name__, state): to for event, row in TRANSITIONS.items() for state, to in row.items() if event is not Released}
    assert becomes == moves


def test_every_kind_of_event_is_in_the_table_and_is_tried() -> None:
    kinds = set(JourneyEvent.__args__)
    assert set(TRANSITIONS) == kinds == {type(event) for event in EVENTS}
    assert {line.event for line in table()} == {kind.__name__ for kind in kinds}


def test_advance_does_what_the_table_says_and_nothing_else() -> None:
    lines, tried = table(), 0
    for before, event in itertools.product(every_enrollment(), EVENTS):
        rows = [line for line in lines if line.event == type(event).__name__ and before.state in line.states]
        fitting = [line for line in rows if allowed_by(line, before, event)]
        tried += 1
        if not fitting:
            with pytest.raises(UnknownTransition):
                advance(before, event)
            continue
        to = event.to if isinstance(event, Released) else fitting[0].becomes
        after = advance(before, event)
        assert after.state is to, (before, event)
        assert after.revision == before.revision + 1
    assert tried > 1000


def test_an_unknown_step_names_the_unit_the_state_the_reason_and_the_event() -> None:
    held = Enrollment("e7", "b", 1, "u", Mode.WPCO, "p", State.HELD, HoldReason.MISMATCH, attempt="a")
    with pytest.raises(UnknownTransition, match=r"e7 is held \(mismatch\): DeviceEnrolled does not apply"):
        advance(held, DeviceEnrolled("a", "d"))


def test_states_and_reasons_are_sorted_without_gaps() -> None:
    assert CLOSED | OPEN | {State.HELD} == set(State)
    assert not CLOSED & OPEN
    assert set(HoldReason) - HARMLESS == {HoldReason.MISMATCH, HoldReason.DUPLICATE, HoldReason.FAULT}
    assert domain.ATTESTABLE <= HARMLESS


@pytest.mark.parametrize("grave", sorted(set(HoldReason) - HARMLESS))
@pytest.mark.parametrize("harmless", sorted(HARMLESS))
def test_a_grave_hold_is_never_replaced_by_a_harmless_one(grave: HoldReason, harmless: HoldReason) -> None:
    held = Enrollment("e", "b", 1, "u", Mode.WPCO, "p", State.HELD, grave, attempt="a")
    with pytest.raises(UnknownTransition):
        advance(held, Held(harmless))


# --- what is carried along ---------------------------------------------------------------------------------------------


def queued() -> Enrollment:
    return Enrollment("e", "b", 1, "u", Mode.WPCO, "p")


def after(*events: JourneyEvent) -> Enrollment:
    enrollment = queued()
    for event in events:
        enrollment = advance(enrollment, event)
    return enrollment


def test_the_plain_journey_keeps_attempt_tray_and_due() -> None:
    shown = after(ShowOrdered("a"), CodeShown("a"))
    assert (shown.state, shown.attempt, shown.attempts) == (State.SHOWING, "a", 1)
    scanned = advance(shown, ScanWitnessed("a", 4, 900.0))
    assert (scanned.state, scanned.tray, scanned.due) == (State.SCANNED, 4, 900.0)
    enrolled = advance(scanned, DeviceEnrolled("a", "d"))
    assert (enrolled.state, enrolled.tray, enrolled.due) == (State.ENROLLED, 4, 900.0)
    verified = advance(enrolled, Verified())
    assert (verified.state, verified.tray, verified.due, verified.attempt, verified.revision) == (State.VERIFIED, 4, None, "a", 5)


def test_a_device_record_may_bring_a_due_time_of_its_own() -> None:
    assert after(InvitationSent("a"), DeviceEnrolled("a", "d", 77.0)).due == 77.0


def test_holding_stops_the_clock_and_keeps_the_detail_until_a_person_or_a_late_record_ends_it() -> None:
    held = after(ShowOrdered("a"), ScanWitnessed("a", 1, 60.0), Held(HoldReason.OVERDUE, "no record came"))
    assert (held.due, held.detail, held.tray) == (None, "no record came", 1)
    released = advance(held, Released(State.SCANNED, 120.0))
    assert (released.reason, released.detail, released.due, released.tray) == (None, "", 120.0, 1)
    assert advance(held, DeviceEnrolled("a", "d")).reason is None


def test_requeueing_gives_up_attempt_and_tray_but_still_counts_the_attempt() -> None:
    again = after(ShowOrdered("a"), ScanWitnessed("a", 1, 60.0), Requeued("flat battery"))
    assert (again.state, again.attempt, again.tray, again.due, again.attempts) == (State.QUEUED, None, None, None, 1)
    assert advance(again, ShowOrdered("b")).attempts == 2


def test_a_record_for_an_attempt_that_was_given_up_moves_nothing() -> None:
    second = after(ShowOrdered("a"), Requeued(), ShowOrdered("b"))
    for event in (CodeShown("a"), ScanWitnessed("a", 1, 1.0), ScanAttested("a", 1, 1.0), DeviceEnrolled("a", "d")):
        with pytest.raises(UnknownTransition):
            advance(second, event)


# --- any order -----------------------------------------------------------------------------------------------------------


@STEADY
@given(events=st.lists(st.sampled_from(EVENTS), max_size=40))
def test_any_order_of_events_keeps_the_invariants(events: list[JourneyEvent]) -> None:
    now, steps = queued(), 0
    for event in events:
        try:
            moved = advance(now, event)
        except UnknownTransition:
            continue
        steps += 1
        if now.state in CLOSED:
            assert isinstance(event, Held)
            assert event.reason is HoldReason.DUPLICATE
        if now.state is State.HELD and moved.state is State.HELD and now.reason not in HARMLESS:
            assert moved.reason not in HARMLESS
        assert moved.revision == now.revision + 1 == steps
        assert moved.attempts == now.attempts + isinstance(event, ShowOrdered | InvitationSent)
        assert (moved.state is State.HELD) == (moved.reason is not None)
        assert moved.open == (moved.state in OPEN)
        assert (moved.id, moved.batch, moved.position) == ("e", "b", 1)
        assert moved.user == (event.user if isinstance(event, Reassigned) else now.user)
        ordered = isinstance(event, Reordered | Reassigned)
        assert ordered or (moved.mode, moved.policy) == (now.mode, now.policy)
        if moved.state in {State.SHOWING, State.SCANNED, State.ENROLLED, State.VERIFIED, State.INVITED}:
            assert moved.attempt is not None
        if moved.state is State.QUEUED:
            assert moved.attempt is None
        now = moved


def test_every_state_and_reason_can_be_reached_and_none_is_a_dead_end() -> None:
    """Attempt, count and times left out, the journey is a small graph."""
    start = queued()
    graph: dict[Enrollment, set[Enrollment]] = {}
    waiting = [start]
    while waiting:
        now = waiting.pop()
        if now not in graph:
            graph[now] = {_bare(advance(now, event)) for event in EVENTS if _applies(now, event)}
            waiting += graph[now]
    assert {one.state for one in graph} == set(State)
    assert {one.reason for one in graph} == {None, *HoldReason}
    for one in graph:
        reached, waiting = set(), [one]
        while waiting:
            now = waiting.pop()
            if now not in reached:
                reached.add(now)
                waiting += graph[now]
        verified = any(other.state is State.VERIFIED for other in reached - {one})
        assert verified, one


def _bare(one: Enrollment) -> Enrollment:
    return replace(queued(), state=one.state, reason=one.reason, attempt=one.attempt)


def _applies(enrollment: Enrollment, event: JourneyEvent) -> bool:
    try:
        advance(enrollment, event)
    except UnknownTransition:
        return False
    return True


# --- counts ----------------------------------------------------------------------------------------------------------------


def test_a_count_closes_only_when_everything_is_somewhere() -> None:
    assert UserCount().closes
    assert UserCount(10, verified=4, held=1, failed=1, skipped=1, open=3).closes
    assert not UserCount(10, verified=4, held=1, failed=1, skipped=1, open=2).closes
    assert PhoneCount().closes
    assert PhoneCount(7, verified=3, in_rack=2, set_aside=1, failed=1).closes
    assert not PhoneCount(7, verified=3, in_rack=2, set_aside=1, failed=2).closes
