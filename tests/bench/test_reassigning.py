"""A place in a queue goes to another user, and whatever was made for the one before is void."""

from __future__ import annotations

import pytest

from station.domain.enrollment import REASSIGNED, Enrollment, HoldReason, State
from station.domain.errors import NotFound, RefuseUnit, TryAgain, WrongUse
from station.domain.policy import Mode
from station.domain.roster import Row
from station.ports import Recorded
from tests.bench.rig import LEAD, Rig
from tests.bench.scenes import attempts, bench, clear, place, scan, set_up, shown_token, unit
from tests.bench.test_people import ADMIN, alive, imported


def newcomer(rig: Rig, name: str = "Nina", policy: str = "default", mode: str = "") -> str:
    return imported(rig, Row(1, name, f"{name.lower()}@example.com", policy, mode)).users[0]


def give(rig: Rig, ident: str, who: str | None, reason: str = "absent") -> None:
    rig.act(rig.bench.reassigning.reassign(LEAD, ident, who, reason))


def told(rig: Rig, ident: str) -> list[Recorded]:
    return [one for one in rig.loop.run_until_complete(rig.ledger.events(enrollment=ident)) if one.kind == "Reassigned"]


def last(rig: Rig) -> Enrollment:
    return rig.queue()[-1]


def test_a_waiting_place_goes_to_another_user_and_back_with_its_number() -> None:
    with bench(users=5) as rig:
        rig.wait(30.0)
        before, nina = last(rig), newcomer(rig)
        give(rig, before.id, "nina@example.com")
        assert (last(rig).id, last(rig).user, last(rig).position) == (before.id, nina, before.position)
        give(rig, before.id, None, "came after all")
        assert (last(rig).user, last(rig).state) == (before.user, State.QUEUED)
        assert [(one.actor, one.body["former"], one.body["user"], one.body["reason"]) for one in told(rig, before.id)] == [
            ("lea", before.user, nina, "absent"),
            ("lea", nina, before.user, "came after all"),
        ]


def test_a_code_that_was_made_ahead_is_void_and_the_other_user_s_comes_up_instead() -> None:
    with bench(users=4) as rig:
        rig.wait(60.0)
        ready = rig.bench.minting.ready[0].enrollment.id
        (old,) = attempts(rig, [one.id for one in rig.queue()].index(ready))
        nina = newcomer(rig, mode="fully_managed")
        give(rig, ready, nina)
        assert not alive(rig, old)
        scan(rig)
        clear(rig)
        rig.wait(60.0)
        assert rig.desk.unit is not None
        assert (rig.desk.unit.id, rig.desk.unit.user, rig.desk.unit.mode) == (ready, nina, Mode.FULLY_MANAGED)
        assert rig.screen.symbol is not None
        assert shown_token(rig) != old.token
        number = [one.id for one in rig.queue()].index(ready)
        assert attempts(rig, number)[0].ended == REASSIGNED


def test_a_held_place_is_retried_first_and_its_shown_code_is_revoked() -> None:
    with bench(users=3) as rig:
        place(rig)
        rig.wait(5.0)
        shown = rig.queue()[0]
        rig.act(rig.bench.decisions.hold(LEAD, shown.id, "ill"))
        assert unit(rig).state is State.HELD
        nina = newcomer(rig)
        give(rig, shown.id, nina)
        assert (unit(rig).user, unit(rig).state, unit(rig).reason) == (nina, State.QUEUED, None)
        first = attempts(rig)[0]
        assert (first.ended, alive(rig, first)) == (REASSIGNED, False)


def test_a_device_with_a_code_of_who_had_the_place_holds_it_and_says_so() -> None:
    with bench(users=3) as rig:
        phone = place(rig)
        rig.wait(2.0)
        rig.act(rig.bench.decisions.hold(LEAD, unit(rig).id, "ill"))
        give(rig, unit(rig).id, newcomer(rig))
        old = str(attempts(rig)[0].token)
        clear(rig)
        rig.wait(5.0)
        set_up(rig, scan(rig))
        rig.cloud.appear(phone, old)
        scan(rig)
        rig.wait(120.0)
        assert (unit(rig).state, unit(rig).reason) == (State.HELD, HoldReason.DUPLICATE)
        assert "of who had this place before" in unit(rig).detail


def test_a_phone_that_read_a_code_stays_its_user_s() -> None:
    with bench(users=3) as rig:
        scan(rig)
        scanned, nina = unit(rig), newcomer(rig)
        assert scanned.state is State.SCANNED
        with pytest.raises(WrongUse, match="return the phone and run it again") as refused:
            give(rig, scanned.id, nina)
        assert "A phone has read its code" in str(refused.value)
        rig.act(rig.bench.decisions.set_aside(LEAD, scanned.id, "flat"))
        assert unit(rig).state is State.QUEUED
        with pytest.raises(WrongUse, match="A phone has read a code of this place"):
            give(rig, scanned.id, nina)
        assert (unit(rig).user, told(rig, scanned.id)) == (scanned.user, [])


