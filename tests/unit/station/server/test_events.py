"""The event socket: one snapshot, then every event in order; statuses as fast as each client reads."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from station import wire
from station.server.hub import Subscriber
from tests.unit.station.server.door import Door, at_the_door

Heard = list[dict[str, Any]]


def recorded(seq: int) -> wire.Recorded:
    return wire.Recorded(seq=seq, at=1.0, bench="b", actor="a", kind="Noted", previous="", hash="")


def status(seq: int) -> wire.Status:
    return wire.Status(bench="b", simulated=True, seq=seq, step=wire.Step(id="no_batch"))


async def heard_until(socket: aiohttp.ClientWebSocketResponse, seq: int) -> Heard:
    """All messages up to the event of that number and the next status that knows it."""
    heard: Heard = []
    while not (heard and heard[-1]["type"] == "status" and heard[-1]["seq"] >= seq and _events(heard)[-1:] == [seq]):
        heard.append(await socket.receive_json())
    return heard


def connections(door: Door) -> int:
    """How many the server holds open: the kernel lists its ends by their path, and the one that listens."""
    return sum(line.endswith(f" {door.path}") for line in Path("/proc/net/unix").read_text().splitlines()) - 1


def _events(heard: Heard) -> list[int]:
    return [message["seq"] for message in heard if message["type"] == "recorded"]


def test_a_line_keeps_all_events_and_the_newest_status_alone() -> None:
    async def scenario() -> None:
        line = Subscriber()
        line.known = 2
        for seq in range(1, 6):
            line.put_event(recorded(seq))
            line.put_status(status(seq))
        assert await line.next() == [recorded(3), recorded(4), recorded(5), status(5)]
        line.put_status(status(6))
        assert await line.next() == [status(6)]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(line.next(), 0)

    asyncio.run(scenario())


def test_a_late_client_gets_one_snapshot_and_then_every_event_after_it(tmp_path: Path) -> None:
    async def late(door: Door, last: int) -> tuple[int, Heard]:
        async with door.listen() as socket:
            first = await socket.receive_json()
            assert first["type"] == "snapshot"
            assert first["version"] == wire.VERSION
            known: int = first["status"]["seq"]
            return known, await heard_until(socket, last) if known < last else []

    async def scenario(door: Door) -> None:
        writing = asyncio.create_task(door.note(60))
        clients = []
        while not writing.done():  # one after the other, each into the middle of the writing
            clients.append(asyncio.create_task(late(door, 60)))
            await door.ask("/v1/head")
        assert len(clients) > 5
        starts = set()
        for known, heard in await asyncio.gather(*clients):
            starts.add(known)
            assert _events(heard) == list(range(known + 1, 61))
            assert {message["type"] for message in heard} <= {"recorded", "status"}
        assert len(starts) > 5

    at_the_door(tmp_path, scenario)


def test_many_clients_hear_the_same(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        sockets = [await door.listen() for _ in range(60)]
        for socket in sockets:
            assert (await socket.receive_json())["type"] == "snapshot"
        await door.note(20, "\u202e[red]")
        heard = await asyncio.gather(*(heard_until(socket, 20) for socket in sockets))
        first = [message for message in heard[0] if message["type"] == "recorded"]
        assert [message["seq"] for message in first] == list(range(1, 21))
        for one in heard:
            assert [message for message in one if message["type"] == "recorded"] == first
        await asyncio.gather(*(socket.close() for socket in sockets))

    at_the_door(tmp_path, scenario)


def test_a_slow_reader_misses_statuses_and_no_event(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        async with door.listen() as slow, door.listen() as quick:
            await slow.receive_json()
            await quick.receive_json()
            slow._response.connection.transport.pause_reading()
            seen: Heard = []
            for number in range(1, 301):  # each big enough to fill what lies between writer and reader
                await door.note(1, "x" * 5000)
                seen += await heard_until(quick, number)
            slow._response.connection.transport.resume_reading()
            heard = await heard_until(slow, 300)
            assert _events(heard) == _events(seen) == list(range(1, 301))
            statuses = [message["seq"] for message in heard if message["type"] == "status"]
            assert len(statuses) < len(seen) - 300
            assert statuses == sorted(statuses)

    at_the_door(tmp_path, scenario)


def test_a_client_that_reads_nothing_is_cut_off_and_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.server.hub.MOST_WAITING", 100)

    async def scenario(door: Door) -> None:
        async with door.listen() as deaf, door.listen() as quick:
            await deaf.receive_json()
            await quick.receive_json()
            deaf._response.connection.transport.pause_reading()
            for number in range(1, 401):
                await door.note(1, "x" * 5000)
                await heard_until(quick, number)
            await asyncio.sleep(5)
            assert len(door.server.hub._subscribers) == 1
            assert connections(door) == 1  # nothing is kept for it, not even its socket
            deaf._response.connection.transport.resume_reading()
            rest = [message async for message in deaf]
            assert 0 < len(rest) < 400
            async with door.listen() as again:
                assert (await again.receive_json())["status"]["seq"] == 400

    at_the_door(tmp_path, scenario)


def test_clients_that_vanish_leave_nothing_behind(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        for farewell in (True, False):
            sockets = [await door.listen() for _ in range(20)]
            for socket in sockets:
                await socket.receive_json()
            assert len(door.server.hub._subscribers) == 20
            for socket in sockets:
                if farewell:
                    await socket.close()
                else:
                    socket._response.connection.transport.abort()
            await asyncio.sleep(5)
            assert not door.server.hub._subscribers
            assert (await door.ask("/v1/head"))[0] == 200

    at_the_door(tmp_path, scenario)


def test_what_clients_say_on_the_event_socket_is_not_heard(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        async with door.listen() as socket:
            await socket.receive_json()
            await socket.send_str(wire.ImportUsers(rows=(wire.UserRow(name="A"),)).model_dump_json())
            await socket.send_bytes(b"\x00" * 1000)
            await socket.ping()
            await door.note(1)
            assert _events(await heard_until(socket, 1)) == [1]
        assert (await door.ask("/v1/users"))[1]["items"] == []

    at_the_door(tmp_path, scenario)


def test_a_name_that_changes_is_new_in_the_next_status(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        _, units = await door.batch("Anna")
        await door.order(wire.HoldUnit(enrollment=units[0]))
        assert (await door.ask("/v1/status"))[1]["held"][0]["user"] == "Anna"
        await door.order(wire.ImportUsers(rows=(wire.UserRow(name="Anna-Maria", email="ANNA@example.org"),)))
        assert (await door.ask("/v1/status"))[1]["held"][0]["user"] == "Anna-Maria"

    at_the_door(tmp_path, scenario)


def test_a_ledger_that_fails_ends_neither_the_service_nor_the_reason(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(door: Door) -> None:
        async with door.listen() as socket:
            await socket.receive_json()
            await door.bench.record.ledger.close()
            door.bench.desk.ring()
            await asyncio.sleep(1)
            status, answer = await door.ask("/v1/status")
            assert (status, answer["kind"], answer["message"]) == (409, "LedgerFailed", "The ledger is closed.")
            with pytest.raises(aiohttp.WSServerHandshakeError, match="409"):
                await door.listen()
            assert not socket.closed
        assert not any(task.done() for task in door.work)

    at_the_door(tmp_path, scenario)
    assert {record.getMessage().split(":")[0] for record in caplog.records} == {"No status can be sent"}


def test_a_barcode_that_presses_a_button_reaches_all_clients_once_and_is_no_label(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        async with door.session.ws_connect("http://sixtap/v1/events") as socket:
            await socket.receive_json()
            assert door.bench.overhear("sixtap-f2 ")
            assert not door.bench.overhear("R58N12")
            assert await socket.receive_json() == {"type": "heard", "key": "f2"}
        async with door.session.ws_connect("http://sixtap/v1/events") as late:
            assert (await late.receive_json())["type"] == "snapshot"
            door.bench.desk.ring()
            assert (await late.receive_json())["type"] == "status"

    at_the_door(tmp_path, scenario)
