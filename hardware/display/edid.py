"""What a monitor says of itself: its EDID (VESA E-EDID 1.4, base block). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_BLOCK = 128
_HEADER = bytes.fromhex("00ffffffffffff00")
_SIZE_CM = 21  # and 22: horizontal, vertical; one of them 0: an aspect ratio, or a projector
_FIRST_TIMING = 54  # the preferred mode's detailed timing descriptor, 18 bytes
_INTERLACED = 0x80
_ROUNDING_MM = 10
_RATIOS = {(16, 9), (16, 10), (4, 3), (160, 90), (160, 100)}  # what some monitors say in place of millimetres


@dataclass(frozen=True, slots=True)
class Monitor:
    """The preferred mode in pixels, and the picture's size in millimetres; None where the monitor does not say it."""

    width: int
    height: int
    mm: tuple[float, float] | None


def parse(raw: bytes) -> Monitor | None:
    """A monitor's EDID. None when it is damaged or names no preferred mode; extension blocks are not looked at."""
    block = raw[:_BLOCK]
    if len(block) < _BLOCK or not block.startswith(_HEADER) or sum(block) % 256:
        return None
    timing = block[_FIRST_TIMING : _FIRST_TIMING + 18]
    width, height = timing[2] | (timing[4] & 0xF0) << 4, timing[5] | (timing[7] & 0xF0) << 4
    if timing[17] & _INTERLACED:
        height *= 2  # a field has half of the lines
    if not (timing[0] or timing[1]) or not width or not height:  # without a pixel clock it describes something else
        return None
    return Monitor(width, height, _millimetres(block, timing))


def _millimetres(block: bytes, timing: bytes) -> tuple[float, float] | None:
    """The timing's millimetres, unless they contradict the centimetres."""
    fine = timing[12] | (timing[14] & 0xF0) << 4, timing[13] | (timing[14] & 0x0F) << 8
    coarse = 10 * block[_SIZE_CM], 10 * block[_SIZE_CM + 1]
    if not all(coarse):
        return (float(fine[0]), float(fine[1])) if all(fine) and fine not in _RATIOS else None
    agree = all(abs(one - other) <= _ROUNDING_MM for one, other in zip(fine, coarse, strict=True))
    width, height = fine if agree else coarse
    return float(width), float(height)


def millimetres(monitors: Iterable[Monitor], width: int, height: int) -> tuple[float, float] | None:
    """The size of a window of `width` x `height` pixels that fills one monitor, upright or turned by 90 degrees, or half of its long
    side.

    None when no monitor has such a mode, or several do: which of them it is cannot be told.
    """
    known = list(monitors)
    whole = [each for each in known if _long_short(each.width, each.height) == _long_short(width, height)]
    fitting = whole or [each for each in known if _is_half(each, width, height)]
    if len(fitting) != 1 or fitting[0].mm is None:
        return None
    monitor, (across, down) = fitting[0], fitting[0].mm
    if whole:
        return (across, down) if monitor.width == width else (down, across)
    long_mm, short_mm = max(across, down), min(across, down)
    short_pixels = min(monitor.width, monitor.height)
    return (long_mm / 2, short_mm) if height == short_pixels else (short_mm, long_mm / 2)


def _long_short(width: int, height: int) -> tuple[int, int]:
    return max(width, height), min(width, height)


def _is_half(monitor: Monitor, width: int, height: int) -> bool:
    """Whether the window has all of the short side and half of the long one, whose pixels may be odd."""
    long_side, short_side = _long_short(monitor.width, monitor.height)
    halves = {long_side // 2, long_side - long_side // 2}
    return (height == short_side and width in halves) or (width == short_side and height in halves)
