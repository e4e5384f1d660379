"""An asyncio loop whose clock is virtual: when all is quiet, time jumps to the next timer.

`asyncio.sleep`, `asyncio.timeout` and `loop.call_later` need no change: they ask the loop for the time. Time moves when the loop
is *quiet*: it is about to wait, nothing is readable, and no hold is open. What then happens is for its governor to say:
`FreeRunning` (here), or `Conductor` and `Follower` (argued in `link.py`) where several processes share one clock.

What holds time: `loop.hold()`, and every `run_in_executor` (so `asyncio.to_thread`) until its thread is done. What does not: a
child process, a thread of one's own, a peer that is no part of the link. Await those inside `with loop.hold():`.

Limits. A loop that never rests (`while ...: await asyncio.sleep(0)`) is never quiet, so it never gets an executor's answer. Two
threads of one's own that both call into the loop at the same virtual instant are heard in the order in which they call.
"""

from __future__ import annotations

import asyncio
import math
import selectors
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import Context
from datetime import UTC, datetime
from typing import Any, Final, TypeVar, TypeVarTuple

from hardware.simulated.holds import Holds, Jobs

EPOCH: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)  # a Monday morning: what virtual time 0 is where nobody says otherwise
LATENESS: Final = 0.05  # seconds that a paced run makes up for after a stall; beyond, it goes on from where it stands

Events = list[tuple[selectors.SelectorKey, int]]
T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class FreeRunning:
    """The governor of a loop that is alone: time jumps to the next timer. Without a timer it really waits.

    pace: virtual seconds per real second that time may not outrun, None for no limit. epoch: the moment that is time 0.
    """

    def __init__(self, *, pace: float | None = None, epoch: datetime = EPOCH) -> None:
        if pace is not None and not pace > 0:
            raise ValueError(f"pace is virtual seconds per real second: more than 0, not {pace}")
        self.pace = pace
        self.epoch = epoch
        self._due = time.monotonic()  # the real moment at which the present virtual time is due

    def bind(self, loop: VirtualLoop) -> None:
        """The loop is about to start; called once."""
        self._loop = loop

    def wait(self) -> Events:
        """The loop has nothing to run: returns what became readable, or nothing after time has moved or answers were delivered."""
        loop = self._loop
        while True:
            held, busy = loop.holds.count(), loop.jobs.busy()  # before looking: who lets go later has called the loop before
            events = loop.poll(0)
            if events:
                return events
            if loop.marks:
                continue
            if busy <= 0 and loop.jobs.deliver():
                return []
            if held > 0:
                return loop.poll(None)
            target = loop.next_timer()
            return loop.poll(None) if target is None else self.move(target)

    def move(self, target: float) -> Events:
        """Moves time to `target`, at the pace. What becomes readable on the way ends the wait; time stands where it has come to."""
        loop = self._loop
        if self.pace is not None:
            due = self._due + (target - loop.time()) / self.pace
            wall = time.monotonic()
            if wall < due:
                events = loop.poll(due - wall)
                wall = time.monotonic()
                if wall < due:
                    self._due = wall
                    loop.set_time(max(loop.time(), target - (due - wall) * self.pace))
                    return events
            self._due = max(due, wall - LATENESS)
        loop.set_time(target)
        return []

    def close(self) -> None:
        """The loop has ended."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """See the module. `holds`, `jobs`, `marks`, `poll`, `next_timer` and `set_time` are for governors."""

    _scheduled: list[asyncio.TimerHandle]  # BaseEventLoop's heap; its head is no cancelled timer when the selector is asked

    def __init__(self, governor: FreeRunning | None = None) -> None:
        self.governor = governor if governor is not None else FreeRunning()
        self.holds = Holds()
        self.jobs = Jobs(self.holds)
        self.marks: list[object] = []
        self._now = 0.0
        self._order = 0
        self._pool: ThreadPoolExecutor | None = None
        self._quiet = _QuietSelector(self.poll, self.governor.wait)
        super().__init__(self._quiet)
        self.set_time(0.0)
        self.watch(self.holds.bell, self.holds)
        try:
            self.governor.bind(self)
        except BaseException:
            self.close()
            raise

    @property
    def epoch(self) -> datetime:
        """The moment, in UTC, that is virtual time 0: the wall clock reads `epoch + timedelta(seconds=loop.time())`."""
        return self.governor.epoch

    def hold(self, *, alone: bool = False) -> AbstractContextManager[None]:
        """Time stands still inside this block, whichever thread opens it; it may span awaits. `alone`: see `Holds.hold`."""
        return self.holds.hold(alone=alone)

    def lend(self) -> AbstractContextManager[None]:
        """Around a virtual wait on behalf of somebody who holds time until it is over (see `Holds`)."""
        return self.holds.lend()

    def time(self) -> float:
        """Virtual seconds since the epoch."""
        return self._now

    def set_time(self, when: float) -> None:
        """Moves the clock. A timer fires when its time has come and not one rounding error earlier."""
        self._now = when
        self._clock_resolution = math.ulp(when)

    def next_timer(self) -> float | None:
        """When the next timer is due."""
        return float(self._scheduled[0].when()) if self._scheduled else None

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As asyncio's; timers of the same time fire in the order in which they were set."""
        self._order += 1
        return super().call_at(_When(when, self._order), callback, *args, context=context)

    def watch(self, fileobj: Any, mark: object) -> None:
        """Lets `poll` wait for `fileobj` too; it answers with `mark` in `marks` instead of an event."""
        self._quiet.register(fileobj, selectors.EVENT_READ, mark)

    def unwatch(self, fileobj: Any) -> None:
        """Ends `watch`."""
        self._quiet.unregister(fileobj)

    def poll(self, timeout: float | None) -> Events:
        """Waits up to `timeout` real seconds for something readable or writable; None is forever. Sets `marks`."""
        found = self._quiet.real.select(timeout)
        if not found:
            self.marks = []
            return found
        if len(found) > 1:  # epoll's order tells when things came; it differs from run to run where two came together
            found.sort(key=self._quiet.order)
        self.marks = [key.data for key, _ in found if type(key.data) is not tuple]  # asyncio's data is a pair of handles
        if not self.marks:
            return found
        if self.holds in self.marks:
            self.holds.hear()
        return [event for event in found if type(event[0].data) is tuple]

    def run_forever(self) -> None:
        self.holds.own()
        super().run_forever()

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """As asyncio's, but time stands still until the thread is done, and answers come in the order of the calls."""
        if self.is_closed():
            raise RuntimeError("Event loop is closed")
        if executor is None:
            executor = self._default()
        self.holds.change(1)
        try:
            work = executor.submit(func, *args)
        except BaseException:
            self.holds.change(-1)
            raise
        answer: asyncio.Future[T] = self.create_future()
        self.jobs.add(work, answer)
        return answer

    def _default(self) -> Executor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(thread_name_prefix="asyncio")
            super().set_default_executor(self._pool)
        return self._pool

    def set_default_executor(self, executor: ThreadPoolExecutor) -> None:  # type: ignore[override]  # narrower on purpose
        self._pool = executor
        super().set_default_executor(executor)

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109  # asyncio's name
        """As asyncio's; `timeout` counts virtual time, which stands still until the threads have ended."""
        with self.hold():
            await super().shutdown_default_executor()

    def close(self) -> None:
        if self.is_closed() or self.is_running():
            super().close()
            return
        self.governor.close()
        super().close()
        self.holds.close()


