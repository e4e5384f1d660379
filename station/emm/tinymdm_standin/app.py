"""The HTTP face: one handler that finds the route, lets planted faults happen and writes JSON; and the codes' pictures."""

from __future__ import annotations

import io
import json

import segno
from aiohttp import web

from .answers import find
from .refusals import Refusal
from .state import ACCOUNT_SECRET, API, MANAGER_SECRET, Asked, StandIn

SCALE = 6  # pixels for each module of a picture
_STANDIN = web.AppKey("standin", StandIn)


def build_app(standin: StandIn) -> web.Application:
    """The application that serves this stand-in, for any runner. It sets no timer but a planted latency."""
    app = web.Application(client_max_size=1024 * 1024)
    app[_STANDIN] = standin
    app.router.add_get("/pictures/{name}.png", _picture)
    app.router.add_route("*", "/{path:.*}", _respond)
    return app


def drawn(content: str) -> bytes:
    """A code as the console's picture of it: PNG."""
    out = io.BytesIO()
    segno.make_qr(content.encode(), error="m").save(out, kind="png", scale=SCALE, border=4)
    return out.getvalue()


async def _picture(request: web.Request) -> web.Response:
    """A picture is for whoever has its address. Keys have no business here: they are refused, so that a test sees them."""
    standin = request.app[_STANDIN]
    entry = standin.journal.open("picture")
    content = standin.pictures.get(request.match_info["name"])
    if content is None:
        response = web.Response(status=404)
    elif {ACCOUNT_SECRET, MANAGER_SECRET} & set(request.headers):
        response = web.Response(status=400)
    else:
        response = web.Response(body=drawn(content), content_type="image/png")
    entry.status = response.status
    response.force_close()
    return response


async def _respond(request: web.Request) -> web.Response:
    standin = request.app[_STANDIN]
    asked = Asked(request.method, request.path, request.query, request.headers, await request.read())
    try:
        route, ids = find(asked.verb, asked.path)
        if route.control:
            return _json(*route.act(standin, asked, *ids))
    except Refusal as refusal:
        return _refused(standin, refusal, api=asked.path.startswith(API))
    entry = standin.journal.open(route.id)
    fault = standin.faults.draw(route.id)
    if fault.seconds:
        await standin.sleep(fault.seconds)
    if fault.drop == "before":
        entry.dropped = "before"
        return _hung_up(request)
    try:
        if route.api:
            standin.admit(asked)
        if fault.status is not None:
            raise Refusal(fault.status, "Something went wrong")
        response = _json(*route.act(standin, asked, *ids))
    except Refusal as refusal:
        response = _refused(standin, refusal, api=route.api)
    entry.status = response.status
    if fault.drop == "after":
        entry.dropped = "after"
        return _hung_up(request)
    return response


def _hung_up(request: web.Request) -> web.Response:
    """Close the connection without a byte of answer; the response returned here finds nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _refused(standin: StandIn, refusal: Refusal, *, api: bool) -> web.Response:
    kind, text = refusal.body(standin.quirks.refusals if api else "text")
    response = web.Response(status=refusal.status, text=text, content_type=kind)
    response.force_close()
    return response


def _json(status: int, answer: object) -> web.Response:
    text = "" if answer is None else json.dumps(answer, ensure_ascii=False)
    response = web.Response(status=status, text=text, content_type="application/json", charset="UTF-8")
    response.force_close()
    return response
