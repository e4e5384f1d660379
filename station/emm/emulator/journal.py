"""The request log: what reached the emulator, for tests that must prove what was sent, and how often."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from .faults import Drop

KEPT = 20_000  # the newest requests; numbers show what is gone


@dataclass(slots=True)
class Entry:
    """One request. status: what was answered, or would have been; None while it runs, or when it was never done."""

    number: int
    method: str
    status: int | None = None
    reference: str | None = None
    dropped: Drop | None = None

    def resource(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "method": self.method,
            "status": self.status,
            "reference": self.reference,
            "dropped": self.dropped,
        }


class Journal:
    """The newest requests, numbered from 1. Holds methods, codes and the minter's own references; never a token value."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._number = 0

    def open(self, method: str) -> Entry:
        self._number += 1
        entry = Entry(self._number, method)
        self._entries.append(entry)
        return entry

    def resource(self) -> list[dict[str, Any]]:
        return [entry.resource() for entry in self._entries]
