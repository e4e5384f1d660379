"""What every ledger must find by a text that somebody read: the one in memory and the one in a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from station.domain.enrollment import CodeShown, Phone, ShowOrdered
from station.domain.evidence import Device
from station.ports import BENCH, Change, Ledger, User
from tests.contract.test_ledger import ATTEMPT, BATCH, move, queued, users
from tests.contract.test_ledger_queue import ADDRESSES, on_a_ledger

DEVICE = Device("enterprises/E/devices/3f9a8b7c", serial="R58Nabc", imei="490154203237518", model="Pixel")
SCANNED = replace(ATTEMPT, token="enterprises/E/enrollmentTokens/Tok_12345678", device=DEVICE.name)  # noqa: S106  its name
PHONE = Phone("p1", "b1", "e2", "a2", label_kind="serial", label="SN-77%")
KINDS = {
    "e1": "enrollment",
    "a1": "attempt",
    SCANNED.token or "": "token",
    "Tok_12345678": "token",
    "_12345678": "token",
    DEVICE.name: "device",
    "3f9a8b7c": "device",
    "R58Nabc": "serial",
    "490154203237518": "imei",
    "49-015420-323751-8": "imei",
    "name 1": "user",
    "name1@EXAMPLE": "user",
}


async def filled(ledger: Ledger) -> None:
    await move(ledger, "e1", ShowOrdered("a1"), CodeShown("a1"), attempts=(SCANNED,), devices=(DEVICE,))
    other = replace(SCANNED, id="a2", enrollment="e2", token=None, device=None)
    await ledger.commit(Change(BENCH, attempts=(other,), phones=(PHONE,)))


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_unit_is_found_by_whatever_belongs_to_it(tmp_path: Path, address: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        await filled(ledger)
        for text, matched in KINDS.items():
            found = await ledger.look_up(text, 9)
            assert [(one.enrollment.id, one.matched) for one in found] == [("e1", matched)], text
        assert [(one.enrollment.id, one.matched, one.bench) for one in await ledger.look_up("sn-77%", 9)] == [("e2", "label", "")]

    on_a_ledger(tmp_path, address, scenario)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_newest_event_says_where_and_when(tmp_path: Path, address: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        await filled(ledger)
        seen, fresh = (await ledger.look_up("e1", 1))[0], (await ledger.look_up("e3", 1))[0]
        assert (seen.bench, seen.at) == ("bench-1", 1000.0)
        assert (fresh.bench, fresh.at) == ("", None)

    on_a_ledger(tmp_path, address, scenario)


@pytest.mark.parametrize("address", ADDRESSES)
def test_wildcards_are_letters_like_others(tmp_path: Path, address: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        await filled(ledger)
        await ledger.commit(Change(BENCH, users=(User("u2", "Zoë 50%_", "z@example.org"),)))
        for text in ("%", "_", "50%_", "ZOË"):
            assert [one.enrollment.id for one in await ledger.look_up(text, 9)] == ["e2"], text
        for text in ("%%", "__", "______12345678", "\\", "'; --", "\u202eanna", "Tok_1234", "12345"):
            assert await ledger.look_up(text, 9) == (), text

    on_a_ledger(tmp_path, address, scenario)


@pytest.mark.parametrize("address", ADDRESSES)
def test_hits_are_as_many_as_asked_for_each_unit_once_and_beginnings_first(tmp_path: Path, address: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        more = (*users(8)[3:], User("u9", "An e-mail", "name@example.org"), User("u10", "My name"))
        await ledger.commit(Change(BENCH, users=more, enrollments=queued(10)[3:]))
        again = replace(queued(1)[0], id="x1", batch="b2")
        await ledger.commit(Change(BENCH, batches=(replace(BATCH, id="b2"),), enrollments=(again,)))
        found = [one.enrollment.id for one in await ledger.look_up("name", 50)]
        assert found == ["e9", "e1", "x1", "e2", "e3", "e4", "e5", "e6", "e7", "e8", "e10"]
        assert [one.enrollment.id for one in await ledger.look_up("name", 3)] == found[:3]

    on_a_ledger(tmp_path, address, scenario)
