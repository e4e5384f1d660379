"""One clock for several processes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from hardware.simulated import conductor as conducting
from hardware.simulated.conductor import Conductor
from hardware.simulated.loop import run_virtual, virtual_loop
from tests.unit.hardware.simulated.followers import follower, living


@pytest.fixture
def folder() -> Iterator[str]:
    with TemporaryDirectory(prefix="sixtap") as path:  # pytest's own are too long for a Unix socket
        yield path


@asynccontextmanager
async def serving(folder: str, log: list[str]) -> AsyncIterator[None]:
    """The world's half of what `follower_process.py` talks with."""
    loop = virtual_loop()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            log.append(f"{loop.time()} heard {line!r}")
            if line.endswith(b"3\n"):
                await asyncio.sleep(0.25)
            writer.write(b"re " + line)
        writer.close()

    async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        log.append(f"{loop.time()} called {line!r}")
        with loop.lend():
            await asyncio.sleep(0.125)
        writer.write(b"yes " + line)
        await writer.drain()
        writer.close()

    async with (
        await asyncio.start_unix_server(talk, str(Path(folder) / "talk.sock")),
        await asyncio.start_unix_server(call, str(Path(folder) / "call.sock")),
    ):
        yield


def diaries(folder: str, seed: int) -> tuple[list[str], str]:
    """What a world and a follower in another process write down."""
    log: list[str] = []
    conductor = Conductor(folder)

    async def world() -> str:
        async def walk() -> None:
            while True:
                await asyncio.sleep(0.1)
                log.append(f"{virtual_loop().time()}")

        async with serving(folder, log):
            with living(folder, "diary", str(seed)) as process:
                walking = asyncio.create_task(walk())
                await conductor.wait_for(1)
                await conductor.wait_for(0)
                walking.cancel()
                return process.communicate()[0]

    return log, run_virtual(world(), governor=conductor)


def test_two_processes_write_the_same_diaries_in_every_run(folder: str) -> None:
    runs = [diaries(folder, seed=7) for _ in range(5)]
    world, service = runs[0]
    assert len(world) > 60
    assert len(service.splitlines()) > 150
    assert all(run == runs[0] for run in runs)
    assert diaries(folder, seed=8) != runs[0]


def test_a_follower_knows_the_time_and_the_epoch(folder: str) -> None:
    conductor = Conductor(folder, epoch=datetime(2031, 5, 6, tzinfo=UTC), expected=0)

    async def world() -> list[str]:
        await asyncio.sleep(40)
        conductor.expected = 1
        with living(folder, "tick", "2.5") as process:
            await asyncio.sleep(5)
            assert process.stdout is not None
            return [process.stdout.readline() for _ in range(2)]

    assert run_virtual(world(), governor=conductor) == ["start 40.0 2031-05-06T00:00:00+00:00\n", "tick 42.5\n"]


def test_a_followers_hold_stops_the_worlds_time(folder: str) -> None:
    conductor = Conductor(folder)
    go_on = threading.Event()
    times: list[float] = []

    async def service() -> None:
        loop = virtual_loop()
        await asyncio.sleep(1)
        with loop.hold():
            loop.call_later(0.5, times.append, 1.5)
            await loop.run_in_executor(None, go_on.wait, 10)
        times.append(loop.time())
        await asyncio.sleep(1)

    async def world() -> None:
        await conductor.wait_for(1)
        times.append(virtual_loop().time())
        loop = virtual_loop()
        loop.call_at(1, threading.Timer(0.05, go_on.set).start)
        loop.call_at(1.25, times.append, 1.25)
        await conductor.wait_for(0)

    with follower(folder, service):
        run_virtual(world(), governor=conductor)
    assert times == [0, 1, 1.25, 1.5]  # the world's timer waits as well


def test_two_followers_that_talk_to_each_other_share_the_time(folder: str) -> None:
    conductor = Conductor(folder, expected=2)
    meeting = str(Path(folder) / "meeting.sock")
    log: list[str] = []

    async def host() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while line := await reader.readline():
                log.append(f"{virtual_loop().time()} {line.decode().strip()}")
                await asyncio.sleep(0.5)
                writer.write(line)
            writer.close()

        async with await asyncio.start_unix_server(answer, meeting):
            await asyncio.sleep(100)

    async def guest() -> None:
        await asyncio.sleep(1)
        reader, writer = await asyncio.open_unix_connection(meeting)
        for number in range(50):
            writer.write(f"{number}\n".encode())
            async with asyncio.timeout(0.75):
                await reader.readline()
        writer.close()
        await asyncio.sleep(100)

    async def world() -> None:
        await conductor.wait_for(2)
        conductor.expected = 0
        await conductor.wait_for(0)

    with follower(folder, host), follower(folder, guest):
        run_virtual(world(), governor=conductor)
    assert log == [f"{1 + number / 2} {number}" for number in range(50)]


def test_a_follower_that_blocks_its_own_loop_is_served_all_the_same(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conducting, "PATIENCE", 0.1)
    conductor = Conductor(folder)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"yes " + await reader.readline())
        writer.close()

    async def world() -> str:
        async with await asyncio.start_unix_server(answer, str(Path(folder) / "quick.sock")):
            with living(folder, "block") as process:
                await conductor.wait_for(1)
                await conductor.wait_for(0)
                return process.communicate()[0]

    assert run_virtual(world(), governor=conductor) == "yes blocked 1.0\n"


def test_a_world_keeps_its_pace(folder: str) -> None:
    began = time.monotonic()
    conductor = Conductor(folder, pace=200)

    async def service() -> None:
        for _ in range(5):
            await asyncio.sleep(10)

    async def world() -> float:
        await conductor.wait_for(1)
        await conductor.wait_for(0)
        return virtual_loop().time()

    with follower(folder, service):
        assert run_virtual(world(), governor=conductor) == 50
    assert time.monotonic() - began >= 0.25
