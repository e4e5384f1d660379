"""A symbol's modules as a file of its own: crisp, with its quiet zone, black on white."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Literal

import segno

from station.ports import Symbol

QUIET_ZONE = 4  # modules; ISO/IEC 18004, 6.3.8
PIXELS = 480  # about as wide as a picture in a mail may be: it is not scaled down, which would blur the modules


def picture(symbol: Symbol, kind: Literal["png", "svg", "pdf"] = "png", *, scale: int | None = None) -> bytes:
    """The symbol as a file. `scale`: pixels (PNG, SVG) or points (PDF) a module, whole; without it about PIXELS in all."""
    rows = tuple(bytearray(symbol.modules[start : start + symbol.size]) for start in range(0, len(symbol.modules), symbol.size))
    version = (symbol.size - 17) // 4  # ISO/IEC 18004, 5.3.1
    code = SimpleNamespace(matrix=rows, version=version, error=None, mask=None, segments=())
    drawn = segno.QRCode(code)  # type: ignore[call-arg]  # segno's own stub leaves the constructor out
    out = io.BytesIO()
    drawn.save(out, kind=kind, scale=scale or whole_scale(symbol.size), border=QUIET_ZONE)
    return out.getvalue()


def side(symbol: Symbol) -> int:
    """Pixels a side of a picture without a scale of its own."""
    return (symbol.size + 2 * QUIET_ZONE) * whole_scale(symbol.size)


def whole_scale(size: int) -> int:
    """Pixels a module for a symbol of so many modules a side; never less than 3, which cameras need on a screen."""
    return max(3, PIXELS // (size + 2 * QUIET_ZONE))
