"""The Unix socket on which the attached screen's window attaches, and who is at its other end."""

from __future__ import annotations

import asyncio
import socket
import struct
from pathlib import Path

from hardware.errors import DeviceNotOpened


def peer_uid(writer: asyncio.StreamWriter) -> int:
    """The user at the other end, by the kernel's word (unix(7), SO_PEERCRED: pid, uid, gid)."""
    credentials = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])


def listening_socket(path: Path, mode: int) -> socket.socket:
    """A bound socket whose file has `mode` before anyone can connect; it takes the place of a dead service's. DeviceNotOpened."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket():
            path.unlink()
        bound.bind(str(path))
        path.chmod(mode)
    except OSError as error:
        bound.close()
        raise DeviceNotOpened(
            f"the attached screen's socket {path} cannot be made ({error.strerror or error}): "
            "give a path in a folder that the service may write"
        ) from None
    return bound
