"""A ledger's first content."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from station.domain.enrollment import Attempt, Enrollment
from station.domain.policy import Mode
from station.ports import BENCH, Batch, Change, Clock, User


@dataclass
class SystemClock:
    def now(self) -> float:
        return time.time()


@pytest.fixture
def clock() -> Clock:
    return SystemClock()


@pytest.fixture
def roster() -> Callable[[int], Change]:
    """A change that brings batch `b`, and that many users u1.. with queued enrollments e1.. and an attempt a1.. each."""

    def change(number: int) -> Change:
        numbers = range(1, number + 1)
        return Change(
            BENCH,
            users=tuple(User(f"u{i}", f"Name {i}", f"n{i}@example.org") for i in numbers),
            batches=(Batch("b", "Batch", Mode.DEDICATED, "kiosk"),),
            enrollments=tuple(Enrollment(f"e{i}", "b", i, f"u{i}", Mode.DEDICATED, "kiosk") for i in numbers),
            attempts=tuple(Attempt(f"a{i}", f"e{i}", 1) for i in numbers),
        )

    return change
