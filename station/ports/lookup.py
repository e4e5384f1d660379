"""Units that are looked for, and how one was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from station.domain.enrollment import Enrollment

Matched = Literal["enrollment", "attempt", "token", "serial", "imei", "label", "device", "user"]


@dataclass(frozen=True, slots=True)
class UnitFound:
    """`matched`: what of it is as the text says. `bench` and `at`: of its newest event, empty and None before there is one."""

    enrollment: Enrollment
    matched: Matched
    bench: str = ""
    at: float | None = None


class LookingUp(Protocol):
    """The part of the ledger that finds units."""

    async def look_up(self, text: str, limit: int) -> tuple[UnitFound, ...]:
        """At most `limit`, each once: by an id, a token, a device, a serial number, an IMEI, a label, or a part of their user's name
        or e-mail."""
        ...
