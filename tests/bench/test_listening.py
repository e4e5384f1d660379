"""A bench that the management service tells of devices by itself: at once, and whatever goes wrong with that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from station.domain.enrollment import State
from station.emm.emulator import Rule
from station.ports import BENCH, Change
from tests.bench.rig import Rig
from tests.bench.scenes import attempts, bench, events, scan, unit
from tests.bench.stand_ins import Handset
from tests.bench.voice import TOPIC, Voice

SOON = 1.0  # seconds
ENROLLMENT, STATUS_REPORT = "notifications.ENROLLMENT", "notifications.STATUS_REPORT"


@contextmanager
def listening(**setup: Any) -> Iterator[tuple[Rig, Voice, Handset]]:
    """A bench with one phone scanned, long enough ago that its setup may be done, and its walk just over."""
    with bench(hearing=True, **{"users": 1, **setup}) as rig:
        assert rig.voice is not None
        phone = scan(rig)
        rig.wait(65.0)
        assert rig.desk.parts["notifications"].state == "ok"
        yield rig, rig.voice, phone


def plant(rig: Rig, *rules: Rule) -> None:
    rig.cloud.emulator.faults.replace(rules)


def enrolled(rig: Rig) -> int:
    """How often the record says that the unit's device came."""
    return [event.kind for event in events(rig)].count("DeviceEnrolled")


def test_an_enrollment_and_its_policy_are_heard_within_a_second_without_a_walk() -> None:
    with listening() as (rig, _, phone):
        walks = rig.bench.rack.walks
        rig.cloud.enroll(phone)
        rig.wait(SOON)
        assert unit(rig).state is State.ENROLLED
        rig.cloud.apply(phone)
        rig.wait(SOON)
        assert (unit(rig).state, rig.bench.rack.walks) == (State.VERIFIED, walks)


def test_the_walks_become_a_safety_net_of_one_a_minute_while_it_works() -> None:
    calls = {}
    for hearing in (True, False):
        with bench(users=1, hearing=hearing) as rig:
            scan(rig)
            rig.wait(100.0)
            before = rig.cloud.calls["devices"]
            rig.wait(600.0)
            calls[hearing] = rig.cloud.calls["devices"] - before
    assert (calls[True] in {9, 10, 11}, calls[False] in {119, 120, 121}) == (True, True), calls


def test_a_bench_at_rest_asks_nothing_but_listens() -> None:
    with bench(started=False, hearing=True) as rig:
        rig.wait(3600.0)
        assert rig.voice is not None
        assert 55 <= rig.voice.pulls <= 65
        assert rig.cloud.calls.total() == 0


# --- what Pub/Sub may do ------------------------------------------------------------------------------------------------------


def test_what_is_never_told_is_found_by_the_next_walk() -> None:
    with listening() as (rig, _, phone):
        plant(rig, Rule(ENROLLMENT, "drop_before"), Rule(STATUS_REPORT, "drop_before"))
        rig.cloud.enroll(phone)
        rig.cloud.apply(phone)
        rig.wait(65.0)
        assert unit(rig).state is State.VERIFIED


@pytest.mark.parametrize("kind", ["duplicate", "garbage"])
def test_what_is_told_twice_or_spoilt_enrolls_once(kind: Any) -> None:
    with listening() as (rig, _, phone):
        plant(rig, Rule(ENROLLMENT, kind), Rule(STATUS_REPORT, kind))
        rig.cloud.enroll(phone)
        rig.cloud.apply(phone)
        rig.wait(65.0)
        assert (unit(rig).state, enrolled(rig)) == (State.VERIFIED, 1)
        assert rig.desk.parts["notifications"].state == "ok"


def test_what_is_told_after_the_walk_changes_nothing_and_asks_nothing() -> None:
    with listening() as (rig, _, phone):
        plant(rig, Rule(ENROLLMENT, "latency", seconds=300), Rule(STATUS_REPORT, "latency", seconds=200))
        rig.cloud.enroll(phone)
        rig.cloud.apply(phone)
        rig.wait(65.0)
        before = (unit(rig), len(events(rig)), rig.cloud.calls["device"])
        assert before[0].state is State.VERIFIED
        rig.wait(400.0)
        assert (unit(rig), len(events(rig)), rig.cloud.calls["device"]) == before


def test_a_late_word_of_an_older_state_does_not_undo_a_newer_one() -> None:
    with listening() as (rig, _, phone):
        plant(rig, Rule(ENROLLMENT, "latency", seconds=20), Rule(STATUS_REPORT, "drop_before"))
        rig.cloud.enroll(phone)
        rig.cloud.apply(phone)
        rig.wait(21.0)  # the word says PROVISIONING, the record is ACTIVE
        assert unit(rig).state is State.VERIFIED


def test_a_device_that_is_told_of_as_deleted_enrolls_nobody() -> None:
    with listening() as (rig, _, phone):
        plant(rig, Rule(ENROLLMENT, "latency", seconds=20))
        rig.cloud.enroll(phone)
        rig.cloud.leave(phone)
        rig.wait(300.0)  # DELETED came first, then the late ENROLLMENT of a record that is there no more
        assert (unit(rig).state, enrolled(rig)) == (State.SCANNED, 0)


