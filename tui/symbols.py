"""A code's modules as characters: two, or six, to a cell.

Half blocks keep the modules square in a cell that is twice as high as wide. Sextants (Unicode 13) need half the columns and two
thirds of the rows; their modules are a third higher than wide, which scanners take.
"""

from __future__ import annotations

from tui.letters import half_blocks

QUIET = 4
"""Light modules that must surround a code (ISO/IEC 18004, 9.1)."""

SPLIT_HALVES = {0: " ", 21: "▌", 42: "▐", 63: "█"}
"""Sextants that other blocks of Unicode have had before."""


def drawn(modules: str, size: int, width: int, height: int) -> tuple[str, ...] | None:
    """Rows of characters for a symbol with its quiet zone, dark on light, as large as fits into `width` columns and `height`
    rows; None when nothing fits. `modules`: row-major, "1" is dark."""
    pixels = _framed(modules, size)
    for rows in (half_blocks(_padded(pixels, 2)), sextants(_padded(pixels, 3))):
        if len(rows) <= height and len(rows[0]) <= width:
            return rows
    return None


def needed(size: int) -> tuple[int, int]:
    """Columns and rows without which a symbol of this size cannot be drawn."""
    side = size + 2 * QUIET
    return -(-side // 2), -(-side // 3)


def sextants(pixels: list[str]) -> tuple[str, ...]:
    """Character rows for rows of pixels ("#" is set), three of them each."""
    rows: list[str] = []
    for at in range(0, len(pixels), 3):
        three = [row + "." * (len(row) % 2) for row in pixels[at : at + 3]]
        rows.append("".join(_sextant([row[column : column + 2] for row in three]) for column in range(0, len(three[0]), 2)))
    return tuple(rows)


def _sextant(pairs: list[str]) -> str:
    value = sum(1 << place for place, pixel in enumerate("".join(pairs)) if pixel == "#")
    if value in SPLIT_HALVES:
        return SPLIT_HALVES[value]
    return chr(0x1FB00 + value - 1 - (value > 21) - (value > 42))


def _framed(modules: str, size: int) -> list[str]:
    dark = modules.translate({ord("1"): "#", ord("0"): "."})
    edge, side = "." * (size + 2 * QUIET), "." * QUIET
    return [edge] * QUIET + [side + dark[row * size : (row + 1) * size] + side for row in range(size)] + [edge] * QUIET


def _padded(pixels: list[str], step: int) -> list[str]:
    return pixels + ["." * len(pixels[0])] * (-len(pixels) % step)
