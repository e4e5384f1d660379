"""A unit that was looked for, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from station.domain.enrollment import Enrollment

Matched = Literal["enrollment", "attempt", "token", "serial", "imei", "label", "device", "user"]


@dataclass(frozen=True, slots=True)
class UnitFound:
    """`matched`: what of it is as the text says. `bench` and `at`: of its newest event, empty and None before there is one."""

    enrollment: Enrollment
    matched: Matched
    bench: str = ""
    at: float | None = None