def test_a_device_that_is_deleted_after_it_enrolled_moves_nothing() -> None:
    with listening() as (rig, _, phone):
        rig.cloud.enroll(phone)
        rig.wait(SOON)
        rig.cloud.leave(phone)
        rig.wait(SOON)
        assert (unit(rig).state, rig.desk.parts["notifications"].state) == (State.ENROLLED, "ok")


# --- who says it --------------------------------------------------------------------------------------------------------------


def test_other_systems_devices_cost_no_call() -> None:
    with listening() as (rig, _, _):
        for _ in range(50):
            other = rig.unbox()
            rig.cloud.appear(other, str(attempts(rig)[0].token), outside=True)
            rig.cloud.apply(other)
        rig.wait(SOON)
        assert rig.cloud.calls["device"] == 0


def test_a_word_is_no_proof_without_a_record() -> None:
    with listening() as (rig, voice, phone):
        rig.cloud.enroll(phone)
        told = rig.cloud._ask("GET", str(phone.device))
        rig.cloud.leave(phone)
        voice.publish(told | {"name": "enterprises/LC00sixtap/devices/0123456789abcdef", "appliedState": "ACTIVE"})
        other = rig.unbox()
        rig.cloud.appear(other, str(attempts(rig)[0].token), outside=True)
        voice.publish(told | {"name": other.device})
        rig.wait(300.0)
        assert (unit(rig).state, enrolled(rig)) == (State.SCANNED, 0)


def test_a_device_that_was_another_systems_is_looked_at_once_an_attempt_names_its_token() -> None:
    with listening() as (rig, _, _):
        other = rig.unbox()
        rig.cloud.appear(other, str(attempts(rig)[0].token), outside=True)
        rig.cloud.apply(other)
        rig.wait(65.0)  # heard of and walked over
        assert unit(rig).state is State.SCANNED
        adopted = replace(attempts(rig)[0], token="enterprises/LC00sixtap/enrollmentTokens/another")  # noqa: S106  # a name
        rig.loop.run_until_complete(rig.ledger.commit(Change(BENCH, attempts=(adopted,))))
        rig.cloud.apply(other)
        rig.wait(SOON)
        assert unit(rig).state is State.VERIFIED


# --- when the line fails ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mood", ["down", "refusing"])
def test_a_line_that_fails_is_said_and_the_walks_go_on_as_before(mood: Any) -> None:
    with listening() as (rig, voice, phone):
        voice.mood = mood
        rig.wait(65.0)  # the pull under way ends first
        assert (rig.desk.parts["notifications"].state, rig.desk.stopped) == ("lost", None)
        walks = rig.bench.rack.walks
        rig.wait(60.0)
        assert rig.bench.rack.walks - walks in {11, 12, 13}
        rig.cloud.enroll(phone)
        rig.wait(6.0)
        assert unit(rig).state is State.ENROLLED
        voice.mood = "well"
        rig.cloud.apply(phone)
        rig.wait(120.0)
        assert (unit(rig).state, rig.desk.parts["notifications"].state) == (State.VERIFIED, "ok")


def test_a_line_that_stays_away_is_tried_less_and_less_often() -> None:
    with listening() as (rig, voice, _):
        voice.mood = "down"
        rig.wait(3600.0)
        assert 14 <= voice.pulls <= 20
        before = voice.pulls
        rig.wait(3000.0)
        assert voice.pulls - before == 10


def test_what_was_told_while_the_service_did_not_answer_comes_again() -> None:
    with listening() as (rig, _, phone):
        rig.cloud.failing |= {"device", "devices"}  # no walk helps
        plant(rig, Rule(STATUS_REPORT, "drop_before"))
        rig.cloud.enroll(phone)
        rig.wait(SOON)
        assert (unit(rig).state, rig.desk.parts["notifications"].state) == (State.SCANNED, "lost")
        rig.cloud.failing.remove("device")
        rig.wait(20.0)
        assert unit(rig).state is State.ENROLLED


def test_what_was_told_to_a_bench_that_died_of_it_comes_again_to_the_next() -> None:
    with listening() as (rig, _, phone):
        rig.cloud.failing.add("devices")  # no walk helps
        rig.life.end_at(1, "before")
        rig.cloud.enroll(phone)
        rig.wait(SOON)
        assert unit(rig).state is State.SCANNED
        rig.wait(15.0)
        assert (unit(rig).state, enrolled(rig)) == (State.ENROLLED, 1)


def test_a_line_on_which_nothing_is_ever_said_is_told_of_and_not_relied_on() -> None:
    with listening(users=2) as (rig, voice, phone):
        rig.cloud.emulator.pubsub.set_policy(TOPIC, {})  # nobody may publish
        rig.cloud.enroll(phone)
        rig.wait(65.0)
        assert (unit(rig).state, rig.desk.parts["notifications"].state) == (State.ENROLLED, "ok")
        rig.wait(200.0)
        part = rig.desk.parts["notifications"]
        assert (part.state, part.detail) == ("lost", voice.when_silent)
        walks = rig.bench.rack.walks
        rig.wait(60.0)
        assert rig.bench.rack.walks - walks >= 11
        voice.publish(rig.cloud._ask("GET", str(phone.device)))
        rig.wait(SOON)
        assert rig.desk.parts["notifications"].state == "ok"
