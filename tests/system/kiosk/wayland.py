"""A client of a compositor, as far as tests need one: Wayland's wire, by the standard library.

A message is the object's id, then size and opcode as 16 bits each, then its arguments in 32-bit words of the machine's order; a text
has its length with the closing zero in front and is filled up to whole words. Files travel beside the bytes.
"""

from __future__ import annotations

import itertools
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_DISPLAY = 1  # the object that is there from the start
_SYNC, _GET_REGISTRY = 0, 1  # its requests
_PATIENCE = 10.0  # seconds for any answer

Event = tuple[int, int, bytes]
"""Object, opcode, arguments."""


class Refused(Exception):
    """The compositor has not what is asked for, reported an error, or ended the connection."""


class Client:
    """A connection to the compositor at this socket. `offered`: name and version of each interface, of its first where it has many."""

    def __init__(self, path: Path) -> None:
        self._ids = itertools.count(2)
        self._heard = b""
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.settimeout(_PATIENCE)
        self._connection.connect(str(path))
        self._registry = self.make(_DISPLAY, _GET_REGISTRY)
        self._found = [_offered(body) for target, opcode, body in self.answered() if (target, opcode) == (self._registry, 0)]
        self.offered = {interface: (name, version) for name, interface, version in reversed(self._found)}

    def close(self) -> None:
        self._connection.close()

    def bind(self, interface: str, version: int) -> int:
        """The first object of this interface. Refused when there is none of that version."""
        name, has = self.offered.get(interface, (0, 0))
        if has < version:
            raise Refused(f"the compositor has no {interface} of version {version}")
        return self._bound(name, interface, version)

    def bind_all(self, interface: str, version: int) -> list[int]:
        return [self._bound(name, each, version) for name, each, _ in self._found if each == interface]

    def make(self, target: int, opcode: int, before: bytes = b"") -> int:
        """A request whose last argument is a new object; its id."""
        made = next(self._ids)
        self.send(target, opcode, before + struct.pack("=I", made))
        return made

    def send(self, target: int, opcode: int, body: bytes = b"", files: Sequence[int] = ()) -> None:
        """A request, with file descriptors beside it."""
        socket.send_fds(self._connection, [struct.pack("=IHH", target, opcode, 8 + len(body)) + body], files)

    def settle(self) -> None:
        """Wait until all that was sent is done."""
        for _ in self.answered():
            pass

    def answered(self) -> Iterator[Event]:
        """Everything up to the compositor's answer that all before was done. Refused when it reports an error."""
        done = self.make(_DISPLAY, _SYNC)
        while True:
            target, opcode, body = self._next()
            if (target, opcode) == (_DISPLAY, 0):
                raise Refused(text(body[8:])[0])
            if target == done:
                return
            yield target, opcode, body

    def _bound(self, name: int, interface: str, version: int) -> int:
        raw = interface.encode() + b"\0"
        body = struct.pack("=II", name, len(raw)) + raw + bytes(-len(raw) % 4) + struct.pack("=I", version)
        return self.make(self._registry, 0, body)

    def _next(self) -> Event:
        while len(self._heard) < 8 or len(self._heard) < struct.unpack_from("=H", self._heard, 6)[0]:
            more = self._connection.recv(65536)
            if not more:
                raise Refused("the compositor ended the connection")
            self._heard += more
        target, opcode, size = struct.unpack_from("=IHH", self._heard)
        body, self._heard = self._heard[8:size], self._heard[size:]
        return target, opcode, body


def text(body: bytes) -> tuple[str, bytes]:
    """The text that `body` begins with, and what follows it."""
    length = struct.unpack_from("=I", body)[0]
    return body[4 : 3 + length].decode(), body[4 + length + -length % 4 :]


def now() -> int:
    """Milliseconds, as events carry them."""
    return int(time.monotonic() * 1000) & 0xFFFFFFFF


def _offered(body: bytes) -> tuple[int, str, int]:
    """Name, interface and version of what the registry offers."""
    interface, rest = text(body[4:])
    return struct.unpack_from("=I", body)[0], interface, struct.unpack_from("=I", rest)[0]
