"""The stand in one small picture: how bright the attached screen is, whether anything covers it, what lies along an outline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.geometry import Grey, Points, area, aspect, clockwise, flattened, overlap, points, sides, spread
from hardware.vision.reference import LIT, MODULE_GAP, SMALLEST_SCREEN, Mask, Reference, outlines, screen_guessed, without_code

DARK = 0.32  # of the attached screen's brightness: a body is darker, screen and blurred code are not
GLOW = 1.45  # a lit display's light spills over a narrow bezel: what passes for dark rises with it, at most by this
RING_DARK = 0.45  # of the same: a narrow bezel, blurred, is darker
EDGE = 0.04  # of the same: a blank screen is more even than that
NO_LIGHT = 40.0  # a level of 255
SMALLEST_DISPLAY = 0.03  # of the picture, for counting lit phones
SQUARE_ENOUGH = 0.85  # of its surrounding quad that a display's outline fills
WIDEST_BEZEL = 0.08  # of a body's width; what is dark further in is on the display
LOOKS = 60  # points at which each side of an outline is looked at
CROSSING = 4  # such points in a row: what is as wide lies across an outline; a finger covers five of a long side


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One small picture prepared. `level`: the attached screen's brightness now, 0..255. `screen`: where it is seen when
    nothing stands before it; `known`: that was learned, not guessed. `dark`: marks what is as dark as a phone's body."""

    small: Grey
    level: float
    screen: Mask
    known: bool
    dark: Grey

    @staticmethod
    def of(small: Grey, reference: Reference | None) -> Ground:
        """Prepares the picture."""
        known = reference is not None and reference.picture.shape == small.shape
        screen, rim = (reference.screen, reference.rim) if known and reference is not None else screen_guessed(small)
        level = float(np.percentile(small[rim], 75)) if rim.any() else 0.0
        glow = float(np.clip(np.percentile(small[screen], 90), level, GLOW * level)) if screen.any() else level
        dark = ((small < DARK * glow) & screen).astype(np.uint8)
        return Ground(small, level, screen, known, dark)

    @property
    def lightless(self) -> bool:
        """The attached screen is off, or the camera is covered."""
        return self.level < NO_LIGHT

    def edge(self, body: Points) -> Edge:
        """What lies along a body's outline."""
        near = _along(spread(body, -1.5), _widened(self.dark))
        light = (without_code(self.small) > LIT * self.level) | ~self.screen
        beyond = _along(spread(body, 6.0), light.astype(np.uint8))
        free = np.concatenate([a & b for a, b in zip(near, beyond, strict=True)])
        lines = [_along(spread(body, -depth), self.dark) for depth in (0.5, 1.5, 2.5)]
        where = _along(spread(body, -1.5), self.screen.astype(np.uint8))
        return Edge([_held([line[side] for line in lines], where[side]) for side in range(4)], free)

    def even(self, code: Points | None = None) -> bool:
        """The attached screen is light and without edges all over, but for a code whose corners (small pixels) are given:
        nothing stands before it, and no hand is in the way."""
        inner = np.array(self.screen, np.uint8)
        if code is not None:
            cv2.fillConvexPoly(inner, np.rint(spread(code, MODULE_GAP / 2)).astype(np.int32), 0)
        inner = cast(Grey, cv2.erode(inner, np.ones((MODULE_GAP, MODULE_GAP), np.uint8), borderValue=0))
        smooth = np.asarray(cv2.blur(self.small, (3, 3)), np.float32)
        edges = np.abs(smooth - cv2.blur(smooth, (MODULE_GAP, MODULE_GAP))) > EDGE * self.level
        uneven = (edges | (smooth < LIT * self.level)) & (inner == 1)
        return float(uneven.sum()) < 0.002 * float(self.screen.sum())

    def displays(self) -> list[Points]:
        """Lit areas of a phone display's shape with dark all around them, in small pixels: the attached screen itself
        is not among them, except when it was never seen empty and no phone stands before it."""
        lit = (self.small > RING_DARK * self.level).astype(np.uint8)
        return [display for contour in outlines(lit) if (display := self._display(contour)) is not None]

    def _display(self, contour: NDArray[np.int32]) -> Points | None:
        size = cv2.contourArea(contour)
        if not SMALLEST_DISPLAY * self.small.size < size < SMALLEST_SCREEN * self.small.size:
            return None
        quad = clockwise(points(cv2.approxPolyN(cv2.convexHull(contour), 4, ensure_convex=True)))
        if size < SQUARE_ENOUGH * area(quad) or not 1.0 <= aspect(quad) < 3.2:
            return None
        dark = (self.small < RING_DARK * self.level).astype(np.uint8)
        around = _along(spread(quad, 2.5), _widened(dark))
        within = _along(spread(quad, 2.5), self.screen.astype(np.uint8))
        enough = min(float(np.concatenate(marks).mean()) / share for marks, share in ((around, 0.75), (within, 0.6)))
        return quad if enough > 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """A body's outline. `held_by_side`: for each side, the share of one whole line just inside it that is dark. `free`:
    for each point of the outline, it is dark just inside and the attached screen is seen just outside: nothing crosses it."""

    held_by_side: list[float]
    free: Mask

    @property
    def held(self) -> float:
        """How well a body with this outline is there, 0..1."""
        return sum(self.held_by_side) / 4

    @property
    def free_by_side(self) -> list[float]:
        """For each side, the share of its points that nothing crosses."""
        return [float(share) for share in self.free.reshape(4, -1).mean(1)]


