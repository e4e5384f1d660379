"""Who signs in: what is kept of PINs and badges, how often they may be tried, and what they allow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from station.bench.desk import Desk, Timing
from station.bench.record import Record
from station.bench.staff import LONGEST_PAUSE, Staff
from station.domain.errors import NotFound, SignInRefused, WrongUse
from station.ports import Actor
from station.store.ledger import open_ledger

ADMIN, KIOSK = Actor("root", "admin"), Actor("sixtap-kiosk", "operator")
PIN, BADGE, KEY = "482915", "BADGE-77-Xq", b"k" * 32
Scenario = Callable[[Staff, Record], Awaitable[None]]


class SetClock:
    time = 1000.0

    def now(self) -> float:
        return self.time


def day(folder: Path, *scenarios: Scenario, clock: SetClock | None = None) -> None:
    """Each scenario on the same ledger, which is closed and opened again between them."""
    clock = clock or SetClock()

    async def run(scenario: Scenario) -> None:
        async with open_ledger(folder / "ledger.db", bench="b", clock=clock) as ledger:
            record = Record(ledger, clock, Desk("b", Timing(), simulated=True))
            await scenario(Staff(record, KEY), record)

    for scenario in scenarios:
        asyncio.run(run(scenario))


async def refused(staff: Staff, who: str, pin: str | None = None, badge: str | None = None) -> SignInRefused:
    with pytest.raises(SignInRefused) as caught:
        await staff.identify(KIOSK, who, pin=pin, badge=badge)
    return caught.value


def test_the_right_pin_gives_the_role_and_a_badge_alone_an_operator(tmp_path: Path) -> None:
    async def scenario(staff: Staff, record: Record) -> None:
        lea = await staff.put(ADMIN, "", "Lea", "lead", pin=PIN, badge=BADGE)
        by_pin = await staff.identify(KIOSK, lea.id, pin=PIN)
        by_badge = await staff.identify(KIOSK, "", badge=BADGE)
        by_both = await staff.identify(KIOSK, "", pin=PIN, badge=BADGE)
        assert [(known.member.id, known.role) for known in (by_pin, by_badge, by_both)] == [
            (lea.id, "lead"),
            (lea.id, "operator"),
            (lea.id, "lead"),
        ]

    day(tmp_path, scenario)


def test_wrong_pins_are_limited_across_a_restart_of_the_ledger(tmp_path: Path) -> None:
    clock = SetClock()

    async def guess(staff: Staff, record: Record) -> None:
        await staff.put(ADMIN, "", "Lea", "lead", pin=PIN)
        answers = [await refused(staff, "Lea", "0000") for _ in range(5)]
        assert [answer.left for answer in answers] == [4, 3, 2, 1, 0]
        assert answers[-1].wait == 30

    async def after_the_restart(staff: Staff, record: Record) -> None:
        clock.time += 29
        assert (await refused(staff, "Lea", PIN)).wait == 1
        clock.time += 1
        assert (await refused(staff, "Lea", "0000")).wait == 60
        for _ in range(9):
            clock.time += LONGEST_PAUSE
            last = await refused(staff, "Lea", "0000")
        assert last.wait == LONGEST_PAUSE
        clock.time += LONGEST_PAUSE
        await staff.identify(KIOSK, "Lea", pin=PIN)
        assert (await refused(staff, "Lea", "0000")).left == 4

    day(tmp_path, guess, after_the_restart, clock=clock)


def test_guesses_at_once_are_counted_one_by_one(tmp_path: Path) -> None:
    async def scenario(staff: Staff, record: Record) -> None:
        lea = await staff.put(ADMIN, "", "Lea", "lead", pin=PIN)
        await asyncio.gather(*(refused(staff, "Lea", "0000") for _ in range(8)))
        kept = await record.ledger.staff_member(lea.id)
        assert kept is not None
        assert kept.failures == 5

    day(tmp_path, scenario)


def test_badges_of_nobody_are_limited_too(tmp_path: Path) -> None:
    async def scenario(staff: Staff, record: Record) -> None:
        await staff.put(ADMIN, "", "Lea", "lead", badge=BADGE)
        await staff.put(ADMIN, "", "Ben", "operator", pin=PIN)
        assert (await refused(staff, "Ben", badge=BADGE)).left == 4
        for number in range(4):
            last = await refused(staff, "", badge=f"guess-{number}")
        assert last.wait == 30
        await refused(staff, "", badge=BADGE)
        await staff.identify(KIOSK, "Ben", pin=PIN)

    day(tmp_path, scenario)


def test_neither_pin_nor_badge_is_in_the_ledger_or_the_record(tmp_path: Path) -> None:
    async def scenario(staff: Staff, record: Record) -> None:
        lea = await staff.put(ADMIN, "", "Lea", "lead", pin=PIN, badge=BADGE)
        await refused(staff, "Lea", "730164")
        await refused(staff, "", badge="BADGE-88-wrong")
        await staff.hand_over(KIOSK, await staff.identify(KIOSK, "Lea", pin=PIN))
        events = await record.ledger.events()
        told = repr(lea) + repr([asdict(event) for event in events])
        assert not [text for text in (PIN, BADGE, "730164", "BADGE-88", "Lea'") if text in told.replace("name='Lea'", "")]
        assert [event.kind for event in events] == ["StaffChanged", "SignInRefused", "SignInRefused", "ShiftHandedOver"]

    day(tmp_path, scenario)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"$argon2id$" in kept
    assert not [text for text in (PIN, BADGE, "730164", "BADGE-88") if text.encode() in kept]


def test_who_leaves_is_an_id_without_a_name(tmp_path: Path) -> None:
    ids: list[str] = []

    async def leave(staff: Staff, record: Record) -> None:
        lea = await staff.put(ADMIN, "", "Leontyne-Lea", "lead", pin=PIN, badge=BADGE)
        ids.append(await staff.remove(ADMIN, "leontyne-lea"))
        assert ids == [lea.id]
        assert await staff.everybody() == ()
        assert not await staff.guards()
        for who in (lea.id, "", "Leontyne-Lea"):
            with pytest.raises(NotFound):
                await staff.identify(KIOSK, who, pin=PIN)
        await refused(staff, "", badge=BADGE)
        gone = await record.ledger.staff_member(lea.id)
        assert gone is not None
        assert (gone.name, gone.pin, gone.badge, gone.active) == ("", "", "", False)

    day(tmp_path, leave)
    assert b"Leontyne" not in (tmp_path / "ledger.db").read_bytes()


@pytest.mark.parametrize("pin", ["123", "1234567890123", "12a4", "１２３４"])
def test_a_pin_has_four_to_twelve_digits(tmp_path: Path, pin: str) -> None:
    async def scenario(staff: Staff, record: Record) -> None:
        with pytest.raises(WrongUse, match="4 to 12 digits") as caught:
            await staff.put(ADMIN, "", "Lea", "lead", pin=pin)
        assert pin not in str(caught.value)
        assert await staff.everybody() == ()

    day(tmp_path, scenario)


def test_changing_somebody_keeps_what_is_not_named(tmp_path: Path) -> None:
    async def scenario(staff: Staff, record: Record) -> None:
        lea = await staff.put(ADMIN, "", "Lea", "operator", pin=PIN, badge=BADGE)
        await staff.put(ADMIN, lea.id, "Lea Roth", "lead")
        assert (await staff.identify(KIOSK, "Lea Roth", pin=PIN)).role == "lead"
        await staff.put(ADMIN, lea.id, "Lea Roth", "lead", badge="")
        await refused(staff, "", badge=BADGE)
        with pytest.raises(WrongUse, match="has this name"):
            await staff.put(ADMIN, "", "lea roth", "operator", pin=PIN)

    day(tmp_path, scenario)


def test_two_people_never_share_a_badge(tmp_path: Path) -> None:
    async def scenario(staff: Staff, record: Record) -> None:
        await staff.put(ADMIN, "", "Lea", "lead", badge=BADGE)
        with pytest.raises(WrongUse, match="Somebody else has this badge"):
            await staff.put(ADMIN, "", "Ben", "operator", badge=BADGE)
        assert await staff.is_badge(BADGE)
        assert not await staff.is_badge("SN123456")

    day(tmp_path, scenario)
