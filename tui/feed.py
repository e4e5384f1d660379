"""What the terminal is fed from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from station.wire import BatchView, Command, Done, Event, UnitPage


class Feed(Protocol):
    """The part of the wire's client that the terminal uses; `station.client.Client` is one.

    Every method raises station.client.CannotReach when the service is not there, and station.client.Refused when it says no.
    """

    def events(self) -> AsyncIterator[Event]:
        """A Snapshot, then what happens; ends, or raises CannotReach, when the service ends."""
        ...

    async def command(self, command: Command) -> Done:
        """Carry out one order."""
        ...

    async def batches(self) -> tuple[BatchView, ...]:
        """All batches."""
        ...

    async def units(self, batch: str, *, after: int = 0, limit: int = 500, states: str = "") -> UnitPage:
        """A page of a batch's units, by position, behind `after`."""
        ...
