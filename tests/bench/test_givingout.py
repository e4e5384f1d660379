"""Codes given out at a desk, and phones that come back."""

from __future__ import annotations

import contextlib

import pytest

from station.domain.enrollment import Attempt, HoldReason, State
from station.domain.errors import NotFound, RefuseUnit, ServiceUnreachable, TokenGone, WrongUse
from station.domain.policy import Mode
from station.domain.roster import Row
from station.ports import Actor
from tests.bench.rig import LEAD, Crashed, Rig
from tests.bench.scenes import attempts, bench, clear, events, phones, place, read, scan, set_up, unit
from tests.bench.stand_ins import read_symbol, token_value

ADMIN = Actor("ada", "admin")


def give_out(rig: Rig, user: str, mode: Mode | None = None) -> Attempt:
    return rig.act(rig.bench.giving_out.show_code(ADMIN, user, mode))


def redeem(rig: Rig, attempt: Attempt) -> None:
    """The user scans the code where nobody looks."""
    _, drawn = rig.act(rig.bench.giving_out.symbol(attempt.id))
    phone = rig.unbox()
    phone.token = token_value(drawn.symbol)
    set_up(rig, phone)


def test_a_code_from_the_desk_needs_no_witness_and_is_in_the_record() -> None:
    with bench(users=2, started=False) as rig:
        attempt = give_out(rig, unit(rig).user)
        assert (unit(rig).state, attempt.channel) == (State.INVITED, "desk")
        assert [(one.kind, one.actor) for one in events(rig)][-1] == ("CodeGivenOut", "ada")
        redeem(rig, attempt)
        assert unit(rig).state is State.VERIFIED


def test_a_phone_with_its_user_is_received_when_it_is_verified_and_not_before() -> None:
    with bench(users=1, started=False) as rig:
        _, drawn = rig.act(rig.bench.giving_out.symbol(give_out(rig, unit(rig).user).id))
        phone = rig.unbox()
        phone.token = token_value(drawn.symbol)
        rig.cloud.enroll(phone)
        rig.wait(70.0)
        assert (unit(rig).state, phones(rig)) == (State.ENROLLED, ())
        rig.cloud.apply(phone)
        rig.wait(70.0)
        assert (unit(rig).state, [one.place for one in phones(rig)]) == (State.VERIFIED, ["verified"])


def test_another_code_ends_the_one_before() -> None:
    with bench(users=1, started=False) as rig:
        first = give_out(rig, unit(rig).user)
        second = give_out(rig, unit(rig).user)
        assert len(rig.cloud.emulator.tokens.active(rig.clock.moment())) == 1
        with pytest.raises(TokenGone):
            rig.act(rig.bench.giving_out.symbol(first.id))
        redeem(rig, second)
        assert unit(rig).state is State.VERIFIED


def test_it_is_refused_while_the_code_is_up_or_the_phone_in_the_rack() -> None:
    with bench(users=1) as rig:
        phone = place(rig)
        with pytest.raises(WrongUse, match="is showing"):
            give_out(rig, unit(rig).user)
        read(rig, phone)
        clear(rig)
        with pytest.raises(WrongUse, match="is scanned"):
            give_out(rig, unit(rig).user)
        set_up(rig, phone)
        assert unit(rig).state is State.VERIFIED


def test_a_code_that_is_revoked_when_no_other_can_be_made_leaves_nobody_waiting_for_it() -> None:
    with bench(users=1, started=False) as rig:
        give_out(rig, unit(rig).user)
        rig.wait(60.0)
        rig.cloud.failing.add("devices")  # the old code is revoked, and then nobody can tell whether a device used it
        with pytest.raises(ServiceUnreachable):
            give_out(rig, unit(rig).user)
        assert (unit(rig).state, unit(rig).reason) == (State.HELD, HoldReason.EXPIRED)
        rig.cloud.failing.clear()
        redeem(rig, give_out(rig, unit(rig).user))
        assert unit(rig).state is State.VERIFIED


def test_a_crash_after_the_old_code_was_revoked_leaves_nobody_waiting_for_it() -> None:
    with bench(users=1, started=False) as rig:
        give_out(rig, unit(rig).user)
        for acts in range(1, 8):
            rig.life.end_at(acts, "after")
            with contextlib.suppress(Crashed):
                give_out(rig, unit(rig).user)
            rig.wait(20.0)
            current = next(one for one in attempts(rig) if one.id == unit(rig).attempt)
            assert (unit(rig).state, current.ended) in {(State.INVITED, None), (State.HELD, "revoked")}