def _held(lines: list[Mask], where: Mask) -> float:
    """The dark share of the darkest line, round corners left out; the room beside the attached screen proves nothing."""
    middle = slice(LOOKS // 8, LOOKS - LOOKS // 8)
    if where[middle].mean() < 0.4:
        return 0.0
    return max(float(line[middle][where[middle]].mean()) for line in lines)


def crossed(free: Mask, usual: Mask) -> bool:
    """Something lies across an outline that did not in the `usual` view of it (a cable always does)."""
    bad = usual & ~free
    return bool(cv2.erode(bad.astype(np.uint8).reshape(1, -1), np.ones((1, CROSSING), np.uint8)).any())


def bezel(ground: Ground, body: Points) -> tuple[float | None, float | None]:
    """How far inside a body's outline its display begins, in small pixels: inside its sides 0 and 2, and inside its sides 1 and 3;
    None where neither of the two is lit near its edge. Corners are round and a hand may hide a part: half of a side is enough."""
    lengths = sides(body)
    width, height = round(float(lengths[0] + lengths[2]) / 2), round(float(lengths[1] + lengths[3]) / 2)
    face = flattened(ground.small, body, width, height)
    depth = max(2, round(WIDEST_BEZEL * min(width, height)))
    level = RING_DARK * ground.level

    def begins(views: tuple[Grey, ...]) -> float | None:
        lit = [np.percentile(view, 75, axis=1) > level for view in views]
        found = [int(np.argmax(side)) for side in lit if side.any()]
        return float(min(found)) if found else None

    return begins((face[:depth], face[::-1][:depth])), begins((face.T[:depth], face.T[::-1][:depth]))


def same_place(first: Points, second: Points) -> bool:
    """Two outlines of a phone that was not moved."""
    return overlap(first, second) > 0.94


def _widened(marks: Grey) -> Grey:
    return cast(Grey, cv2.dilate(marks, np.ones((3, 3), np.uint8)))


def _along(quad: Points, marks: Grey) -> list[Mask]:
    """The marks met along each side of a quad, at LOOKS points each."""
    rows, columns = marks.shape
    found = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        way = start + (end - start) * ((np.arange(LOOKS) + 0.5) / LOOKS)[:, None]
        x = np.clip(np.rint(way[:, 0]).astype(int), 0, columns - 1)
        y = np.clip(np.rint(way[:, 1]).astype(int), 0, rows - 1)
        found.append(cast(Mask, marks[y, x] > 0))
    return found
