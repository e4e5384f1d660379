from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from station.wire import Event, PhoneCounts, Snapshot, Status, UserCounts
from tests.tui.wire_events import BATCH, NOW, asked, recorded, snapshot, status, unit
from tui.model import Model, fold, lost, minutes, phones_close, tick, users_close


def test_begins_with_nothing_and_says_that_it_connects() -> None:
    assert Model().step == "connecting"


def test_a_snapshot_connects() -> None:
    model = fold(Model(), snapshot(role="lead"))
    assert (model.connected, model.you, model.role, model.step) == (True, "maria", "lead", "place_phone")


def test_a_status_takes_the_place_of_the_one_before() -> None:
    model = fold(fold(Model(), snapshot()), status("hold_still", seq=101))
    assert (model.step, model.seq) == ("hold_still", 101)


def test_a_status_of_the_same_number_is_newer() -> None:
    model = fold(fold(Model(), snapshot()), status("hold_still"))
    assert model.step == "hold_still"


def test_a_status_that_was_overtaken_changes_nothing() -> None:
    model = fold(Model(), snapshot(status("hold_still", seq=200)))
    assert fold(model, status("place_phone", seq=199)) is model


def test_a_recorded_event_makes_open_lists_old() -> None:
    model = fold(fold(Model(), snapshot()), recorded(103))
    assert model.seq == 103
    assert fold(model, recorded(101)).seq == 103


def test_only_a_snapshot_connects() -> None:
    assert fold(Model(), status()) == Model()
    assert fold(Model(), recorded(5)) == Model()
    gone = lost(fold(Model(), snapshot()), "no answer")
    assert fold(gone, status("hold_still", seq=500)) is gone


def test_what_was_known_stays_when_the_service_is_gone() -> None:
    model = lost(fold(Model(), snapshot(asked("not_scanned", "scanned"))), "no answer")
    assert (model.step, model.step_args) == ("unreachable", {"why": "no answer"})
    assert model.status is not None
    assert model.question is None


def test_a_snapshot_heals_and_may_begin_with_lower_numbers() -> None:
    model = fold(lost(fold(Model(), snapshot(status(seq=900))), "no answer"), snapshot(status(seq=3)))
    assert (model.connected, model.why, model.seq) == (True, None, 3)


def test_minutes_count_from_the_service_s_own_clock() -> None:
    model = fold(Model(), snapshot())
    waiting = unit(1, "Anna", "scanned", since=NOW - 119)
    assert minutes(model, waiting) == 1
    assert minutes(tick(model, 2.0), waiting) == 2
    assert minutes(model, unit(1, "Anna")) is None
    assert minutes(model, unit(1, "Anna", since=NOW + 500)) == 0


def test_a_new_status_starts_the_elapsed_time_again() -> None:
    assert fold(tick(fold(Model(), snapshot()), 40.0), status(seq=101)).elapsed == 0.0


def test_counts_more_held_units_than_the_status_lists() -> None:
    batch = BATCH.model_copy(update={"users": UserCounts(received=63, held=63)})
    assert fold(Model(), snapshot(status(batch=batch))).held_count == 63


def test_knows_counts_that_do_not_close() -> None:
    assert users_close(UserCounts(received=3, verified=1, held=1, open=1))
    assert not users_close(UserCounts(received=4, verified=1, held=1, open=1))
    assert phones_close(PhoneCounts(received=2, in_rack=1, failed=1))
    assert not phones_close(PhoneCounts(received=1, in_rack=1, failed=1))


statuses = st.builds(
    lambda step, seq, code_up: status(step, {"tray": 1}, seq=seq, code_up=code_up),
    st.sampled_from(["no_batch", "place_phone", "to_tray", "answer", "stopped"]),
    st.integers(0, 50),
    st.booleans(),
)
events: st.SearchStrategy[Event | None] = st.one_of(
    statuses,
    st.builds(lambda now, role: snapshot(now, role=role), statuses, st.sampled_from(["operator", "lead", "admin"])),
    st.builds(recorded, st.integers(0, 60)),
    st.none(),
)


@given(st.lists(events, max_size=40))
def test_in_whatever_order_events_come_the_model_stays_sane(heard: list[Event | None]) -> None:
    """None stands for a connection that ended."""
    model = Model()
    for event in heard:
        before, model = model, lost(model, "no answer") if event is None else fold(model, event)
        match event:
            case Snapshot():
                assert model.connected
                assert model.status is event.status
            case None:
                assert not model.connected
                assert model.step == "unreachable"
            case _:
                assert model.connected == before.connected
                assert model.role == before.role
                assert model.seq >= before.seq
                assert before.status is None or (model.status is not None and model.status.seq >= before.status.seq)
    assert model.status is None or model.seq >= model.status.seq


@given(st.lists(statuses, min_size=1, max_size=20))
def test_dropping_statuses_between_changes_nothing(heard: list[Status]) -> None:
    """A slow terminal may be sent the newest status only."""
    start = fold(Model(), snapshot(status(seq=0)))
    heard = sorted(heard, key=lambda event: event.seq)
    assert reduce(fold, heard, start) == fold(start, heard[-1])
