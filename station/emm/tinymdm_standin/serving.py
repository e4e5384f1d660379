"""Serving the stand-in on a loopback address: inside a running loop, or as a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from station.emm.emulator.serving import HOST, listening, until_stopped

from .app import build_app
from .console import Console
from .state import API, StandIn


@asynccontextmanager
async def serve(standin: StandIn, host: str = HOST, port: int = 0) -> AsyncIterator[str]:
    """Serve while the context is open; gives the base URL, under which the API is at `/api/v1`. Port 0 takes a free one.

    Raises ValueError for an address that is not loopback, OSError when the port is taken.
    """
    async with listening(build_app(standin), host, port) as url:
        standin.url = url
        yield url


def run(port: int, fleet: int = 0, seed: int = 0, *, announce: Callable[[str], None] = lambda line: print(line, flush=True)) -> None:
    """Serve until SIGINT or SIGTERM, with one policy, whose id is announced after the API's address and the keys."""
    standin = StandIn(seed, fleet=fleet)
    policy = Console(standin).policy("default")

    def told(url: str) -> None:
        standin.url = url
        announce(f"{url}{API.rstrip('/')}")
        announce(f"keys {standin.keys.public} {standin.keys.secret}; policy default is {policy}")

    asyncio.run(until_stopped(build_app(standin), port, told))
