"""The monitors that this computer has, by the kernel's word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hardware.display.edid import Monitor, parse

DRM = Path("/sys/class/drm")


def connected(folder: Path = DRM) -> Iterator[Monitor]:
    """Monitors at connected outputs, as their EDID describes them; one whose EDID cannot be read is left out."""
    for status in sorted(folder.glob("*/status")):
        try:
            monitor = parse((status.parent / "edid").read_bytes()) if status.read_text().strip() == "connected" else None
        except OSError:  # unplugged meanwhile
            continue
        if monitor is not None:
            yield monitor
