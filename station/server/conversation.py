"""One client's events, from the snapshot to the end of the connection."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import WSCloseCode, web

from station import wire
from station.server.hub import Subscriber

FAREWELL = 1.0  # seconds that a client has to take leave


async def converse(request: web.Request, response: web.WebSocketResponse, subscriber: Subscriber, snapshot: wire.Snapshot) -> None:
    """Until the client hangs up, falls too far behind, or the service stops; who does not read then is cut off."""
    tasks = (
        asyncio.ensure_future(_send(response, subscriber, snapshot)),
        asyncio.ensure_future(_read(response)),
        asyncio.ensure_future(subscriber.ended.wait()),
    )
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _take_leave(request, response, subscriber.overrun)


async def _send(response: web.WebSocketResponse, subscriber: Subscriber, snapshot: wire.Snapshot) -> None:
    await response.send_str(snapshot.model_dump_json())
    while True:
        for message in await subscriber.next():
            await response.send_str(message.model_dump_json())


async def _read(response: web.WebSocketResponse) -> None:
    async for _ in response:
        pass  # clients have nothing to say here: commands are posted


async def _take_leave(request: web.Request, response: web.WebSocketResponse, overrun: bool) -> None:
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await response.close(code=WSCloseCode.TRY_AGAIN_LATER if overrun else WSCloseCode.GOING_AWAY)
    finally:
        if request.transport is not None:
            request.transport.abort()
