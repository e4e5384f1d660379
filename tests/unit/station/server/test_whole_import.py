"""An import that is one act, over the socket: what is cancelled, or breaks off, leaves nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from station import wire
from station.ports import Actor
from tests.unit.station.server.door import Door, at_the_door


def part(count: int, begin: int = 0) -> tuple[wire.UserRow, ...]:
    return tuple(wire.UserRow(name=f"P{number}", email=f"p{number}@example.org") for number in range(begin, begin + count))


async def facts(door: Door, command: wire.Command) -> dict[str, Any]:
    status, answer = await door.order(command)
    assert status == 200, answer
    return dict(answer["facts"])


async def roster(door: Door) -> list[str]:
    _, page = await door.ask("/v1/users", limit="1000")
    return [user["name"] for user in page["items"]]


def test_rows_in_several_messages_become_users_at_the_last(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        head = await door.head()
        begun = (await facts(door, wire.KeepRows(rows=part(3))))["begun"]
        told = await facts(door, wire.KeepRows(rows=part(2, 3), place=3, begun=begun))
        assert told == {"begun": begun, "kept": 5}
        assert (await roster(door), await door.head()) == ([], head)
        done = await facts(door, wire.ImportKept(begun=begun, count=5))
        assert (done["added"], done["changed"], done["same"], done["accounts"]) == (5, 0, 0, False)
        assert len(done["users"]) == 5
        assert await roster(door) == ["P0", "P1", "P2", "P3", "P4"]
        assert await door.head() == head + 1
        status, answer = await door.order(wire.ImportKept(begun=begun, count=5))
        assert (status, answer["kind"]) == (409, "WrongUse")

    at_the_door(tmp_path, scenario)


def test_what_was_cancelled_leaves_nothing(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        head = await door.head()
        begun = (await facts(door, wire.KeepRows(rows=part(3))))["begun"]
        assert await facts(door, wire.DropRows(begun=begun)) == {"dropped": True}
        status, answer = await door.order(wire.ImportKept(begun=begun, count=3))
        assert (status, answer["message"]) == (409, "This import broke off; nothing of it was written.")
        assert (await roster(door), await door.head()) == ([], head)

    at_the_door(tmp_path, scenario)


def test_a_bad_row_and_another_person_s_rows_are_refused(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        begun = (await facts(door, wire.KeepRows(rows=part(3))))["begun"]
        status, answer = await door.order(wire.KeepRows(rows=(wire.UserRow(name="a\x1bb"),), place=3, begun=begun))
        assert (status, answer["kind"]) == (409, "BadRoster")
        door.actor = Actor("lea", "admin")
        status, _ = await door.order(wire.ImportKept(begun=begun, count=3))
        assert status == 409
        door.actor = Actor("olga", "lead")
        status, _ = await door.order(wire.ImportKept(begun=begun, count=3))
        assert (status, await roster(door)) == (403, [])

    at_the_door(tmp_path, scenario)


def test_nobody_is_told_of_users_where_the_service_keeps_none(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        assert await facts(door, wire.MakeKnown(users=("u1",))) == {"unknown_there": []}

    at_the_door(tmp_path, scenario)


def test_the_bench_says_where_files_are_laid(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        assert await door.ask("/v1/folders") == (200, {"paths": []})

    at_the_door(tmp_path, scenario)
