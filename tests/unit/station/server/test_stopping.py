"""The service stops while clients are connected and orders under way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from station import wire
from station.server.app import PATIENCE
from station.server.conversation import FAREWELL
from tests.unit.station.server.door import Door, at_the_door

SOON = 3 * FAREWELL  # seconds, of the loop's own time


async def seconds_to_stop(door: Door) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await door.stop()
    return loop.time() - began


async def last_words(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    async for _ in socket:
        pass
    return socket.close_code


@pytest.mark.parametrize("listening", [0, 1, 30])
def test_whoever_listens_is_told_at_once(tmp_path: Path, listening: int) -> None:
    async def scenario(door: Door) -> None:
        sockets = [await door.listen() for _ in range(listening)]
        for socket in sockets:
            await socket.receive_json()
        leaving = [asyncio.ensure_future(last_words(socket)) for socket in sockets]
        assert await seconds_to_stop(door) < SOON
        assert await asyncio.gather(*leaving) == [aiohttp.WSCloseCode.GOING_AWAY] * listening
        with pytest.raises(aiohttp.ClientConnectorError):
            await door.ask("/v1/status")

    at_the_door(tmp_path, scenario)


def test_who_does_not_read_is_not_waited_for(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        async with door.listen() as deaf:
            await deaf.receive_json()
            deaf._response.connection.transport.pause_reading()
            await door.note(300, "x" * 5000)
            assert await seconds_to_stop(door) < SOON

    at_the_door(tmp_path, scenario)


def test_an_order_under_way_comes_to_its_end_and_is_answered(tmp_path: Path) -> None:
    rows = tuple(wire.UserRow(name=f"User {number}") for number in range(1000))  # several commits

    async def scenario(door: Door) -> None:
        async with door.listen() as socket:
            await socket.receive_json()
            order = asyncio.create_task(door.order(wire.ImportUsers(rows=rows)))
            while (await socket.receive_json())["type"] != "recorded":
                pass
            assert not order.done()
            assert await seconds_to_stop(door) < PATIENCE
        status, answer = await order
        assert (status, answer["facts"]["added"]) == (200, 1000)

    at_the_door(tmp_path, scenario)


def test_an_order_that_does_not_end_is_broken_off_before_it_writes(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        _, units = await door.batch("Anna")
        before = await door.head()
        async with door.bench.record.turn:  # somebody else is writing, for longer than anybody waits
            order = asyncio.create_task(door.order(wire.HoldUnit(enrollment=units[0])))
            await asyncio.sleep(1)
            assert PATIENCE <= await seconds_to_stop(door) < PATIENCE + SOON
        with pytest.raises(aiohttp.ClientError):
            await order
        assert await door.head() == before

    at_the_door(tmp_path, scenario)
