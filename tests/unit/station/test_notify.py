from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A service manager's end of the line, and its name as NOTIFY_SOCKET gives it."""
    name = f"@sixtap-test-{os.getpid()}" if request.param == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(name.replace("@", "\0", 1) if request.param == "abstract" else name)
        line.settimeout(5)
        yield line, name


def test_says_ready_alive_and_stopping(manager: tuple[socket.socket, str]) -> None:
    line, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.ready()
    notifier.watchdog()
    notifier.stopping()
    assert [line.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_without_a_manager_nothing_happens() -> None:
    notifier = Notifier({"WATCHDOG_USEC": "1000"})
    notifier.ready()
    asyncio.run(asyncio.wait_for(notifier.keep_alive(), 5))


def test_a_manager_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()


@pytest.mark.parametrize(
    ("environment", "interval"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": str(os.getpid())}, 2.0),
        ({"WATCHDOG_USEC": "4000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_gives_signs_of_life_twice_as_often_as_demanded(environment: dict[str, str], interval: float | None) -> None:
    assert Notifier(environment).interval == interval


def test_keeps_alive_until_cancelled(manager: tuple[socket.socket, str]) -> None:
    line, name = manager

    async def scenario() -> None:
        feeding = asyncio.create_task(Notifier({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "2000"}).keep_alive())
        for _ in range(3):
            assert await asyncio.to_thread(line.recv, 100) == b"WATCHDOG=1"
        assert not feeding.done()
        feeding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await feeding

    asyncio.run(scenario())


def test_keeps_quiet_when_no_signs_of_life_are_wanted(manager: tuple[socket.socket, str]) -> None:
    asyncio.run(asyncio.wait_for(Notifier({"NOTIFY_SOCKET": manager[1]}).keep_alive(), 5))
    manager[0].setblocking(False)
    with pytest.raises(BlockingIOError):
        manager[0].recv(100)
