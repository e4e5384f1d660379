"""What the terminal is fed from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Literal, Protocol

from station.wire import (
    BatchReport,
    BatchView,
    ChainChecked,
    CodeSymbol,
    Command,
    Done,
    Event,
    EventPage,
    Head,
    LookupPage,
    MatrixRow,
    Note,
    PolicyPage,
    PolicyReport,
    Preflight,
    QueueWindow,
    Settings,
    StaffView,
    UnitView,
    UserFile,
    UserPage,
)


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

    async def staff(self) -> tuple[StaffView, ...]:
        """Who may sign in."""
        ...

    async def batches(self) -> tuple[BatchView, ...]:
        """All batches."""
        ...

    async def batch_report(self, batch: str) -> BatchReport:
        """A batch in figures."""
        ...

    async def queue(
        self, batch: str, *, offset: int = 0, limit: int = 100, search: str = "", states: str = "", sort: str = ""
    ) -> QueueWindow:
        """Some of a batch's units, from any place on: those that are looked for, in this order."""
        ...

    async def unit(self, enrollment: str) -> UnitView:
        """One unit's whole story."""
        ...

    async def picture(self, enrollment: str, which: Literal["before", "after"]) -> bytes:
        """A PNG of the unit's witnessed scan, every code in it covered: the last with the code, or the newest after it gave way."""
        ...

    async def head(self) -> Head:
        """The newest event of the record."""
        ...

    async def newest(self, *, before: int = 0, limit: int = 100, search: str = "") -> EventPage:
        """A page of the record, newest first; its `after` is the next `before`."""
        ...

    async def verify(self, *, after: int = 0, previous: str = "", limit: int = 1000) -> ChainChecked:
        """Whether a page of the record is as it was written."""
        ...

    async def lookup(self, text: str) -> LookupPage:
        """Units that something belongs to which a person read or scanned."""
        ...

    async def notes(self) -> tuple[Note, ...]:
        """What leads noted about phone models."""
        ...

    async def users(self, *, after: str = "", limit: int = 500, search: str = "", group: str = "", free: bool = False) -> UserPage:
        """A page of the roster: those whose name or e-mail holds `search`, those of one group, those who are in no batch."""
        ...

    async def folders(self) -> tuple[str, ...]:
        """Where files for the terminal are laid."""
        ...

    async def read_users(self, content: bytes, maps: Mapping[str, str], headed: bool | None = None) -> UserFile:
        """What a user file holds, read apart from everything else; nothing of it is sent to the service.

        `maps`: from a column's number to what it is; `headed`: whether the first row names them, None where it shall be found out.
        """
        ...

    async def code(self, attempt: str) -> CodeSymbol:
        """The code of an attempt that was made for the desk."""
        ...

    async def policies(self, name: str = "") -> PolicyPage:
        """The newest version of each policy, or all versions of one."""
        ...

    async def check_policy(self, name: str, mode: str, *, version: int | None = None) -> PolicyReport:
        """What a management mode makes of a policy."""
        ...

    async def settings(self) -> Settings:
        """What the bench runs with."""
        ...

    async def matrix(self) -> tuple[MatrixRow, ...]:
        """The catalogue of options, and what each mode makes of them."""
        ...

    async def preflight(self, batch: str) -> Preflight:
        """What a batch would meet if it started now."""
        ...
