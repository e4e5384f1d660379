"""Virtual time in one process."""

from __future__ import annotations

import asyncio
import random
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from hardware.simulated.loop import EPOCH, FreeRunning, run_virtual, virtual_loop


def start(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_day_of_sleep_takes_no_time() -> None:
    async def main() -> float:
        await asyncio.sleep(86400)
        return virtual_loop().time()

    began = time.monotonic()
    assert run_virtual(main()) == 86400
    assert time.monotonic() - began < 5


def test_ten_thousand_timers_fire_in_the_order_of_their_times_and_not_early() -> None:
    draw = random.Random(1)
    times = [draw.uniform(0, 1000) for _ in range(10_000)]

    async def main() -> list[float]:
        loop = virtual_loop()
        fired: list[float] = []
        handles = []

        def fire(when: float) -> None:
            assert loop.time() == when
            fired.append(when)

        for when in times:
            loop.call_at(when, fire, when)
            handles.append(loop.call_at(when, pytest.fail, "a timer that was cancelled"))
        for handle in handles:
            handle.cancel()
        await asyncio.sleep(1001)
        return fired

    assert run_virtual(main()) == sorted(times)


def test_timers_of_the_same_time_fire_in_the_order_in_which_they_were_set() -> None:
    async def main() -> list[int]:
        loop = virtual_loop()
        fired: list[int] = []
        draw = random.Random(2)
        for number in range(500):
            loop.call_at(draw.choice([1.0, 2.0, 3.0]), lambda: None)
            loop.call_at(2.0, fired.append, number)
        await asyncio.sleep(3)
        return fired

    assert run_virtual(main()) == list(range(500))


def test_a_timer_is_never_early_however_long_the_run() -> None:
    async def main() -> None:
        loop = virtual_loop()
        loop.set_time(1e9 / 3)
        for seconds in (1e-7, 0.1, 1 / 3, 12345.678):
            due = loop.time() + seconds
            await asyncio.sleep(seconds)
            assert loop.time() == due

    run_virtual(main())


def test_timers_set_by_timers_keep_exact_time() -> None:
    async def nested(depth: int) -> None:
        if depth:
            await asyncio.gather(asyncio.sleep(1), nested(depth - 1))
            await asyncio.sleep(0.5)

    async def main() -> float:
        await nested(50)
        return virtual_loop().time()

    assert run_virtual(main()) == 26  # the innermost second, then fifty halves, one inside the other


def test_timeouts_count_virtual_time() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(600):
                await asyncio.Event().wait()
        return virtual_loop().time()

    assert run_virtual(main()) == 600


def test_without_a_timer_it_waits_for_what_really_comes() -> None:
    async def main() -> float:
        loop = virtual_loop()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with ours, theirs:
            timer = threading.Timer(0.05, theirs.sendall, (b"!",))
            timer.start()
            assert await loop.sock_recv(ours, 1) == b"!"
            timer.join()
        return loop.time()

    assert run_virtual(main()) == 0


def test_sockets_are_heard_in_the_order_in_which_they_were_registered() -> None:
    async def main() -> list[int]:
        loop = virtual_loop()
        pairs = [socket.socketpair() for _ in range(30)]
        heard: list[int] = []

        def hear(number: int) -> None:
            pairs[number][0].recv(1)
            heard.append(number)

        for number, (ours, _) in enumerate(pairs):
            loop.add_reader(ours, hear, number)
        for number in random.Random(3).sample(range(30), 30):
            pairs[number][1].sendall(b"!")
        await asyncio.sleep(1)
        for ours, theirs in pairs:
            loop.remove_reader(ours)
            ours.close()
            theirs.close()
        return heard

    assert run_virtual(main()) == list(range(30))


@pytest.mark.parametrize("debug", [False, True])
def test_a_child_process_can_be_awaited(debug: bool) -> None:
    async def main() -> tuple[bytes, float]:
        loop = virtual_loop()
        with loop.hold():
            async with asyncio.timeout(1):
                child = await asyncio.create_subprocess_exec(sys.executable, "-c", "print('hello')", stdout=asyncio.subprocess.PIPE)
                said, _ = await child.communicate()
        assert child.returncode == 0
        return said, loop.time()

    assert run_virtual(main(), debug=debug) == (b"hello\n", 0)


def test_a_pace_keeps_virtual_time_behind_the_wall_clock() -> None:
    async def main() -> None:
        for _ in range(10):
            await asyncio.sleep(2)
        assert virtual_loop().time() == 20

    began = time.monotonic()
    run_virtual(main(), governor=FreeRunning(pace=200))
    assert time.monotonic() - began >= 0.1


def test_what_comes_during_a_paced_wait_comes_at_the_time_that_it_is() -> None:
    async def main() -> float:
        loop = virtual_loop()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with ours, theirs:
            sleeping = asyncio.create_task(asyncio.sleep(1000))
            timer = threading.Timer(0.05, theirs.sendall, (b"!",))
            timer.start()
            await loop.sock_recv(ours, 1)
            sleeping.cancel()
            timer.join()
        return loop.time()

    assert 0.5 < run_virtual(main(), governor=FreeRunning(pace=20)) < 500


def test_a_pace_must_be_positive() -> None:
    with pytest.raises(ValueError, match="more than 0, not -1"):
        FreeRunning(pace=-1)


def test_works_in_debug_mode() -> None:
    async def main() -> float:
        await asyncio.gather(asyncio.sleep(3), asyncio.to_thread(time.sleep, 0))
        return virtual_loop().time()

    assert run_virtual(main(), debug=True) == 3


def test_the_epoch_is_a_fixed_morning_unless_told() -> None:
    async def main() -> datetime:
        return virtual_loop().epoch

    moment = datetime(2031, 5, 6, 7, tzinfo=UTC)
    assert run_virtual(main()) == EPOCH
    assert run_virtual(main(), governor=FreeRunning(epoch=moment)) == moment


def test_a_program_that_is_cancelled_cleans_up_in_virtual_time() -> None:
    cleaned: list[float] = []

    async def lodger() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            await asyncio.sleep(10)
            cleaned.append(virtual_loop().time())

    async def main() -> None:
        task = asyncio.create_task(lodger())
        await asyncio.sleep(1)
        assert not task.done()

    run_virtual(main())
    assert cleaned == [11]


def test_virtual_time_is_missed_where_it_is_needed() -> None:
    async def main() -> None:
        with pytest.raises(RuntimeError, match="run_virtual"):
            virtual_loop()

    asyncio.run(main())
