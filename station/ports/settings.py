"""Settings that were changed while a bench ran, and stay changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptSetting:
    """What an admin changed on this bench, by the configuration's key. An empty value: the configuration's own holds again."""

    key: str
    value: str


class KeepingSettings(Protocol):
    """The part of the ledger that knows what was changed."""

    async def kept_settings(self) -> tuple[KeptSetting, ...]:
        """Of this bench, by key; those that were taken back are left out."""
        ...
