"""Who acts, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["operator", "lead", "admin"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person by account name (role set), or `camera`, `scanner`, `service`, `bench`."""

    name: str
    role: Role | None = None


BENCH = Actor("bench")
CAMERA = Actor("camera")
SCANNER = Actor("scanner")
SERVICE = Actor("management service")


class Clock(Protocol):
    """Wall-clock time in seconds since the epoch. Waiting is asyncio's: the event loop's own clock is the other half of this port."""

    def now(self) -> float: ...
