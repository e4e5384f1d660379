"""A pointer for a compositor without one: presses and turns its wheel at a place of a named output (zwlr_virtual_pointer_v1)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.system.kiosk.wayland import Client, Refused, now, text

LEFT, RIGHT, MIDDLE = 0x110, 0x111, 0x112  # BTN_LEFT and so on, of linux/input-event-codes.h
_CREATE_WITH_OUTPUT = 2  # of the manager
_MOVE_ABSOLUTE, _BUTTON, _FRAME, _AXIS_SOURCE, _AXIS_DISCRETE = 1, 2, 4, 5, 7  # of the pointer
_WHEEL, _VERTICAL = 0, 0
_NOTCH = 15 * 256  # how far a wheel's notch moves, in the wire's fractions of 256
_OUTPUT_NAME = 4  # event of wl_output, since version 4
_SCALE = 10_000  # a place is told in parts of this


class Pointer:
    """Places are parts (0 to 1) of the output's width and height."""

    def __init__(self, client: Client, pointer: int) -> None:
        self._client, self._pointer = client, pointer

    def press(self, x: float, y: float, button: int = LEFT) -> None:
        """Go to this place, press the button and let it go."""
        self.drag((x, y), (x, y), button)

    def drag(self, start: tuple[float, float], end: tuple[float, float], button: int = LEFT) -> None:
        """Press at the start, let go at the end."""
        self._move(start)
        self._step(_BUTTON, struct.pack("=III", now(), button, 1))
        self._move(end)
        self._step(_BUTTON, struct.pack("=III", now(), button, 0))

    def wheel(self, x: float, y: float, notches: int) -> None:
        """Turn the wheel at this place, away from the person for less than 0."""
        self._move((x, y))
        self._client.send(self._pointer, _AXIS_SOURCE, struct.pack("=I", _WHEEL))
        self._step(_AXIS_DISCRETE, struct.pack("=IIii", now(), _VERTICAL, notches * _NOTCH, notches))

    def _move(self, place: tuple[float, float]) -> None:
        x, y = (round(part * _SCALE) for part in place)
        self._step(_MOVE_ABSOLUTE, struct.pack("=IIIII", now(), x, y, _SCALE, _SCALE))

    def _step(self, opcode: int, body: bytes) -> None:
        self._client.send(self._pointer, opcode, body)
        self._client.send(self._pointer, _FRAME)
        self._client.settle()


@contextmanager
def pointer(path: Path, output: str) -> Iterator[Pointer]:
    """A pointer on that output; it goes with the block. Refused when there is no such output."""
    client = Client(path)
    try:
        manager, seat = client.bind("zwlr_virtual_pointer_manager_v1", 2), client.bind("wl_seat", 1)
        outputs = client.bind_all("wl_output", 4)
        named = {text(body)[0]: each for each, opcode, body in client.answered() if each in outputs and opcode == _OUTPUT_NAME}
        if output not in named:
            raise Refused(f"no output {output}, only {', '.join(named)}")
        made = client.make(manager, _CREATE_WITH_OUTPUT, struct.pack("=II", seat, named[output]))
        client.settle()
        yield Pointer(client, made)
    finally:
        client.close()
