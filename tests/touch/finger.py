"""A finger on a touchscreen of Xorg's `inputtest` driver: every touch goes the whole way that a real panel's goes.

The driver listens at a socket. A message to it is its length, its kind, and what that kind has; a touch has the finger's number,
whether it comes, moves or goes, and the place in a table of 64 valuators, of which the first two are given. Sync is answered when all
before it is done.
"""

from __future__ import annotations

import itertools
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

VERSION = (1, 1)
_VERSION, _SYNC, _TOUCH = 0, 1, 6  # kinds of messages
_COMES, _MOVES, _GOES = 18, 19, 20  # XI_TouchBegin and so on
_VALUATORS = 64
_RANGE = 65535.0  # of the driver's touch device, on both axes
_PATIENCE = 10.0  # seconds for any answer

Place = tuple[float, float]
"""Parts (0 to 1) of the panel's width and height."""


class Finger:
    """One connection for all touches: the driver takes no second one well."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self._send(_VERSION, struct.pack("=HH", *VERSION))
        self._answered(_VERSION, struct.pack("=HH", *VERSION))

    def tap(self, x: float, y: float) -> None:
        """Touch this place, and let go."""
        self.drag([(x, y)])

    def drag(self, places: Sequence[Place]) -> None:
        """Touch the first place, move over the others, let go at the last."""
        number = next(self._numbers)
        self._touch(number, _COMES, places[0])
        for place in places[1:]:
            self._touch(number, _MOVES, place)
        self._touch(number, _GOES, places[-1])

    @contextmanager
    def held(self, x: float, y: float) -> Iterator[None]:
        """Touch this place, and let go at the end of the block."""
        number = next(self._numbers)
        self._touch(number, _COMES, (x, y))
        yield
        self._touch(number, _GOES, (x, y))

    def _touch(self, number: int, how: int, place: Place) -> None:
        given = bytes([0b11]).ljust(_VALUATORS // 8, b"\0")
        values = struct.pack(f"={_VALUATORS}d", *(part * _RANGE for part in place), *[0.0] * (_VALUATORS - 2))
        self._send(_TOUCH, struct.pack("=III8s4x", number, how, 0, given) + values * 2)
        self._send(_SYNC)
        self._answered(_SYNC)

    def _send(self, kind: int, body: bytes = b"") -> None:
        self._connection.sendall(struct.pack("=II", 8 + len(body), kind) + body)

    def _answered(self, kind: int, body: bytes = b"") -> None:
        wanted = struct.pack("=II", 8 + len(body), kind) + body
        heard = self._connection.recv(len(wanted), socket.MSG_WAITALL)
        assert heard == wanted, heard


@contextmanager
def finger(path: Path) -> Iterator[Finger]:
    """A finger on the panel whose driver listens at this socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_PATIENCE)
        connection.connect(str(path))
        yield Finger(connection)
