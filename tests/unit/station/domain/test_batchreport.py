from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from station.domain.batchreport import Acts, BatchTally, StepSeconds

START = 1_760_000_400.0  # a whole hour


@dataclass(frozen=True)
class Event:
    at: float
    kind: str
    enrollment: str | None = "e1"
    actor: str = "bench"
    role: str | None = None
    body: Mapping[str, object] = field(default_factory=dict)


def way(unit: str, begin: float, *seconds: float) -> list[Event]:
    """A unit's straight way; `seconds` between its steps."""
    kinds = ("ShowOrdered", "CodeShown", "ScanWitnessed", "DeviceEnrolled", "Verified")
    at, made = begin, [Event(begin, kinds[0], unit)]
    for kind, took in zip(kinds[1:], seconds, strict=False):
        at += took
        made.append(Event(at, kind, unit))
    return made


def tally(events: list[Event], pieces: int = 1000) -> BatchTally:
    made = BatchTally()
    for at in range(0, len(events), pieces):
        made.feed(events[at : at + pieces])
    return made


def test_a_batch_without_events_has_no_figures() -> None:
    empty = tally([])
    assert (empty.first, empty.last, empty.per_hour, empty.units_per_hour, empty.steps, empty.operators) == (
        None,
        None,
        (),
        0.0,
        {},
        {},
    )


@pytest.mark.parametrize("pieces", [1, 3, 1000])
def test_counts_by_the_hour_and_over_the_whole_time(pieces: int) -> None:
    events = [*way("e1", START, 1, 9, 100, 10), *way("e2", START + 3500, 1, 9, 100, 10), *way("e3", START + 10_000, 1, 9)]
    made = tally(sorted(events, key=lambda event: event.at), pieces)
    assert made.per_hour == ((int(START), 1), (int(START) + 3600, 1))
    assert made.units_per_hour == pytest.approx(2 * 3600 / 3620, abs=0.01)
    assert (made.first, made.last) == (START, START + 10_010)


def test_steps_are_the_median_and_what_nine_of_ten_do_not_exceed() -> None:
    events = [event for number in range(1, 11) for event in way(f"e{number}", START, 0, number, 100, 10)]
    assert tally(events).steps == {
        "to_scan": StepSeconds(5.5, 9, 10),
        "to_device": StepSeconds(100, 100, 10),
        "to_verified": StepSeconds(10, 10, 10),
        "whole": StepSeconds(115.5, 119, 10),
    }


def test_a_second_code_starts_the_clock_again() -> None:
    events = [*way("e1", START, 1, 5), Event(START + 400, "Requeued"), *way("e1", START + 1000, 1, 20, 30, 40)]
    steps = tally(events).steps
    assert (steps["to_scan"].middle, steps["whole"].middle) == (20, 90)


def test_a_code_that_is_shown_twice_counts_from_the_first_time() -> None:
    events = [*way("e1", START, 1), Event(START + 60, "CodeShown"), Event(START + 71, "ScanWitnessed"), Event(START + 90, "Verified")]
    assert tally(events).steps["to_scan"].middle == 70


def test_a_device_without_a_seen_scan_has_no_time_to_it() -> None:
    events = [Event(START, "InvitationSent"), Event(START + 50, "DeviceEnrolled"), Event(START + 60, "Verified")]
    assert set(tally(events).steps) == {"to_verified"}


def test_a_verified_unit_that_is_held_counts_once() -> None:
    events = [*way("e1", START, 1, 9, 100, 10), Event(START + 200, "Held", body={"reason": "duplicate"})]
    assert tally(events).per_hour == ()
    assert tally([*events, Event(START + 4000, "Verified")]).per_hour == ((int(START) + 3600, 1),)


def test_counts_holds_by_reason_and_what_people_did() -> None:
    events = [
        Event(START, "Held", "e1", "bench", None, {"reason": "overdue"}),
        Event(START, "Held", "e2", "bench", None, {"reason": "overdue"}),
        Event(START, "Held", "e3", "maria", "operator", {"reason": "by-operator"}),
        Event(START, "Failed", "e3", "lea", "lead"),
        Event(START, "ScanAttested", "e4", "maria", "operator"),
        Event(START, "StandDeclaredEmpty", None, "maria", "operator"),
        Event(START, "ScanWitnessed", "e5", "camera"),
    ]
    made = tally(events)
    assert (made.held, made.failed) == ({"overdue": 2, "by-operator": 1}, 1)
    assert made.operators == {"maria": Acts(3, 1, 1), "lea": Acts(1, 0, 0)}
