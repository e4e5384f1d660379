"""A pointer for a compositor without one: presses at a place of a named output, by zwlr_virtual_pointer_v1 (standard library only).

Wayland's wire: a message is the object's id, then size and opcode as 16 bits each, then its arguments in 32-bit words of the
machine's order; a text has its length with the closing zero in front and is filled up to whole words.
"""

from __future__ import annotations

import itertools
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

_LEFT = 0x110  # BTN_LEFT of linux/input-event-codes.h
_DISPLAY = 1  # the object that is there from the start
_SYNC, _GET_REGISTRY = 0, 1  # its requests
_MOVE_ABSOLUTE, _BUTTON, _FRAME = 1, 2, 4  # of the virtual pointer
_CREATE_WITH_OUTPUT = 2  # of its manager
_OUTPUT_NAME = 4  # event of wl_output, since version 4
_PATIENCE = 10.0  # seconds for any answer
_SCALE = 10_000  # a place is told in parts of this

Event = tuple[int, int, bytes]
"""Object, opcode, arguments."""


class Refused(Exception):
    """The compositor has no virtual pointers, no such output, or ended the connection."""


class Pointer:
    """`with Pointer(socket, "HEADLESS-1") as pointer:` holds a pointer on that output; it goes with the block."""

    def __init__(self, path: Path, output: str) -> None:
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.settimeout(_PATIENCE)
        self._path = path
        self._output = output
        self._ids = itertools.count(2)
        self._heard = b""

    def __enter__(self) -> Pointer:
        self._connection.connect(str(self._path))
        registry = self._ask(_DISPLAY, _GET_REGISTRY)
        found = [_offered(event[2]) for event in self._answered() if event[:2] == (registry, 0)]
        offered = {interface: (name, version) for name, interface, version in found}
        manager = offered.get("zwlr_virtual_pointer_manager_v1")
        if manager is None or manager[1] < 2:
            raise Refused("the compositor has no virtual pointers of version 2")
        seat = self._bind(registry, offered["wl_seat"][0], "wl_seat", 1)
        outputs = [self._bind(registry, name, interface, 4) for name, interface, _ in found if interface == "wl_output"]
        named = {_text(body)[0]: each for each, opcode, body in self._answered() if each in outputs and opcode == _OUTPUT_NAME}
        if self._output not in named:
            raise Refused(f"no output {self._output}, only {', '.join(named)}")
        maker = self._bind(registry, manager[0], "zwlr_virtual_pointer_manager_v1", 2)
        self._pointer = next(self._ids)
        self._send(maker, _CREATE_WITH_OUTPUT, struct.pack("=III", seat, named[self._output], self._pointer))
        self._settled()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def press(self, x: float, y: float) -> None:
        """Go to this place (0 to 1 of the output's width and height), press the left button and let it go."""
        place = struct.pack("=IIIII", _now(), round(x * _SCALE), round(y * _SCALE), _SCALE, _SCALE)
        self._step(_MOVE_ABSOLUTE, place)
        for down in (1, 0):
            self._step(_BUTTON, struct.pack("=III", _now(), _LEFT, down))

    def _step(self, opcode: int, body: bytes) -> None:
        self._send(self._pointer, opcode, body)
        self._send(self._pointer, _FRAME)
        self._settled()

    def _bind(self, registry: int, name: int, interface: str, version: int) -> int:
        made = next(self._ids)
        raw = interface.encode() + b"\0"
        text = struct.pack("=I", len(raw)) + raw + bytes(-len(raw) % 4)
        self._send(registry, 0, struct.pack("=I", name) + text + struct.pack("=II", version, made))
        return made

    def _ask(self, target: int, opcode: int) -> int:
        """A request whose only argument is a new object; its id."""
        made = next(self._ids)
        self._send(target, opcode, struct.pack("=I", made))
        return made

    def _send(self, target: int, opcode: int, body: bytes = b"") -> None:
        self._connection.sendall(struct.pack("=IHH", target, opcode, 8 + len(body)) + body)

    def _settled(self) -> None:
        for _ in self._answered():
            pass

    def _answered(self) -> Iterator[Event]:
        """Everything up to the compositor's answer that all before was done. Refused when it reports an error."""
        done = self._ask(_DISPLAY, _SYNC)
        while True:
            target, opcode, body = self._next()
            if (target, opcode) == (_DISPLAY, 0):
                raise Refused(_text(body[8:])[0])
            if target == done:
                return
            yield target, opcode, body

    def _next(self) -> Event:
        while len(self._heard) < 8 or len(self._heard) < struct.unpack_from("=H", self._heard, 6)[0]:
            more = self._connection.recv(65536)
            if not more:
                raise Refused("the compositor ended the connection")
            self._heard += more
        target, opcode, size = struct.unpack_from("=IHH", self._heard)
        body, self._heard = self._heard[8:size], self._heard[size:]
        return target, opcode, body


def _offered(body: bytes) -> tuple[int, str, int]:
    """Name, interface and version of what the registry offers."""
    interface, rest = _text(body[4:])
    return struct.unpack_from("=I", body)[0], interface, struct.unpack_from("=I", rest)[0]


def _text(body: bytes) -> tuple[str, bytes]:
    """The text that `body` begins with, and what follows it."""
    length = struct.unpack_from("=I", body)[0]
    return body[4 : 3 + length].decode(), body[4 + length + -length % 4 :]


def _now() -> int:
    """Milliseconds, as events carry them."""
    return int(time.monotonic() * 1000) & 0xFFFFFFFF
