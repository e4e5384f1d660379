from __future__ import annotations

from typing import Any

import pytest

from station.domain.enrollment import HoldReason, State
from tests.bench.rig import LEAD
from tests.bench.scenes import answer, asked, attempts, bench, clear, events, phones, place, read, scan, set_up, shown_token, unit
from tests.bench.stand_ins import token_value

# --- from the code to the tray ------------------------------------------------------------------------------------------------


def test_a_witnessed_scan_takes_the_code_down_and_sends_the_phone_to_a_tray() -> None:
    with bench() as rig:
        assert rig.step.id == "place_phone"
        phone = place(rig)
        assert rig.step.id == "hold_still"
        read(rig, phone)
        assert rig.screen.symbol is None
        assert (unit(rig).state, unit(rig).tray) == (State.SCANNED, 1)
        assert (rig.step.id, rig.step.args) == ("to_tray", {"tray": 1})
        assert [(one.place, one.tray) for one in phones(rig)] == [("tray", 1)]


def test_the_next_code_waits_until_the_stand_was_seen_empty() -> None:
    with bench() as rig:
        read(rig, place(rig))
        rig.wait(300.0)
        rig.frames(5)
        assert (rig.screen.symbol, unit(rig, 1).state) == (None, State.QUEUED)
        clear(rig)
        assert (shown_token(rig), unit(rig, 1).state) == (attempts(rig, 1)[0].token, State.SHOWING)


def test_two_empty_frames_are_not_enough_to_call_the_stand_empty() -> None:
    with bench() as rig:
        read(rig, place(rig))
        rig.camera.stand.clear()
        rig.frames(2)
        assert rig.screen.symbol is None
        rig.frames(2)
        assert rig.screen.symbol is not None


def test_a_full_rack_withholds_the_next_code_until_a_tray_is_free() -> None:
    with bench(trays=1) as rig:
        phone = scan(rig)
        assert (rig.step.id, rig.step.args, rig.screen.symbol) == ("rack_full", {"trays": 1}, None)
        set_up(rig, phone)
        assert (unit(rig).state, rig.step.id) == (State.VERIFIED, "place_phone")


def test_without_a_rack_the_phone_stays_on_the_stand_until_it_is_verified() -> None:
    with bench(trays=0) as rig:
        phone = place(rig)
        read(rig, phone)
        assert ([one.place for one in phones(rig)], rig.step.id) == (["stand"], "setup_on_stand")
        clear(rig)  # somebody takes it away all the same: it is still booked there
        assert (rig.screen.symbol, rig.step.id) == (None, "setup_on_stand")
        set_up(rig, phone)
        assert [one.place for one in phones(rig)] == ["verified"]
        assert shown_token(rig) == attempts(rig, 1)[0].token


def test_a_batch_of_good_phones_ends_verified_one_after_the_other() -> None:
    with bench(users=4, trays=2) as rig:
        for _ in range(4):
            set_up(rig, scan(rig))
        assert {one.state for one in rig.queue()} == {State.VERIFIED}
        assert (rig.step.id, rig.desk.verified) == ("finished", [one.id for one in rig.queue()])
        assert rig.cloud.posts.total() == 4


# --- what the camera may see instead ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("showing", "frames"), [("before", 12), ("dark", 42)])
def test_a_code_that_gives_way_to_the_screen_from_before_or_to_darkness_is_asked_about(showing: Any, frames: int) -> None:
    with bench() as rig:
        place(rig).showing = showing
        rig.frames(frames)
        assert (asked(rig), rig.screen.symbol, rig.step.id) == ("went_back", None, "answer")


def test_a_phone_that_leaves_with_the_code_in_view_is_asked_about() -> None:
    with bench() as rig:
        place(rig)
        clear(rig)
        assert (asked(rig), rig.screen.symbol) == ("pulled_away", None)


def test_two_phones_in_view_are_asked_about() -> None:
    with bench() as rig:
        place(rig)
        place(rig, "other")
        assert (asked(rig), rig.screen.symbol) == ("two_phones", None)


