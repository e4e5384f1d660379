from __future__ import annotations

from typing import Any

import pytest

from station.domain.enrollment import HoldReason, State
from station.domain.errors import NotAllowed
from tests.bench.rig import LEAD, OPERATOR, Rig
from tests.bench.scenes import answer, asked, attempts, bench, clear, events, phones, place, read, scan, set_up, unit
from tests.bench.stand_ins import token_value


def walks(rig: Rig, seconds: float) -> int:
    """How often the devices are listed in so many seconds."""
    before = rig.bench.rack.walks
    rig.wait(seconds)
    return rig.bench.rack.walks - before


# --- when the service is asked ------------------------------------------------------------------------------------------------


def test_nobody_is_asked_while_nobody_waits() -> None:
    with bench(started=False) as rig:
        assert walks(rig, 36_000.0) == 0
    with bench(users=1) as rig:
        set_up(rig, scan(rig))
        assert (unit(rig).state, walks(rig, 36_000.0)) == (State.VERIFIED, 0)


def test_a_scanned_phone_is_asked_for_after_half_a_minute_and_then_every_five_seconds() -> None:
    with bench(users=1) as rig:
        scan(rig)
        assert walks(rig, 25.0) == 0
        assert walks(rig, 60.0) in {11, 12, 13}


def test_held_units_are_asked_for_once_a_minute() -> None:
    with bench(users=1) as rig:
        scan(rig)
        rig.wait(1900.0)
        assert unit(rig).reason is HoldReason.OVERDUE
        assert walks(rig, 600.0) in {9, 10, 11}


def test_many_pages_are_walked_within_the_budget_of_calls() -> None:
    with bench(users=1) as rig:
        phone = scan(rig)
        for _ in range(90):  # 30 pages of this stand-in
            other = rig.unbox()
            rig.cloud.appear(other, str(attempts(rig)[0].token), outside=True)
        rig.wait(120.0)
        calls = rig.cloud.calls["devices"]
        rig.wait(600.0)
        assert 0 < rig.cloud.calls["devices"] - calls <= 10 * 50
        set_up(rig, phone)
        assert unit(rig).state is State.VERIFIED


def test_a_service_that_goes_away_is_asked_again_and_nothing_is_lost() -> None:
    with bench(users=1) as rig:
        phone = scan(rig)
        rig.cloud.mood = "down"
        rig.cloud.enroll(phone)
        rig.cloud.apply(phone)
        rig.wait(60.0)
        assert (unit(rig).state, rig.desk.parts["service"].state) == (State.SCANNED, "lost")
        rig.cloud.mood = "well"
        rig.wait(30.0)
        assert (unit(rig).state, rig.desk.parts["service"].state) == (State.VERIFIED, "ok")


# --- what a record means ------------------------------------------------------------------------------------------------------


def test_a_record_without_an_applied_policy_is_enrolled_but_not_verified() -> None:
    with bench(users=1) as rig:
        phone = scan(rig)
        rig.cloud.enroll(phone)
        rig.wait(60.0)
        assert unit(rig).state is State.ENROLLED
        rig.cloud.apply(phone)
        rig.wait(10.0)
        assert unit(rig).state is State.VERIFIED
        assert [event.body["to"] for event in events(rig) if "to" in event.body][-3:] == ["scanned", "enrolled", "verified"]


@pytest.mark.parametrize(("how", "said"), [({"path": "settings"}, "ownership"), ({"android": 10}, "Android 10")])
def test_a_record_that_is_not_as_ordered_is_held_for_a_lead(how: dict[str, Any], said: str) -> None:
    with bench(users=1) as rig:
        set_up(rig, scan(rig), **how)
        assert (unit(rig).reason, said in unit(rig).detail) == (HoldReason.MISMATCH, True)
        with pytest.raises(NotAllowed):
            rig.act(rig.bench.decisions.release(OPERATOR, unit(rig).id))
        rig.act(rig.bench.decisions.release(LEAD, unit(rig).id))
        rig.wait(60.0)
        assert unit(rig).reason is HoldReason.MISMATCH  # releasing proves nothing
        rig.act(rig.bench.decisions.fail(LEAD, unit(rig).id, "wrong phone"))
        assert [one.place for one in phones(rig)] == ["failed"]


def test_a_phone_that_is_not_confirmed_in_time_is_held_and_confirms_itself_later() -> None:
    with bench(users=1) as rig:
        phone = scan(rig)
        rig.wait(1900.0)
        assert (unit(rig).reason, [one.place for one in phones(rig)]) == (HoldReason.OVERDUE, ["tray"])
        set_up(rig, phone)
        assert (unit(rig).state, [one.place for one in phones(rig)]) == (State.VERIFIED, ["verified"])


def test_a_policy_that_is_applied_late_verifies_a_unit_that_was_overdue() -> None:
    with bench(users=1) as rig:
        phone = scan(rig)
        rig.cloud.enroll(phone)
        rig.wait(1900.0)
        assert (unit(rig).reason, unit(rig).detail) == (HoldReason.OVERDUE, "the policy was not applied in time")
        rig.cloud.apply(phone)
        rig.wait(70.0)
        assert unit(rig).state is State.VERIFIED


