"""Routes of the Unix socket. Commands by POST, queries by GET, events by WebSocket; every answer is a message of station.wire."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path

from aiohttp import web
from pydantic import ValidationError

from station import wire
from station.bench.bench import Bench
from station.domain.errors import NotAllowed, NotFound, SignInRefused, SixtapError, WrongUse
from station.ports import Actor
from station.server import (
    auditing,
    codes,
    invitations,
    lookup,
    people,
    pictures,
    policies,
    prepared,
    queueing,
    reports,
    sessions,
    settings,
    staff,
    units,
)
from station.server.asking import Query, limit, number
from station.server.commands import carry_out
from station.server.conversation import FAREWELL, converse
from station.server.hub import Hub
from station.server.peers import peer_uid
from station.server.place import making
from station.server.sessions import VISITOR, SessionOrder, Sessions
from station.server.views import Views, recorded

ACTOR: web.RequestKey[Actor] = web.RequestKey("actor", Actor)
LONGEST = 300  # characters of what a client sent wrong that are said back
STATUS_OF_ERROR = {NotAllowed: 403, NotFound: 404}
BODY_LIMIT = 64 << 20  # octets of one command
PATIENCE = 5.0  # seconds that orders under way have when the service stops


class Server:
    """The service's door. `resolve` turns a peer's uid into an actor; `health` adds figures to what the doctor sees. `shared`:
    accounts that many people use. `configured`: what the bench was configured with; `folders`: where files for terminals are laid."""

    def __init__(
        self,
        bench: Bench,
        resolve: Callable[[int], Actor],
        version: str,
        health: Callable[[], dict[str, float]],
        *,
        shared: Collection[str] = (),
        configured: wire.Settings | None = None,
        folders: Collection[Path] = (),
    ) -> None:
        self._bench = bench
        self._resolve = resolve
        self._version = version
        self._health = health
        self._views = Views(bench)
        self._orders: set[asyncio.Future[dict[str, object]]] = set()
        self.hub = Hub(self._views)
        bench.desk.listeners.append(self.hub.ring)
        self._folders = tuple(folders)
        self._sessions = Sessions(bench.staff, shared, lambda: bench.desk.lock_after)
        self.configured = configured or wire.Settings(file="", items=())
        bench.record.hearers += [self.hub.hear, self._sessions.hear]
        bench.overhear, bench.badge_heard = self._overhear, self._sessions.badge_heard

    def _overhear(self, text: str) -> bool:
        """A barcode that presses a button is for the terminals, not a label."""
        key = wire.BARCODES.get(text.strip().upper())
        if key is not None:
            self.hub.pass_on(wire.Heard(key=key))
        return key is not None

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=BODY_LIMIT)
        app.router.add_post("/v1/commands", self._command)
        for path, answer, takes in (
            ("/v1/status", self._status, ()),
            ("/v1/health", self._get_health, ()),
            ("/v1/head", self._head, ()),
            ("/v1/batches", self._batches, ()),
            ("/v1/batch", self._batch, ("id",)),
            ("/v1/taught", self._taught, ()),
            ("/v1/record", self._record, ("after", "limit", "batch", "enrollment")),
            ("/v1/pictures", self._pictures, ("after", "limit")),
            *sessions.queries(),
            *staff.queries(self._bench),
            *people.queries(self._bench, self._folders),
            *policies.queries(self._bench),
            *codes.queries(self._bench),
            *invitations.queries(self._bench),
            *prepared.queries(self._bench),
            *auditing.queries(self._bench),
            *units.queries(self._bench, self._views),
            *queueing.queries(self._bench, self._views),
            *reports.queries(self._bench, self._views),
            *lookup.queries(self._bench, self._views),
            *settings.queries(self._bench, lambda: self.configured),
        ):
            app.router.add_get(path, _message(answer, frozenset(takes)))
        app.router.add_get("/v1/picture", self._picture)
        app.router.add_get("/v1/code", self._code)
        app.router.add_get("/v1/events", self._events)
        app.on_shutdown.append(self._dismiss)
        return app

    @contextlib.asynccontextmanager
    async def listening(self, path: Path) -> AsyncIterator[None]:
        """Serve on a Unix socket for the time of the block. Who may connect is the folder's and the socket's mode.

        At the end clients are told, and orders under way have PATIENCE seconds. Raises ConfigurationError when the socket cannot be.
        """
        runner = web.AppRunner(self.app(), access_log=None, handle_signals=False, keepalive_timeout=0, shutdown_timeout=FAREWELL)
        await runner.setup()
        try:
            with making(path):
                await web.UnixSite(runner, str(path)).start()
            yield
        finally:
            await runner.cleanup()
            await self._break_off_orders()
            await self._sessions.stop()

    async def _dismiss(self, _: web.Application) -> None:
        """Nobody else is let in any more: say so to who listens, and let orders come to their end."""
        self.hub.dismiss()
        if self._orders:
            await asyncio.wait(self._orders, timeout=PATIENCE)

    async def _break_off_orders(self) -> None:
        """As a crash would: their intents stand in the ledger, and the next start settles them."""
        for order in self._orders:
            order.cancel()
        await asyncio.gather(*self._orders, return_exceptions=True)

    # --- who asks, and what went wrong -------------------------------------------------------------------------------------

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            connection = request.transport.get_extra_info("socket") if request.transport else None
            if not isinstance(connection, socket.socket) and not hasattr(connection, "getsockopt"):
                raise NotAllowed("The connection is gone.", "")
            actor = self._resolve(peer_uid(connection))  # type: ignore[arg-type]  # a TransportSocket has getsockopt too
            if actor.role is None:
                raise NotAllowed(f"{actor.name} has no role on this bench.", "Ask an administrator for one.")
            token, idle = request.headers.get(wire.SESSION, ""), sessions.idle(request)
            visitor = await self._sessions.visitor(actor, token, request.path, idle)
            request[VISITOR], request[ACTOR] = visitor, visitor.actor
            return await handler(request)
        except SixtapError as error:
            status = next((code for kind, code in STATUS_OF_ERROR.items() if isinstance(error, kind)), 409)
            args = {"left": error.left, "wait": error.wait} if isinstance(error, SignInRefused) else {}
            return _problem(status, type(error).__name__, error.message, error.remedy, args)
        except ValidationError as error:
            remedy = "Correct it; if it was correct, client and service are of different versions."
            return _problem(400, "WrongUse", f"The message is not understood: {_first(error)}.", remedy)
        except web.HTTPException as error:
            return _problem(error.status, "WrongUse", f"{request.method} {request.path[:80]}: {error.reason}.", "")

    # --- commands --------------------------------------------------------------------------------------------------------------

    async def _command(self, request: web.Request) -> web.Response:
        command = wire.COMMAND.validate_json(await request.read())
        visitor = request[VISITOR]
        self._sessions.check(visitor, command)
        if isinstance(command, SessionOrder):
            work = self._sessions.order(visitor, command)
        else:
            work = carry_out(self._bench, visitor.actor, command)
        # shielded: a client that hangs up must not leave an order half carried out
        order = asyncio.ensure_future(work)
        self._orders.add(order)
        order.add_done_callback(self._orders.discard)
        return _json(wire.Done(facts=await asyncio.shield(order)))

    # --- queries ---------------------------------------------------------------------------------------------------------------

    async def _status(self, _: web.Request) -> wire.Status:
        return await self._views.status()

    async def _get_health(self, request: web.Request) -> wire.Health:
        desk = self._bench.desk
        figures = self._health()
        return wire.Health(
            version=self._version,
            bench=desk.name,
            simulated=desk.simulated,
            parts={name: wire.PartState(state=part.state, detail=part.detail) for name, part in desk.parts.items()},
            head=await self._head(request),
            ready_seconds=figures.pop("ready_seconds", 0.0),
            figures=figures,
        )

    async def _head(self, _: web.Request) -> wire.Head:
        seq, digest = await self._bench.record.ledger.head()
        return wire.Head(seq=seq, hash=digest, bench=self._bench.desk.name)

    async def _batches(self, _: web.Request) -> wire.BatchPage:
        return wire.BatchPage(items=tuple([await self._views.batch(one) for one in await self._bench.record.ledger.batches()]))

    async def _batch(self, request: web.Request) -> wire.BatchView:
        return await self._views.batch(await self._bench.record.ledger.batch(request.query.get("id", "")))

    async def _record(self, request: web.Request) -> wire.EventPage:
        most, query = limit(request), request.query
        events = await self._bench.record.ledger.events(
            after=number(request, "after"),
            limit=most,
            enrollment=query.get("enrollment") or None,
            batch=query.get("batch") or None,
        )
        return wire.EventPage(items=tuple(recorded(one) for one in events), after=events[-1].seq if len(events) == most else None)

    async def _pictures(self, request: web.Request) -> wire.PicturesChecked:
        return await pictures.checked(self._bench, number(request, "after"), limit(request))

    async def _picture(self, request: web.Request) -> web.Response:
        unit, which = request.query.get("id", ""), request.query.get("which", "")
        content = await pictures.picture(self._bench, request[ACTOR], unit, which)
        return web.Response(body=content, content_type="image/png")

    async def _code(self, request: web.Request) -> web.Response:
        return _json(await codes.symbol(self._bench, request[ACTOR], request.query.get("attempt", "")))

    async def _taught(self, _: web.Request) -> wire.TaughtPage:
        pairs = (key.partition(":") for key in self._bench.eyesight.taught())
        return wire.TaughtPage(items=tuple(wire.TaughtScreen.model_validate({"kind": kind, "name": name}) for kind, _, name in pairs))

    # --- events ----------------------------------------------------------------------------------------------------------------

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        visitor, actor = request[VISITOR], request[ACTOR]
        if visitor.shared:
            self._bench.desk.reader = actor.name
        subscriber, status = await self.hub.subscribe()
        try:
            response = web.WebSocketResponse(compress=False, timeout=FAREWELL)
            await response.prepare(request)
            language = await self._bench.notebook.language(actor.name)
            snapshot = wire.Snapshot(
                you=visitor.name,
                role=actor.role or "operator",
                status=status,
                language=language,
                shared=visitor.shared,
                signed_in=visitor.signed_in,
                locked=visitor.locked,
            )
            with self._sessions.listening(visitor, subscriber):
                await converse(request, response, subscriber, snapshot)
        finally:
            self.hub.unsubscribe(subscriber)
        return response


def _message(answer: Query, takes: frozenset[str]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        unknown = sorted(set(request.query) - takes)
        if unknown:
            known = f"It takes {', '.join(sorted(takes))}." if takes else "It takes none."
            raise WrongUse(f"{request.path} takes no argument {unknown[0][:40]!r}.", known)
        return _json(await answer(request))

    return handler


def _json(message: wire.Message) -> web.Response:
    return web.Response(text=message.model_dump_json(), content_type="application/json")


def _problem(status: int, kind: str, message: str, remedy: str, args: dict[str, int] | None = None) -> web.Response:
    problem = wire.Problem(kind=kind, message=message, remedy=remedy, args=args or {})
    return web.Response(status=status, text=problem.model_dump_json(), content_type="application/json")


def _first(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}"[:LONGEST] if place else first["msg"][:LONGEST]
