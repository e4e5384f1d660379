"""Squares that may be a code too small, blurred or striped to show its corner marks.

Two looks at the picture, at half its size: where fine contrast is (a code is full of it), and where a dark or grey patch lies on a
lighter ground (so much blurred a code is a grey square on its quiet zone). Each is cut at several thresholds, because no one
threshold suits a lamp's glare and a dim corner at once; what comes out nearly square is kept, the most promising first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.geometry import Grey, Points, area, clockwise, outline, overlap, points, sides
from hardware.vision.registration import Field

SMALL = 240  # pixels: a picture not as high or wide is looked at twice enlarged, and may be filled by the code
LEAST_SIDE, LARGEST_SIDE = 11.0, 0.97  # half-size pixels; share of the picture's shorter side
LARGEST_SKEW = 1.9  # longest against shortest side
FILLED = 0.66  # of its quad that a patch fills
SAME = 0.82  # intersection over union: one candidate, seen twice
MOST = 16  # candidates of one look worth the time
FINE = 1.2  # half-size pixels: contrast finer than this is a code's, a letter's, a leaf's
WINDOWS = (5, 13)  # half-size pixels over which fine contrast is gathered
SHARES = (0.6, 0.4, 0.27, 0.17)  # of the strongest fine contrast
SOFT = ((2.2, 41), None, (1.1, 25), (4.5, 61), (2.2, 41), None)
"""The looks. Half-size pixels: a blur at which patches are cut out, and how far around the ground may lie; None: fine contrast. The
last two look at a picture whose contrast was made even."""
ALL_LOOKS = tuple(range(len(SOFT)))
EVENED = 4
EVEN_OVER = 4.0  # half-size pixels: slower changes are lighting
BETWEEN = (0.45, 0.55, 0.68)  # of the way from the darkest to the lightest around
CONTRAST = 12.0  # levels between these two

Contour = NDArray[np.int32]


def looks(pixels: Grey, size: int, chosen: Sequence[int] = ALL_LOOKS) -> Iterator[list[Points]]:
    """Quads (clockwise, frame pixels) that each look brings up anew, the most promising first; `size` modules to a side.
    `chosen`: which looks, of ALL_LOOKS."""
    if min(pixels.shape) < 4:
        return
    scale = 0.5 if min(pixels.shape) >= SMALL else 2.0
    shape = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    half = cv2.resize(pixels, shape, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC).astype(np.float32)
    fine = _fine(pixels, half.shape)
    if scale > 1:
        yield [outline(pixels.shape[1], pixels.shape[0])]
    kept: list[Points] = []
    for which in chosen:
        if which == EVENED:
            half = _evened(half)
            fine = np.asarray(np.abs(half - cv2.GaussianBlur(half, (0, 0), FINE)), np.float32)
        blurred = SOFT[which]
        quads = _textured(fine) if blurred is None else _patches(half, *blurred)
        ranked = sorted(((_promise(half, fine, quad, size), quad) for quad in quads), key=lambda pair: -pair[0])
        fresh: list[Points] = []
        for promise, quad in ranked:
            if promise <= 0 or len(fresh) >= MOST:
                break
            if all(overlap(quad, other) < SAME for other in kept):
                kept.append(quad)
                fresh.append((quad + 0.5) / scale - 0.5)
        yield fresh


def _evened(half: Field) -> Field:
    """The same contrast everywhere, around a middle grey: for the stripes of lamps and the glare of one."""
    even = half - cv2.GaussianBlur(half, (0, 0), EVEN_OVER)
    strength = np.sqrt(cv2.GaussianBlur(even * even, (0, 0), EVEN_OVER))
    return np.asarray(np.clip(128 + 45 * even / (strength + 6), 0, 255), np.float32)


def _fine(pixels: Grey, shape: tuple[int, ...]) -> Field:
    """Fine contrast, at the half size: gathered at the full one, where the smallest modules still show."""
    full = pixels.astype(np.float32)
    rough = np.abs(full - cv2.GaussianBlur(full, (0, 0), 2 * FINE))
    return np.asarray(cv2.resize(rough, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.float32)


def _textured(fine: Field) -> Iterator[Points]:
    for window in WINDOWS:
        gathered = cv2.blur(fine, (window, window))
        top = float(np.percentile(gathered[::2, ::2], 99.5))
        for share in SHARES:
            marks = (gathered > max(1.5, share * top)).astype(np.uint8)
            for quad in _quads(marks):
                yield _grown(quad, -window / 3)


def _patches(half: Field, soft: float, window: int) -> Iterator[Points]:
    blurred = np.asarray(cv2.GaussianBlur(half, (0, 0), soft), np.float32)
    light, dark = _around(blurred, window)
    for share in BETWEEN:
        marks = (blurred < dark + share * (light - dark)) & (light - dark > CONTRAST)
        yield from _quads(cast(Grey, cv2.morphologyEx(marks.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))))


def _around(picture: Field, window: int) -> tuple[Field, Field]:
    """The lightest and the darkest within `window` around each pixel, at a quarter of the work: both change slowly."""
    small = cv2.resize(picture, (picture.shape[1] // 2, picture.shape[0] // 2), interpolation=cv2.INTER_AREA).astype(np.uint8)
    box, size = np.ones((window // 2, window // 2), np.uint8), (picture.shape[1], picture.shape[0])
    both = (cv2.resize(turn(small, box), size, interpolation=cv2.INTER_LINEAR) for turn in (cv2.dilate, cv2.erode))
    light, dark = (np.asarray(one, np.float32) for one in both)
    return light, dark


def _quads(marks: Grey) -> Iterator[Points]:
    """The nearly square ones of all patches of marks."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=4, ltype=cv2.CV_16U)
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    longer, shorter = np.maximum(wide, high), np.minimum(wide, high)
    right = (shorter > LEAST_SIDE) & (longer < 1.4 * LARGEST_SIDE * min(marks.shape)) & (longer < 2.2 * shorter)
    right &= stats[:, cv2.CC_STAT_AREA] > 0.3 * wide * high
    right[0] = False  # what is not marked
    for index in np.flatnonzero(right):
        left, top, width, height, _ = (int(value) for value in stats[index])
        patch = (labels[top : top + height, left : left + width] == index).astype(np.uint8)
        for quad in _outlines(patch):
            yield quad + np.array([left, top])


