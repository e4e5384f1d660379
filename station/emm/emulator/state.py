"""The emulated enterprise: policies, tokens, devices, notifications, and what each request does to them. No I/O."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import phones, routes
from .devices import Devices
from .discovery import Method, document
from .errors import ApiError, invalid
from .faults import Faults, Rule, read_rules
from .fields import select
from .fleet import add_fleet
from .incoming import read_body, read_query
from .journal import Journal
from .longpoll import arrival
from .methods import CREATE_TOKEN, HANDLERS, PULL, Call
from .notifying import Notifications
from .paging import Pager
from .policies import Policies
from .quota import Quota
from .routes import Route
from .schema import PUBSUB_PACKAGE, Schemas, snake_case
from .seeded import Seeded
from .tokens import Tokens
from .topics import PubSub


def utc_now() -> datetime:
    """The machine\'s clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came: its route, the resource name in its path, query pairs, body and Authorization header."""

    route: Route
    name: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    authorization: str = ""

    def reference(self) -> str | None:
        """The additionalData of a mint, as far as the body can be read: the minter's own reference, for the log."""
        if self.route.id != CREATE_TOKEN:
            return None
        try:
            reference = read_body(self.body).get("additionalData")
        except ApiError:
            return None
        return reference if isinstance(reference, str) else None


class Emulator:
    """The state of one emulated enterprise. Use it from one thread: one event loop serves it.

    enterprise: the id, as in `enterprises/LC00sixtap`. seed: ids, token values and fault draws derive from it. now: the
    clock, in aware UTC. fleet: how many devices are enrolled already. quota: calls a minute for each method, None for no
    limit. faults: rules in force from the start. bearer: the access token that API calls must carry, None to ask for none.
    sleep: how latency passes, and the wait of a pull that finds nothing.
    """

    def __init__(
        self,
        enterprise: str = "LC00sixtap",
        seed: int = 0,
        now: Callable[[], datetime] = utc_now,
        fleet: int = 0,
        quota: int | None = None,
        *,
        faults: Iterable[Rule] = (),
        bearer: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        started = now()
        if started.tzinfo is None:
            raise ValueError("the emulator's clock gave a time without a zone: give now=lambda: datetime.now(UTC)")
        self.enterprise = f"enterprises/{enterprise}"
        self.now = now
        self.sleep = sleep
        own = Schemas(document().schemas)
        self._schemas = {"androidmanagement": own, "pubsub": Schemas(document("pubsub").schemas, PUBSUB_PACKAGE)}
        seeded = Seeded(seed)
        self.policies = Policies(own)
        self.tokens = Tokens(self.enterprise, seeded)
        self.devices = Devices(self.enterprise, seeded)
        self.pager = Pager(seed)
        self.faults = Faults(faults, seeded)
        self.journal = Journal()
        self.pubsub = PubSub(seeded)
        self.notifications = Notifications(self.pubsub, self.faults)
        self._quota = Quota(quota)
        self._bearer = bearer
        add_fleet(self.devices, self.policies, self.enterprise, seeded, fleet, started)

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Do what a request asks and give the JSON object to answer. Raises ApiError."""
        if asked.route.method is not None:
            return self._call(asked.route.method, asked)
        body = read_body(asked.body)
        match asked.route:
            case routes.PHONES_ENROLL:
                said = phones.enroll(body, self.tokens, self.devices, self.now())
                self.notifications.tell("ENROLLMENT", self.devices.get(said["device"]), self.now())
                return said
            case routes.PHONES_REPORT:
                said = phones.report(body, self.devices, self.policies, self.now())
                self.notifications.tell("STATUS_REPORT", self.devices.get(said["device"]), self.now())
                return said
            case routes.PHONES_LEAVE:
                gone = phones.leave(body, self.devices)
                self.notifications.tell("ENROLLMENT", gone, self.now(), deleted=True)
                return {"device": gone.name}
            case routes.CONTROL_FAULTS:
                self.faults.replace(read_rules(body))
                return {}
            case _:
                return {
                    "requests": self.journal.resource(),
                    "devices": len(self.devices),
                    "tokens": len(self.tokens),
                }

    async def answer_in_time(self, asked: Asked) -> dict[str, Any]:
        """The same; a pull that finds nothing waits for the first message."""
        answer = self.answer(asked)
        if asked.route.id == PULL and not answer and not read_body(asked.body).get("returnImmediately"):
            await arrival(self, asked.name)
            return self.answer(asked)
        return answer

    def _call(self, method: Method, asked: Asked) -> dict[str, Any]:
        self._authorize(asked.authorization)
        handler = HANDLERS.get(method.id)
        if handler is None:
            raise ApiError(501, f"{method.id} is not part of this stand-in.")
        schemas = self._schemas[method.api]
        if method.api == "androidmanagement":  # Pub/Sub has a quota of its own, that no bench comes near
            self._quota.take(method.id, self.now())
        query = read_query(method, asked.query, schemas)
        body = self._body(method, asked.body, schemas)
        if method.api == "androidmanagement" and not (asked.name + "/").startswith(self.enterprise + "/"):
            raise ApiError(403, "Caller is not authorized to manage enterprise.")
        response = handler(self, Call(asked.name, query, body))
        if "fields" in query:
            return select(response, {"$ref": method.response}, query["fields"], schemas)
        return response

    def _body(self, method: Method, raw: bytes, schemas: Schemas) -> dict[str, Any]:
        """The body as the method's request schema has it; a method without one takes no fields."""
        body = read_body(raw)
        name = method.request or "Empty"
        at = snake_case(name) if method.request else ""
        read, violations = schemas.read(name, body, at)
        if violations:
            raise invalid(*violations)
        checked: dict[str, Any] = read
        return checked

    def _authorize(self, authorization: str) -> None:
        if self._bearer is None:
            return
        expected = f"Bearer {self._bearer}".encode()
        if not hmac.compare_digest(authorization.encode(), expected):
            what = (
                "Request had invalid authentication credentials."
                if authorization
                else ("Request is missing required authentication credential.")
            )
            raise ApiError(401, f"{what} Expected OAuth 2 access token, login cookie or other valid authentication credential.")
