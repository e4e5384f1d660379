"""Puts the station's units and session files where systemd and the kiosk session look for them."""

from __future__ import annotations

import os
from pathlib import Path

from station.domain.errors import WrongUse

# Folder and pattern in the source, folder in the root. /usr/local/lib is where systemd looks for what no package brought
# (systemd.unit(5), sysusers.d(5), udev(7)); /etc stays the administrator's, whose drop-ins outrank it.
_REPLACED = (
    ("", "*.service", "usr/local/lib/systemd/system"),
    ("sysusers.d", "*.conf", "usr/local/lib/sysusers.d"),
    ("tmpfiles.d", "*.conf", "usr/local/lib/tmpfiles.d"),
    ("modules-load.d", "*.conf", "usr/local/lib/modules-load.d"),
    ("sysctl.d", "*.conf", "usr/local/lib/sysctl.d"),
    ("udev", "*.rules", "usr/local/lib/udev/rules.d"),
    ("kiosk", "sway.conf", "usr/local/share/sixtap"),
    ("kiosk", "foot.ini", "usr/local/share/sixtap"),
)
# What the administrator edits: written once.
_KEPT = (
    ("", "sixtap.toml", "etc/sixtap"),
    ("kiosk", "outputs.conf", "etc/sixtap"),
)


def install(root: Path, source: Path) -> list[Path]:
    """Copy everything of `source` (the product's systemd folder) to its place below `root`; returns what was written.

    Units, rules and the session's own files are replaced; /etc/sixtap keeps what is there. Every file is replaced whole, so that
    a power cut leaves the old or the new one. Nothing is enabled or started. WrongUse when `source` is not that folder or `root`
    cannot be written.
    """
    replaced = _pairs(source, root, _REPLACED)
    kept = [(found, place) for found, place in _pairs(source, root, _KEPT) if not place.exists()]
    try:
        for found, place in replaced + kept:
            _write(place, found.read_bytes())
    except OSError as error:
        raise WrongUse(f"{error.filename or root} cannot be written ({error.strerror}).", "Run it as root.") from error
    return [place for _, place in replaced + kept]


def _pairs(source: Path, root: Path, rows: tuple[tuple[str, str, str], ...]) -> list[tuple[Path, Path]]:
    pairs = []
    for folder, pattern, place in rows:
        found = sorted((source / folder).glob(pattern))
        if not found:
            raise WrongUse(f"{source} holds no {Path(folder, pattern)}.", "Name the product's own systemd folder, complete.")
        pairs += [(file, root / place / file.name) for file in found]
    return pairs


def _write(place: Path, content: bytes) -> None:
    """Replace one file whole, readable by all, writable by its owner."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o644)
    part.replace(place)