def _outlines(patch: Grey) -> Iterator[Points]:
    """The quad around a patch: as its sides lie, and, for one with a corner torn off, the smallest rectangle."""
    contours, _ = cv2.findContours(patch, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    contour = cast(Contour, contours[0])
    hull = cv2.convexHull(contour)
    covered = float(cv2.contourArea(hull))
    if len(hull) < 4 or cv2.contourArea(contour) < FILLED * covered:
        return
    for corners in (cv2.approxPolyN(hull, 4, ensure_convex=True), cv2.boxPoints(cv2.minAreaRect(hull))):
        quad = clockwise(points(corners))
        lengths = sides(quad)
        shorter = float(lengths.min())
        if covered > FILLED * area(quad) and shorter > LEAST_SIDE and float(lengths.max()) < LARGEST_SKEW * shorter:
            yield quad


def _grown(quad: Points, pixels: float) -> Points:
    """A nearly square quad with its sides moved outward by about so many pixels."""
    middle = quad.mean(0)
    return np.asarray(middle + (quad - middle) * max(0.2, 1 + 2 * pixels / max(1.0, float(np.sqrt(area(quad))))), np.float64)


def _promise(half: Field, fine: Field, quad: Points, size: int) -> float:
    """How like a code: full of fine contrast all over, on a ground that is lighter and has less of it. 0 or less: not at all."""
    side = float(np.sqrt(area(quad)))
    rim = max(2.0, side * 3 / size)
    low = np.clip(np.floor(quad.min(0) - 2 * rim).astype(int), 0, None)
    high = np.ceil(quad.max(0) + 2 * rim).astype(int) + 1
    part = (slice(low[1], high[1]), slice(low[0], high[0]))
    half, fine = half[part], fine[part]
    inner, outer = np.zeros(half.shape, np.uint8), np.zeros(half.shape, np.uint8)
    cv2.fillConvexPoly(outer, np.rint(_grown(quad, 2 * rim) - low).astype(np.int32), 1)
    cv2.fillConvexPoly(outer, np.rint(_grown(quad, 0.7 * rim) - low).astype(np.int32), 0)
    cv2.fillConvexPoly(inner, np.rint(_grown(quad, -rim) - low).astype(np.int32), 1)
    if not inner.any() or not outer.any():
        return 0.0
    (mean,), (deviation,) = cv2.meanStdDev(fine, mask=inner)
    light, inside_light = cv2.mean(half, outer)[0], cv2.mean(half, inner)[0]
    lighter = min(0.6, max(0.0, (light - inside_light) / max(light, 1.0)))
    strength = float(mean[0])
    steady = strength / max(strength + float(deviation[0]), 1e-6)
    return (0.1 + lighter) * steady**2 * strength / (strength + 3.0) / (1.0 + cv2.mean(fine, outer)[0] / max(strength, 1e-6))
