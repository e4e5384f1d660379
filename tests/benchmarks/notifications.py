"""How long it takes from a phone's enrollment to the device's record in hand, by Pub/Sub, in real time over HTTP."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from contextlib import aclosing
from random import Random
from typing import Any

import aiohttp

from station.domain.evidence import Device
from station.domain.policy import Mode
from station.emm.amapi import AndroidManagementService, Subscription, load_credentials
from station.emm.emulator import Emulator, serve
from station.ports import TokenOrder

NAME = "projects/p/subscriptions/bench"
PHONES = 20


def heard_milliseconds() -> float:
    """The median of PHONES enrollments on this machine; the network to Google and Google's own delay come on top."""
    return round(statistics.median(asyncio.run(_enroll())) * 1000, 1)


async def _enroll() -> list[float]:
    emulator = Emulator()
    emulator.notifications.make_ready(NAME, emulator.now())
    async with serve(emulator) as url, aiohttp.ClientSession() as session:
        settings: dict[str, Any] = {"endpoint": url, "credentials": load_credentials(None, endpoint=url), "simulated": True}
        service = AndroidManagementService(emulator.enterprise, random=Random(0), calls_per_minute=600, **settings)
        line = Subscription(NAME, emulator.enterprise, random=Random(0), **settings)
        took: list[float] = []
        try:
            async with aclosing(line.heard()) as heard:
                for number in range(PHONES):
                    listening = asyncio.create_task(anext(heard))
                    await service.mint(TokenOrder(f"a{number}", Mode.WPCO, "default", 3600))
                    await asyncio.sleep(0.05)  # the pull waits by then
                    token = list(emulator.tokens._by_name.values())[-1].value
                    took.append(await _heard_of(listening, service, session, url, token, f"S{number}"))
        finally:
            await line.close()
            await service.close()
    return took


async def _heard_of(
    listening: asyncio.Task[Sequence[Device]],
    service: AndroidManagementService,
    session: aiohttp.ClientSession,
    url: str,
    token: str,
    serial: str,
) -> float:
    hardware = {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a", "serialNumber": serial}
    said = {"token": token, "path": "setup_wizard", "androidVersion": "14", "apiLevel": 34, "hardware": hardware}
    began = time.perf_counter()
    async with session.post(f"{url}/phones/enroll", json=said) as answer:
        answer.raise_for_status()
    [device] = await listening
    assert await service.device(device.name) is not None
    return time.perf_counter() - began
