from __future__ import annotations

import asyncio

import pytest

from station.domain.enrollment import HoldReason, State
from station.domain.errors import NotAllowed, NotFound, RefuseUnit, ServiceUnreachable, SixtapError, UnknownTransition, WrongUse
from tests.bench.rig import LEAD, OPERATOR, Rig
from tests.bench.scenes import (
    answer,
    asked,
    attempts,
    bench,
    clear,
    events,
    open_effects,
    phones,
    place,
    read,
    scan,
    set_up,
    shown_token,
    unit,
)
from tests.bench.stand_ins import token_value


def active(rig: Rig) -> set[str]:
    """Names of the tokens that a phone could still use."""
    return {token.name for token in rig.cloud.emulator.tokens.active(rig.clock.moment())}


def went_back(rig: Rig) -> None:
    """A phone stands there and is asked about."""
    place(rig).showing = "before"
    rig.frames(12)
    assert asked(rig) == "went_back"


# --- answers ------------------------------------------------------------------------------------------------------------------


def test_only_the_open_question_is_answered_and_only_with_its_answers() -> None:
    with bench() as rig:
        went_back(rig)
        assert rig.desk.question is not None
        with pytest.raises(WrongUse, match="Answer with one of: scanned, show_again, set_aside"):
            answer(rig, "fail")
        first = rig.desk.question.id
        answer(rig, "show_again")
        with pytest.raises(WrongUse, match="no longer open"):
            rig.act(rig.bench.decisions.answer(LEAD, first, "set_aside"))
        assert unit(rig).state is State.SHOWING


@pytest.mark.parametrize(
    ("attestation", "who", "counts"),
    [("never", LEAD, False), ("lead", OPERATOR, False), ("lead", LEAD, True), ("operator", OPERATOR, True)],
)
def test_the_batch_says_whose_word_counts_for_a_scan(attestation: str, who: object, counts: bool) -> None:
    with bench(attestation=attestation) as rig:
        went_back(rig)
        if counts:
            answer(rig, "scanned", who)
            assert (unit(rig).state, asked(rig)) == (State.SCANNED, None)
            return
        with pytest.raises(NotAllowed):
            answer(rig, "scanned", who)
        assert (unit(rig).state, asked(rig)) == (State.SHOWING, "went_back")


def test_an_attested_scan_names_the_person_and_frees_the_stand() -> None:
    with bench() as rig:
        went_back(rig)
        answer(rig, "scanned")
        filed = next(event for event in events(rig) if event.body.get("kind") == "attestation")
        assert (filed.actor, filed.role, unit(rig).tray) == ("lea", "lead", 1)


def test_two_people_who_answer_at_once_are_heard_once() -> None:
    with bench() as rig:
        went_back(rig)
        question = rig.desk.question
        assert question is not None
        decisions = rig.bench.decisions

        async def both() -> list[object]:
            acts = (decisions.answer(LEAD, question.id, "scanned"), decisions.answer(LEAD, question.id, "set_aside"))
            return list(await asyncio.gather(*acts, return_exceptions=True))

        results = rig.act(both())
        assert sum(isinstance(one, SixtapError) for one in results) == 1
        assert len(phones(rig)) == 1


# --- set aside, retry ---------------------------------------------------------------------------------------------------------


def test_a_phone_set_aside_is_accounted_for_and_its_user_gets_another_code() -> None:
    with bench(users=1) as rig:
        old = str(attempts(rig)[0].token)
        went_back(rig)
        answer(rig, "set_aside", OPERATOR)
        assert (unit(rig).state, [one.place for one in phones(rig)]) == (State.QUEUED, ["set_aside"])
        assert old not in active(rig)
        assert rig.step.id == "clear_stand"
        clear(rig)
        set_up(rig, scan(rig))
        assert (unit(rig).state, sorted(one.place for one in phones(rig))) == (State.VERIFIED, ["set_aside", "verified"])


def test_a_unit_whose_code_nobody_came_for_is_retried_without_a_phone() -> None:
    with bench() as rig:
        rig.act(rig.bench.decisions.retry(OPERATOR, unit(rig).id))
        assert phones(rig) == ()


def test_setting_aside_needs_a_unit_that_has_had_its_turn() -> None:
    with bench() as rig:
        with pytest.raises(WrongUse, match="No phone is with this user"):
            rig.act(rig.bench.decisions.set_aside(OPERATOR, unit(rig, 1).id, "flat"))
        with pytest.raises(NotFound):
            rig.act(rig.bench.decisions.set_aside(OPERATOR, "e_nobody", "flat"))


