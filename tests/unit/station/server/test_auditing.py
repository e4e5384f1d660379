"""The record newest first, and its chain checked a page at a time, against a ledger that somebody wrote into."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from station import wire
from station.client import Client
from station.domain.audit import EMPTY
from station.ports import Actor, Recorded
from tests.unit.station.server.door import GRACE, Door, at_the_door
from tests.unit.station.server.test_reports import typed


def test_pages_go_from_the_newest_event_to_the_first(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        await door.note(7)
        async with Client(door.path) as client:
            first = await client.newest(limit=4)
            assert ([one.seq for one in first.items], first.after) == ([7, 6, 5, 4], 4)
            rest = await client.newest(before=4, limit=4)
            assert ([one.seq for one in rest.items], rest.after) == ([3, 2, 1], None)
            assert (await client.newest(before=4, limit=3)).after is None
            assert len((await client.newest(search="NOTE")).items) == len((await client.newest(search="grac")).items) == 7
            assert (await client.newest(search="%")).items == ()

    at_the_door(tmp_path, scenario)


def test_an_unharmed_chain_holds_page_by_page(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        async with Client(door.path) as client:
            nothing = await client.verify()
            assert (nothing.checked, nothing.ok, nothing.after, nothing.previous) == (0, True, None, EMPTY)
            await door.note(5)
            first = await client.verify(limit=3)
            assert (first.checked, first.ok, first.after) == (3, True, 3)
            last = await client.verify(after=3, previous=first.previous, limit=3)
            assert (last.checked, last.ok, last.after, last.previous) == (2, True, None, (await client.head()).hash)
            assert (await client.verify(after=3, previous="0" * 64)).problem == "detached"

    at_the_door(tmp_path, scenario)


@pytest.mark.parametrize("problem", ["changed", "missing"])
def test_the_page_with_a_changed_or_missing_event_says_so(tmp_path: Path, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(door: Door) -> None:
        await door.note(5)
        ledger = door.bench.record.ledger
        true_events = ledger.events

        async def forged(*, after: int = 0, limit: int = 500, **more: str | None) -> tuple[Recorded, ...]:
            events = await true_events(after=after, limit=limit)
            if problem == "missing":
                return tuple(one for one in events if one.seq != 4)
            return tuple(replace(one, actor="mallory") if one.seq == 4 else one for one in events)

        monkeypatch.setattr(ledger, "events", forged)
        async with Client(door.path) as client:
            found = await client.verify()
            assert (found.checked, found.ok, found.problem, found.after) == (3, False, problem, None)

    at_the_door(tmp_path, scenario)


@pytest.mark.parametrize("previous", ["", "0" * 63, "G" * 64, "0" * 64 + "\n"])
def test_a_page_behind_the_first_wants_the_hash_before_it(tmp_path: Path, previous: str) -> None:
    async def scenario(door: Door) -> None:
        status, answer = await door.ask("/v1/verify", after="3", previous=previous)
        assert (status, answer["kind"]) == (409, "WrongUse")

    at_the_door(tmp_path, scenario)


def test_the_staff_are_named_where_people_look_until_their_names_are_erased(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        _, units = await door.batch("Ada")
        lea = str((await door.order(wire.PutStaff(name="Lea Roth", role="lead")))[1]["facts"]["staff"])
        door.actor = Actor(lea, "lead")
        assert (await door.order(wire.HoldUnit(enrollment=units[0])))[0] == 200
        door.actor = GRACE
        async with Client(door.path) as client:
            assert (await client.unit(units[0])).names == {lea: "Lea Roth"}
            assert (await client.batch_report("Monday")).names == {lea: "Lea Roth"}
            assert "Lea Roth: Held -> held" in (await typed(door, "unit", "show", units[0])).out
            assert "Lea Roth" in (await typed(door, "batch", "report", "Monday")).out
            page = await client.newest(search="lea r")
            assert ([one.kind for one in page.items], page.names) == (["Held"], {lea: "Lea Roth"})
            assert (await client.record()).names == {}  # a page to be kept
            await client.command(wire.RemoveStaff(staff=lea))
            assert (await client.unit(units[0])).names == (await client.batch_report("Monday")).names == {}
            assert (await client.newest(search="lea r")).items == ()
            assert f"{lea}: Held -> held" in (await typed(door, "unit", "show", units[0])).out

    at_the_door(tmp_path, scenario)


def test_a_story_names_who_had_the_place_and_who_has_it(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        _, units = await door.batch("Ada")
        await door.order(wire.ImportUsers(rows=(wire.UserRow(name="Nina", policy="default"),)))
        await door.order(wire.ReassignUnit(enrollment=units[0], user="Nina"))
        async with Client(door.path) as client:
            assert sorted((await client.unit(units[0])).names.values()) == ["Ada", "Nina"]
            await client.command(wire.RemoveUser(user="Ada"))
            assert list((await client.unit(units[0])).names.values()) == ["Nina"]

    at_the_door(tmp_path, scenario)
