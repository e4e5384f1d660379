"""Who acts, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

Role = Literal["operator", "lead", "admin"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person by account name (role set), or `camera`, `scanner`, `service`, `bench`."""

    name: str
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Who signs in at a terminal that many use. The name lives here and nowhere else; `id` is opaque.

    `pin`: its Argon2id hash; `badge`: a keyed digest of its text; empty without one. `failures`: wrong PINs in a row; nobody may try
    before `blocked_until`. Who left is not `active`: the id stays, the name is erased.
    """

    id: str
    name: str
    role: Role
    pin: str = field(default="", repr=False)
    badge: str = field(default="", repr=False)
    failures: int = 0
    blocked_until: float = 0.0
    active: bool = True


BENCH = Actor("bench")
CAMERA = Actor("camera")
SCANNER = Actor("scanner")
SERVICE = Actor("management service")


class Clock(Protocol):
    """Wall-clock time in seconds since the epoch. Waiting is asyncio's: the event loop's own clock is the other half of this port."""

    def now(self) -> float: ...
