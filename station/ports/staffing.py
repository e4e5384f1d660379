"""Who works at the bench, as far as the record knows them."""

from __future__ import annotations

from typing import Protocol

from station.ports.acting import StaffMember


class KnowingStaff(Protocol):
    """The part of the ledger that knows the bench's staff."""

    async def staff(self) -> tuple[StaffMember, ...]:
        """Who is active, by name."""
        ...

    async def staff_member(self, ident: str) -> StaffMember | None: ...
