"""Invitations: a user's code is mailed, and the unit says at every moment what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import get_args

import pytest

from station.bench.invitations import WEEK, Invited
from station.domain.enrollment import Enrollment, HoldReason, State
from station.domain.errors import ServiceUnreachable, WrongUse
from station.domain.policy import Mode
from station.ports import Actor, Letter
from tests.bench.rig import Crashed, Moment, Rig
from tests.bench.scenes import attempts, bench, events, open_effects, phones, scan, set_up, unit
from tests.bench.stand_ins import read_symbol, token_value

SHORT = 10800  # seconds that a mailed code lives, where a test waits for its end
ADMIN = Actor("ada", "admin")
WIFI = (("WIFI_SSID", "depot"), ("WIFI_SECURITY_TYPE", "WPA"), ("WIFI_PASSWORD", "correct horse"), ("LOCALE", "fr_FR"))


def invite(rig: Rig, which: int = 0, *, resend: bool = False) -> Invited:
    """Invite the batch's user by their place in it."""
    (one,) = rig.act(rig.bench.invitations.invite(ADMIN, [rig.queue()[which].user], resend=resend))
    return one


def redeem(rig: Rig, letter: Letter, *, applied: bool = True) -> bool:
    """A phone at home reads the mailed code and sets itself up."""
    phone = rig.unbox()
    phone.token = token_value(letter.symbol)
    taken = rig.cloud.enroll(phone)
    if taken and applied:
        rig.cloud.apply(phone)
    return taken


def mailed(rig: Rig) -> list[str]:
    """The attempts whose mail is on record as sent."""
    return [str(one.body["attempt"]) for one in events(rig) if one.kind == "InvitationMailed"]


# --- as it should go ----------------------------------------------------------------------------------------------------------


def test_an_invited_user_enrolls_alone_and_is_verified_without_a_scan() -> None:
    with bench(users=1, started=False) as rig:
        assert invite(rig).tried.outcome == "sent"
        (letter,) = rig.post.delivered
        (attempt,) = attempts(rig)
        assert (unit(rig).state, attempt.channel, mailed(rig), open_effects(rig)) == (State.INVITED, "mail", [attempt.id], ())
        assert attempt.shown is not None
        assert (letter.to, letter.name) == ("user1@first.example", "User 1 of first")
        assert rig.cloud.secrets[token_value(letter.symbol)] == attempt.token
        assert redeem(rig, letter, applied=False)
        rig.wait(120.0)
        assert unit(rig).state is State.ENROLLED
        rig.cloud.apply(rig.phones[0])
        rig.wait(120.0)
        assert unit(rig).state is State.VERIFIED
        assert [one.place for one in phones(rig)] == ["verified"]


def test_a_mailed_code_lives_for_days_and_then_the_unit_is_held_as_expired() -> None:
    with bench(users=1, started=False) as rig:
        assert rig.bench.invitations.lifetime == WEEK
        rig.bench.invitations.lifetime = SHORT
        invite(rig)
        assert rig.post.delivered[0].expires == pytest.approx(rig.clock.now() + SHORT, abs=60)
        rig.wait(SHORT - 60.0)
        assert unit(rig).state is State.INVITED
        rig.wait(120.0)
        assert (unit(rig).state, unit(rig).reason) == (State.HELD, HoldReason.EXPIRED)


def test_the_bench_shows_nothing_for_an_invited_user() -> None:
    with bench(users=2, started=False) as rig:
        invite(rig, 0)
        rig.act(rig.bench.intake.start(ADMIN, rig.batches[0]))
        rig.frames(4)
        scan(rig)
        assert unit(rig, 1).state is State.SCANNED
        rig.wait(60.0)
        assert (unit(rig, 0).state, len(rig.screen.shown)) == (State.INVITED, 1)


def test_a_user_whose_code_is_up_or_in_the_rack_is_not_invited() -> None:
    with bench(users=1) as rig:
        rig.wait(1.0)
        assert unit(rig).state is State.SHOWING
        told = invite(rig)
        assert (told.tried.outcome, "is showing" in told.tried.why) == ("refused", True)
        scan(rig)
        assert "is scanned" in invite(rig, resend=True).tried.why
        assert rig.post.tries == []


