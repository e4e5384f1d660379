"""The account behind the stand-in: who may ask, how often, and what each request does. No I/O."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from station.emm.emulator.faults import Faults, Rule
from station.emm.emulator.journal import Journal
from station.emm.emulator.seeded import Seeded
from station.emm.emulator.state import utc_now

from . import invented
from .devices import Devices
from .people import People, Quirks
from .refusals import Refusal

API = "/api/v1/"
DEFAULT_PAGE, LARGEST_PAGE = 20, 1000
SECOND = timedelta(seconds=1)
MANAGER_PUBLIC, MANAGER_SECRET = "X-Tinymdm-Manager-Apikey-Public", "X-Tinymdm-Manager-Apikey-Secret"
ACCOUNT_PUBLIC, ACCOUNT_SECRET = "X-Tinymdm-Apikey-Public", "X-Tinymdm-Apikey-Secret"
ACCOUNT_ID = "X-Account-Id"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the API asks for: the account's own pair, or a manager's pair with the account's id."""

    public: str = field(default="standin-public", repr=False)
    secret: str = field(default="standin-secret", repr=False)
    manager_public: str = field(default="standin-manager-public", repr=False)
    manager_secret: str = field(default="standin-manager-secret", repr=False)
    account: str = "4711"

    def accept(self, headers: Mapping[str, str]) -> bool:
        """Whether these request headers hold one of the two sets, whole."""
        own = {ACCOUNT_PUBLIC: self.public, ACCOUNT_SECRET: self.secret}
        manager = {MANAGER_PUBLIC: self.manager_public, MANAGER_SECRET: self.manager_secret, ACCOUNT_ID: self.account}
        return any(all(_same(headers.get(name, ""), value) for name, value in pair.items()) for pair in (own, manager))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    verb: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


class StandIn:
    """One account. Use it from one thread: one event loop serves it.

    seed: ids and codes derive from it. now: the clock, in aware UTC. licences: paid for. fleet: devices that are there already.
    per_second: calls in any second, None for no limit. sleep: how a planted latency passes.
    """

    def __init__(
        self,
        seed: int = 0,
        now: Callable[[], datetime] = utc_now,
        *,
        keys: Keys | None = None,
        licences: int = 100_000,
        fleet: int = 0,
        per_second: int | None = 5,
        quirks: Quirks | None = None,
        faults: Iterable[Rule] = (),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        seeded = Seeded(seed)
        self.now = now
        self.sleep = sleep
        self.keys = keys or Keys()
        self.quirks = quirks or Quirks()
        self.people = People(seeded)
        self.devices = Devices(self.people, licences)
        self.faults = Faults(faults, seeded)
        self.journal = Journal()
        self.pictures: dict[str, str] = {}
        self.url = ""  # where it is served, set by who serves it
        self._seeded = seeded
        self._per_second = per_second
        self._taken: deque[datetime] = deque()
        _add_fleet(self, fleet)

    def admit(self, asked: Asked) -> None:
        """Raise 401 without the keys, 429 above the rate."""
        if not self.keys.accept(asked.headers):
            raise Refusal(401, "Invalid API key")
        if self._per_second is None:
            return
        now = self.now()
        while self._taken and now - self._taken[0] >= SECOND:
            self._taken.popleft()
        if len(self._taken) >= self._per_second:
            raise Refusal(429, "Too many requests")
        self._taken.append(now)

    def picture(self, secret: str) -> str:
        """The name of a picture that shows this secret's code; the name tells nothing of the secret."""
        name = self._seeded.hexadecimal(32, "picture", secret)
        self.pictures[name] = invented.content(secret)
        return name


def document(body: bytes) -> dict[str, Any]:
    """The JSON object of a request; an empty body is an empty object. Raises 400."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "Malformed JSON") from None
    if not isinstance(value, dict):
        raise Refusal(400, "A JSON object is expected")
    return value


def page(records: list[dict[str, Any]], asked: Asked, url: str) -> dict[str, Any]:
    """The page that `per_page` and `page` ask for. Raises 400."""
    size, number = asked.query.get("per_page", str(DEFAULT_PAGE)), asked.query.get("page", "1")
    if not (re.fullmatch(r"[1-9]\d{0,8}", size) and re.fullmatch(r"[1-9]\d{0,8}", number)):
        raise Refusal(400, "Invalid page")
    size_, at = min(int(size), LARGEST_PAGE), int(number)
    start = (at - 1) * size_

    def address(other: int) -> str:
        more = "".join(f"&{key}={value}" for key, value in asked.query.items() if key not in {"page", "per_page"})
        return f"{url}{asked.path}?per_page={size_}&page={other}{more}"

    return {
        "results": records[start : start + size_],
        "count": len(records),
        "previous": address(at - 1) if at > 1 else None,
        "next": address(at + 1) if start + size_ < len(records) else None,
    }


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _add_fleet(standin: StandIn, count: int) -> None:
    """Devices of other people, all fully managed, enrolled over the last year."""
    if not count:
        return
    policy = standin.people.policy("fleet")
    for index in range(count):
        user = standin.people.create({"name": f"Fleet {index}", "email": f"fleet{index}@example.org"})
        user.policy, user.made = policy, True
        enrolled = standin.now() - timedelta(days=365) * ((count - index) / count)
        hardware = {"manufacturer": "Google", "model": "Pixel 8a", "serialNumber": f"F{index:07d}"}
        device = standin.devices.add(user, invented.FULLY_MANAGED_TYPE, "14", hardware, enrolled)
        device.synced = standin.now()