def test_while_nobody_knows_whether_the_phone_read_it_it_stays() -> None:
    with bench(users=3) as rig:
        place(rig)
        rig.wait(130.0)
        assert unit(rig).reason is HoldReason.UNWITNESSED
        nina = newcomer(rig)
        with pytest.raises(WrongUse, match="Nobody knows yet"):
            give(rig, unit(rig).id, nina)
        rig.act(rig.bench.decisions.retry(LEAD, unit(rig).id))
        give(rig, unit(rig).id, nina)
        assert unit(rig).user == nina


def test_while_its_code_is_up_or_sent_it_stays() -> None:
    with bench(users=3) as rig:
        rig.wait(5.0)
        assert unit(rig).state is State.SHOWING
        nina = newcomer(rig)
        with pytest.raises(WrongUse, match="Its code is on the screen"):
            give(rig, unit(rig).id, nina)
        other = last(rig)
        rig.act(rig.bench.invitations.invite(ADMIN, [other.user]))
        with pytest.raises(WrongUse, match="sent or given out"):
            give(rig, other.id, nina)


def test_what_is_done_stays_as_it_is() -> None:
    with bench(users=3) as rig:
        set_up(rig, scan(rig))
        rig.wait(60.0)
        assert unit(rig).state is State.VERIFIED
        with pytest.raises(WrongUse, match="sixtap device return"):
            give(rig, unit(rig).id, newcomer(rig))
        rig.act(rig.bench.decisions.skip(LEAD, last(rig).id, ""))
        with pytest.raises(WrongUse, match="left out"):
            give(rig, last(rig).id, newcomer(rig, "Nora"))


def test_who_is_in_a_queue_gets_no_second_place() -> None:
    with bench(users=4) as rig:
        one, other = rig.queue()[-2:]
        for who, says in ((one.user, "has a place in batch first already"), (other.user, "already")):
            with pytest.raises(WrongUse, match=says):
                give(rig, other.id, who)
        for stranger in ("nobody@example.com", None):
            with pytest.raises(NotFound):
                give(rig, other.id, stranger)
        rig.act(rig.bench.decisions.skip(LEAD, one.id, ""))
        give(rig, other.id, one.user)
        assert last(rig).user == one.user


def test_who_has_no_policy_gets_the_batch_s_and_the_record_says_so() -> None:
    with bench(users=4) as rig:
        nina = newcomer(rig, policy="")
        give(rig, last(rig).id, nina)
        assert last(rig).policy == "default"
        user = rig.loop.run_until_complete(rig.ledger.user(nina))
        assert user is not None
        assert user.policy == "default"


def test_the_former_user_can_get_a_place_elsewhere_at_once() -> None:
    with bench(users=4) as rig:
        former, nina = last(rig).user, newcomer(rig)
        give(rig, last(rig).id, nina)
        other = rig.queue()[-2]
        give(rig, other.id, former)
        assert [one.user for one in rig.queue()[-2:]] == [former, nina]


def test_a_removed_user_gets_nothing_back() -> None:
    with bench(users=4) as rig:
        former = last(rig).user
        give(rig, last(rig).id, newcomer(rig))
        rig.act(rig.bench.leaving.remove(ADMIN, former))
        with pytest.raises(NotFound):
            give(rig, last(rig).id, None)


def test_a_generic_row_names_nobody() -> None:
    with bench(generic=3) as rig, pytest.raises(WrongUse, match="names nobody"):
        give(rig, last(rig).id, newcomer(rig))


def test_a_phone_whose_box_was_scanned_for_the_former_user_is_taken_away_first() -> None:
    with bench(users=3, label=True) as rig:
        rig.wait(10.0)
        rig.screen.refusing = True
        phone = place(rig)
        rig.scanner.scan(phone.serial)
        rig.wait(1.0)
        if unit(rig).state is State.QUEUED and rig.desk.on_stand() is not None:
            with pytest.raises(WrongUse, match="A phone stands on the stand"):
                give(rig, unit(rig).id, newcomer(rig))


def test_a_held_place_whose_code_a_device_has_used_is_refused() -> None:
    with bench(users=3) as rig:
        phone = place(rig)
        rig.wait(2.0)
        held = unit(rig)
        rig.act(rig.bench.decisions.hold(LEAD, held.id, "ill"))
        rig.cloud.mood = "down"
        nina = newcomer(rig)
        with pytest.raises(TryAgain):  # nothing is given away while nothing can be revoked
            give(rig, held.id, nina)
        assert unit(rig).user == held.user
        rig.cloud.mood = "well"
        read_by = attempts(rig)[0]
        rig.cloud.appear(phone, str(read_by.token))
        with pytest.raises((RefuseUnit, WrongUse)):
            give(rig, held.id, nina)
        assert unit(rig).user == held.user
