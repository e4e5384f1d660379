"""Who is signed in at accounts that many people use. Sessions are kept in memory only: a service that starts anew knows nobody."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web
from pydantic import SecretStr

from station import wire
from station.bench.staff import Known, Staff
from station.domain.errors import NotAllowed, SignInRefused, SixtapError, WrongUse
from station.ports import Actor, Recorded
from station.server.asking import Queries
from station.server.hub import Subscriber

UNGUARDED = frozenset({"/v1/status", "/v1/events", "/v1/staff", "/v1/me", "/v1/commands"})
"""What may be asked before anybody is signed in; of the commands only SignIn."""
TICKET_LASTS = 20.0
"""Seconds from the scan of a badge until the terminal beside the scanner must have used it."""
NOTICE = 15.0  # seconds within which a session heeds that its time was made shorter
SILENT = frozenset({"/v1/events"})  # asking for it is no sign that somebody is there

SessionOrder = wire.SignIn | wire.SignOut | wire.HandOver


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: the account, and the person where one is signed in. `token`: the session's; empty without one."""

    peer: Actor
    actor: Actor
    name: str
    shared: bool
    locked: bool
    token: str = field(default="", repr=False)

    @property
    def signed_in(self) -> bool:
        return bool(self.token)


VISITOR: web.RequestKey[Visitor] = web.RequestKey("visitor", Visitor)


