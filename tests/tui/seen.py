"""What a camera would see of a code that is drawn in characters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import zxingcpp

HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
SPLIT = {" ": 0, "▌": 21, "▐": 42, "█": 63}
SEXTANTS = [value for value in range(1, 63) if value not in SPLIT.values()]


def read(rows: Sequence[str], *, finer: bool = False) -> str | None:
    """The content of a code drawn in half blocks, or in sextants, on cells of 12 by 24 pixels: black on white."""
    wide, high = (2, 3) if finer else (1, 2)
    dots = np.zeros((len(rows) * high, len(rows[0]) * wide), np.uint8)
    for y, row in enumerate(rows):
        for x, letter in enumerate(row):
            dots[y * high : (y + 1) * high, x * wide : (x + 1) * wide] = _cell(letter, finer=finer)
    found = zxingcpp.read_barcode(np.ascontiguousarray(np.kron(255 * (1 - dots), np.ones((24 // high, 12 // wide), np.uint8))))
    return str(found.text) if found is not None else None


def _cell(letter: str, *, finer: bool) -> npt.NDArray[np.uint8]:
    if not finer:
        return np.array(HALVES[letter], np.uint8).reshape(2, 1)
    value = SPLIT[letter] if letter in SPLIT else SEXTANTS[ord(letter) - 0x1FB00]
    return np.array([value >> bit & 1 for bit in range(6)], np.uint8).reshape(3, 2)
