from __future__ import annotations

import asyncio
import json

from station.domain.dealing import deal
from station.domain.enrollment import HoldReason, State
from tests.bench.rig import LEAD, OPERATOR, Rig
from tests.bench.scenes import attempts, bench, clear, events, open_effects, scan, set_up, unit
from tests.bench.stand_ins import read_symbol

EAP = (("WIFI_SSID", "lab"), ("WIFI_SECURITY_TYPE", "EAP"), ("WIFI_EAP_METHOD", "PEAP"))


def minted(rig: Rig) -> list[int]:
    """How many attempts each user has had."""
    return [len(attempts(rig, place)) for place in range(len(rig.queue()))]


# --- ahead of need ------------------------------------------------------------------------------------------------------------


def test_two_codes_are_made_before_they_are_needed_and_no_more() -> None:
    with bench(started=False, users=4) as rig:
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        rig.wait(60.0)
        assert (minted(rig), rig.desk.mint, rig.cloud.calls["mint"]) == ([1, 1, 0, 0], "ready", 2)


def test_nothing_is_made_before_the_batch_is_started_or_while_it_is_paused() -> None:
    with bench(started=False) as rig:
        rig.wait(60.0)
        assert rig.cloud.calls["mint"] == 0
    with bench(users=4, trays=0) as rig:
        rig.act(rig.bench.intake.pause(LEAD, rig.batches[0]))
        before = rig.cloud.calls["mint"]
        rig.act(rig.bench.decisions.skip(LEAD, unit(rig, 1).id, ""))
        rig.wait(60.0)
        assert rig.cloud.calls["mint"] == before


def test_a_token_carries_its_attempt_as_reference_and_its_value_is_kept_nowhere() -> None:
    with bench() as rig:
        tokens = {token.name: token for token in rig.cloud.emulator.tokens.active(rig.clock.moment())}
        for place in (0, 1):
            attempt = attempts(rig, place)[0]
            assert tokens[str(attempt.token)].settings["additionalData"] == attempt.id
        secrets = list(rig.cloud.secrets)
        assert not any(value in repr([rig.desk, list(rig.bench.minting.ready), rig.bench.cycle.showing]) for value in secrets)


def test_a_code_has_two_forms_of_one_content_and_the_ledger_keeps_the_first() -> None:
    with bench(users=3) as rig:
        for prepared in rig.bench.minting.ready:
            one, two = prepared.forms
            texts = read_symbol(one), read_symbol(two)
            assert texts[0] != texts[1]
            assert json.loads(texts[0]) == json.loads(texts[1])
            first, second = deal(prepared.enrollment.position, prepared.attempt.number)
            assert (prepared.attempt.key_order, prepared.attempt.mask) == (first.key_order, first.mask)
            assert (one.mask, two.mask) == (first.mask, second.mask)
            assert len(one.relatives) == len(two.relatives) > 200


def test_the_codes_of_neighbours_in_the_queue_differ_in_a_third_of_their_modules() -> None:
    with bench(users=3) as rig:
        first, second = rig.screen.shown[-1], rig.bench.minting.ready[0].forms[0]
        different = sum(one != two for one, two in zip(first.modules, second.modules, strict=True))
        assert different > len(first.modules) / 3


# --- a service that fails -----------------------------------------------------------------------------------------------------


def test_a_service_that_does_not_answer_is_asked_again_and_the_screen_says_so() -> None:
    with bench(started=False) as rig:
        rig.cloud.mood = "down"
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        clear(rig)
        rig.wait(40.0)
        assert rig.step.id == "service_down"
        assert [one.ended for one in attempts(rig)] == ["refused"] * len(attempts(rig))
        rig.cloud.mood = "well"
        rig.wait(20.0)
        assert (rig.step.id, rig.desk.parts["service"].state) == ("place_phone", "ok")
        assert max(rig.cloud.posts.values()) == 1


def test_a_service_that_refuses_the_bench_stops_nothing_for_good() -> None:
    with bench(users=4) as rig:
        rig.cloud.mood = "refusing"
        phone = scan(rig)
        rig.wait(4000.0)  # tokens grow old and cannot be revoked
        assert (rig.desk.stopped, unit(rig).reason) == (None, HoldReason.OVERDUE)
        rig.cloud.mood = "well"
        set_up(rig, phone)
        rig.wait(60.0)
        assert unit(rig).state is State.VERIFIED
        assert open_effects(rig) == ()


