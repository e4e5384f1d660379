"""Virtual time in one process."""

from __future__ import annotations

import asyncio
import random
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import pytest

from hardware.simulated.loop import EPOCH, FreeRunning, VirtualLoop, run_virtual, virtual_loop


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


def test_time_stands_still_while_a_thread_works() -> None:
    """The thread goes on only after the loop has been idle for a while, if idle is what it thought it was."""

    async def main() -> float:
        async with asyncio.timeout(0.001):
            await asyncio.to_thread(time.sleep, 0.05)
        return virtual_loop().time()

    assert run_virtual(main()) == 0


def test_answers_of_threads_come_in_the_order_of_the_calls() -> None:
    first, second = threading.Event(), threading.Event()

    async def main() -> list[str]:
        answers: list[str] = []

        async def ask(name: str, work: Callable[[], object]) -> None:
            await asyncio.to_thread(work)
            answers.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(ask("slow", lambda: first.wait(10)))
            group.create_task(ask("slower", lambda: second.wait(10) and first.set()))
            group.create_task(ask("at once", second.set))
        return answers

    assert run_virtual(main()) == ["slow", "slower", "at once"]


def test_an_answer_of_a_thread_comes_when_the_loop_is_quiet_however_fast_the_thread_is() -> None:
    async def main() -> list[str]:
        log: list[str] = []
        done = threading.Event()

        async def chatter() -> None:
            for step in range(20):
                await asyncio.sleep(0)
                if step == 10:
                    done.wait(10)
            log.append("chatter ends")

        async with asyncio.TaskGroup() as group:
            job = asyncio.to_thread(done.set)
            group.create_task(chatter())
            await job
            log.append("answer")
        return log

    assert run_virtual(main()) == ["chatter ends", "answer"]


def test_a_job_that_nobody_waits_for_any_more_still_holds_time() -> None:
    async def main() -> None:
        loop = virtual_loop()
        go_on, ended = threading.Event(), threading.Event()

        def work() -> None:
            go_on.wait(10)
            ended.set()

        job = asyncio.create_task(asyncio.to_thread(work))
        await asyncio.sleep(0)
        job.cancel()
        threading.Timer(0.05, go_on.set).start()
        with pytest.raises(asyncio.CancelledError):
            await job
        await asyncio.sleep(5)
        assert ended.is_set()
        assert loop.time() == 5

    run_virtual(main())


def test_errors_of_threads_reach_who_waits() -> None:
    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)
        with pytest.raises(RuntimeError, match="StopIteration"):
            await asyncio.to_thread(lambda: next(iter(())))

    run_virtual(main())


def test_an_executor_that_refuses_work_leaves_no_hold() -> None:
    async def main() -> float:
        pool = ThreadPoolExecutor(1)
        pool.shutdown()
        with pytest.raises(RuntimeError, match="shutdown"):
            await virtual_loop().run_in_executor(pool, time.sleep, 0)
        await asyncio.sleep(1)
        return virtual_loop().time()

    assert run_virtual(main()) == 1


def test_a_job_that_waits_in_a_full_executor_can_be_cancelled() -> None:
    async def main() -> None:
        loop = virtual_loop()
        busy = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            first = loop.run_in_executor(pool, busy.wait, 10)
            second = loop.run_in_executor(pool, pytest.fail, "a cancelled job ran")
            second.cancel()
            busy.set()
            assert await first
        await asyncio.sleep(1)

    run_virtual(main())


def test_what_a_thread_says_before_it_lets_go_is_heard_before_time_moves() -> None:
    async def main() -> list[float]:
        loop = virtual_loop()
        heard: list[float] = []

        def work(hold: threading.Event) -> None:
            with loop.hold():
                hold.set()
                loop.call_soon_threadsafe(lambda: heard.append(loop.time()))

        for _ in range(300):
            opened = threading.Event()
            with loop.hold():
                thread = start(partial(work, opened))
                opened.wait(10)
            await asyncio.sleep(1)
            thread.join()
        return heard

    assert run_virtual(main()) == [float(second) for second in range(300)]


def test_a_loan_lets_time_pass_for_somebody_who_holds() -> None:
    """A server in the loop answers late on purpose; its client waits in a thread, which holds time."""

    async def main() -> float:
        loop = virtual_loop()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)

        def client() -> bytes:
            theirs.sendall(b"?")
            return theirs.recv(1)

        async def server() -> None:
            await loop.sock_recv(ours, 1)
            with loop.lend():
                await asyncio.sleep(30)
            await loop.sock_sendall(ours, b"!")

        with ours, theirs:
            async with asyncio.TaskGroup() as group:
                group.create_task(server())
                assert await asyncio.to_thread(client) == b"!"
        return loop.time()

    assert run_virtual(main()) == 30


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
    async def main() -> tuple[float, float]:
        loop = virtual_loop()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with ours, theirs:
            sleeping = asyncio.create_task(asyncio.sleep(50))
            timer = threading.Timer(0.05, theirs.sendall, (b"!",))
            timer.start()
            await loop.sock_recv(ours, 1)
            then = loop.time()
            await sleeping
            timer.join()
        return then, loop.time()

    then, end = run_virtual(main(), governor=FreeRunning(pace=200))
    assert 5 < then < 50
    assert end == 50


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


def test_a_thread_that_lets_go_after_the_loop_has_ended_harms_nobody() -> None:
    loop = VirtualLoop()
    hold = loop.hold()
    hold.__enter__()
    loop.close()
    loop.close()
    thread = start(lambda: hold.__exit__(None, None, None))
    thread.join()
    assert loop.holds.count() == 0


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
