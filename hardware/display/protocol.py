"""What the service and the window of the attached screen say to each other: JSON objects, one a line, on a Unix socket.

    service -> window   {"do": "welcome", "ping_seconds": null | 1.0}    first, after the window's hello
                        {"do": "blank", "number": 1}
                        {"do": "show", "number": 2, "size": 97, "modules": BASE64, "caption": ""}
                        {"do": "ping"}
                        {"do": "refuse", "reason": "..."}                 and the connection ends
    window -> service   {"say": "hello", "simulated": false, "width": 1920, "height": 1080}
                        {"say": "up", "number": 2}                        after the flip: the picture is really up
                        {"say": "refused", "number": 2, "reason": "..."}  it is not, and the screen is blank
                        {"say": "pong"}

Modules travel as bits, eight a byte, first module highest. A line with a symbol is a secret: no error here quotes a line.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

import numpy as np

from hardware.display.drawing import Drawable, Matrix, NotDrawn

LONGEST_LINE = 1 << 16  # bytes; a symbol of 177 modules takes 5.3 kB


class NotUnderstood(ValueError):
    """A line that is none of the messages above."""


def line(message: dict[str, Any]) -> bytes:
    """One message as it travels."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def parse(raw: bytes) -> dict[str, Any]:
    """A line's message. NotUnderstood when it is no JSON object."""
    try:
        message = json.loads(raw)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise NotUnderstood(f"a line of {len(raw)} bytes is no JSON object")
    return message


def show(number: int, symbol: Drawable, caption: str) -> bytes:
    """The message that puts `symbol` up. NotDrawn when it is no QR symbol."""
    matrix = Matrix(symbol.size, symbol.modules)
    bits = np.packbits(np.frombuffer(matrix.modules, np.uint8)).tobytes()
    modules = base64.b64encode(bits).decode()
    return line({"do": "show", "number": number, "size": matrix.size, "modules": modules, "caption": caption})


def matrix(message: dict[str, Any]) -> Matrix:
    """The symbol of a `show` message. NotDrawn when it holds none."""
    size, modules = message.get("size"), message.get("modules")
    if not isinstance(size, int) or not isinstance(modules, str):
        raise NotDrawn("the message holds no symbol")
    try:
        bits = np.frombuffer(base64.b64decode(modules, validate=True), np.uint8)
    except binascii.Error:
        raise NotDrawn("the symbol's modules are not base64") from None
    return Matrix(size, np.unpackbits(bits)[: size**2].tobytes())


def number(message: dict[str, Any]) -> int:
    """The number by which a picture is acknowledged. NotUnderstood when there is none."""
    value = message.get("number")
    if not isinstance(value, int):
        raise NotUnderstood("the message has no number")
    return value