def test_a_unit_goes_not_back_to_the_queue_while_the_service_shows_a_device_for_its_code() -> None:
    with bench(users=1) as rig:
        phone = scan(rig)
        rig.cloud.enroll(phone)
        with pytest.raises(RefuseUnit, match="has a device"):
            rig.act(rig.bench.decisions.retry(OPERATOR, unit(rig).id))
        assert (unit(rig).state, [one.place for one in phones(rig)]) == (State.ENROLLED, ["tray"])


def test_a_service_that_is_away_leaves_the_unit_where_it_was_with_its_code_up() -> None:
    with bench() as rig:
        token = attempts(rig)[0].token
        rig.cloud.mood = "down"
        with pytest.raises(ServiceUnreachable):
            rig.act(rig.bench.decisions.retry(OPERATOR, unit(rig).id))
        assert (unit(rig).state, open_effects(rig)) == (State.SHOWING, ())
        assert rig.screen.symbol is not None
        assert token in active(rig)


def test_a_code_that_is_being_given_up_does_not_come_up_meanwhile() -> None:
    with bench() as rig:
        rig.wait(650.0)
        assert rig.screen.symbol is None
        rig.cloud.seconds = 10.0
        retried = rig.loop.create_task(rig.bench.decisions.retry(OPERATOR, unit(rig).id))
        rig.wait(1.0)
        place(rig)  # a phone comes: the code would come up for it
        assert (rig.screen.symbol, unit(rig).state) == (None, State.SHOWING)
        rig.wait(30.0)
        assert retried.done()
        assert unit(rig).state is not State.HELD


def test_a_window_that_attaches_while_a_code_is_given_up_does_not_get_it() -> None:
    with bench() as rig:
        old = shown_token(rig)
        rig.screen.detach()
        rig.wait(5.0)
        before = len(rig.screen.shown)
        ident = unit(rig).id

        async def at_once() -> None:
            retried = asyncio.ensure_future(rig.bench.decisions.retry(OPERATOR, ident))
            rig.screen.attach()  # the code is about to come up
            await retried

        rig.act(at_once())
        assert old not in {rig.cloud.secrets[token_value(symbol)] for symbol in rig.screen.shown[before:]}


def test_a_code_whose_token_was_deleted_is_not_shown_again() -> None:
    with bench() as rig:
        old = str(attempts(rig)[0].token)
        rig.cloud.failing.add("devices")
        with pytest.raises(ServiceUnreachable):
            rig.act(rig.bench.decisions.retry(OPERATOR, unit(rig).id))
        rig.wait(5.0)
        assert old not in active(rig)
        assert attempts(rig)[0].ended == "revoked"
        assert [one.token for one in attempts(rig) if one.ended is None] != [old]
        rig.cloud.failing.clear()


# --- hold and release ---------------------------------------------------------------------------------------------------------


def test_a_hold_takes_the_code_down_and_revokes_nothing() -> None:
    with bench() as rig:
        token = attempts(rig)[0].token
        rig.act(rig.bench.decisions.hold(OPERATOR, unit(rig).id, "wait"))
        assert (unit(rig).reason, token in active(rig)) == (HoldReason.BY_OPERATOR, True)
        assert rig.cloud.calls["revoke"] == 0


def test_a_held_unit_goes_on_from_what_is_proven() -> None:
    with bench(users=3) as rig:
        phone = scan(rig)
        rig.act(rig.bench.decisions.hold(OPERATOR, unit(rig).id, "wait"))
        rig.act(rig.bench.decisions.release(OPERATOR, unit(rig).id))
        assert unit(rig).state is State.SCANNED
        rig.act(rig.bench.decisions.hold(OPERATOR, unit(rig, 1).id, "wait"))
        rig.act(rig.bench.decisions.release(OPERATOR, unit(rig, 1).id))
        assert unit(rig, 1).state is State.QUEUED
        set_up(rig, phone)
        assert unit(rig).state is State.VERIFIED
        with pytest.raises(WrongUse, match="not held"):
            rig.act(rig.bench.decisions.release(LEAD, unit(rig).id))


