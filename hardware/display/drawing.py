"""From a symbol to the pixels of the attached screen: pure.

A code is black on white with a quiet zone of four modules (ISO/IEC 18004, 6.3.8), the largest whole number of pixels per module,
centred; the white goes on to the screen's edge. A blank screen is a plain light grey, so that a dark phone stands out against it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hardware.errors import HardwareError

QUIET_ZONE = 4  # modules
BLANK = 200
WHITE = 255
BLACK = 0
_LEAST_CAPTION_ROWS = 24  # pixels; smaller text is not read from an arm's length

Picture = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""
Text = tuple[str, Box]
"""One line, and its place."""


class NotDrawn(HardwareError):
    """A symbol cannot be put on this screen: it is not a QR symbol, or the screen is too small for it."""


class Drawable(Protocol):
    """The part of hardware.readings.KnownSymbol that a drawing needs."""

    @property
    def size(self) -> int: ...
    @property
    def modules(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Matrix:
    """A symbol's modules: row-major, `size * size` bytes of 0 or 1 (dark), without quiet zone. A secret: never in a repr."""

    size: int
    modules: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no QR symbol (ISO/IEC 18004: versions 1 to 40 have 21 to 177 modules, in steps of 4)."""
        if not 21 <= self.size <= 177 or (self.size - 17) % 4:
            raise NotDrawn(f"a QR symbol has 21, 25, ... or 177 modules on a side, not {self.size}")
        if len(self.modules) != self.size**2 or self.modules.strip(b"\0\1"):
            raise NotDrawn(f"a symbol of {self.size} modules needs {self.size**2} bytes of 0 or 1")


def blank(width: int, height: int) -> Picture:
    """The screen without a code: grey, `uint8`, shape (height, width)."""
    return np.full((height, width), BLANK, np.uint8)


def pixels_per_module(size: int, width: int, height: int) -> int:
    """The largest whole number of pixels per module at which `size` modules and their quiet zone fit. NotDrawn when below 1."""
    modules = size + 2 * QUIET_ZONE
    scale = min(width, height) // modules
    if scale < 1:
        raise NotDrawn(
            f"the attached screen has {width} x {height} pixels, this code needs {modules} x {modules} at the least: "
            "make its window larger or use a larger screen"
        )
    return scale


def code_box(size: int, width: int, height: int) -> Box:
    """Where a symbol of `size` modules lies on a screen of `width` x `height` pixels, without its quiet zone."""
    side = size * pixels_per_module(size, width, height)
    return (width - side) // 2, (height - side) // 2, side, side


def draw(symbol: Drawable, width: int, height: int) -> Picture:
    """The screen with a code: `uint8`, shape (height, width), 0 and 255. NotDrawn when it does not fit or is no symbol."""
    matrix = Matrix(symbol.size, symbol.modules)
    scale = pixels_per_module(matrix.size, width, height)
    x, y, side, _ = code_box(matrix.size, width, height)
    light = (1 - np.frombuffer(matrix.modules, np.uint8).reshape(matrix.size, matrix.size)) * np.uint8(WHITE)
    picture = np.full((height, width), WHITE, np.uint8)
    picture[y : y + side, x : x + side] = light.repeat(scale, 0).repeat(scale, 1)
    return picture


def caption_boxes(size: int, width: int, height: int, lines: int = 1) -> tuple[Box, ...]:
    """The white space for one or two lines of text: below the code and its quiet zone, one above the other where there is height for
    that, else side by side; where there is none below, the first left of them, the second right; else none.

    The code stays where it is, with or without text: the bench's camera knows its place.
    """
    scale = pixels_per_module(size, width, height)
    x, y, side, _ = code_box(size, width, height)
    quiet = QUIET_ZONE * scale
    below = y + side + quiet
    rows = height - below
    if rows >= lines * _LEAST_CAPTION_ROWS:
        return tuple((0, below + line * rows // lines, width, rows // lines) for line in range(lines))
    if rows >= _LEAST_CAPTION_ROWS:
        return tuple((line * width // lines, below, width // lines, rows) for line in range(lines))
    left, right = x - quiet, x + side + quiet
    if left >= 4 * _LEAST_CAPTION_ROWS:
        top, high = height - 2 * _LEAST_CAPTION_ROWS, 2 * _LEAST_CAPTION_ROWS
        return ((0, top, left, high), (right, top, width - right, high))[:lines]
    return ()


def plain(caption: str, limit: int = 120) -> str:
    """A caption as it may be drawn: printable characters only (no control, format or direction characters), `limit` at most."""
    return "".join(character for character in caption if character.isprintable())[:limit]