def test_a_code_that_was_minted_for_the_bench_is_void_when_its_user_is_invited() -> None:
    with bench(users=3) as rig:
        rig.wait(2.0)
        ahead = [one for one in attempts(rig, 1) if one.token]
        assert len(ahead) == 1
        invite(rig, 1)
        assert [one.ended for one in attempts(rig, 1)] == ["revoked", None]
        assert len(rig.post.delivered) == 1


def test_a_mailed_code_holds_no_wifi_of_the_bench() -> None:
    with bench(users=1, started=False, extras=WIFI) as rig:
        invite(rig)
        content = read_symbol(rig.post.delivered[0].symbol)
        assert "WIFI" not in content
        assert json.loads(content)["android.app.extra.PROVISIONING_LOCALE"] == "fr_FR"


def test_a_work_profile_is_mailed_as_a_link_and_its_code() -> None:
    with bench(users=1, started=False) as rig:
        user = rig.loop.run_until_complete(rig.ledger.user(rig.queue()[0].user))
        assert user is not None
        place = rig.act(rig.bench.issuing.place(ADMIN, user))
        rig.act(rig.bench.people.assign(ADMIN, [user.id], group=None, policy="default", mode=Mode.WORK_PROFILE))
        assert invite(rig).enrollment == place.id
        (letter,) = rig.post.delivered
        assert (letter.mode, letter.minimum_android) == (Mode.WORK_PROFILE, 6)
        assert letter.link.startswith("https://")
        assert read_symbol(letter.symbol) == letter.link


def test_a_user_of_no_batch_joins_the_desk_s() -> None:
    with bench(users=1, started=False) as rig:
        user = rig.loop.run_until_complete(rig.ledger.user(rig.queue()[0].user))
        assert user is not None
        invite(rig)
        redeem(rig, rig.post.delivered[0])
        rig.wait(120.0)
        assert unit(rig).state is State.VERIFIED
        second = invite(rig)  # a second phone, long after the batch
        place = rig.read(second.enrollment)
        desk = rig.loop.run_until_complete(rig.ledger.batch("desk"))
        assert (place.batch, place.position, place.state, place.policy) == (desk.id, 1, State.INVITED, "default")
        assert desk.simulated


# --- who is not invited, and why ------------------------------------------------------------------------------------------------


def test_who_has_no_address_or_no_policy_or_is_not_known_is_told_what_to_do() -> None:
    with bench(users=2, started=False) as rig:
        first, second = (rig.loop.run_until_complete(rig.ledger.user(one.user)) for one in rig.queue())
        assert first is not None
        assert second is not None
        rig.act(rig.bench.people.edit(ADMIN, first.id, {"email": ""}))
        told = rig.act(rig.bench.invitations.invite(ADMIN, [first.id, "nobody@example.com", second.email], batch="first"))
        assert [one.tried.outcome for one in told] == ["refused", "refused", "sent"]
        assert "users edit USER --email" in told[0].tried.why
        assert "No user has" in told[1].tried.why
        assert rig.act(rig.bench.invitations.invite(ADMIN, [second.id], batch="first"))[0].tried.why.endswith("--resend")
        assert len(rig.post.delivered) == 1


def test_a_bench_without_a_mail_server_says_so() -> None:
    with bench(users=1, started=False) as rig:
        rig.bench.outbox.mailer = None
        with pytest.raises(WrongUse, match=r"\[mail\]"):
            invite(rig)
        assert unit(rig).state is State.QUEUED


def test_nobody_is_invited_while_the_management_service_is_down() -> None:
    with bench(users=1, started=False) as rig:
        rig.cloud.mood = "down"
        with pytest.raises(ServiceUnreachable):
            invite(rig)
        assert (unit(rig).state, rig.post.tries) == (State.QUEUED, [])


def test_a_user_who_is_invited_twice_at_once_gets_one_mail() -> None:
    with bench(users=1, started=False) as rig:
        user = rig.queue()[0].user

        async def twice() -> list[list[Invited]]:
            return list(await asyncio.gather(*(rig.bench.invitations.invite(ADMIN, [user]) for _ in range(2))))

        told = rig.act(twice())
        assert sorted(one.tried.outcome for (one,) in told) == ["refused", "sent"]
        assert (len(rig.post.delivered), len(attempts(rig))) == (1, 1)


# --- again ----------------------------------------------------------------------------------------------------------------------


