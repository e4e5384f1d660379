"""The page by which a person checks the attached screen: pure."""

from __future__ import annotations

import numpy as np

from hardware.display.drawing import BLACK, WHITE, NotDrawn, Picture
from hardware.display.lettering import lettering

_SAMPLE = 16  # modules on a side
_SAMPLES = (2, 3, 4, 6, 8)  # pixels per module
_STEP, _GAP, _LETTER = 10, 16, 3  # pixels
_GRID_ROWS = 12  # steps
_ROWS = 404  # pixels, of all that is drawn in the middle
_LEAST_ROWS = _ROWS + 20
_RULER_MM = 100
_TICK = {10: 24, 5: 16, 1: 9}  # millimetres: pixels


def calibration(width: int, height: int, mm: tuple[float, float] | None = None) -> Picture:
    """A page by which a person sees whether the screen is sharp, whole, straight and fully bright: `uint8`, shape (height, width).

    White to the edge, which a line and the corners' marks show; the size in pixels; modules of 2 to 8 pixels, each with its size; a
    grid of 10 pixels; where the screen's millimetres are known, a ruler of 100 mm (of whole centimetres where that does not fit).
    NotDrawn when the screen is too small.
    """
    row = sum(_SAMPLE * scale + _GAP for scale in _SAMPLES)
    if width < row + 4 * _GAP or height < _LEAST_ROWS:
        raise NotDrawn(
            f"the calibration page needs {row + 4 * _GAP} x {_LEAST_ROWS} pixels, the attached screen has {width} x {height}"
        )
    page = np.full((height, width), WHITE, np.uint8)
    _mark_corners(page)
    top = (height - _ROWS) // 2
    _letter(page, f"{width} x {height} px", width // 2, top)
    left, base = (width - row + _GAP) // 2, top + 50 + _SAMPLE * _SAMPLES[-1]
    for scale in _SAMPLES:
        side = _SAMPLE * scale
        page[base - side : base, left : left + side] = _sample().repeat(scale, 0).repeat(scale, 1)
        _letter(page, f"{scale} px", left + side // 2, base + 6)
        left += side + _GAP
    across = (width - 4 * _GAP) // _STEP * _STEP
    _grid(page[base + 40 :, (width - across) // 2 :], across)  # below the samples' sizes
    if mm is not None:
        _ruler(page, width / mm[0], base + 60 + _GRID_ROWS * _STEP)
    return page


def _mark_corners(page: Picture) -> None:
    """A line along the edge, one pixel wide, and a bold angle in each corner."""
    for turned in (page, page[::-1], page[:, ::-1], page[::-1, ::-1]):
        turned[0] = turned[:, 0] = BLACK
        turned[:4, :48] = turned[:48, :4] = BLACK


def _sample() -> Picture:
    """Modules in no order, as in a code: half of them dark, the same on every page."""
    dark = np.random.default_rng(1).integers(0, 2, (_SAMPLE, _SAMPLE), np.uint8)
    return (1 - dark) * np.uint8(WHITE)


def _grid(space: Picture, across: int) -> None:
    """Lines of one pixel every ten."""
    part = space[: _GRID_ROWS * _STEP + 1, : across + 1]
    part[::_STEP] = BLACK
    part[:, ::_STEP] = BLACK


def _ruler(page: Picture, pixels_per_mm: float, top: int) -> None:
    """A line with a tick for each millimetre."""
    length = min(_RULER_MM, int((page.shape[1] - 4 * _GAP) / pixels_per_mm) // 10 * 10)
    if length < 10 or pixels_per_mm < 2:  # ticks would run together
        return
    left = (page.shape[1] - round(length * pixels_per_mm)) // 2
    page[top, left : left + round(length * pixels_per_mm) + 1] = BLACK
    for place in range(length + 1):
        tick = next(pixels for every, pixels in _TICK.items() if place % every == 0)
        page[top : top + tick, left + round(place * pixels_per_mm)] = BLACK
    _letter(page, f"{length} mm", page.shape[1] // 2, top + _TICK[10] + 6)


def _letter(page: Picture, text: str, middle: int, top: int) -> None:
    dark = lettering(text, _LETTER)
    high, wide = dark.shape
    page[top : top + high, middle - wide // 2 : middle - wide // 2 + wide][dark] = BLACK
