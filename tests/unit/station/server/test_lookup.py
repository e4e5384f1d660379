"""The look-up at the socket: what it finds, and that it never says back what it was asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from station.client import Client, Refused
from station.domain.evidence import Device
from station.ports import Actor, Change
from station.wire import LOOKUP_LIMIT, CreateBatch, HoldUnit, ImportUsers, UserRow
from tests.naughty import NAUGHTY
from tests.unit.station.server.door import GRACE, Door, at_the_door


def test_an_operator_finds_a_unit_by_a_name_and_by_an_id(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        _, units = await door.batch("Anna", "Bogdan")
        door.actor = Actor("olga", "operator")
        for unit in units:
            assert (await door.order(HoldUnit(enrollment=unit)))[0] == 200
        async with Client(door.path) as client:
            for text, matched in (("  aNN\r\n", "user"), ("bogdan@EXAMPLE.org", "user"), (units[1], "enrollment")):
                page = await client.lookup(text)
                assert [(hit.unit.user, hit.batch, hit.matched, hit.bench) for hit in page.items] == [
                    ("Anna" if "NN" in text else "Bogdan", "Monday", matched, "b")
                ]
                assert page.items[0].at is not None
                assert not page.more

    at_the_door(tmp_path, scenario)


def test_more_than_fifty_hits_are_cut_and_it_says_so(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        await door.batch(*(f"Person-{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(51)))
        _, page = await door.ask("/v1/lookup", text="person")
        assert (len(page["items"]), page["more"]) == (50, True)
        _, page = await door.ask("/v1/lookup", text="person-a")
        assert (len(page["items"]), page["more"]) == (26, False)

    at_the_door(tmp_path, scenario)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "\x00\x1d\r\n",
        '{"android.app.extra.PROVISIONING_WIFI_PASSWORD": "hunter2"}',
        '\x1d {"hunter2": 1}',
        "hunter2" * LOOKUP_LIMIT,
    ],
)
def test_a_text_that_cannot_be_meant_is_refused_and_not_said_back(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(door: Door) -> None:
        status, answer = await door.ask("/v1/lookup", text=text)
        assert (status, answer["kind"]) == (409, "WrongUse")
        assert "hunter2" not in json.dumps(answer)
        assert answer["remedy"]
        with pytest.raises(Refused):
            async with Client(door.path) as client:
                await client.lookup(text)

    caplog.set_level("DEBUG", logger="aiohttp")
    at_the_door(tmp_path, scenario)
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("text", ["%", "_", "%__%", "\\", "'", "\u202eanna", "\u05d0\u05e0\u05d4", "😀", "x" * LOOKUP_LIMIT, "[bold]"])
def test_odd_text_finds_nothing_and_breaks_nothing(tmp_path: Path, text: str) -> None:
    async def scenario(door: Door) -> None:
        await door.batch("Anna")
        assert await door.ask("/v1/lookup", text=text) == (200, {"items": [], "more": False})

    at_the_door(tmp_path, scenario)


def test_bytes_that_are_no_text_break_nothing(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        for query in ("%ED%A0%80x", "%FF%FE", "%00anna"):
            async with door.session.get(f"http://sixtap/v1/lookup?text={query}") as answer:
                assert answer.status in (200, 409)

    at_the_door(tmp_path, scenario)


def test_names_from_outside_are_found_as_they_were_written(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        await door.batch("\u05d0\u05e0\u05d4", "100%_sure", "ÄNNE")
        for text, name in (("\u05e0\u05d4", "\u05d0\u05e0\u05d4"), ("%_", "100%_sure"), ("änn", "ÄNNE")):
            _, page = await door.ask("/v1/lookup", text=text)
            assert [hit["unit"]["user"] for hit in page["items"]] == [name]

    at_the_door(tmp_path, scenario)


def test_a_device_that_nobody_enrolled_here_is_no_hit(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        await door.bench.record.commit(Change(GRACE, devices=(Device("enterprises/E/devices/D", serial="R58N1"),)))
        assert (await door.ask("/v1/lookup", text="R58N1"))[1]["items"] == []

    at_the_door(tmp_path, scenario)


def test_whatever_a_roster_takes_for_a_name_is_found_by_it(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        rows = []
        for number, text in enumerate(NAUGHTY):
            row = UserRow(name=text.strip(), email=f"naughty{number}@example.org")
            status, _ = await door.order(ImportUsers(rows=(row,)))
            rows += [row] if status == 200 else []
        assert len(rows) > len(NAUGHTY) // 2
        status, _ = await door.order(CreateBatch(name="Monday", policy="default", attestation="operator"))
        assert status == 200
        for row in rows:
            if len(row.name) <= LOOKUP_LIMIT:
                _, page = await door.ask("/v1/lookup", text=row.name)
                assert row.name in [hit["unit"]["user"] for hit in page["items"]], row.name

    at_the_door(tmp_path, scenario)
