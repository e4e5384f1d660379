"""A QR code's three corner marks (finder patterns; ISO/IEC 18004, 6.3.3) in a flattened picture of about the right size and place.

They are the strongest thing in a symbol: seven dark and light modules across, with light all around, they survive blur that
drowns every other module, and three of them say where the symbol lies and which way up. What is asked here is only where they
would best be; whether it is the code at all is for others to judge.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from hardware.vision.geometry import Homography
from hardware.vision.registration import Field, lighting_removed

REACH = 9  # modules by which a mark may be away from where it should be
SOFT = 0.8  # modules of blur before the marks are looked for
LIGHT_OVER = 7.0  # modules
HALF = 4  # samples from a mark's first to its middle, light around included
MIDDLE = 3.5  # modules from a symbol's edge to a mark's centre


def _mark() -> Field:
    mark = np.ones((9, 9), np.float32)
    mark[1:8, 1:8] = -1
    mark[2:7, 2:7] = 1
    mark[3:6, 3:6] = -1
    return np.asarray(cv2.GaussianBlur(np.pad(mark, 3, constant_values=1.0), (0, 0), SOFT)[3:-3, 3:-3], np.float32)


MARK = _mark()


def marked(patch: Field, size: int, room: int) -> float:
    """How well three of the four corners of a patch (see `corner_marks`) agree with a mark, -1..1."""
    return float(np.mean(sorted(best for best, _ in _peaks(patch, size, room))[1:]))


def corner_marks(patch: Field, size: int, room: int) -> Iterator[Homography]:
    """patch: one sample a module; the symbol of `size` modules is believed to lie `room` samples from each edge, whichever way up.

    Module coordinates to samples, by three marks, once mirrored and once not, for each of the two likeliest corners without one.
    """
    peaks = _peaks(patch, size, room)
    beginning, end = MIDDLE, size - MIDDLE
    modules = np.array([(beginning, beginning), (end, beginning), (beginning, end)], np.float32)
    for bare in sorted(range(4), key=lambda corner: peaks[corner][0])[:2]:
        top, one, other = (peaks[(bare + turn) % 4][1] for turn in (2, 3, 1))
        for marks in ((top, one, other), (top, other, one)):
            yield np.vstack([cv2.getAffineTransform(modules, np.array(marks, np.float32)), (0.0, 0.0, 1.0)])


def _peaks(patch: Field, size: int, room: int) -> list[tuple[float, tuple[float, float]]]:
    """For each corner of the patch, clockwise from its first sample, the best likeness near it and where that is."""
    even = lighting_removed(np.asarray(cv2.GaussianBlur(patch, (0, 0), SOFT), np.float32), LIGHT_OVER)
    likeness = np.asarray(cv2.matchTemplate(even, MARK, cv2.TM_CCOEFF_NORMED), np.float32)
    near, far = room + MIDDLE - 0.5, room + size - MIDDLE - 0.5
    return [_peak(likeness, *corner) for corner in ((near, near), (far, near), (far, far), (near, far))]


def _peak(likeness: Field, column: float, row: float) -> tuple[float, tuple[float, float]]:
    """The best likeness near a sample, and where that is."""
    left, top = max(0, round(column) - HALF - REACH), max(0, round(row) - HALF - REACH)
    part = likeness[top : top + 2 * REACH + 1, left : left + 2 * REACH + 1]
    _, best, _, at = cv2.minMaxLoc(part)
    return best, (float(left + at[0] + HALF), float(top + at[1] + HALF))
