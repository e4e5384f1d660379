"""Serving an emulator on a loopback address: inside a running loop, or as a process of its own."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from aiohttp import web

from .app import build_app
from .state import Emulator

HOST = "127.0.0.1"
GRACE = 0.1  # seconds that a request under way has when serving ends


@asynccontextmanager
async def serve(emulator: Emulator, host: str = HOST, port: int = 0) -> AsyncIterator[str]:
    """Serve while the context is open; gives the base URL. Port 0 takes a free one.

    Sets no timer of its own, so it works on any event loop, whatever its clock. Raises ValueError for an address that is not
    loopback (the emulator asks nobody who they are), OSError when the port is taken.
    """
    async with listening(build_app(emulator), host, port) as url:
        yield url


@asynccontextmanager
async def listening(app: web.Application, host: str = HOST, port: int = 0) -> AsyncIterator[str]:
    """The same for any stand-in's application."""
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"the emulator listens on loopback addresses only, not on {host}: use {HOST}")
    # handler_cancellation: whoever hung up waits for nothing any more
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=0, shutdown_timeout=GRACE, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0][1]
        yield f"http://[{host}]:{bound}" if ":" in host else f"http://{host}:{bound}"
    finally:
        await runner.cleanup()


def run(
    port: int,
    fleet: int = 0,
    seed: int = 0,
    *,
    enterprise: str = "LC00sixtap",
    quota: int | None = None,
    subscription: str | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. `announce` gets the base URL once it answers (default: printed, and the enterprise below it).

    `subscription`: `projects/P/subscriptions/S` is there from the start, with all that makes it hear of this enterprise's devices.
    Raises ValueError for a name that cannot be one.
    """
    emulator = Emulator(enterprise, seed, fleet=fleet, quota=quota)
    if subscription:
        emulator.notifications.make_ready(subscription, emulator.now())
    asyncio.run(until_stopped(build_app(emulator), port, announce or partial(_print_lines, enterprise)))


async def until_stopped(app: web.Application, port: int, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with listening(app, port=port) as url:
        announce(url)
        await stopped.wait()


def _print_lines(enterprise: str, url: str) -> None:
    print(url, flush=True)
    print(f"enterprise {enterprise}; no policy is there yet", flush=True)