class _When(float):
    """A timer's time; of equal ones the first set is the least."""

    __slots__ = ("order",)

    def __new__(cls, when: float, order: int) -> _When:
        self = super().__new__(cls, when)
        self.order = order
        return self

    order: int

    def __lt__(self, other: float) -> bool:
        if isinstance(other, _When) and self == other:
            return self.order < other.order
        return float.__lt__(self, other)


class _QuietSelector(selectors.BaseSelector):
    """Asks `wait` where asyncio would wait; everything else is the platform's selector, `real`."""

    def __init__(self, poll: Callable[[float | None], Events], wait: Callable[[], Events]) -> None:
        self.real = selectors.DefaultSelector()
        self._poll = poll
        self._wait = wait
        self._orders: dict[int, int] = {}
        self._registered = 0

    def select(self, timeout: float | None = None) -> Events:
        if timeout is not None and timeout <= 0:
            return self._poll(0)
        return self._wait()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = self.real.register(fileobj, events, data)
        self._registered += 1
        self._orders[key.fd] = self._registered
        return key

    def order(self, event: tuple[selectors.SelectorKey, int]) -> int:
        """Earlier registered, earlier heard."""
        return self._orders[event[0].fd]

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self.real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self.real.modify(fileobj, events, data)

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self.real.get_key(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self.real.get_map()

    def close(self) -> None:
        self.real.close()


def virtual_loop() -> VirtualLoop:
    """The running loop. RuntimeError where it is none of these."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        raise RuntimeError("this needs virtual time: start the program with run_virtual")
    return loop


def run_virtual(main: Coroutine[Any, Any, T], *, governor: FreeRunning | None = None, debug: bool | None = None) -> T:
    """Runs `main` as `asyncio.run` does, in virtual time.

    governor: None for a loop of its own, a `Conductor` for the world, a `Follower` for a process that lives in a world.
    Raises what `main` raises; DeviceNotOpened where there is no world to follow; DeviceLost when the world goes away.
    """
    try:
        with asyncio.Runner(debug=debug, loop_factory=lambda: VirtualLoop(governor)) as runner:
            return runner.run(main)
    finally:
        main.close()  # where there was no loop to run it
