"""The QR symbol that a screen's upright pixels hold, module by module, without a decoder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FINDER = 7  # modules across a finder pattern


@dataclass(frozen=True, slots=True)
class Symbol:
    """modules: row-major, `size * size` bytes of 0 or 1, 1 is dark. pitch: pixels per module."""

    size: int
    modules: bytes
    pitch: float

    @property
    def digest(self) -> str:
        """SHA-256 of the modules, in hexadecimal: tells symbols apart and says nothing of their content."""
        return hashlib.sha256(self.modules).hexdigest()


def sample(pixels: NDArray[np.uint8]) -> Symbol | None:
    """The one upright symbol in grey pixels, dark on light, or None.

    The symbol is what spans all dark pixels: its sides are equal, and the dark run from its top left corner is a finder
    pattern's seven modules long (ISO/IEC 18004, finder patterns).
    """
    dark = pixels < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not rows.size:
        return None
    top, left = int(rows[0]), int(columns[0])
    height, width = int(rows[-1]) + 1 - top, int(columns[-1]) + 1 - left
    light = np.flatnonzero(~dark[top, left:])
    if abs(height - width) > 2 or not light.size or light[0] < FINDER:
        return None
    size = round(width / (light[0] / FINDER))
    if size % 4 != 1 or not 21 <= size <= 177:
        return None
    centres = (np.arange(size) + 0.5) * (width / size)
    modules = dark[np.ix_(top + centres.astype(int), left + centres.astype(int))].astype(np.uint8)
    if not _has_finders(modules):
        return None
    return Symbol(size, modules.tobytes(), width / size)


def _has_finders(modules: NDArray[np.uint8]) -> bool:
    ring = np.ones((FINDER, FINDER), np.uint8)
    ring[1:6, 1:6] = 0
    ring[2:5, 2:5] = 1
    corners = (modules[:FINDER, :FINDER], modules[:FINDER, -FINDER:], modules[-FINDER:, :FINDER])
    return all(np.array_equal(corner, ring) for corner in corners)