def idle(request: web.Request) -> float:
    """Seconds since somebody did something at the terminal that asks; 0 where it does not say so."""
    said = request.headers.get(wire.IDLE, "")
    return float(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0.0


def queries() -> Queries:
    """Who asks, as the service sees them."""

    async def me(request: web.Request) -> wire.Me:
        one = request[VISITOR]
        return wire.Me(you=one.name, role=one.actor.role or "operator", shared=one.shared, signed_in=one.signed_in, locked=one.locked)

    return (("/v1/me", me, ()),)


@dataclass(slots=True)
class Session:
    """One person at one shared account. `seen`: the loop's time when they last did something."""

    account: str
    known: Known
    seen: float
    watch: asyncio.Task[None] | None = None


class Sessions:
    """Opens and closes sessions. `shared`: the accounts; `lock_after`: says after how many seconds without a person one is closed."""

    def __init__(self, staff: Staff, shared: Collection[str], lock_after: Callable[[], float]) -> None:
        self._staff = staff
        self._shared = frozenset(shared)
        self._lock_after = lock_after
        self._open: dict[str, Session] = {}
        self._ears: set[tuple[str, Subscriber]] = set()
        self._notes: set[asyncio.Task[None]] = set()
        self._scanned: tuple[str, str, float] | None = None  # ticket, badge, the loop's time until when

    async def visitor(self, peer: Actor, token: str, path: str, idle: float = 0.0) -> Visitor:
        """Who asks for this path, `idle` seconds after they last did something. NotAllowed where somebody must sign in first."""
        if peer.name not in self._shared:
            return Visitor(peer, peer, peer.name, shared=False, locked=False)
        session = self._open.get(token)
        if session is not None and session.account == peer.name:
            if path not in SILENT:
                session.seen = max(session.seen, asyncio.get_running_loop().time() - idle)
            return Visitor(peer, session.known.actor, session.known.member.name, shared=True, locked=False, token=token)
        visitor = Visitor(peer, peer, peer.name, shared=True, locked=await self._staff.guards())
        if visitor.locked and path not in UNGUARDED:
            raise _nobody()
        return visitor

    def check(self, visitor: Visitor, command: wire.Command) -> None:
        """Raises NotAllowed where somebody must sign in before this command."""
        if visitor.locked and not isinstance(command, wire.SignIn):
            raise _nobody()

    async def order(self, visitor: Visitor, command: SessionOrder) -> dict[str, object]:
        """Sign in, sign out, hand over. Raises SignInRefused, WrongUse, NotFound."""
        if not visitor.shared:
            raise WrongUse("This account is one person's own.", "Nobody needs to sign in here.")
        match command:
            case wire.SignIn():
                return await self._sign_in(visitor, command)
            case wire.HandOver():
                return await self._hand_over(visitor, command)
            case wire.SignOut():
                self._session(visitor)
                self._close(visitor.token, "signed out")
                await asyncio.gather(*self._notes)
                return {}

    async def _sign_in(self, visitor: Visitor, command: wire.SignIn) -> dict[str, object]:
        known = await self._staff.identify(visitor.peer, command.staff, pin=_text(command.pin), badge=self._badge(command))
        note = self._staff.note(known.actor, "SignedIn", staff=known.member.id, by=known.by)
        token = await self._begin(visitor.peer.name, known, note)
        self._close(visitor.token, "signed in again")
        return _facts(token, known)

    async def _hand_over(self, visitor: Visitor, command: wire.HandOver) -> dict[str, object]:
        self._session(visitor)
        known = await self._staff.identify(visitor.actor, command.staff, pin=_text(command.pin), badge=self._badge(command))
        if known.member.id == visitor.actor.name:
            raise WrongUse("The shift is theirs already.", "Choose who comes.")
        self._session(visitor)  # it may have ended meanwhile
        token = await self._begin(visitor.peer.name, known, self._staff.hand_over(visitor.actor, known))
        self._drop(visitor.token)
        return _facts(token, known)

    def _session(self, visitor: Visitor) -> Session:
        session = self._open.get(visitor.token)
        if session is None:
            raise WrongUse("Nobody is signed in here.", "Sign in first.")
        return session

    # --- badges that the bench's scanner read -----------------------------------------------------------------------------------

    def badge_heard(self, badge: str) -> None:
        """Tell the terminals of shared accounts; the last badge is the one that counts."""
        ticket = secrets.token_urlsafe(16)
        self._scanned = (ticket, badge, asyncio.get_running_loop().time() + TICKET_LASTS)
        for _, subscriber in self._ears:
            subscriber.put_passing(wire.BadgeHeard(ticket=SecretStr(ticket)))

    def _badge(self, command: wire.SignIn | wire.HandOver) -> str | None:
        if command.ticket is None:
            return _text(command.badge)
        scanned = self._scanned
        if scanned is None or not secrets.compare_digest(scanned[0], command.ticket.get_secret_value()):
            raise SignInRefused("That scan was used already.", "Scan the badge again.")
        self._scanned = None
        if asyncio.get_running_loop().time() > scanned[2]:
            raise SignInRefused("That scan is too long ago.", "Scan the badge again.")
        return scanned[1]

    # --- listening ------------------------------------------------------------------------------------------------------------

    @contextmanager
    def listening(self, visitor: Visitor, subscriber: Subscriber) -> Iterator[None]:
        """For the time of the block: when the session ends, or somebody must sign in from now on, the client is sent nothing more and
        asks anew, as whoever it is then."""
        ear = (visitor.token, subscriber)
        if visitor.shared:
            self._ears.add(ear)
            if visitor.token and visitor.token not in self._open:
                subscriber.ended.set()
        try:
            yield
        finally:
            self._ears.discard(ear)

    def hear(self, events: tuple[Recorded, ...]) -> None:
        """Who was changed or removed must sign in anew."""
        for event in events:
            if event.kind == "StaffChanged":
                why = "removed" if event.body["removed"] else "changed"
                for token in [token for token, one in self._open.items() if one.known.member.id == event.body["staff"]]:
                    self._close(token, why)
                self._hush("")

    def _hush(self, token: str) -> None:
        for of, subscriber in self._ears:
            if of == token:
                subscriber.ended.set()

    # --- beginning and end ----------------------------------------------------------------------------------------------------

    async def _begin(self, account: str, known: Known, recorded: Awaitable[None]) -> str:
        """In one go after `identify`, so that nobody is removed in between; what cannot be recorded is no session."""
        token = secrets.token_urlsafe(32)
        session = Session(account, known, asyncio.get_running_loop().time())
        session.watch = asyncio.create_task(self._lock_when_idle(token, session))
        self._open[token] = session
        try:
            await recorded
        except BaseException:
            self._drop(token)
            raise
        return token

    async def _lock_when_idle(self, token: str, session: Session) -> None:
        clock = asyncio.get_running_loop().time
        while (left := session.seen + self._lock_after() - clock()) > 0:  # noqa: ASYNC110 - the end moves while somebody is there
            await asyncio.sleep(min(left, NOTICE))
        session.watch = None
        self._close(token, "idle")

    def _drop(self, token: str) -> Session | None:
        session = self._open.pop(token, None)
        if session is not None:
            if session.watch is not None:
                session.watch.cancel()
            self._hush(token)
        return session

    def _close(self, token: str, why: str) -> None:
        session = self._drop(token)
        if session is not None:
            note = asyncio.create_task(self._note(session.known, why))
            self._notes.add(note)
            note.add_done_callback(self._notes.discard)

    async def _note(self, known: Known, why: str) -> None:
        with suppress(SixtapError):  # the session has ended all the same; a ledger that fails stops the bench by itself
            await self._staff.note(known.actor, "SignedOut", staff=known.member.id, why=why)

    async def stop(self) -> None:
        """The service ends: sessions end with it, what is still to be recorded is."""
        for token in list(self._open):
            self._drop(token)
        await asyncio.gather(*self._notes)


def _facts(token: str, known: Known) -> dict[str, object]:
    return {"session": token, "staff": known.member.id, "name": known.member.name, "role": known.role}


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


def _nobody() -> NotAllowed:
    return NotAllowed("Nobody is signed in here.", "Sign in with your PIN or badge.")
