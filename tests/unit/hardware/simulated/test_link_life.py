"""Followers and worlds that come, die and come again."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import pytest

from hardware.errors import DeviceLost, DeviceNotOpened
from hardware.simulated.conductor import Conductor
from hardware.simulated.follower import Follower
from hardware.simulated.loop import run_virtual, virtual_loop
from tests.unit.hardware.simulated.followers import living


@pytest.fixture
def folder() -> Iterator[str]:
    with TemporaryDirectory(prefix="sixtap") as path:  # pytest's own are too long for a Unix socket
        yield path


def test_time_stands_still_until_followers_are_there(folder: str) -> None:
    """The world's sleep begins long before the follower's, in real time; they end together."""
    conductor = Conductor(folder)
    ends: list[float] = []

    async def world() -> None:
        sleeping = asyncio.create_task(asyncio.sleep(1))
        assert conductor.attached == 0
        with living(folder, "tick", "1"):
            await conductor.wait_for(1)
            assert virtual_loop().time() == 0
            await sleeping
            ends.append(virtual_loop().time())

    run_virtual(world(), governor=conductor)
    assert ends == [1]


def test_a_killed_follower_costs_its_downtime_and_the_next_one_is_let_in(folder: str) -> None:
    conductor = Conductor(folder, downtime=30)
    passed: list[float] = []

    async def world() -> list[str]:
        async def walk() -> None:
            while True:
                await asyncio.sleep(4)
                passed.append(virtual_loop().time())

        walking = asyncio.create_task(walk())
        with living(folder, "tick", "1") as process:
            await conductor.wait_for(1)
            await asyncio.sleep(10)
            process.send_signal(signal.SIGKILL)
            with living(folder, "tick", "1") as successor:
                await conductor.wait_for(0)
                assert virtual_loop().time() == 10
                await conductor.wait_for(1)
                assert virtual_loop().time() == 40
                await asyncio.sleep(2.5)
                walking.cancel()
                assert successor.stdout is not None
                return [successor.stdout.readline() for _ in range(3)]

    assert run_virtual(world(), governor=conductor) == ["start 40.0 2026-01-05T08:00:00+00:00\n", "tick 41.0\n", "tick 42.0\n"]
    assert passed == [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]


def test_followers_may_be_killed_and_come_again_many_times(folder: str) -> None:
    conductor = Conductor(folder)

    async def world() -> float:
        for _ in range(5):
            with living(folder, "tick", "0.01") as process:
                await conductor.wait_for(1)
                await asyncio.sleep(1)
                process.send_signal(signal.SIGKILL)
                await conductor.wait_for(0)
        return virtual_loop().time()

    assert run_virtual(world(), governor=conductor) == 5


def test_a_follower_ends_with_a_clear_error_when_the_world_does(folder: str) -> None:
    conductor = Conductor(folder)

    async def world() -> None:
        await conductor.wait_for(1)
        await asyncio.sleep(1)

    with living(folder, "stay", "in virtual time") as process:
        run_virtual(world(), governor=conductor)
        said, _ = process.communicate(timeout=20)
    assert process.returncode == 3
    assert said == f"cleaned up in virtual time\nthe simulated world at {folder} has ended; start it again, then this service\n"


def test_there_must_be_a_world_to_follow(folder: str) -> None:
    async def main() -> None:
        pytest.fail("it ran without a world")

    with pytest.raises(DeviceNotOpened, match="nothing listens there; start the world first"):
        run_virtual(main(), governor=Follower(folder))


def test_a_world_that_ends_before_it_lets_a_follower_in_is_lost(folder: str) -> None:
    conductor = Conductor(folder)
    refused: list[BaseException] = []

    async def main() -> None:
        pytest.fail("it ran without a world")

    def follow() -> None:
        try:
            run_virtual(main(), governor=Follower(folder))
        except DeviceLost as error:
            refused.append(error)

    thread = threading.Thread(target=follow)

    async def world() -> None:
        conductor._standstill = 1.0  # as after a follower left: the next one has to wait
        thread.start()
        while not conductor._callers:
            await asyncio.to_thread(thread.join, 0.01)

    run_virtual(world(), governor=conductor)
    thread.join(20)
    assert "has ended" in str(refused[0])


def test_a_second_world_in_the_same_folder_is_refused(folder: str) -> None:
    first = Conductor(folder)
    with pytest.raises(DeviceNotOpened, match="another world is there"):
        Conductor(folder)
    first.close()
    Conductor(folder).close()


def test_what_a_dead_world_left_is_no_hindrance(folder: str) -> None:
    dead = Conductor(folder)
    dead._listener.close()
    Conductor(folder).close()
