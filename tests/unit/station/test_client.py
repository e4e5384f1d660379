"""A client before something that is not the service, or not the one of its version."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from station import wire
from station.client import CannotReach, Client, Refused

STATUS = wire.Status(bench="b", simulated=True, seq=0, step=wire.Step(id="no_batch")).model_dump(mode="json")
SNAPSHOT = {"type": "snapshot", "version": wire.VERSION, "you": "grace", "role": "admin", "status": STATUS}


def before(folder: Path, events: list[object], answer: tuple[int, str], act: Callable[[Client], Awaitable[None]]) -> None:
    """A client of something that says `events` on the event socket and gives `answer` to all else."""

    async def listen(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        for event in events:
            await response.send_str(json.dumps(event))
        await response.close()
        return response

    async def reply(_: web.Request) -> web.Response:
        return web.Response(status=answer[0], text=answer[1])

    async def main() -> None:
        app = web.Application()
        app.router.add_get("/v1/events", listen)
        app.router.add_route("*", "/{path:.*}", reply)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.UnixSite(runner, str(folder / "s")).start()
            async with Client(folder / "s") as client:
                await act(client)
        finally:
            await runner.cleanup()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({**SNAPSHOT, "version": wire.VERSION + 1}, f"speaks version {wire.VERSION + 1} of the wire, this client {wire.VERSION}"),
        ({**SNAPSHOT, "mood": "good"}, "another version of the wire"),
        ({**SNAPSHOT, "status": {**STATUS, "step": {"id": "dance"}}}, "another version of the wire"),
        ({"type": "weather"}, "another version of the wire"),
        (None, "another version of the wire"),
    ],
)
def test_a_client_does_not_guess_what_another_version_means(tmp_path: Path, event: object, says: str) -> None:
    async def act(client: Client) -> None:
        with pytest.raises(CannotReach, match=says):
            await anext(client.events())

    before(tmp_path, [event], (200, ""), act)


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        ((200, "{}"), CannotReach, "another version of the wire"),
        ((200, "<html>"), CannotReach, "another version of the wire"),
        ((200, json.dumps({**STATUS, "mood": "good"})), CannotReach, "another version of the wire"),
        ((500, "<html>Internal Server Error</html>"), Refused, "The service answered with status 500"),
        ((502, '{"kind": 7}'), Refused, "The service answered with status 502"),
        ((409, '{"kind": "WrongUse", "message": "Not now.", "remedy": "Wait."}'), Refused, "Not now. Wait."),
    ],
)
def test_a_client_says_what_is_wrong_with_an_answer(tmp_path: Path, answer: tuple[int, str], kind: type[Exception], says: str) -> None:
    async def act(client: Client) -> None:
        with pytest.raises(kind, match=says):
            await client.status()

    before(tmp_path, [], answer, act)
