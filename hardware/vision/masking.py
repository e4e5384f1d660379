"""Pictures that may leave the bench: a phone's display, small, with every code in it covered.

Four things stand between a code and whoever gets such a picture:

1. only the display's inside is shown, so that the attached screen around the phone is not in it;
2. where a code is known to lie, and where a decoder takes something for a (perhaps damaged) code, its area with the quiet zone
   is filled with one grey;
3. wherever fine contrast is as dense as in a code, be it one or not, it is smoothed away;
4. the finished picture is given to a decoder, enlarged; if that takes anything in it for a code, there is no picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np
import zxingcpp

from hardware.readings import Quad
from hardware.vision.geometry import Grey, Points, area, clockwise, flattened, homography, outline, points, sides, spread, through
from hardware.vision.locate import corners_read

WIDTH = 160
"""Pixels across the finished picture's shorter side."""
WORK = 2  # pixels of the picture that is worked on, for one of the finished one
INSET = 0.015  # of a display's shorter side: its edge, blurred, lets through what is beside the phone
MARGIN = 0.12  # of a code's side: a quiet zone of four modules, and what a corner may be off, in a code of 57 modules or more
FOREIGN_MARGIN = 0.25  # the same, where nobody knows how many modules it has
FILL = 128
FINE_OVER = 2.5  # working pixels: finer than this is detail
DENSE_OVER = 41  # working pixels: how far around the density of detail is measured
DENSE = 0.10  # of the range of brightness, as the mean of its detail: most text has less, a sharp code twice as much
SMOOTH = 41  # working pixels: over so many nothing is left of modules
LONGEST = 3.5  # a display's long side against its short one: longer ones are no display's
SMALLEST_DISPLAY = 40.0  # frame pixels across
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.AllMatrix)


def masked_view(pixels: Grey, display: Quad, codes: Sequence[Quad]) -> bytes | None:
    """A PNG of what a phone's display shows, its shorter side WIDTH pixels long, lying or standing as in the frame.

    pixels: the frame. display: its corners in frame pixels, clockwise. codes: the corners of all codes that are known to be in it.
    None where the display is too small or misshapen to be one, or where a code cannot be ruled out in what would be shown.
    """
    inner = spread(points(display), -INSET * float(sides(points(display)).min()))
    size = _size(inner)
    if size is None:
        return None
    face = flattened(pixels, inner, WORK * size[0], WORK * size[1])
    to_face = homography(inner, outline(WORK * size[0], WORK * size[1]))
    covers = [_spread(corners, MARGIN) for code in codes if _is_quad(corners := through(to_face, code))]
    if len(covers) < len(codes):
        return None
    covers += [_spread(corners, FOREIGN_MARGIN) for corners in _suspects(face)]
    smooth = _smoothed(_filled(face, covers))
    small = np.asarray(cv2.resize(_filled(smooth, covers), size, interpolation=cv2.INTER_AREA), np.uint8)
    return None if next(_suspects(small), None) is not None else bytes(cv2.imencode(".png", small)[1])


def _size(display: Points) -> tuple[int, int] | None:
    """Columns and rows of the finished picture."""
    lengths = sides(display)
    across, down = float(lengths[0] + lengths[2]) / 2, float(lengths[1] + lengths[3]) / 2
    shorter, longer = min(across, down), max(across, down)
    if shorter < SMALLEST_DISPLAY or longer > LONGEST * shorter or not _is_quad(display):
        return None
    return round(WIDTH * across / shorter), round(WIDTH * down / shorter)


def _is_quad(corners: Points) -> bool:
    """Four corners that enclose something, all of them numbers."""
    return bool(np.isfinite(corners).all()) and bool(cv2.isContourConvex(corners.astype(np.float32))) and area(corners) > 1


def _spread(corners: Points, share: float) -> Points:
    """Larger on all sides by this share of the longest; a mirrored code's corners go the other way round."""
    return spread(clockwise(corners), share * float(sides(corners).max()))


def _suspects(face: Grey) -> Iterator[Points]:
    """The corners of all that a decoder takes for a code, readable or not, as it is, enlarged and reduced."""
    for scale in (1.0, 2.0, 0.5):
        view = face if scale == 1.0 else np.asarray(cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        for read in zxingcpp.read_barcodes(view, formats=QR, try_invert=True, return_errors=True):
            corners = corners_read(read) / scale
            if _is_quad(corners):
                yield corners


def _filled(face: Grey, covers: Iterable[Points]) -> Grey:
    filled = face.copy()
    for corners in covers:
        cv2.fillConvexPoly(filled, np.rint(corners).astype(np.int32), FILL)
    return filled


def _smoothed(face: Grey) -> Grey:
    """Without detail where it is dense."""
    view = face.astype(np.float32)
    low, high = np.percentile(view, (0.3, 99.7))
    detail = np.abs(view - cv2.GaussianBlur(view, (0, 0), FINE_OVER))
    dense = cv2.blur(detail, (DENSE_OVER, DENSE_OVER)) > DENSE * max(float(high - low), 24.0)
    wide = cv2.dilate(dense.astype(np.uint8), np.ones((DENSE_OVER, DENSE_OVER), np.uint8)) == 1
    return np.asarray(np.where(wide, cv2.blur(face, (SMOOTH, SMOOTH)), face), np.uint8)