def test_a_fresh_code_makes_the_old_one_void() -> None:
    with bench(users=1, started=False) as rig:
        invite(rig)
        assert invite(rig).tried.outcome == "refused"
        assert invite(rig, resend=True).tried.outcome == "sent"
        old, new = rig.post.delivered
        assert [one.ended for one in attempts(rig)] == ["revoked", None]
        assert old.id != new.id
        assert not redeem(rig, old)
        assert redeem(rig, new)
        rig.wait(120.0)
        assert unit(rig).state is State.VERIFIED


def test_a_device_that_used_the_old_code_meanwhile_keeps_its_user() -> None:
    with bench(users=1, started=False) as rig:
        invite(rig)
        redeem(rig, rig.post.delivered[0])
        told = invite(rig, resend=True)
        assert (told.tried.outcome, len(rig.post.delivered)) == ("refused", 1)
        assert unit(rig).state is State.VERIFIED


def test_an_invitation_that_expired_is_sent_again_with_a_fresh_code() -> None:
    with bench(users=1, started=False) as rig:
        rig.bench.invitations.lifetime = SHORT
        invite(rig)
        rig.wait(SHORT + 60.0)
        assert invite(rig).tried.outcome == "refused"
        assert invite(rig, resend=True).tried.outcome == "sent"
        assert unit(rig).state is State.INVITED


def test_retrying_an_invited_unit_brings_it_back_to_the_bench() -> None:
    with bench(users=1, started=False) as rig:
        invite(rig)
        rig.act(rig.bench.decisions.retry(ADMIN, rig.queue()[0].id))
        assert (unit(rig).state, attempts(rig)[0].ended) == (State.QUEUED, "revoked")
        assert not redeem(rig, rig.post.delivered[0])
        rig.act(rig.bench.intake.start(ADMIN, rig.batches[0]))
        rig.frames(4)
        set_up(rig, scan(rig))
        assert unit(rig).state is State.VERIFIED


# --- when the mail server does not take it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["later", "full"])
def test_a_mail_that_is_not_taken_now_is_sent_later_and_once(answer: str) -> None:
    with bench(users=1, started=False) as rig:
        rig.post.answers += [answer] * 3  # type: ignore[list-item]  # a member of its Literal
        assert invite(rig).tried.outcome == "waiting"
        began = rig.clock.now()
        assert (unit(rig).state, attempts(rig)[0].shown, len(open_effects(rig))) == (State.INVITED, None, 1)
        while not rig.post.delivered:
            rig.wait(10.0)
        assert rig.clock.now() - began == pytest.approx(60 + 120 + 240, abs=30)
        rig.wait(3600.0)
        assert (len(rig.post.delivered), len(rig.post.tries), len(set(rig.post.tries))) == (1, 4, 1)


def test_while_a_mail_waits_others_go_out() -> None:
    with bench(users=2, started=False) as rig:
        rig.post.answers.append("later")
        invite(rig, 0)
        assert invite(rig, 1).tried.outcome == "sent"


@pytest.mark.parametrize("answer", ["gone", "login"])
def test_a_server_that_serves_nobody_is_named_and_the_mail_waits(answer: str) -> None:
    with bench(users=2, started=False) as rig:
        rig.post.answers += [answer] * 2  # type: ignore[list-item]  # a member of its Literal
        assert invite(rig, 0).tried.outcome == "waiting"
        assert rig.desk.parts["mail"].state == "lost"
        assert rig.desk.stopped is None
        rig.wait(120.0)
        assert (len(rig.post.delivered), rig.desk.parts["mail"].state) == (1, "ok")


@pytest.mark.parametrize(("answer", "code"), [("nobody", "550"), ("spam", "554")])
def test_a_refused_mail_is_shown_at_its_unit_without_the_address(answer: str, code: str) -> None:
    with bench(users=1, started=False) as rig:
        rig.post.answers.append(answer)  # type: ignore[arg-type]  # a member of its Literal
        assert invite(rig).tried.outcome == "refused"
        assert (unit(rig).state, unit(rig).reason, attempts(rig)[0].shown) == (State.HELD, HoldReason.FAULT, None)
        assert f"SMTP code {code}" in unit(rig).detail
        assert "user1@" not in str(events(rig))
        assert invite(rig, resend=True).tried.outcome == "sent"
        assert (unit(rig).state, len(rig.post.delivered)) == (State.INVITED, 1)


