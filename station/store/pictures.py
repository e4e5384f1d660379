"""Pictures that are evidence, as files beside the ledger. They were masked where they were taken; the record keeps their SHA-256."""

from __future__ import annotations

import asyncio
import hashlib
import re
from contextlib import suppress
from pathlib import Path

from station.domain.errors import PartLost, WrongUse
from station.store.wholefile import write_whole

NAME = re.compile(r"[A-Za-z0-9_]{1,80}-(before|after)\.png")


class PictureFolder:
    """station.ports.Pictures in a folder, which is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def save(self, name: str, content: bytes) -> str:
        """On the disk when this returns, whole or not at all; the SHA-256 in hexadecimal. PartLost when the disk will not take it."""
        path = self._path(name)
        try:
            await asyncio.to_thread(_write, path, content)
        except OSError as why:
            raise PartLost(f"The picture {name} cannot be kept: {why.strerror}.", "Make room on the disk.") from None
        return hashlib.sha256(content).hexdigest()

    async def load(self, name: str) -> bytes | None:
        """None when there is none of that name, or it cannot be read."""
        path = self._path(name)
        with suppress(OSError):
            return await asyncio.to_thread(path.read_bytes)
        return None

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise WrongUse("That is no picture's name.", "")
        return self._folder / name


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o750, exist_ok=True)
    write_whole(path, content)
