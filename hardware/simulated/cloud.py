"""A simulated phone's way to the management service: HTTP and JSON, tried again until it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import aiohttp

from hardware.simulated.loop import VirtualLoop

RETRY_SECONDS: Final = 10.0
RETRIES: Final = 60


class NotServed(Exception):
    """The service refused a phone's request, or never answered. Holds a status, never a token."""


class Cloud:
    """Speaks with the service at `base` (such as http://127.0.0.1:8099). Use as an async context manager."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Cloud:
        connector = aiohttp.TCPConnector(force_close=True)  # a phone says little: no connection waits for its next word
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Posts `body` as JSON and returns the JSON object of the reply. Raises NotServed.

        A service that cannot be reached, is busy (429) or broken (5xx) is asked again every ten seconds for ten minutes.
        """
        for attempt in range(RETRIES):
            if attempt:
                await asyncio.sleep(RETRY_SECONDS)
            status, answer = await self._post(path, body)
            if status == 200:
                return answer
            if 400 <= status < 500 and status != 429:
                raise NotServed(f"the management service refused it with status {status}")
        raise NotServed("the management service did not answer")

    async def _post(self, path: str, body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        """Status and JSON object; status 0 where there was no reply."""
        if self._session is None:
            raise RuntimeError("the simulated world is not running: enter it with `async with` first")
        try:
            with _time_held():
                async with self._session.post(self._base + path, json=dict(body)) as reply:
                    answer = await reply.json() if reply.status == 200 else {}
                    return reply.status, answer
        except (aiohttp.ClientError, TimeoutError):
            return 0, {}


def _time_held() -> AbstractContextManager[None]:
    """Virtual time waits for the answer: a busy machine may deliver it late."""
    loop = asyncio.get_running_loop()
    return loop.hold() if isinstance(loop, VirtualLoop) else nullcontext()
