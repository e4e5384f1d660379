"""Device records that people brought, in one JSON file beside the ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from station.domain.errors import PartLost
from station.domain.evidence import Device
from station.store.wholefile import write_whole


class FileShelf:
    """station.ports.DeviceShelf in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self) -> tuple[Device, ...]:
        """All of them. PartLost when the file is damaged."""
        try:
            text = await asyncio.to_thread(self._path.read_text, "utf-8")
            return tuple(Device(**record) for record in json.loads(text))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError):
            raise PartLost(f"The device list {self._path} is damaged.", "Import it again: sixtap codes devices FILE") from None

    async def write(self, devices: Sequence[Device]) -> None:
        content = json.dumps([asdict(device) for device in devices], ensure_ascii=False).encode()
        try:
            await asyncio.to_thread(write_whole, self._path, content, mode=0o600)
        except OSError as why:
            raise PartLost(f"The device list cannot be kept: {why.strerror}.", "Make room on the disk.") from None
