"""The key that badges are kept under: a file beside the ledger, never in it, so that a copy of the ledger tells nothing of badges."""

from __future__ import annotations

import secrets
import stat
from pathlib import Path

from station.domain.errors import ConfigurationError
from station.store.wholefile import write_whole

OCTETS = 32
PRIVATE = 0o600


def badge_key(path: Path) -> bytes:
    """The key in this file, which is made where there is none. Raises ConfigurationError."""
    try:
        if not path.exists():
            write_whole(path, secrets.token_bytes(OCTETS), mode=PRIVATE)
        others, key = stat.S_IMODE(path.stat().st_mode) & 0o007, path.read_bytes()
    except OSError as why:
        raise ConfigurationError(f"The key of the badges {path} cannot be used: {why.strerror}.", "Check its folder.") from None
    if others:
        raise ConfigurationError(f"Everybody on this machine may open the key of the badges {path}.", f"Run: chmod o= {path}")
    if len(key) != OCTETS:
        raise ConfigurationError(
            f"The key of the badges {path} is damaged.", f"Put back its copy, or remove it and give out badges anew: rm {path}"
        )
    return key
