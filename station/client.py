"""The wire's client: what the terminal and the command line speak to the service with."""

from __future__ import annotations

import errno
import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, TypeVar

import aiohttp
from pydantic import ValidationError

from station import wire
from station.filereader import read_apart

M = TypeVar("M", bound=wire.Message)
OTHER_VERSION = "The service speaks another version of the wire. Upgrade this client."


class CannotReach(Exception):
    """No service answers at this socket, it does not let this account in, or it speaks another version of the wire."""


class Refused(Exception):
    """The service said no; `problem` says why and what to do."""

    def __init__(self, problem: wire.Problem) -> None:
        super().__init__(f"{problem.message} {problem.remedy}".strip())
        self.problem = problem


class Client:
    """One connection's worth of questions to the service behind a Unix socket.

    Every method raises CannotReach when the service is not there, Refused when it says no. `session`: what says who is signed in at a
    shared account; kept here by wire.SignIn and wire.HandOver. `idle`: seconds since a person did something where this client stands,
    so that what it asks by itself is not taken for their being there.
    """

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.session = ""
        self.idle: Callable[[], float] = lambda: 0.0
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Client:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(path=str(self.socket), force_close=True), timeout=timeout
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session:
            await self._session.close()

    async def command(self, command: wire.Command) -> wire.Done:
        """Send one order; return what it did."""
        done = _understood(await self._ask("POST", "/v1/commands", body=command.model_dump(mode="json")), wire.Done)
        if isinstance(command, wire.SignIn | wire.HandOver | wire.SignOut):
            self.session = str(done.facts.get("session", ""))
        return done

    async def me(self) -> wire.Me:
        """Who the service takes this client for."""
        return await self._get("/v1/me", wire.Me)

    async def staff(self) -> tuple[wire.StaffView, ...]:
        """Who may sign in."""
        return (await self._get("/v1/staff", wire.StaffPage)).items

    async def status(self) -> wire.Status:
        return await self._get("/v1/status", wire.Status)

    async def health(self) -> wire.Health:
        return await self._get("/v1/health", wire.Health)

    async def head(self) -> wire.Head:
        return await self._get("/v1/head", wire.Head)

    async def batches(self) -> tuple[wire.BatchView, ...]:
        return (await self._get("/v1/batches", wire.BatchPage)).items

    async def batch(self, ident: str) -> wire.BatchView:
        return await self._get("/v1/batch", wire.BatchView, id=ident)

    async def queue(
        self, batch: str, *, offset: int = 0, limit: int = 100, search: str = "", states: str = "", sort: str = ""
    ) -> wire.QueueWindow:
        """Some units of a batch, from any place on: by position, name or state, the other way round with a `-`."""
        window = {"offset": str(offset), "limit": str(limit)}
        return await self._get("/v1/queue", wire.QueueWindow, batch=batch, search=search, states=states, sort=sort, **window)

    async def batch_report(self, batch: str) -> wire.BatchReport:
        """A batch in figures, by its name or id."""
        return await self._get("/v1/report", wire.BatchReport, batch=batch)

    async def units(self, batch: str, *, after: int = 0, limit: int = 500, states: str = "") -> wire.UnitPage:
        return await self._get("/v1/units", wire.UnitPage, batch=batch, after=str(after), limit=str(limit), states=states)

    async def unit(self, enrollment: str) -> wire.UnitView:
        return await self._get("/v1/unit", wire.UnitView, id=enrollment)

    async def lookup(self, text: str) -> wire.LookupPage:
        """Units that a serial number, IMEI, name, e-mail, id, token or device belongs to."""
        return await self._get("/v1/lookup", wire.LookupPage, text=text)

    async def users(
        self, *, after: str = "", limit: int = 500, group: str = "", search: str = "", free: bool = False
    ) -> wire.UserPage:
        """By id; of one group, with this in name or e-mail, or only those who are in no batch."""
        asked = {"after": after, "limit": str(limit), "group": group, "search": search, "free": "1" if free else ""}
        return await self._get("/v1/users", wire.UserPage, **asked)

    async def read_users(self, content: bytes, maps: Mapping[str, str], headed: bool | None = None) -> wire.UserFile:
        """What a user file holds; nothing of it is sent. For `maps` and `headed` see station.filereader."""
        return await read_apart(content, maps, headed)

    async def folders(self) -> tuple[str, ...]:
        """Where files for the terminal are laid."""
        return (await self._get("/v1/folders", wire.Folders)).paths

    async def user(self, who: str) -> wire.UserView:
        """By id, e-mail, or a name that nobody else has."""
        return await self._get("/v1/user", wire.UserView, who=who)

    async def invitation(self, user: str) -> wire.MailPreview:
        """The mail that a user (by id or e-mail) would get, with a sample in the place of the code."""
        return await self._get("/v1/invitation", wire.MailPreview, user=user)

    async def codes(self) -> wire.CodePage:
        """Who has a prepared code."""
        return await self._get("/v1/codes", wire.CodePage)

    async def taught(self) -> tuple[wire.TaughtScreen, ...]:
        return (await self._get("/v1/taught", wire.TaughtPage)).items

    async def record(self, *, after: int = 0, limit: int = 1000, batch: str = "", enrollment: str = "") -> wire.EventPage:
        """A page of the record, oldest first."""
        return await self._get("/v1/record", wire.EventPage, after=str(after), limit=str(limit), batch=batch, enrollment=enrollment)

    async def newest(self, *, before: int = 0, limit: int = 100, search: str = "") -> wire.EventPage:
        """A page of the record, newest first, those before the number `before` with `search` in kind or actor; the page's `after`
        is the next `before`."""
        return await self._get("/v1/newest", wire.EventPage, before=str(before), limit=str(limit), search=search)

    async def verify(self, *, after: int = 0, previous: str = "", limit: int = 1000) -> wire.ChainChecked:
        """Whether the events behind `after` follow on each other; `after` and `previous` are of the answer before."""
        return await self._get("/v1/verify", wire.ChainChecked, after=str(after), previous=previous, limit=str(limit))

    async def pictures(self, *, after: int = 0, limit: int = 1000) -> wire.PicturesChecked:
        """How the evidence pictures are found that a page of the record speaks of."""
        return await self._get("/v1/pictures", wire.PicturesChecked, after=str(after), limit=str(limit))

    async def picture(self, enrollment: str, which: Literal["before", "after"]) -> bytes:
        """A PNG of the unit's witnessed scan, from before or after its code gave way."""
        return await self._ask("GET", "/v1/picture", query={"id": enrollment, "which": which})

    async def policies(self, name: str = "") -> wire.PolicyPage:
        """The newest version of each policy, or all versions of one."""
        return await self._get("/v1/policies", wire.PolicyPage, name=name)

    async def policy(self, name: str, version: int | None = None) -> wire.PolicyDocument:
        return await self._get("/v1/policy", wire.PolicyDocument, name=name, version=_or_empty(version))

    async def check_policy(self, name: str, mode: str, *, version: int | None = None, android: int | None = None) -> wire.PolicyReport:
        """What a mode makes of a version's options."""
        asked = {"name": name, "mode": mode, "version": _or_empty(version), "android": _or_empty(android)}
        return await self._get("/v1/policycheck", wire.PolicyReport, **asked)

    async def policy_changes(self, name: str, *, old: int | None = None, new: int | None = None) -> wire.PolicyChanges:
        """What the newest version, or `new`, changed against the one before it, or `old`."""
        return await self._get("/v1/policychanges", wire.PolicyChanges, name=name, old=_or_empty(old), new=_or_empty(new))

    async def code(self, attempt: str) -> wire.CodeSymbol:
        """The modules of a code that was given out."""
        return await self._get("/v1/code", wire.CodeSymbol, attempt=attempt)

    async def notes(self) -> tuple[wire.Note, ...]:
        """What leads wrote about phone models."""
        return (await self._get("/v1/notes", wire.NotePage)).items

    async def preflight(self, batch: str) -> wire.Preflight:
        """What a batch would meet if it started now."""
        return await self._get("/v1/preflight", wire.Preflight, batch=batch)

    async def settings(self) -> wire.Settings:
        """What the bench runs with."""
        return await self._get("/v1/settings", wire.Settings)

    async def matrix(self, *, search: str = "", mode: str = "", stated: bool = False) -> tuple[wire.MatrixRow, ...]:
        """The catalogue of policy options; with `mode` those that it does not take as they are."""
        return (await self._get("/v1/matrix", wire.MatrixPage, search=search, mode=mode, stated="1" if stated else "")).items

    async def events(self, *, heartbeat: float | None = 10.0) -> AsyncIterator[wire.Event]:
        """A Snapshot, then whatever happens, until the service ends (then CannotReach).

        heartbeat: seconds after which a service that hangs counts as gone; None where the clock is simulated.
        """
        try:
            async with self._open().ws_connect(
                "http://sixtap/v1/events", max_msg_size=16 << 20, heartbeat=heartbeat, headers=self._headers()
            ) as socket:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        yield _event(message.data)
        except aiohttp.WSServerHandshakeError as error:
            raise await self._turned_away() from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(error) from error
        raise self._unreachable()

    async def _turned_away(self) -> CannotReach:
        """Why no WebSocket was opened: a handshake's answer has no body, so the same question is asked in another way."""
        try:
            await self.status()
        except Refused as why:
            return CannotReach(str(why))
        return self._unreachable()

    async def _get(self, path: str, shape: type[M], **query: str) -> M:
        content = await self._ask("GET", path, query={name: value for name, value in query.items() if value})
        return _understood(content, shape)

    async def _ask(
        self, method: str, path: str, *, query: dict[str, str] | None = None, body: dict[str, object] | None = None
    ) -> bytes:
        try:
            async with self._open().request(
                method, f"http://sixtap{path}", params=query, json=body, headers=self._headers()
            ) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(error) from error
        if answer.status == 200:
            return content
        try:
            problem = wire.Problem.model_validate(json.loads(content))
        except (ValueError, ValidationError):
            problem = wire.Problem(kind="Unexpected", message=f"The service answered with status {answer.status}.")
        raise Refused(problem)

    def _headers(self) -> dict[str, str]:
        return {wire.SESSION: self.session, wire.IDLE: str(int(self.idle()))} if self.session else {}

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use the client as a context manager")
        return self._session

    def _unreachable(self, error: Exception | None = None) -> CannotReach:
        if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM}:
            return CannotReach(f"This account may not open {self.socket}. Ask an administrator of this bench for a role.")
        return CannotReach(f"No service answers at {self.socket}. Start it with: sixtap serve")


def _or_empty(number: int | None) -> str:
    return "" if number is None else str(number)


def _event(text: str) -> wire.Event:
    try:
        event: wire.Event = wire.EVENT.validate_json(text)
    except ValidationError as error:
        raise CannotReach(OTHER_VERSION) from error
    if isinstance(event, wire.Snapshot) and event.version != wire.VERSION:
        raise CannotReach(f"The service speaks version {event.version} of the wire, this client {wire.VERSION}. Upgrade it.")
    return event


def _understood(content: bytes, shape: type[M]) -> M:
    try:
        return shape.model_validate_json(content)
    except ValidationError as error:
        raise CannotReach(OTHER_VERSION) from error
