"""The QR symbol that a screen's upright pixels hold: its text, and its modules one by one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import zxingcpp
from numpy.typing import NDArray

FINDER: Final = 7  # modules across a finder pattern
_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True, slots=True)
class Symbol:
    """text: what it says. modules: row-major, `size * size` bytes of 0 or 1, 1 is dark. pitch: pixels per module."""

    text: str = field(repr=False)
    size: int
    modules: bytes = field(repr=False)
    pitch: float

    @property
    def digest(self) -> str:
        """SHA-256 of the modules, in hexadecimal: tells symbols apart and says nothing of their content."""
        return hashlib.sha256(self.modules).hexdigest()


def read(picture: NDArray[np.uint8]) -> str | None:
    """The text of a QR code in a picture, however it lies, or None."""
    found = _found(picture)
    return found.text if found is not None else None


def sample(pixels: NDArray[np.uint8]) -> Symbol | None:
    """The upright symbol, dark on light, in a screen's grey pixels, or None.

    A decoder says where it is; what is dark there spans it, and the dark run from its top left corner is a finder pattern's
    seven modules long (ISO/IEC 18004, finder patterns).
    """
    found = _found(pixels)
    if found is None:
        return None
    dark = _around(pixels, found.position) < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    dark = dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    light = np.flatnonzero(~dark[0])
    if abs(dark.shape[0] - dark.shape[1]) > 2 or not light.size or light[0] < FINDER:
        return None
    pitch = light[0] / FINDER
    size = round(dark.shape[1] / pitch)
    if size % 4 != 1 or not 21 <= size <= 177:
        return None
    pitch = dark.shape[1] / size
    centres = ((np.arange(size) + 0.5) * pitch).astype(int)
    modules = dark[np.ix_(centres, centres)].astype(np.uint8)
    return Symbol(found.text, size, modules.tobytes(), pitch) if _has_finders(modules) else None


def _found(picture: NDArray[np.uint8]) -> zxingcpp.Barcode | None:
    return next((code for code in zxingcpp.read_barcodes(picture, formats=_FORMATS) if code.valid), None)


def _around(pixels: NDArray[np.uint8], position: zxingcpp.Position) -> NDArray[np.uint8]:
    """The part of the picture with the symbol and less than its quiet zone (four modules, at most 177 across)."""
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
    margin = max(2, round(0.015 * (max(xs) - min(xs))))
    return pixels[max(0, min(ys) - margin) : max(ys) + margin + 1, max(0, min(xs) - margin) : max(xs) + margin + 1]


def _has_finders(modules: NDArray[np.uint8]) -> bool:
    ring = np.ones((FINDER, FINDER), np.uint8)
    ring[1:6, 1:6] = 0
    ring[2:5, 2:5] = 1
    corners = (modules[:FINDER, :FINDER], modules[:FINDER, -FINDER:], modules[-FINDER:, :FINDER])
    return all(np.array_equal(corner, ring) for corner in corners)
