"""What the socket says to messages that no client of ours would send, and to queries in all their forms."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from station import wire
from station.client import Client, Refused
from station.ports import Actor
from tests.unit.station.server.door import Door, at_the_door

BAD_BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "Invalid JSON"),
    "no JSON": (b"{", "Invalid JSON"),
    "no UTF-8": (b'{"command": "\xff"}', "Invalid JSON"),
    "half a character": (b'{"command": "pause_batch", "batch": "\\ud800"}', "Invalid JSON"),
    "an endless nesting": (b"[" * 100_000, "recursion limit"),
    "a list": (b"[]", "should be an object"),
    "null": (b"null", "should be an object"),
    "no command": (b"{}", "command"),
    "an unknown command": (b'{"command": "wipe_device"}', "wipe_device"),
    "a command that is no text": (b'{"command": {"a": 1}}', "command"),
    "an unknown field": (b'{"command": "start_batch", "batch": "b", "force": true}', "start_batch.force: Extra inputs"),
    "a field too few": (b'{"command": "start_batch"}', "start_batch.batch: Field required"),
    "a wrong type": (b'{"command": "start_batch", "batch": 7}', "start_batch.batch: Input should be a valid string"),
    "a wrong choice": (b'{"command": "set_aside", "enrollment": "e", "reason": "because"}', "set_aside.reason"),
    "a wrong row": (b'{"command": "import_users", "rows": [{"name": "A"}, {"nmae": "B"}]}', "import_users.rows.1"),
    "a name of a megabyte": (b'{"command": "' + b"x" * 1_000_000 + b'"}', "Input tag 'xxx"),
}
MANY_ROWS = wire.ImportUsers(rows=tuple(wire.UserRow(name=f"User {number}") for number in range(7)))


def readable(answer: dict[str, Any]) -> None:
    """A Problem that a person can use, and that shows nothing of our insides."""
    problem = wire.Problem.model_validate(answer)
    text = problem.message + problem.remedy
    assert problem.message
    assert len(text) < 600
    assert not any(word in text for word in ("Traceback", 'File "', "pydantic", "station.", "object at 0x"))


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_is_no_command_is_refused_readably(tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    body, says = BAD_BODIES[name]

    async def scenario(door: Door) -> None:
        for headers in ({}, {"Content-Type": "application/json; charset=klingon"}):
            status, answer = await door.post(body, **headers)
            assert (status, answer["kind"]) == (400, "WrongUse")
            assert says in answer["message"]
            readable(answer)
        assert await door.head() == 0

    at_the_door(tmp_path, scenario)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_command_that_is_too_big_is_refused_and_the_next_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.server.app.BODY_LIMIT", 1 << 20)

    async def scenario(door: Door) -> None:
        rows = tuple(wire.UserRow(name="x" * 1000) for _ in range(1100))
        status, answer = await door.order(wire.ImportUsers(rows=rows))
        assert (status, answer["kind"]) == (413, "WrongUse")
        readable(answer)
        assert await door.head() == 0
        assert (await door.order(MANY_ROWS))[0] == 200

    at_the_door(tmp_path, scenario)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v1", 404),
        ("GET", "/v2/status", 404),
        ("GET", "/v1/../../etc/passwd", 404),
        ("GET", "/v1/status/%2e%2e/%00", 404),
        ("GET", "/" + "x" * 3000, 404),
        ("GET", "/v1/commands", 405),
        ("POST", "/v1/status", 405),
        ("DELETE", "/v1/users", 405),
        ("GET", "/v1/events", 400),  # without an upgrade
    ],
)
def test_a_path_that_leads_nowhere_is_answered_readably(tmp_path: Path, method: str, path: str, status: int) -> None:
    async def scenario(door: Door) -> None:
        async with door.session.request(method, f"http://sixtap{path}") as answer:
            assert answer.status == status
            readable(await answer.json())

    at_the_door(tmp_path, scenario)


BAD_QUERIES: list[tuple[str, dict[str, str], int, str]] = [
    ("/v1/batch", {}, 404, "There is no batch"),
    ("/v1/batch", {"id": "no such"}, 404, "no such"),
    ("/v1/batch", {"id": "\x00\x1b[2J"}, 404, "There is no batch"),
    ("/v1/batch", {"batch": "Monday"}, 409, "takes no argument 'batch'"),
    ("/v1/status", {"verbose": "1"}, 409, "takes no argument 'verbose'"),
    ("/v1/units", {"batch": "no such"}, 404, "no such"),
    ("/v1/units", {"batch": "Monday", "after": "-1"}, 409, "after must be a number"),
    ("/v1/units", {"batch": "Monday", "after": "1e3"}, 409, "after must be a number"),
    ("/v1/units", {"batch": "Monday", "after": "\u0663"}, 409, "after must be a number"),  # a digit, but not one of ASCII
    ("/v1/units", {"batch": "Monday", "after": "9" * 16}, 409, "after must be a number"),
    ("/v1/units", {"batch": "Monday", "after": ""}, 409, "after must be a number"),
    ("/v1/units", {"batch": "Monday", "limit": "all"}, 409, "limit must be a number"),
    ("/v1/units", {"batch": "Monday", "states": "queued,lost"}, 409, "'lost' is no state"),
    ("/v1/queue", {"batch": "no such"}, 404, "no such"),
    ("/v1/queue", {"batch": "Monday", "offset": "-1"}, 409, "offset must be a number"),
    ("/v1/queue", {"batch": "Monday", "sort": "user; DROP"}, 409, "'user; DROP' is no order"),
    ("/v1/queue", {"batch": "Monday", "states": "lost"}, 409, "'lost' is no state"),
    ("/v1/unit", {"id": "e_0"}, 404, "e_0"),
    ("/v1/record", {"after": "1' OR '1'='1"}, 409, "after must be a number"),
    ("/v1/record", {"limit": "-5"}, 409, "limit must be a number"),
]


@pytest.mark.parametrize(("path", "query", "status", "says"), BAD_QUERIES)
def test_a_query_that_cannot_be_answered_says_why(tmp_path: Path, path: str, query: dict[str, str], status: int, says: str) -> None:
    async def scenario(door: Door) -> None:
        await door.batch("Anna")
        found, answer = await door.ask(path, **query)
        assert (found, says in answer["message"]) == (status, True), answer
        readable(answer)

    at_the_door(tmp_path, scenario)


def test_pages_of_any_size_give_everything_once_and_in_order(tmp_path: Path) -> None:
    async def walk(door: Door, path: str, limit: str, **query: str) -> list[Any]:
        found: list[Any] = []
        after: Any = None
        while True:
            place = {} if after is None else {"after": str(after)}
            status, page = await door.ask(path, limit=limit, **place, **query)
            assert status == 200
            assert len(page["items"]) <= max(1, int(limit))
            found += page["items"]
            after = page["after"]
            if after is None:
                return found

    async def scenario(door: Door) -> None:
        batch, units = await door.batch(*(f"User{number}" for number in range(7)))
        await door.note(5)
        _, users = await door.ask("/v1/users")
        _, record = await door.ask("/v1/record")
        assert [event["seq"] for event in record["items"]] == list(range(1, 9))
        for limit in ("0", "1", "2", "3", "6", "7", "8", "100000"):
            assert [unit["enrollment"] for unit in await walk(door, "/v1/units", limit, batch=batch)] == units
            assert await walk(door, "/v1/users", limit) == users["items"]
            assert await walk(door, "/v1/record", limit) == record["items"]
        assert (await door.ask("/v1/units", batch=batch, after="900000000000000"))[1] == {"items": [], "after": None}
        far = await door.ask("/v1/queue", batch=batch, offset="900000000000000", sort="-name")
        assert far[1] == {"items": [], "offset": 900000000000000, "total": 7}
        assert (await door.ask("/v1/users", after="zzz"))[1] == {"items": [], "after": None}
        assert (await door.ask("/v1/record", after="8"))[1] == {"items": [], "after": None, "names": {}}
        assert await walk(door, "/v1/units", "2", batch="Monday", states="held") == []
        assert len(await walk(door, "/v1/units", "2", batch="Monday", states="held,queued")) == 7

    at_the_door(tmp_path, scenario)


def test_the_record_can_be_asked_for_one_batch_or_one_unit(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        batch, units = await door.batch("Anna", "Ben")
        await door.order(wire.HoldUnit(enrollment=units[1], detail="dented"))
        _, of_unit = await door.ask("/v1/record", enrollment=units[1])
        _, of_batch = await door.ask("/v1/record", batch=batch)
        assert [event["kind"] for event in of_unit["items"]] == ["Held"]
        assert [event["kind"] for event in of_batch["items"]] == ["BatchCreated", "PolicyAssigned", "Held"]
        _, story = await door.ask("/v1/unit", id=units[1])
        assert (story["unit"]["user"], story["unit"]["state"], story["unit"]["reason"]) == ("Ben", "held", "by-operator")
        assert story["events"] == of_unit["items"]

    at_the_door(tmp_path, scenario)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"name": ""}], "line 1, column name: '': a user needs a name"),
        ([{"name": " \t "}], "line 1, column name: '': a user needs a name"),
        ([{"name": "A"}, {"name": "B", "email": "nowhere"}], "line 2, column email: 'nowhere'"),
        ([{"name": "A\x1b[2J"}], "holds control characters"),
        ([{"name": "A", "mode": "kiosk"}], "is no mode"),
        ([{"name": "A", "policy": "../x"}], "is no policy name"),
        ([{"name": "A", "email": "a@x.org"}, {"name": "B", "email": "A@X.org"}], "column email: 'A@X.org': is on line 1 already"),
        ([{"name": "Zoe\u0308"}, {"name": "ZO\u00cb"}], "column name: 'ZO\u00cb': is on line 1 already"),
    ],
)
def test_rows_are_held_to_the_same_rules_as_a_file(tmp_path: Path, rows: list[dict[str, str]], says: str) -> None:
    async def scenario(door: Door) -> None:
        status, answer = await door.post(json.dumps({"command": "import_users", "rows": rows}).encode())
        assert (status, answer["kind"]) == (409, "BadRoster")
        assert says in answer["message"]
        assert (await door.ask("/v1/users"))[1]["items"] == []

    at_the_door(tmp_path, scenario)


def test_an_order_whose_client_hangs_up_is_carried_out_whole(tmp_path: Path) -> None:
    rows = tuple(wire.UserRow(name=f"User {number}") for number in range(1000))  # several commits

    async def scenario(door: Door) -> None:
        body = wire.ImportUsers(rows=rows).model_dump_json().encode()
        async with door.listen() as socket:
            await socket.receive_json()
            _, writer = await asyncio.open_unix_connection(str(door.path))
            writer.write(b"POST /v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
            imported = 0
            while imported < len(rows):
                event = await socket.receive_json()
                if event["type"] == "recorded":
                    writer.transport.abort()  # in the middle: four more commits are to come
                    imported += len(event["body"]["users"])
        assert imported == len(rows)

    at_the_door(tmp_path, scenario)


def test_an_order_that_never_came_whole_is_none(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        body = MANY_ROWS.model_dump_json().encode()
        for cut in (0, 1, len(body) - 1):
            _, writer = await asyncio.open_unix_connection(str(door.path))
            writer.write(b"POST /v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:cut])
            await writer.drain()
            writer.transport.abort()
        assert (await door.order(wire.ImportUsers(rows=(wire.UserRow(name="Last"),))))[0] == 200
        assert [user["name"] for user in (await door.ask("/v1/users"))[1]["items"]] == ["Last"]

    at_the_door(tmp_path, scenario)


def test_a_lead_gives_a_place_to_who_is_in_no_queue(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        _, units = await door.batch("Ada", "Bob")
        nina = (await door.order(wire.ImportUsers(rows=(wire.UserRow(name="Nina", policy="default"),))))[1]["facts"]["users"][0]
        door.actor = Actor("lea", "lead")
        async with Client(door.path) as client:
            assert [one.name for one in (await client.users(free=True)).items] == ["Nina"]
            done = await client.command(wire.ReassignUnit(enrollment=units[0], user="Nina", reason="absent"))
            assert done.facts["user"] == nina
            assert (await client.unit(units[0])).unit.user == "Nina"
            assert [one.name for one in (await client.users(free=True)).items] == ["Ada"]
            with pytest.raises(Refused, match="Bob has a place in batch Monday already"):
                await client.command(wire.ReassignUnit(enrollment=units[0], user="Bob"))
            await client.command(wire.ReassignUnit(enrollment=units[0]))
            assert (await client.unit(units[0])).unit.user == "Ada"

    at_the_door(tmp_path, scenario)