def test_show_again_puts_the_same_code_up_once_more() -> None:
    with bench() as rig:
        token, phone = shown_token(rig), place(rig)
        phone.showing = "before"
        rig.frames(12)
        answer(rig, "show_again")
        assert (shown_token(rig), asked(rig)) == (token, None)
        assert [event.kind for event in events(rig)].count("CodeShownAgain") == 1
        phone.showing = "viewfinder"
        rig.frames(4)
        read(rig, phone)
        assert (unit(rig).state, len(attempts(rig)), len(phones(rig))) == (State.SCANNED, 1, 1)


def test_no_scan_in_time_holds_the_unit_and_a_lead_may_attest_it() -> None:
    with bench() as rig:
        place(rig)
        rig.wait(130.0)
        assert (unit(rig).reason, asked(rig), rig.screen.symbol) == (HoldReason.UNWITNESSED, "not_scanned", None)
        answer(rig, "scanned")
        assert (unit(rig).state, unit(rig).tray) == (State.SCANNED, 1)


def test_a_code_that_no_phone_comes_for_is_taken_down_and_comes_up_when_one_does() -> None:
    with bench() as rig:
        token = shown_token(rig)
        rig.wait(650.0)
        assert (rig.screen.symbol, unit(rig).state) == (None, State.SHOWING)
        place(rig)
        assert shown_token(rig) == token


def test_a_code_that_ran_out_before_a_phone_came_gives_way_to_a_new_one() -> None:
    with bench() as rig:
        token = shown_token(rig)
        rig.wait(7100.0)
        clear(rig)
        rig.wait(120.0)
        place(rig)
        assert shown_token(rig) not in {None, token}
        assert [one.ended for one in attempts(rig)] == ["expired", None]
        assert phones(rig, 0)


# --- pause, and stop ----------------------------------------------------------------------------------------------------------


def test_a_pause_takes_the_code_down_and_the_start_brings_it_back() -> None:
    with bench() as rig:
        token = shown_token(rig)
        rig.act(rig.bench.intake.pause(LEAD, rig.batches[0]))
        assert (rig.screen.symbol, rig.step.id) == (None, "paused")
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        assert shown_token(rig) == token


def test_a_window_that_attaches_during_a_pause_stays_blank() -> None:
    with bench() as rig:
        rig.screen.detach()
        rig.wait(1.0)
        rig.act(rig.bench.intake.pause(LEAD, rig.batches[0]))
        rig.screen.attach()
        rig.wait(5.0)
        assert rig.screen.symbol is None
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        assert rig.screen.symbol is not None


def test_a_bench_whose_ledger_fails_stops_and_takes_the_code_down() -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    with bench(check=False) as rig:
        phone = scan(rig)
        assert rig.screen.symbol is not None
        rig.ledger.before_commit = fail
        assert rig.cloud.enroll(phone)
        rig.wait(90.0)
        assert (rig.step.id, shown_token(rig)) == ("stopped", None)
        assert "No space left" in str(rig.step.args["reason"])


# --- a device record that comes first -----------------------------------------------------------------------------------------


def test_a_device_that_enrolls_unseen_takes_the_code_down_and_its_phone_gets_a_tray() -> None:
    with bench() as rig:
        phone = place(rig, "other")
        assert rig.screen.symbol is not None
        phone.token = token_value(rig.screen.symbol)
        assert rig.cloud.enroll(phone)
        rig.wait(70.0)
        rig.frames(1)
        assert (unit(rig).state, shown_token(rig)) == (State.ENROLLED, None)
        assert (rig.step.id, rig.step.args) == ("to_tray", {"tray": 1})
        rig.cloud.apply(phone)
        rig.wait(10.0)
        assert unit(rig).reason is HoldReason.UNWITNESSED


def test_a_unit_is_asked_about_with_the_words_that_fit_what_it_is_held_for_now() -> None:
    with bench(users=1, trays=0) as rig:
        place(rig)
        rig.wait(130.0)
        assert asked(rig) == "not_scanned"
        rig.act(rig.bench.decisions.hold(LEAD, unit(rig).id, "look at it"))
        assert asked(rig) == "held"
        answer(rig, "set_aside")
        assert (unit(rig).state, [one.place for one in phones(rig)]) == (State.QUEUED, ["set_aside"])
