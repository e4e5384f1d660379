"""What stops virtual time: threads, jobs of executors, holds; and what lets it pass all the same."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from hardware.simulated.loop import VirtualLoop, run_virtual, virtual_loop


def start(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


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

        def relay() -> None:
            second.wait(10)
            first.set()

        async def ask(name: str, work: Callable[[], object]) -> None:
            await asyncio.to_thread(work)
            answers.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(ask("slow", lambda: first.wait(10)))
            group.create_task(ask("slower", relay))
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


def test_a_thread_that_lets_go_after_the_loop_has_ended_harms_nobody() -> None:
    loop = VirtualLoop()
    hold = loop.hold()
    hold.__enter__()
    loop.close()
    loop.close()
    thread = start(lambda: hold.__exit__(None, None, None))
    thread.join()
    assert loop.holds.count() == 0


def test_a_hold_around_a_job_does_not_keep_the_answer_back() -> None:
    async def main() -> float:
        loop = virtual_loop()
        with loop.hold():
            assert await asyncio.to_thread(lambda: 3) == 3
            assert loop.time() == 0
        await asyncio.sleep(1)
        return loop.time()

    assert run_virtual(main()) == 1
