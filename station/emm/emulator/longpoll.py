"""The wait of a pull that finds nothing: until the first message, and not for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from .topics import Subscription

if TYPE_CHECKING:
    from .state import Emulator

HOLD = 60.0  # seconds; how long Google holds a pull is not published
SHORTEST = 0.001  # seconds; a wait is never rounded to none


async def arrival(emulator: Emulator, name: str) -> None:
    """Return when a pull of this subscription has something to give (or to refuse), after HOLD seconds at the latest.

    It waits by the emulator's own clock and `sleep` alone.
    """
    end = emulator.now() + timedelta(seconds=HOLD)
    while True:
        now = emulator.now()
        subscription = emulator.pubsub.find(name, now)
        due = subscription.due() if subscription else now
        if now >= end or (due is not None and due <= now):
            return
        if subscription is not None:
            until = end if due is None else min(due, end)
            await _rung(emulator, subscription, (until - now).total_seconds())


async def _rung(emulator: Emulator, subscription: Subscription, seconds: float) -> None:
    """Until the subscription's bell rings, or the seconds have passed."""
    rung = asyncio.Event()
    bell = asyncio.ensure_future(rung.wait())
    pause = asyncio.ensure_future(emulator.sleep(max(seconds, SHORTEST)))
    subscription.bells.append(rung.set)
    try:
        await asyncio.wait({bell, pause}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        subscription.bells.remove(rung.set)
        bell.cancel()
        pause.cancel()
        await asyncio.gather(bell, pause, return_exceptions=True)
