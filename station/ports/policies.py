"""Policies that the record keeps, each version of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """One version of a policy's document (JSON text), under a name. `pushed`: when the management service was given it."""

    name: str
    version: int
    document: str = field(repr=False)
    digest: str
    at: float
    actor: str
    pushed: float | None = None


class KeepingPolicies(Protocol):
    """The part of the ledger that keeps policies."""

    async def policy(self, name: str, version: int | None = None) -> StoredPolicy | None:
        """That version, or the newest."""
        ...

    async def policies(self) -> tuple[StoredPolicy, ...]:
        """The newest version of each, by name."""
        ...

    async def policy_versions(self, name: str) -> tuple[StoredPolicy, ...]:
        """Oldest first."""
        ...
