"""Why virtual time stands still: a count of holds, and the jobs whose answers wait for a quiet loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Holds:
    """Holds opened minus holds lent, counted across threads. Above zero, time stands still.

    A *hold* says: something real (a thread, another process) is at work, time must not pass meanwhile. A hold is opened by the
    loop's own thread or inside another hold; a thread that opens one out of the blue may come too late.

    A *loan* says: some holder, anywhere in the run, waits for what this code does, and this code waits for virtual time. It is
    for a server that answers late on purpose: its client holds while it waits for the answer, so without the loan neither
    would ever go on.
    """

    def __init__(self) -> None:
        self._count = 0
        self._loans = 0
        self._alone = 0
        self._lock = threading.Lock()
        self._owner = threading.get_ident()
        self._bell: int | None = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    @property
    def bell(self) -> int:
        """The descriptor that becomes readable when another thread lets go. ValueError after close."""
        if self._bell is None:
            raise ValueError("these holds are closed")
        return self._bell

    def own(self) -> None:
        """The calling thread runs the loop: it need not be woken by what it does itself."""
        self._owner = threading.get_ident()

    def count(self) -> int:
        """Holds less loans; negative where more is lent than this process holds."""
        return self._count - self._loans

    def loans(self) -> int:
        """What is lent."""
        return self._loans

    def alone(self) -> bool:
        """Whether a hold is open for somebody who needs nobody's turn."""
        return self._alone > 0

    def change(self, by: int) -> None:
        """Opens or closes holds without a `with` block; wakes the loop when a thread closes one."""
        with self._lock:
            self._count += by
            if by < 0 and self._bell is not None and threading.get_ident() != self._owner:
                os.eventfd_write(self._bell, 1)

    @contextmanager
    def hold(self, *, alone: bool = False) -> Iterator[None]:
        """Time stands still inside the block. Any thread may open it; it may span awaits.

        alone: for what a thread in another process does by itself: until it is done no process gets a turn. So what it says to
        its own loop on the way is heard after it is done, however long it takes.
        """
        with self._lock:
            self._alone += alone
        self.change(1)
        try:
            yield
        finally:
            with self._lock:
                self._alone -= alone
            self.change(-1)

    @contextmanager
    def lend(self) -> Iterator[None]:
        """One hold of whoever waits for this block does not stop time."""
        with self._lock:
            self._loans += 1
        try:
            yield
        finally:
            with self._lock:
                self._loans -= 1

    def hear(self) -> None:
        """Silences the bell."""
        os.eventfd_read(self.bell)

    def close(self) -> None:
        with self._lock:  # a thread that lets go later must not ring a descriptor that is somebody else's by then
            bell, self._bell = self._bell, None
            if bell is not None:
                os.close(bell)


class Jobs:
    """Work given to executors. Each job holds time until its thread is done with it, even when nobody wants the answer any more.

    Answers are delivered together, in the order in which the jobs were given, once all loops of the run are quiet and no thread is
    busy. So how fast a thread is does not change the order of what follows.
    """

    def __init__(self, holds: Holds) -> None:
        self._holds = holds
        self._given: list[tuple[concurrent.futures.Future[Any], asyncio.Future[Any]]] = []

    def add(self, work: concurrent.futures.Future[Any], answer: asyncio.Future[Any]) -> None:
        """Takes `work`, for which the caller has opened a hold; `answer` gets its result."""
        self._given.append((work, answer))
        answer.add_done_callback(lambda future: work.cancel() if future.cancelled() else None)
        work.add_done_callback(lambda _: self._holds.change(-1))

    def busy(self) -> int:
        """Jobs that are not done, less those that wait for somebody who lends. Answers are delivered when no loop's sum is left."""
        return len(self._given) - self.done() - self._holds.loans()

    def done(self) -> int:
        """How many answers wait to be delivered."""
        return sum(work.done() for work, _ in self._given) if self._given else 0

    def deliver(self) -> bool:
        """Hands out the answers of all jobs that are done; True if there were any."""
        done = [job for job in self._given if job[0].done()]
        if done:
            self._given = [job for job in self._given if job not in done]
        for work, answer in done:
            _settle(work, answer)
        return bool(done)


def _settle(work: concurrent.futures.Future[Any], answer: asyncio.Future[Any]) -> None:
    if answer.done():
        return
    if work.cancelled():
        answer.cancel()
        return
    error = work.exception()
    if isinstance(error, StopIteration):  # a future takes no StopIteration (asyncio.Future.set_exception)
        error = RuntimeError("the job raised StopIteration")
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(work.result())