def test_an_overdue_unit_whose_record_does_not_change_stays_held() -> None:
    with bench(users=1) as rig:
        rig.cloud.enroll(scan(rig))
        rig.wait(9000.0)
        assert unit(rig).reason is HoldReason.OVERDUE
        assert [event.kind for event in events(rig)].count("DeviceEnrolled") == 1


# --- records that nobody waited for -------------------------------------------------------------------------------------------


def test_a_second_device_with_the_same_code_holds_the_unit_and_is_attached_to_nothing() -> None:
    with bench(users=1) as rig:
        phone = scan(rig)
        set_up(rig, phone)
        rig.cloud.appear(rig.unbox(), str(attempts(rig)[0].token))
        rig.act(rig.bench.rack.walk())
        assert (unit(rig).reason, attempts(rig)[0].device) == (HoldReason.DUPLICATE, phone.device)
        assert [event.kind for event in events(rig)].count("DuplicateDevice") == 1
        rig.act(rig.bench.rack.walk())
        assert [event.kind for event in events(rig)].count("DuplicateDevice") == 1


def test_a_device_for_a_code_that_was_given_up_holds_the_unit_that_gave_it_up() -> None:
    with bench(users=1) as rig:
        token = str(attempts(rig)[0].token)
        place(rig)
        rig.act(rig.bench.decisions.set_aside(OPERATOR, unit(rig).id, "flat"))
        rig.cloud.appear(rig.unbox(), token)
        clear(rig)
        rig.wait(70.0)
        assert (unit(rig).reason, rig.screen.symbol) == (HoldReason.DUPLICATE, None)


def test_a_record_for_the_code_of_today_beside_one_for_yesterdays_is_kept_until_a_lead_decides() -> None:
    with bench(users=1) as rig:
        token = str(attempts(rig)[0].token)
        place(rig)
        rig.act(rig.bench.decisions.set_aside(OPERATOR, unit(rig).id, "flat"))
        clear(rig)
        phone = scan(rig)
        rig.cloud.appear(rig.unbox(), token)
        rig.wait(40.0)
        assert unit(rig).reason is HoldReason.DUPLICATE
        assert rig.cloud.enroll(phone)
        rig.cloud.apply(phone)
        rig.act(rig.bench.rack.walk())
        assert (unit(rig).reason, attempts(rig)[1].device) == (HoldReason.DUPLICATE, phone.device)
        rig.act(rig.bench.decisions.release(LEAD, unit(rig).id))
        rig.wait(60.0)
        assert unit(rig).state is State.VERIFIED


def test_a_question_changes_with_what_the_unit_is_held_for() -> None:
    with bench(users=1) as rig:
        token = str(attempts(rig)[0].token)
        place(rig)
        rig.act(rig.bench.decisions.set_aside(OPERATOR, unit(rig).id, "flat"))
        clear(rig)
        place(rig)
        rig.wait(130.0)
        assert asked(rig) == "not_scanned"
        rig.cloud.appear(rig.unbox(), token)
        rig.wait(70.0)
        assert (unit(rig).reason, asked(rig)) == (HoldReason.DUPLICATE, "held")


def test_a_phone_that_nobody_saw_is_counted_aside_and_blocks_neither_stand_nor_tray() -> None:
    with bench(users=3, trays=1) as rig:
        token = str(attempts(rig)[0].token)
        rig.act(rig.bench.decisions.hold(OPERATOR, unit(rig).id, "he takes it home"))
        clear(rig)
        unseen, second = rig.unbox(), place(rig)
        read(rig, second)
        rig.cloud.appear(unseen, token)
        rig.wait(70.0)
        assert (unit(rig).state, [one.place for one in phones(rig, 0)]) == (State.ENROLLED, ["set_aside"])
        assert [(one.place, one.tray) for one in phones(rig, 1)] == [("tray", 1)]


def test_a_device_seen_before_the_scan_needs_somebodys_word_and_stays_in_its_tray() -> None:
    with bench(users=1) as rig:
        phone = place(rig, "other")
        assert rig.screen.symbol is not None
        phone.token = token_value(rig.screen.symbol)
        set_up(rig, phone)
        assert (unit(rig).reason, [one.tray for one in phones(rig)]) == (HoldReason.UNWITNESSED, [1])
        rig.act(rig.bench.decisions.attest(LEAD, unit(rig).id))
        assert (unit(rig).state, unit(rig).tray, [one.tray for one in phones(rig)]) == (State.SCANNED, 1, [1])
        rig.wait(40.0)
        assert unit(rig).state is State.VERIFIED


def test_an_overdue_phone_on_the_stand_is_asked_about_and_may_be_failed() -> None:
    with bench(users=1, trays=0) as rig:
        read(rig, place(rig))
        rig.wait(1900.0)
        assert (asked(rig), rig.step.id) == ("held", "answer")
        answer(rig, "fail")
        assert (unit(rig).state, [one.place for one in phones(rig)]) == (State.FAILED, ["failed"])