def test_a_phone_of_a_code_that_a_lead_accepts_is_counted() -> None:
    with bench(users=1, started=False) as rig:
        first = give_out(rig, unit(rig).user)
        attempt = give_out(rig, unit(rig).user)
        rig.cloud.appear(rig.unbox(), str(first.token))  # the code before was used after all, and then this one too
        rig.wait(70.0)
        assert unit(rig).reason is HoldReason.DUPLICATE
        redeem(rig, attempt)
        with pytest.raises(RefuseUnit, match="has a device"):  # nobody waited for it: now it is looked for
            rig.act(rig.bench.decisions.release(LEAD, unit(rig).id))
        rig.act(rig.bench.decisions.release(LEAD, unit(rig).id))
        rig.wait(70.0)
        assert unit(rig).state is State.VERIFIED
        assert [(phone.place, phone.attempt) for phone in phones(rig)] == [("verified", attempt.id)]
        assert next(one for one in attempts(rig) if one.id == attempt.id).phone == phones(rig)[0].id


def test_a_code_that_ran_out_holds_the_unit_and_the_next_one_goes_on() -> None:
    with bench(users=1, started=False) as rig:
        give_out(rig, unit(rig).user)
        rig.wait(7300.0)
        assert (unit(rig).state, unit(rig).reason) == (State.HELD, HoldReason.EXPIRED)
        redeem(rig, give_out(rig, unit(rig).user))
        assert unit(rig).state is State.VERIFIED


def test_a_user_in_no_batch_gets_a_place_at_the_desk() -> None:
    with bench(users=1, started=False) as rig:
        made = rig.act(rig.bench.people.import_users(ADMIN, [Row(1, "Dora", "dora@example.org", "default")]))
        attempt = give_out(rig, "dora@example.org")
        redeem(rig, attempt)
        (place_of,) = rig.loop.run_until_complete(rig.ledger.enrollments_of(made.users[0]))
        assert place_of.state is State.VERIFIED
        assert rig.loop.run_until_complete(rig.ledger.batch("desk")).id == place_of.batch


def test_a_user_without_a_policy_gets_no_code() -> None:
    with bench(users=1, started=False) as rig:
        rig.act(rig.bench.people.import_users(ADMIN, [Row(1, "Dora", "dora@example.org")]))
        with pytest.raises(WrongUse, match=r"has no policy.*users assign"):
            give_out(rig, "dora@example.org")


def test_a_work_profile_is_a_link_and_needs_its_record_alone() -> None:
    with bench(users=1, started=False) as rig:
        attempt = give_out(rig, unit(rig).user, Mode.WORK_PROFILE)
        _, drawn = rig.act(rig.bench.giving_out.symbol(attempt.id))
        text = read_symbol(drawn.symbol)
        assert text == drawn.link
        assert text.startswith("https://enterprise.google.com/android/enroll?et=")
        phone = rig.unbox()
        phone.token = text.partition("et=")[2]
        set_up(rig, phone, path="settings")
        assert (unit(rig).state, unit(rig).mode) == (State.VERIFIED, Mode.WORK_PROFILE)


def test_a_phone_that_came_back_may_be_given_to_another_user() -> None:
    with bench(users=3, trays=3) as rig:
        phone = scan(rig)
        set_up(rig, phone)
        again = place(rig)
        again.serial, again.imei = phone.serial, phone.imei
        read(rig, again)
        clear(rig)
        set_up(rig, again)
        assert (unit(rig, 1).reason, "device return" in unit(rig, 1).detail) == (HoldReason.DUPLICATE, True)
        assert rig.act(rig.bench.giving_out.take_back(LEAD, phone.serial)) == unit(rig).id
        third = place(rig)
        third.serial, third.imei = phone.serial, phone.imei
        read(rig, third)
        clear(rig)
        set_up(rig, third)
        assert unit(rig, 2).state is State.VERIFIED
        with pytest.raises(NotFound, match="with a user"):
            rig.act(rig.bench.giving_out.take_back(LEAD, "NOSUCH1"))
        assert attempts(rig)[0].device != attempts(rig, 2)[0].device