def test_a_lost_answer_is_never_asked_for_again_under_the_same_reference() -> None:
    with bench(started=False) as rig:
        rig.cloud.losing[:] = ["after"]
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        clear(rig)
        assert [one.ended for one in attempts(rig)] == ["uncertain", None]
        assert "MintUncertain" in [event.kind for event in events(rig)]
        assert (rig.step.id, max(rig.cloud.posts.values())) == ("place_phone", 1)


def test_three_lost_answers_hold_the_unit_for_a_lead_and_the_next_user_goes_on() -> None:
    with bench(started=False) as rig:
        rig.cloud.losing[:] = ["after", "before", "after"]
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        clear(rig)
        assert (unit(rig).reason, unit(rig, 1).state) == (HoldReason.FAULT, State.SHOWING)
        rig.act(rig.bench.decisions.release(LEAD, unit(rig).id))
        rig.wait(2.0)
        assert [one.token is not None for one in attempts(rig)] == [False, False, False, True]


def test_a_batch_that_the_service_rejects_holds_its_units_and_says_why() -> None:
    with bench(lifetime=30, users=2) as rig:  # Google takes no token of less than a minute
        assert [one.reason for one in rig.queue()] == [HoldReason.FAULT] * 2
        assert "60 seconds" in unit(rig).detail
        assert rig.step.id == "finished"


def test_extras_that_fit_no_code_hold_the_unit_and_their_values_are_not_told() -> None:
    certificate = ("WIFI_CA_CERTIFICATE", "secret" * 500)
    with bench(users=1, extras=(*EAP, certificate)) as rig:
        assert unit(rig).reason is HoldReason.FAULT
        assert "too long" in unit(rig).detail
        assert "secret" not in unit(rig).detail
        assert rig.step.id == "finished"


# --- claims -------------------------------------------------------------------------------------------------------------------


def test_a_prepared_user_whose_token_grew_old_gets_a_new_one_and_keeps_the_turn() -> None:
    with bench(users=2, lifetime=2400) as rig:
        old = attempts(rig, 1)[0].token
        rig.act(rig.bench.intake.pause(LEAD, rig.batches[0]))
        rig.wait(700.0)
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        scan(rig)
        rig.wait(2.0)
        assert [one.ended for one in attempts(rig, 1)] == ["expired", None]
        assert old not in {token.name for token in rig.cloud.emulator.tokens.active(rig.clock.moment())}
        assert (unit(rig, 1).state, rig.step.id) == (State.SHOWING, "place_phone")


def test_a_prepared_user_who_is_held_and_released_gets_a_turn_again() -> None:
    with bench(users=2) as rig:
        rig.act(rig.bench.decisions.hold(OPERATOR, unit(rig, 1).id, "not today"))
        rig.act(rig.bench.decisions.release(OPERATOR, unit(rig, 1).id))
        scan(rig)
        rig.wait(2.0)
        assert (unit(rig, 1).state, rig.step.id) == (State.SHOWING, "place_phone")


def test_a_prepared_user_who_is_skipped_is_not_shown_and_the_token_is_deleted() -> None:
    with bench(users=2) as rig:
        token = attempts(rig, 1)[0].token
        rig.act(rig.bench.decisions.skip(OPERATOR, unit(rig, 1).id, "left"))
        scan(rig)
        rig.wait(2.0)
        assert (rig.step.id, rig.screen.symbol, attempts(rig, 1)[0].ended) == ("finished", None, "superseded")
        assert token not in {one.name for one in rig.cloud.emulator.tokens.active(rig.clock.moment())}


def test_claims_are_renewed_for_as_long_as_a_unit_waits() -> None:
    with bench(users=2) as rig:
        rig.wait(1000.0)
        leases = rig.bench.minting.leases
        assert set(leases) == {one.id for one in rig.queue()}
        assert all(lease.until > rig.clock.now() for lease in leases.values())


def test_a_claim_given_back_while_others_are_renewed_stops_nobody() -> None:
    with bench(users=2) as rig:
        minting = rig.bench.minting
        first, second = minting.leases.values()

        async def give_back() -> None:
            # the renewal wakes at the same moment and waits for its first answer
            await asyncio.sleep(100.0 - rig.loop.time())
            await minting.drop(second)

        rig.act(give_back())
        rig.wait(1.0)
        assert rig.desk.stopped is None
        assert first.enrollment in minting.leases
