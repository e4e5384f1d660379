"""Prepared codes: where they are kept, and who tells of devices where no service does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from station.domain.evidence import Device
from station.domain.prepared import PreparedCode


class CodeVault(Protocol):
    """Users' prepared codes at rest, encrypted. Raises PartLost when the disk refuses."""

    async def put(self, user: str, code: PreparedCode) -> None:
        """Keep a user's code in place of the one before. WrongUse when it is known for another user."""
        ...

    async def get(self, user: str) -> PreparedCode | None:
        """None where there is none. RefuseUnit when it is damaged."""
        ...

    async def known_for(self, content: str) -> str | None:
        """The user whom this code was ever kept for, by id."""
        ...

    async def purge(self, user: str) -> bool:
        """Overwrite and remove a user's code; False where there was none."""
        ...

    async def forget(self, user: str) -> None:
        """Purge, and keep nothing that tells of this user."""
        ...

    async def users(self) -> tuple[str, ...]:
        """Ids of all who have a code."""
        ...


class DeviceShelf(Protocol):
    """Where device records lie that people brought. Raises PartLost when the disk refuses."""

    async def read(self) -> tuple[Device, ...]: ...
    async def write(self, devices: Sequence[Device]) -> None:
        """In place of all that lay there."""
        ...


class DeviceBook(Protocol):
    """A management service that hears of devices from people: by the console's list, or by somebody's word."""

    @property
    def takes_word(self) -> bool:
        """Whether a person's word is enough, where the batch allows that."""
        ...

    async def take_list(self, devices: Sequence[Device]) -> tuple[Device, ...]:
        """The console's whole list in place of the one before; as it is kept, each under the name that it had."""
        ...

    async def take_word(self, device: Device) -> None:
        """A device that a person vouches for."""
        ...
