from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from station.domain.enrollment import HoldReason, State
from station.domain.errors import SixtapError
from tests.bench.hands import finish
from tests.bench.rig import LEAD, OPERATOR, Crashed, Rig
from tests.bench.scenes import answer, asked, attempts, bench, clear, events, open_effects, phones, place, read, scan, set_up, unit
from tests.bench.stand_ins import token_value


def tokens(rig: Rig, which: int = 0) -> list[str | None]:
    return [one.token for one in attempts(rig, which)]


# --- a code was up ------------------------------------------------------------------------------------------------------------


def test_a_unit_whose_code_was_up_is_asked_about_and_nothing_is_shown_before_the_answer() -> None:
    with bench() as rig:
        place(rig)
        rig.crash()
        clear(rig)
        assert (unit(rig).reason, asked(rig), rig.screen.symbol) == (HoldReason.INTERRUPTED, "interrupted", None)
        rig.wait(3600.0)
        assert rig.screen.symbol is None


@pytest.mark.parametrize(
    ("text", "state"), [("scanned", State.SCANNED), ("show_again", State.QUEUED), ("set_aside", State.QUEUED), ("fail", State.FAILED)]
)
def test_each_answer_to_it_leads_on(text: str, state: State) -> None:
    with bench() as rig:
        place(rig)
        rig.crash()
        answer(rig, text)
        assert (unit(rig).state, asked(rig)) == (state, None)
        clear(rig)
        assert rig.screen.symbol is not None


def test_a_code_that_was_up_when_the_bench_died_never_comes_up_again() -> None:
    with bench(users=1) as rig:
        place(rig)
        rig.crash()
        answer(rig, "show_again")
        clear(rig)
        assert rig.screen.symbol is not None
        assert rig.cloud.secrets[token_value(rig.screen.symbol)] == tokens(rig)[1] != tokens(rig)[0]
        place(rig)  # the same phone comes back: it was counted when it saw the first code
        assert len(phones(rig)) == 1


def test_a_phone_that_read_the_code_while_the_bench_died_confirms_itself() -> None:
    with bench(users=1) as rig:
        phone = place(rig)
        assert rig.screen.symbol is not None
        phone.token, phone.showing = token_value(rig.screen.symbol), "other"
        rig.crash()
        assert asked(rig) == "interrupted"
        rig.cloud.enroll(phone)
        rig.wait(70.0)
        assert (unit(rig).state, asked(rig)) == (State.ENROLLED, None)


def test_a_second_crash_asks_the_same_question_once() -> None:
    with bench() as rig:
        place(rig)
        rig.crash()
        rig.crash()
        assert asked(rig) == "interrupted"
        assert [event.kind for event in events(rig)].count("Held") == 1


# --- other effects ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_token_whose_minting_the_bench_did_not_survive_is_never_used(moment: Any) -> None:
    with bench(started=False, users=1) as rig:
        rig.life.end_at(4, moment)  # start, claim, intent, mint
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        clear(rig)
        assert [one.ended for one in attempts(rig)] == ["uncertain", None]
        assert (open_effects(rig), max(rig.cloud.posts.values())) == ((), 1)
        assert rig.screen.symbol is not None
        assert rig.cloud.secrets[token_value(rig.screen.symbol)] == tokens(rig)[1]


def test_tokens_made_ahead_are_used_after_the_restart() -> None:
    with bench() as rig:
        made = rig.cloud.calls["mint"]
        rig.act(rig.bench.intake.pause(LEAD, rig.batches[0]))
        ahead = tokens(rig, 1)
        rig.crash()
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        answer(rig, "fail")
        clear(rig)
        assert rig.screen.symbol is not None
        assert [rig.cloud.secrets[token_value(rig.screen.symbol)]] == ahead == tokens(rig, 1)
        assert rig.cloud.calls["mint"] == made  # nothing twice


def test_a_revocation_that_was_begun_is_finished_however_long_the_service_is_away() -> None:
    with bench(users=1) as rig:
        scan(rig)
        rig.cloud.mood = "down"
        rig.life.end_at(2, "before")  # the intent is written, the call is not sent
        with pytest.raises(Crashed):
            rig.act(rig.bench.decisions.retry(OPERATOR, unit(rig).id))
        rig.wait(300.0)
        assert [effect.kind for effect in open_effects(rig)] == ["revoke"]
        rig.cloud.mood = "well"
        rig.wait(30.0)
        assert open_effects(rig) == ()
        assert not rig.cloud.emulator.tokens.active(rig.clock.moment())
        assert unit(rig).state is State.SCANNED  # nothing but the revocation was decided


# --- phones -------------------------------------------------------------------------------------------------------------------


def test_phones_in_the_rack_go_on_waiting() -> None:
    with bench(users=3, trays=3) as rig:
        first, second = scan(rig), scan(rig)
        rig.crash()
        assert {(one.place, one.tray) for one in phones(rig)} == {("tray", 1), ("tray", 2)}
        set_up(rig, first)
        set_up(rig, second)
        assert [unit(rig, place).state for place in (0, 1)] == [State.VERIFIED] * 2


def test_a_phone_on_the_stand_stays_booked_there_when_the_bench_comes_back_with_a_rack() -> None:
    with bench(trays=0) as rig:
        phone = place(rig)
        read(rig, phone)
        rig.setup = replace(rig.setup, trays=2)
        rig.crash()
        clear(rig)
        assert (rig.step.id, rig.screen.symbol, [one.place for one in phones(rig)]) == ("setup_on_stand", None, ["stand"])
        set_up(rig, phone)
        assert rig.step.id == "place_phone"


def test_a_phone_that_was_overdue_while_the_bench_was_off_is_held_at_once() -> None:
    with bench(users=1) as rig:
        scan(rig)
        rig.life.over.set()
        rig.loop.run_until_complete(asyncio.sleep(2000.0))
        rig.crash()
        assert unit(rig).reason is HoldReason.OVERDUE


def test_a_phone_whose_label_was_scanned_and_whose_code_never_came_is_put_aside_and_counted_once() -> None:
    with bench(users=1, label=True) as rig:
        phone = place(rig, "other")
        rig.life.end_at(2, "before")  # the label is written, the order to show is not
        rig.act(rig.bench.decisions.label(OPERATOR, phone.serial))
        assert [(one.place, one.reason) for one in phones(rig)] == [("set_aside", "again")]
        clear(rig)
        assert rig.step.id == "scan_label"
        rig.camera.stand.append(phone)
        rig.act(rig.bench.decisions.label(OPERATOR, phone.serial))
        phone.showing = "viewfinder"
        rig.frames(4)
        read(rig, phone)
        assert [(one.place, one.label) for one in phones(rig)] == [("tray", phone.serial)]


# --- every act ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("acts", range(1, 25, 2))
def test_a_bench_that_dies_at_any_act_of_a_unit_goes_on_to_the_end(acts: int, moment: Any) -> None:
    with bench(started=False, users=1, attestation="operator") as rig:
        rig.life.end_at(acts, moment)
        try:
            rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
            clear(rig)
            phone = place(rig)
            if rig.screen.symbol is not None:
                read(rig, phone)
        except (Crashed, SixtapError):
            rig.wait(1.0)
        finish(rig)
        assert unit(rig).state in {State.VERIFIED, State.FAILED}
        assert max(rig.cloud.posts.values()) == 1
