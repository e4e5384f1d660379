"""The socket's place in the file system."""

from __future__ import annotations

import contextlib
import errno
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from station.domain.errors import ConfigurationError


@contextlib.contextmanager
def making(path: Path) -> Iterator[None]:
    """Around the making of the socket: room before, its mode after. Raises ConfigurationError saying why it cannot be."""
    try:
        _make_room(path)
        yield
        path.chmod(0o660)  # the folder's group says who reaches it; the role is asked of each peer
    except OSError as why:
        cause = why.strerror or str(why)
        raise ConfigurationError(f"The socket {path} cannot be made: {cause}.", "Set `socket` to another path.") from None


def _make_room(path: Path) -> None:
    """Take away what an earlier run left; never a file, nor the socket of a service that answers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise ConfigurationError(f"{path} is there already and is no socket.", "Set `socket` to another path.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as probe:
        if probe.connect_ex(str(path)) != errno.ECONNREFUSED:
            raise ConfigurationError(f"Another service answers at {path}.", "Stop it, or set `socket` to another path.")
    path.unlink()
