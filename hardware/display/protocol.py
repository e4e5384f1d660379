"""What the service and the window of the attached screen say to each other: JSON objects, one a line, on a Unix socket.

    service -> window   {"do": "welcome", "ping_seconds": null | 1.0}    first, after the window's hello
                        {"do": "blank", "number": 1}
                        {"do": "show", "number": 2, "size": 97, "forms": [BASE64, BASE64], "seconds": 0.4, "caption": "", "step": ""}
                        {"do": "step", "number": 2, "step": "Hold still"}   other words beside this code, if it is up; no answer
                        {"do": "page", "number": 3, "page": "calibration", "long_side": null | 344.0}   for people; answered as a code
                        {"do": "ping"}
                        {"do": "refuse", "reason": "..."}                 and the connection ends
    window -> service   {"say": "hello", "simulated": false, "width": 1920, "height": 1080, "mm": null | [344.0, 193.5]}
                        {"say": "screen", "width": 1080, "height": 1920, "mm": null | [193.5, 344.0]}   it has another size now
                        {"say": "up", "number": 2}                        after the flip: the picture, or its first form, is really up
                        {"say": "form", "number": 2, "form": 1}           after each later flip: this form is
                        {"say": "refused", "number": 2, "reason": "..."}  it is not, and the screen is blank
                        {"say": "pong"}

A code has one or two forms of one size; two take turns, `seconds` each, from the first on. Modules travel as bits, eight a byte,
first module highest. A line with a symbol is a secret: no error here quotes a line.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from hardware.display.drawing import Drawable, Matrix, NotDrawn
from hardware.display.legibility import Screen

LONGEST_LINE = 1 << 16  # bytes; a symbol of 177 modules takes 5.3 kB
MOST_FORMS = 2
FORM_SECONDS = 0.4
"""How long one form stays. Above a camera's exposure and a preview's lag, below three flashes a second (WCAG 2.2, 2.3.1)."""
LEAST_SECONDS = 0.2
_LONGEST_SIDE = 1 << 15  # pixels, and millimetres


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


def show(number: int, forms: Sequence[Drawable], caption: str, step: str = "", seconds: float = FORM_SECONDS) -> bytes:
    """The message that puts a code up in its forms. NotDrawn when one is no QR symbol or they do not go together."""
    matrices = _together([Matrix(form.size, form.modules) for form in forms])
    packed = [base64.b64encode(np.packbits(np.frombuffer(each.modules, np.uint8)).tobytes()).decode() for each in matrices]
    code = {"size": matrices[0].size, "forms": packed, "seconds": seconds}
    return line({"do": "show", "number": number, **code, "caption": caption, "step": step})


def forms(message: dict[str, Any]) -> tuple[Matrix, ...]:
    """The forms of a `show` message. NotDrawn when it holds none."""
    size, packed = message.get("size"), message.get("forms")
    if not isinstance(size, int) or not isinstance(packed, list):
        raise NotDrawn("the message holds no symbol")
    return _together([_unpacked(size, each) for each in packed])


def seconds(message: dict[str, Any]) -> float:
    """How long each form of a `show` message stays up. NotUnderstood when it is no such time."""
    value = message.get("seconds", FORM_SECONDS)
    if not isinstance(value, int | float) or not LEAST_SECONDS <= value <= 60:
        raise NotUnderstood(f"forms take turns every {LEAST_SECONDS} to 60 seconds")
    return float(value)


def _unpacked(size: int, packed: object) -> Matrix:
    try:
        bits = np.frombuffer(base64.b64decode(str(packed), validate=True), np.uint8)
    except binascii.Error:
        raise NotDrawn("the symbol's modules are not base64") from None
    return Matrix(size, np.unpackbits(bits)[: size**2].tobytes())


def _together(matrices: Sequence[Matrix]) -> tuple[Matrix, ...]:
    if not 1 <= len(matrices) <= MOST_FORMS:
        raise NotDrawn(f"a code is shown in 1 to {MOST_FORMS} forms, not {len(matrices)}")
    if len({each.size for each in matrices}) > 1:  # their modules would not lie in one place
        raise NotDrawn("the forms of a code must be of one size, not " + " and ".join(str(each.size) for each in matrices))
    return tuple(matrices)


def number(message: dict[str, Any]) -> int:
    """The number by which a picture is acknowledged. NotUnderstood when there is none."""
    value = message.get("number")
    if not isinstance(value, int):
        raise NotUnderstood("the message has no number")
    return value


def form(message: dict[str, Any]) -> int:
    """The index of the form that is up. NotUnderstood when there is none."""
    value = message.get("form")
    if not isinstance(value, int) or not 0 <= value < MOST_FORMS:
        raise NotUnderstood("the message names no form")
    return value


def measures(screen: Screen) -> dict[str, Any]:
    """What `hello` and `screen` say of a window's size."""
    known = screen.width_mm and screen.height_mm
    return {"width": screen.width, "height": screen.height, "mm": [screen.width_mm, screen.height_mm] if known else None}


def screen(message: dict[str, Any]) -> Screen | None:
    """The size that `hello` or `screen` tells; None when it tells none that could be. Millimetres that cannot be are left out."""
    width, height, mm = message.get("width"), message.get("height"), message.get("mm")
    if not (isinstance(width, int) and isinstance(height, int) and _is_side(width) and _is_side(height)):
        return None
    match mm:
        case [int() | float() as across, int() | float() as down] if _is_side(across) and _is_side(down):
            return Screen(width, height, float(across), float(down))
    return Screen(width, height)


def long_side(message: dict[str, Any]) -> float | None:
    """The screen's long side in millimetres where a person measured it, of a `page` message; None where none is said."""
    value = message.get("long_side")
    return float(value) if isinstance(value, int | float) and _is_side(value) else None


def _is_side(value: float) -> bool:
    return math.isfinite(value) and 1 <= value <= _LONGEST_SIDE
