"""Where in a picture a QR code may lie: places to start comparing from, cheapest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from hardware.vision.geometry import Grey, Homography, Points, area, clockwise, inside, overlap, points, sides, spread
from hardware.vision.symbol import MIDDLE, SHARP, Match, Pattern, placed

SMALLEST_CODE = 0.2  # of the region's shorter side
STILL_THERE = 0.20  # correlation of the fixed modules at the last place from which a closer fit is worth trying
GOOD_AS_IT_IS = 0.75  # and from which none is needed
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
WINDOW = 7  # half-size pixels over which texture is measured


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a region: the expected symbol's best match, if any place was worth comparing, and whether
    any QR code (or something that has its three corner marks) is there."""

    match: Match | None
    any_code: bool


def look_for(pattern: Pattern | None, pixels: Grey, region: Points, last: Homography | None) -> Found:
    """Looks for the expected symbol inside a quad (frame pixels). A code that is not wholly inside does not count: the
    attached screen's own code reaches out on both sides of a phone."""
    if pattern is not None and last is not None:
        match = _where_it_was(pattern, pixels, last)
        if match is not None and inside(match.corners, region, _slack(region)):
            return Found(match, True)
    marked = list(_marked(pixels, region))
    if pattern is None:
        return Found(None, bool(marked))
    best: Match | None = None
    for corners in marked:
        best = _better(best, _fitted(pattern, pixels, corners, region))
        if best is not None and best.accepted:
            return Found(best, True)
    if best is None or not best.relative:
        for corners in _textured(pixels, region):
            best = _better(best, _fitted(pattern, pixels, pattern.best_turn(pixels, corners), region))
            if best is not None and best.relative:
                break
    return Found(best, bool(marked) or (best is not None and best.relative))


def whole_code(pattern: Pattern, pixels: Grey, last: Homography | None) -> Match | None:
    """The expected symbol anywhere in the frame, for knowing the attached screen's own code."""
    everywhere = points([(0, 0), (pixels.shape[1], 0), (pixels.shape[1], pixels.shape[0]), (0, pixels.shape[0])])
    match = look_for(pattern, pixels, everywhere, last).match
    return match if match is not None and match.accepted else None


def _where_it_was(pattern: Pattern, pixels: Grey, last: Homography) -> Match | None:
    match = pattern.compared(pixels, last)
    if match.fixed < STILL_THERE:
        return None
    if match.fixed < GOOD_AS_IT_IS:
        closer = pattern.compared(pixels, pattern.refined(pixels, last, (MIDDLE, SHARP)))
        match = closer if closer.fixed > match.fixed else match
    return match if match.relative else None


def _fitted(pattern: Pattern, pixels: Grey, corners: Points, region: Points) -> Match | None:
    match = pattern.compared(pixels, pattern.refined(pixels, placed(corners, pattern.size), (MIDDLE, SHARP)))
    return match if inside(match.corners, region, _slack(region)) else None


def _better(first: Match | None, second: Match | None) -> Match | None:
    if first is None or second is None:
        return first or second
    return second if (second.accepted, second.fixed) > (first.accepted, first.fixed) else first


def _slack(region: Points) -> float:
    return 0.01 * float(sides(region).min())


def _cut(pixels: Grey, region: Points) -> tuple[Grey, Points]:
    """The part of the picture around a region, and where it begins."""
    low = np.clip(np.floor(region.min(0)).astype(int), 0, None)
    high = np.ceil(region.max(0)).astype(int) + 1
    return np.ascontiguousarray(pixels[low[1] : high[1], low[0] : high[0]]), low.astype(np.float64)


def _marked(pixels: Grey, region: Points) -> Iterator[Points]:
    """The corners of everything with a QR code's three corner marks, read without error or not, own top left first."""
    part, start = _cut(pixels, region)
    reads = zxingcpp.read_barcodes(part, formats=QR, try_invert=False, return_errors=True)
    for read in reads:
        at = read.position
        named = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        corners = points([(corner.x, corner.y) for corner in named]) + start
        lengths = sides(corners)
        big = float(lengths.min()) > SMALLEST_CODE * float(sides(region).min())
        if big and float(lengths.max()) < 1.8 * float(lengths.min()) and inside(corners, region, 3 * _slack(region)):
            yield corners


def _textured(pixels: Grey, region: Points) -> Iterator[Points]:
    """The corners of square areas full of fine contrast, for codes too blurred or striped to show their corner marks."""
    part, start = _cut(pixels, region)
    half = cv2.resize(part, (part.shape[1] // 2, part.shape[0] // 2), interpolation=cv2.INTER_AREA).astype(np.float32)
    smallest = max(WINDOW, round(SMALLEST_CODE * float(sides(region).min()) / 2))
    within = np.zeros(half.shape, np.uint8)
    inner = (spread(region, -0.02 * float(sides(region).min())) - start) / 2
    cv2.fillConvexPoly(within, np.rint(inner).astype(np.int32), 1)
    mean = cv2.blur(half, (WINDOW, WINDOW))
    rough = np.sqrt(np.maximum(cv2.blur(half * half, (WINDOW, WINDOW)) - mean * mean, 0)) * within
    strong = float(np.percentile(rough, 97))
    seen: list[Points] = []
    for share in (0.2, 0.5, 0.35):
        marks = (rough > max(4.0, share * strong)).astype(np.uint8)
        for quad in _squares(marks, smallest):
            if all(overlap(quad, other) < 0.85 for other in seen):
                seen.append(quad)
                yield quad * 2 + 0.5 + start


def _squares(marks: Grey, smallest: int) -> list[Points]:
    """The largest nearly square patch of marks, without what is narrow on it."""
    closed = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((smallest, smallest), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(outlines, key=cv2.contourArea, default=None)
    if largest is None or cv2.contourArea(largest) < smallest**2:
        return []
    quad = clockwise(points(cv2.approxPolyN(cv2.convexHull(largest), 4, ensure_convex=True)))
    lengths = sides(quad)
    square = cv2.contourArea(largest) > 0.8 * area(quad) and float(lengths.max()) < 1.35 * float(lengths.min())
    return [_squared(quad)] if square else []


def _squared(quad: Points) -> Points:
    """A code's corners from its textured area: the attached screen's edge, close to the code on two sides, and the
    window over which texture is measured lengthen that, so the shorter sides say how large the code is."""
    across = (quad[1] + quad[2] - quad[0] - quad[3]) / 2
    down = (quad[2] + quad[3] - quad[0] - quad[1]) / 2
    wide, high = float(np.hypot(*across)), float(np.hypot(*down))
    side = min(wide, high)
    quad = quad + np.outer([0.5, -0.5, -0.5, 0.5], across * (1 - side / wide))
    return spread(quad + np.outer([0.5, 0.5, -0.5, -0.5], down * (1 - side / high)), -WINDOW / 3)
