"""The HTTP face: one handler that finds the route, lets planted faults happen and writes JSON."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from .errors import ApiError, planted
from .faults import Fault
from .journal import Entry
from .routes import Route, find
from .state import Asked, Emulator

LARGEST_BODY = 10 * 1024 * 1024  # bytes
_EMULATOR = web.AppKey("emulator", Emulator)


def build_app(emulator: Emulator) -> web.Application:
    """The application that serves this emulator, for any runner.

    It sets no timer but a planted latency. The runner should not either (`keepalive_timeout=0`) where time is virtual: a clock
    that jumps to the next timer would close a connection between its opening and its request. Every answer closes its
    connection, so nothing is lost by that.
    """
    app = web.Application(client_max_size=LARGEST_BODY)
    app[_EMULATOR] = emulator
    app.router.add_route("*", "/{path:.*}", _respond)
    return app


async def _respond(request: web.Request) -> web.Response:
    emulator = request.app[_EMULATOR]
    try:
        route, name = find(request.method, request.path)
        if route.control:
            asked = await _read(request, route, name)
            return _written(200, emulator.answer(asked), asked)
    except ApiError as error:
        return _refusal(error)
    entry = emulator.journal.open(route.id)
    fault = emulator.faults.draw(route.id)
    if fault.seconds:
        await emulator.sleep(fault.seconds)
    if fault.drop == "before":
        return _hung_up(request, entry, fault)
    response = await _performed(request, route, name, entry, fault)
    if fault.drop == "after":
        return _hung_up(request, entry, fault)
    return response


async def _performed(request: web.Request, route: Route, name: str, entry: Entry, fault: Fault) -> web.Response:
    """Read the request, do it unless a planted error comes instead, and log the outcome."""
    emulator = request.app[_EMULATOR]
    try:
        asked = await _read(request, route, name)
        entry.reference = asked.reference()
        if fault.status is not None:
            raise planted(fault.status)
        response = _written(200, await emulator.answer_in_time(asked), asked)
    except ApiError as error:
        response = _refusal(error)
    entry.status = response.status
    return response


async def _read(request: web.Request, route: Route, name: str) -> Asked:
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(400, f"Request payload size exceeds the limit: {LARGEST_BODY} bytes.") from None
    authorization = request.headers.get("Authorization", "")
    return Asked(route, name, tuple(request.query.items()), body, authorization)


def _hung_up(request: web.Request, entry: Entry, fault: Fault) -> web.Response:
    """Close the connection without a byte of answer; the response returned here finds nobody."""
    entry.dropped = fault.drop
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _written(status: int, answer: dict[str, Any], asked: Asked) -> web.Response:
    pretty = ("prettyPrint", "true") in asked.query
    return _json(status, answer, indent=2 if pretty else None)


def _refusal(error: ApiError) -> web.Response:
    response = _json(error.code, error.body(), indent=2)
    if error.allow:
        response.headers["Allow"] = error.allow
    return response


def _json(status: int, answer: dict[str, Any], *, indent: int | None) -> web.Response:
    text = json.dumps(answer, ensure_ascii=False, indent=indent)
    response = web.Response(status=status, text=text, content_type="application/json", charset="UTF-8")
    response.force_close()
    return response
