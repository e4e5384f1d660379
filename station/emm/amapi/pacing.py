"""How fast the service is asked: a budget of calls a minute, and pauses before a call is tried again."""

from __future__ import annotations

import asyncio
from collections import deque
from random import Random

from station.emm.amapi.faults import Fault

MINUTE = 60.0
TRIES = 5
LONGEST_WAIT = 60.0  # seconds; a service that wants more than this is left alone instead
SHORTEST_INTERVAL = 5.0  # seconds between two walks over all devices

# Google counts its quota by the minute, so the pauses after a refusal for quota add up to a minute.
_FIRST_PAUSE = 0.5
_FIRST_PAUSE_FOR_QUOTA = 4.0
_ROUNDING = 1e-6  # seconds


class Budget:
    """At most `calls_per_minute` calls in any sixty seconds of the event loop's clock, whoever makes them."""

    def __init__(self, calls_per_minute: int) -> None:
        self._limit = calls_per_minute
        self._taken: deque[float] = deque()

    async def take(self) -> None:
        """Return when one more call is within the budget."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            while self._taken and now - self._taken[0] >= MINUTE - _ROUNDING:
                self._taken.popleft()
            if len(self._taken) < self._limit:
                self._taken.append(now)
                return
            await asyncio.sleep(self._taken[0] + MINUTE - now)


def walk_interval(pages: int, calls_per_minute: int) -> float:
    """Seconds from the start of one walk over `pages` pages to the start of the next, so that the budget holds."""
    return max(SHORTEST_INTERVAL, pages * MINUTE / calls_per_minute)


def worth_another_try(fault: BaseException) -> bool:
    """Whether the same call may succeed soon."""
    return isinstance(fault, Fault) and fault.again and (fault.retry_after or 0.0) <= LONGEST_WAIT


def pause(fault: Fault, tries: int, random: Random) -> float:
    """Seconds before the next try, after `tries` tries: what the service asked for, else exponential; with jitter either way."""
    if fault.retry_after is not None:
        return fault.retry_after + random.random()
    first = _FIRST_PAUSE_FOR_QUOTA if fault.kind == "quota" else _FIRST_PAUSE
    jitter = 0.5 + random.random()
    return float(first * 2 ** (tries - 1) * jitter)