def test_an_unwitnessed_unit_is_attested_or_retried_not_released() -> None:
    with bench() as rig:
        place(rig)
        rig.wait(130.0)
        with pytest.raises(WrongUse, match="No scan is proven"):
            rig.act(rig.bench.decisions.release(LEAD, unit(rig).id))


@pytest.mark.parametrize("act", ["set_aside", "retry", "release", "skip", "fail"])
def test_a_hold_that_matters_needs_a_lead_whatever_way_leads_out_of_it(act: str) -> None:
    with bench(users=1) as rig:
        token = str(attempts(rig)[0].token)
        rig.act(rig.bench.decisions.retry(OPERATOR, unit(rig).id))
        rig.cloud.appear(rig.unbox(), token)
        rig.act(rig.bench.rack.walk())
        assert unit(rig).reason is HoldReason.DUPLICATE
        why = () if act in {"retry", "release"} else ("other",)
        revoked = rig.cloud.calls["revoke"]
        with pytest.raises(NotAllowed):
            rig.act(getattr(rig.bench.decisions, act)(OPERATOR, unit(rig).id, *why))
        assert rig.cloud.calls["revoke"] == revoked
        rig.act(getattr(rig.bench.decisions, act)(LEAD, unit(rig).id, *why))
        assert unit(rig).state is not State.HELD


# --- skip and fail ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["skip", "fail"])
def test_a_unit_before_the_screen_is_not_skipped_or_failed_and_keeps_its_code(act: str) -> None:
    with bench() as rig:
        token = attempts(rig)[0].token
        with pytest.raises(UnknownTransition):
            rig.act(getattr(rig.bench.decisions, act)(LEAD, unit(rig).id, "no"))
        assert (unit(rig).state, rig.screen.symbol is not None) == (State.SHOWING, True)
        assert token in active(rig)


def test_a_failed_phone_is_counted_as_failed_and_its_token_is_deleted() -> None:
    with bench() as rig:
        token = attempts(rig)[0].token
        scan(rig)
        with pytest.raises(NotAllowed):
            rig.act(rig.bench.decisions.fail(OPERATOR, unit(rig).id, "broken"))
        rig.act(rig.bench.decisions.fail(LEAD, unit(rig).id, "broken"))
        assert (unit(rig).state, [one.place for one in phones(rig, 0)]) == (State.FAILED, ["failed"])
        assert token not in active(rig)


def test_a_phone_that_went_on_to_another_user_is_not_touched_when_the_first_user_is_failed() -> None:
    with bench(users=2, label=True, trays=2) as rig:
        phone = place(rig, "other")
        rig.act(rig.bench.decisions.label(OPERATOR, phone.serial))
        old = str(attempts(rig)[0].token)
        phone.showing = "viewfinder"
        rig.frames(4)
        read(rig, phone)
        rig.act(rig.bench.decisions.fail(LEAD, unit(rig).id, "try it for the next user"))
        clear(rig)
        phone.token, phone.showing = None, "viewfinder"
        rig.camera.stand.append(phone)
        rig.act(rig.bench.decisions.label(OPERATOR, phone.serial))
        rig.frames(4)
        read(rig, phone)
        assert [(one.place, one.enrollment) for one in phones(rig)] == [("tray", unit(rig, 1).id)]
        rig.cloud.appear(rig.unbox(), old)
        rig.act(rig.bench.rack.walk())
        assert unit(rig).reason is HoldReason.DUPLICATE
        rig.act(rig.bench.decisions.fail(LEAD, unit(rig).id, "nobody knows that device"))
        assert [(one.place, one.enrollment) for one in phones(rig)] == [("tray", unit(rig, 1).id)]


# --- the stand is empty -------------------------------------------------------------------------------------------------------


def test_a_declared_empty_stand_is_counted_as_an_act_of_its_own() -> None:
    with bench(camera=False) as rig:
        assert rig.screen.symbol is None
        rig.act(rig.bench.decisions.declare_empty(OPERATOR))
        assert (rig.desk.overrides, rig.screen.symbol is not None) == (1, True)
        recorded = rig.loop.run_until_complete(rig.ledger.events())
        assert [event.actor for event in recorded if event.kind == "StandDeclaredEmpty"] == ["olga"]


def test_the_stand_cannot_be_declared_empty_while_a_phone_is_booked_on_it() -> None:
    with bench(trays=0) as rig:
        read(rig, place(rig))
        with pytest.raises(WrongUse, match="booked on the stand"):
            rig.act(rig.bench.decisions.declare_empty(LEAD))
