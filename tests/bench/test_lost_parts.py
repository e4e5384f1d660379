from __future__ import annotations

import pytest

from hardware.display.legibility import Legibility
from station.bench.desk import Part
from station.domain.enrollment import HoldReason, State
from tests.bench.rig import LEAD
from tests.bench.scenes import answer, asked, attempts, bench, clear, open_effects, place, read, shown_token, unit

# --- a camera that goes away --------------------------------------------------------------------------------------------------


def test_without_a_camera_the_code_stays_up_and_a_person_says_that_it_was_read() -> None:
    with bench(camera=False) as rig:
        rig.act(rig.bench.decisions.declare_empty(LEAD))
        assert (asked(rig), rig.screen.symbol is not None) == ("no_camera", True)
        answer(rig, "scanned")
        assert (unit(rig).state, rig.screen.symbol, asked(rig)) == (State.SCANNED, None, None)
        assert rig.step.args == {"tray": 1}


def test_a_camera_that_comes_back_sees_the_scan_and_the_question_goes() -> None:
    with bench() as rig:
        rig.camera.lose()
        rig.wait(1.0)
        assert asked(rig) == "no_camera"
        rig.camera.come_back()
        phone = place(rig)
        assert asked(rig) is None
        read(rig, phone)
        assert (unit(rig).state, asked(rig), rig.step.id) == (State.SCANNED, None, "to_tray")


def test_a_scan_that_was_attested_beside_an_open_question_closes_it() -> None:
    with bench(camera=False) as rig:
        rig.act(rig.bench.decisions.declare_empty(LEAD))
        rig.act(rig.bench.decisions.attest(LEAD, unit(rig).id))
        assert (unit(rig).state, asked(rig)) == (State.SCANNED, None)


def test_a_code_that_runs_out_while_nobody_answers_comes_down() -> None:
    with bench() as rig:
        rig.camera.lose()
        rig.wait(7300.0)
        assert (rig.screen.symbol, unit(rig).reason, asked(rig)) == (None, HoldReason.UNWITNESSED, "not_scanned")


def test_a_camera_lost_while_no_code_is_up_brings_the_code_back_for_a_person_to_watch() -> None:
    with bench() as rig:
        rig.wait(650.0)
        rig.camera.lose()
        rig.wait(1.0)
        assert (rig.screen.symbol is not None, asked(rig)) == (True, "no_camera")


# --- a screen that goes away --------------------------------------------------------------------------------------------------


def test_a_code_that_no_phone_has_seen_comes_up_again_when_the_window_is_back() -> None:
    with bench() as rig:
        token = shown_token(rig)
        rig.screen.detach()
        rig.wait(30.0)
        assert (rig.step.id, unit(rig).state) == ("screen_lost", State.SHOWING)
        rig.screen.attach()
        rig.wait(1.0)
        assert (shown_token(rig), rig.step.id) == (token, "place_phone")


def test_a_window_that_goes_while_a_phone_sees_the_code_is_asked_about() -> None:
    with bench() as rig:
        place(rig)
        rig.screen.detach()
        rig.wait(1.0)
        assert (asked(rig), rig.step.args) == ("screen_gone", {"screen": "lost"})
        rig.screen.attach()
        rig.wait(5.0)
        assert (asked(rig), rig.step.args, rig.screen.symbol) == ("screen_gone", {}, None)
        answer(rig, "show_again")
        assert rig.screen.symbol is not None


def test_a_code_that_no_camera_watches_comes_up_again_with_its_question_when_the_window_is_back() -> None:
    with bench(camera=False) as rig:
        rig.act(rig.bench.decisions.declare_empty(LEAD))
        token = shown_token(rig)
        rig.screen.detach()
        rig.wait(1.0)
        assert (asked(rig), rig.step.id, rig.step.args, rig.screen.symbol) == ("screen_gone", "answer", {"screen": "lost"}, None)
        rig.screen.attach()
        rig.wait(1.0)
        assert (asked(rig), rig.step.args, shown_token(rig)) == ("no_camera", {}, token)
        answer(rig, "scanned")
        rig.screen.detach()
        rig.screen.attach()
        rig.wait(5.0)
        assert (unit(rig).state, asked(rig), rig.screen.symbol) == (State.SCANNED, None, None)


def test_what_a_person_says_while_the_window_is_gone_counts() -> None:
    with bench(camera=False) as rig:
        rig.act(rig.bench.decisions.declare_empty(LEAD))
        rig.screen.detach()
        rig.wait(1.0)
        answer(rig, "scanned")
        rig.screen.attach()
        rig.wait(5.0)
        assert (unit(rig).state, asked(rig), rig.screen.symbol, open_effects(rig)) == (State.SCANNED, None, None, ())


def test_no_answer_is_needed_for_a_code_to_come_back_and_saying_no_leaves_the_lost_screen_as_the_next_thing() -> None:
    with bench(camera=False) as rig:
        rig.act(rig.bench.decisions.declare_empty(LEAD))
        token = shown_token(rig)
        rig.screen.detach()
        rig.wait(1.0)
        answer(rig, "show_again")
        assert (asked(rig), rig.step.id) == (None, "screen_lost")
        rig.screen.attach()
        rig.wait(1.0)
        assert (asked(rig), shown_token(rig)) == ("no_camera", token)


def test_a_code_that_ran_out_while_the_window_was_gone_never_comes_up() -> None:
    with bench() as rig:
        token = shown_token(rig)
        rig.screen.detach()
        rig.wait(7150.0)
        assert [effect.kind for effect in open_effects(rig)] == ["show"]
        rig.screen.attach()
        rig.wait(2.0)
        assert shown_token(rig) not in {None, token}
        assert [one.ended for one in attempts(rig)] == ["expired", None]
        assert open_effects(rig) == ()


def test_a_unit_that_leaves_while_its_code_waits_for_the_window_leaves_nothing_open() -> None:
    with bench() as rig:
        rig.screen.detach()
        rig.wait(5.0)
        rig.act(rig.bench.decisions.hold(LEAD, unit(rig).id, "later"))
        assert (open_effects(rig), unit(rig).state) == ((), State.HELD)


def test_a_window_that_cannot_draw_the_code_is_asked_once_a_second() -> None:
    with bench(started=False) as rig:
        rig.screen.refusing = True
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        clear(rig)
        rig.wait(60.0)
        assert (rig.step.id, rig.screen.symbol) == ("screen_lost", None)
        assert 50 < rig.screen.refused < 70
        rig.screen.refusing = False
        rig.wait(2.0)
        assert (rig.step.id, rig.screen.symbol is not None) == ("place_phone", True)


# --- a screen that is there, and small ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pixels", "mm", "says"),
    [(3, None, "3 px"), (3, 2.0, "3 px, 2.00 mm"), (9, 0.6999, "9 px, 0.69 mm"), (9, 0.7, ""), (4, None, "")],
)
def test_a_code_too_small_for_phones_is_shown_and_said(pixels: int, mm: float | None, says: str) -> None:
    with bench(started=False) as rig:
        rig.screen.legibility = Legibility(pixels, mm)
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        clear(rig)
        assert rig.screen.symbol is not None
        assert rig.desk.parts["display"] == Part("ok", says)
        rig.screen.legibility = None
        rig.screen.detach()
        rig.screen.attach()
        rig.wait(2.0)
        assert (rig.screen.symbol is not None, rig.desk.parts["display"]) == (True, Part("ok"))