@pytest.mark.parametrize(("answer", "count"), [("lost", 0), ("delivered and lost", 1)])
def test_a_mail_of_which_nobody_knows_is_never_sent_again_by_itself(answer: str, count: int) -> None:
    with bench(users=1, started=False) as rig:
        rig.post.answers.append(answer)  # type: ignore[arg-type]  # a member of its Literal
        assert invite(rig).tried.outcome == "unknown"
        assert (unit(rig).state, unit(rig).reason) == (State.HELD, HoldReason.FAULT)
        assert attempts(rig)[0].shown is not None
        rig.crash()
        rig.wait(3600.0)
        assert (len(rig.post.delivered), len(rig.post.tries), open_effects(rig)) == (count, 1, ())
        if rig.post.delivered:  # it went out after all
            assert redeem(rig, rig.post.delivered[0])
            rig.wait(120.0)
            assert unit(rig).state is State.VERIFIED


def test_a_mail_that_is_not_wanted_any_more_is_not_sent() -> None:
    with bench(users=1, started=False) as rig:
        rig.post.answers.append("later")
        invite(rig)
        rig.act(rig.bench.decisions.hold(ADMIN, rig.queue()[0].id, "she left"))
        rig.wait(300.0)
        assert (rig.post.delivered, open_effects(rig), unit(rig).reason) == ([], (), HoldReason.BY_OPERATOR)


def test_a_mail_whose_code_is_gone_says_so() -> None:
    with bench(users=1, started=False) as rig:
        rig.post.answers += ["later"]
        invite(rig)
        token = attempts(rig)[0].token
        assert token is not None
        rig.loop.run_until_complete(rig.cloud.revoke(token))
        rig.wait(300.0)
        assert (unit(rig).state, unit(rig).reason, rig.post.delivered) == (State.HELD, HoldReason.FAULT, [])


# --- the bench dies ---------------------------------------------------------------------------------------------------------------


def test_a_mail_that_waited_when_the_bench_died_is_sent_when_it_lives_again() -> None:
    with bench(users=1, started=False) as rig:
        rig.post.answers += ["later"]
        invite(rig)
        rig.crash()
        rig.wait(5.0)
        assert (len(rig.post.delivered), open_effects(rig)) == (1, ())


def settled(rig: Rig) -> Enrollment:
    """The unit, long after; every effect is settled, and what is on record agrees with what was delivered."""
    rig.wait(20.0)
    now = unit(rig)
    assert open_effects(rig) == ()
    usable = [one for one in attempts(rig) if one.ended is None and one.shown is not None]
    assert [one.id for one in usable] in ([], [now.attempt])
    if now.state is State.INVITED:
        assert mailed(rig)[-1] == now.attempt
    else:
        assert now.state in {State.QUEUED, State.HELD}
        assert now.reason in ({HoldReason.FAULT, HoldReason.EXPIRED} if now.state is State.HELD else {None})
    return now


def story(step: int, moment: Moment, resend: bool) -> tuple[bool, State, int]:
    """One invitation during which the bench dies: whether it did, where the unit is long after, and how many mails were delivered."""
    with bench(users=1, started=False) as rig:
        if resend:
            invite(rig)
        before = len(rig.post.delivered)
        rig.life.end_at(step, moment)
        life = rig.life
        with contextlib.suppress(Crashed):
            invite(rig, resend=resend)
        now = settled(rig)
        fresh = len(rig.post.delivered) - before
        assert len({letter.id for letter in rig.post.delivered}) == len(rig.post.delivered)
        assert fresh == 1 or now.state is not State.INVITED or (resend and now.attempt == mailed(rig)[0])
        return life.over.is_set(), now.state, fresh


@pytest.mark.parametrize("resend", [False, True])
def test_a_crash_at_any_step_neither_loses_nor_doubles_a_mail(resend: bool) -> None:
    ends: set[tuple[State, int]] = set()
    for moment in get_args(Moment):
        for step in range(1, 40):
            died, state, fresh = story(step, moment, resend)
            ends.add((state, fresh))
            if not died:
                break
        assert (died, state, fresh) == (False, State.INVITED, 1)
    # sent; its old code is void or perhaps it was sent, and it was not; perhaps sent, and it was; not invited
    expected = {(State.INVITED, 1), (State.HELD, 0), (State.HELD, 1)}
    assert expected | (set() if resend else {(State.QUEUED, 0)}) <= ends
