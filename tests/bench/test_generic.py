"""A generic code: one token for many phones, a row for each device."""

from __future__ import annotations

import pytest

from station.bench.intake import new_batch
from station.domain.enrollment import HoldReason, State
from station.domain.errors import RefuseUnit, WrongUse
from station.domain.policy import Mode
from tests.bench.rig import LEAD, Rig
from tests.bench.scenes import attempts, bench, clear, place, read, scan, set_up, shown_token, unit


def counts_close(rig: Rig) -> bool:
    users, phones = rig.loop.run_until_complete(rig.ledger.counts(rig.batches[0]))
    return users.closes and phones.closes


def tokens_left(rig: Rig) -> int:
    return len(rig.cloud.emulator.tokens.active(rig.clock.moment()))


def test_one_code_serves_every_phone_and_ends_with_the_last_device() -> None:
    with bench(generic=3, trays=3) as rig:
        shown = [shown_token(rig)]
        first = scan(rig)
        shown.append(shown_token(rig))
        second = scan(rig)
        shown.append(shown_token(rig))
        third = scan(rig)
        assert len(set(shown)) == 1
        assert rig.cloud.posts.total() == 1
        assert (rig.screen.symbol, rig.step.id) == (None, "rack_full")  # blanked at the last scan
        for phone in (first, second, third):  # a phone redeems the token minutes after its scan: it must still be good
            set_up(rig, phone)
        assert [row.state for row in rig.queue()] == [State.VERIFIED] * 3
        assert len({attempts(rig, row)[0].device for row in range(3)}) == 3
        assert tokens_left(rig) == 0
        assert counts_close(rig)


def test_a_device_beyond_the_phones_that_were_scanned_gets_a_row_that_is_held() -> None:
    with bench(generic=2, trays=3) as rig:
        token = shown_token(rig)
        assert token is not None
        for phone in (scan(rig), scan(rig)):
            rig.cloud.enroll(phone)
            rig.cloud.apply(phone)
        rig.cloud.appear(rig.unbox(), token)
        rig.wait(90.0)
        assert [(row.state, row.reason) for row in rig.queue()] == [
            (State.VERIFIED, None),
            (State.VERIFIED, None),
            (State.HELD, HoldReason.DUPLICATE),
        ]
        assert counts_close(rig)
        rig.wait(600.0)
        assert len(rig.queue()) == 3  # it is counted once


def test_a_row_of_a_device_that_nobody_expected_is_not_queued_for_another_phone() -> None:
    with bench(generic=1, trays=3) as rig:
        token = shown_token(rig)
        assert token is not None
        rig.cloud.enroll(scan(rig))
        rig.cloud.appear(rig.unbox(), token)
        rig.wait(90.0)
        extra = unit(rig, 1)
        assert extra.reason is HoldReason.DUPLICATE
        with pytest.raises(RefuseUnit, match="has a device"):
            rig.act(rig.bench.decisions.retry(LEAD, extra.id))
        rig.cloud.apply(rig.phones[1])
        rig.act(rig.bench.decisions.release(LEAD, extra.id))
        rig.wait(90.0)
        rig.act(rig.bench.decisions.attest(LEAD, extra.id))  # a lead knows of this phone
        rig.wait(90.0)
        assert unit(rig, 1).state is State.VERIFIED
        assert counts_close(rig)


def test_a_code_is_revoked_when_the_service_is_back() -> None:
    with bench(generic=2, trays=3) as rig:
        phones = [scan(rig), scan(rig)]
        rig.cloud.failing.add("revoke")
        for phone in phones:
            set_up(rig, phone)
        assert (unit(rig, 1).state, tokens_left(rig)) == (State.VERIFIED, 1)
        rig.cloud.failing.clear()
        rig.wait(60.0)
        assert tokens_left(rig) == 0


def test_a_device_goes_to_the_row_whose_label_was_scanned() -> None:
    with bench(generic=2, trays=3, label=True) as rig:
        phones = []
        for _ in range(2):
            phone = place(rig)
            rig.act(rig.bench.decisions.label(LEAD, phone.serial))
            rig.frames(4)
            read(rig, phone)
            clear(rig)
            phones.append(phone)
        set_up(rig, phones[1])
        assert [row.state for row in rig.queue()] == [State.SCANNED, State.VERIFIED]
        set_up(rig, phones[0])
        assert [row.state for row in rig.queue()] == [State.VERIFIED] * 2


def test_a_row_that_is_retried_leaves_the_code_to_the_others() -> None:
    with bench(generic=2, trays=3) as rig:
        lost = scan(rig)
        good = scan(rig)
        rig.act(rig.bench.decisions.retry(LEAD, unit(rig).id))
        assert tokens_left(rig) == 1
        set_up(rig, good)
        states = [row.state for row in rig.queue()]
        assert states.count(State.VERIFIED) == 1
        assert lost.device is None
        assert counts_close(rig)


def test_a_restart_goes_on_with_the_same_code() -> None:
    with bench(generic=2, trays=3) as rig:
        set_up(rig, scan(rig))
        before = shown_token(rig)
        rig.crash()
        assert rig.cloud.posts.total() == 1
        rig.act(rig.bench.decisions.retry(LEAD, unit(rig, 1).id))
        clear(rig)
        assert shown_token(rig) == before
        set_up(rig, scan(rig))
        assert [row.state for row in rig.queue()] == [State.VERIFIED] * 2
        assert tokens_left(rig) == 0


@pytest.mark.parametrize(
    ("mode", "more", "why"),
    [
        (Mode.WORK_PROFILE, {"naming": "serial"}, "tell no serial number"),
        (Mode.WPCO, {"policy": ""}, "needs a policy"),
    ],
)
def test_a_generic_code_that_cannot_work_is_refused(mode: Mode, more: dict[str, str], why: str) -> None:
    with bench(users=1, started=False) as rig:
        batch = new_batch("G", mode, more.pop("policy", "default"), simulated=True, generic=5, **more)
        with pytest.raises(WrongUse, match=why):
            rig.act(rig.bench.intake.create_batch(LEAD, batch, None))
