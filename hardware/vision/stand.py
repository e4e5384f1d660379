"""The stand: the attached screen behind it, and the bodies of phones in front of that.

All of this works on a small picture (a quarter of a 1280 x 720 frame each way). A phone's body is dark and stands before
a lit screen, so it shows as a dark frame (its display lit) or a dark slab (its display off). What tells a body from the
dark modules of the code on the attached screen is length: a body's edges are dark for hundreds of pixels on end, a code's
modules for a dozen at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.geometry import Grey, Points, area, clockwise, crossing, flattened, inside, overlap, points, sides, spread

SMALL_WIDTH = 320  # columns of the small picture
DARK = 0.32  # of the attached screen's brightness: a body is darker, screen and blurred code are not
RING_DARK = 0.45  # of the same: a narrow bezel, blurred, is darker
LIT = 0.60  # of the same: the attached screen is brighter everywhere, code or none
RUN = 25  # small pixels: dark for longer on end is a body's edge; a code's longest row of dark modules is about half that
CORNER, NARROW = 29, 9  # small pixels: a body's round corner lies between the ends of two of its edges
JOIN = 5  # small pixels: gaps in a body's outline
SPUR = 0.3  # of a body's width: narrower things on its outline are modules of the code behind it, or a cable
SMALLEST_BODY = 0.05  # of the picture
SMALLEST_SCREEN = 0.50  # of the picture: so much of it an attached screen fills, and no phone's display
SMALLEST_DISPLAY = 0.03  # of the picture, for counting lit phones
SQUARE_ENOUGH = 0.85  # of its surrounding quad that a body's outline fills
MODULE_GAP = 9  # small pixels: wider than a dark spot within the code on the attached screen
EDGE = 0.04  # of the attached screen's brightness: a blank screen is more even than that
STAND_LEAVES = 0.93  # of an attached screen that is seen when nothing but the stand itself is before it
LOOKS = 60  # points at which each side of an outline is looked at

Mask = NDArray[np.bool_]


def shrunk(pixels: Grey) -> Grey:
    """The small picture of a frame."""
    height, width = pixels.shape
    size = (SMALL_WIDTH, round(height * SMALL_WIDTH / width))
    return cast(Grey, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def _without_code(small: Grey) -> Grey:
    """Dark spots as small as a code's modules painted over with their surroundings' light."""
    return cast(Grey, cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((MODULE_GAP, MODULE_GAP), np.uint8)))


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The empty stand: `picture` is the small picture without a code, so it can be kept; it shows no phone and no symbol."""

    picture: Grey

    @property
    def level(self) -> float:
        """The attached screen's brightness in it, 0..255."""
        return float(np.percentile(self.picture, 75))

    @property
    def screen(self) -> Mask:
        """Where the attached screen is seen and nothing stands before it for good."""
        lit = (self.picture > LIT * self.level).astype(np.uint8)
        return cast(Mask, cv2.erode(lit, np.ones((3, 3), np.uint8)) == 1)

    def encoded(self) -> bytes:
        """As a PNG file."""
        return bytes(cv2.imencode(".png", self.picture)[1])

    @staticmethod
    def decoded(file: bytes) -> Reference | None:
        """From a PNG file; None if it is not one of the small picture's size."""
        if not file:
            return None
        picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE)
        if picture is None or picture.shape[1] != SMALL_WIDTH:
            return None
        return Reference(cast(Grey, picture))

    @staticmethod
    def taught(small: Grey) -> Reference | None:
        """The reference that this picture would give, if it shows a whole attached screen; the caller knows that the
        stand is empty. None if there is no such screen in it."""
        plain = Reference._whole(small)
        return plain if plain is not None else Reference._whole(_without_code(small))

    @staticmethod
    def _whole(picture: Grey) -> Reference | None:
        lit = (picture > LIT * float(np.percentile(picture, 90))).astype(np.uint8)
        contours, _ = cv2.findContours(lit, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        largest = max(contours, key=cv2.contourArea, default=None)
        if largest is None or cv2.contourArea(largest) < SMALLEST_SCREEN * picture.size:
            return None
        box = area(points(cv2.approxPolyN(cv2.convexHull(largest), 4, ensure_convex=True)))
        inner = np.zeros_like(lit)
        cv2.drawContours(inner, [largest], -1, 1, cv2.FILLED)
        return Reference(picture) if float((inner & lit).sum()) > STAND_LEAVES * box else None


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One small picture prepared: `level` is the attached screen's brightness now, `screen` where it is seen when nothing
    stands before it (everywhere, before that was learned)."""

    small: Grey
    level: float
    screen: Mask
    known: bool

    @staticmethod
    def of(small: Grey, reference: Reference | None) -> Ground:
        """Prepares the picture."""
        known = reference is not None and reference.picture.shape == small.shape
        screen = reference.screen if known and reference is not None else _screen_guessed(small)
        level = float(np.percentile(small[screen], 90)) if screen.any() else 0.0
        return Ground(small, level, screen, known)

    @property
    def lightless(self) -> bool:
        """The attached screen is off, or the camera is covered."""
        return self.level < 40.0

    def bodies(self) -> list[Points]:
        """Phones' outlines in small pixels, the largest first."""
        dark = self._dark()
        across, down = _runs(dark)
        beside = cv2.dilate(across, np.ones((NARROW, CORNER), np.uint8))
        corners = cv2.bitwise_and(beside, cv2.dilate(down, np.ones((CORNER, NARROW), np.uint8)))
        frames = across | down | cast(Grey, cv2.bitwise_and(corners, dark))
        joined = cv2.morphologyEx(frames, cv2.MORPH_CLOSE, np.ones((JOIN, JOIN), np.uint8))
        bodies: list[Points] = []
        for contour in sorted(_outlines(cast(Grey, joined)), key=cv2.contourArea, reverse=True):
            quad = self._outline(contour)
            for part in () if quad is None else _whole_or_halves(quad):
                body = self._settled(part)
                if self._is_body(body) and not any(inside(body, other, 2.0) for other in bodies):
                    bodies.append(body)
        return sorted(bodies, key=area, reverse=True)

    def _outline(self, contour: NDArray[np.int32]) -> Points | None:
        x, y, width, height = cv2.boundingRect(contour)
        if width * height < SMALLEST_BODY * self.small.size:
            return None
        rows, columns = self.small.shape
        if x <= 0 or y <= 0 or x + width >= columns or y + height >= rows:
            return None  # the room around the attached screen, or a phone that is only partly in view
        slab = np.zeros_like(self.small)
        cv2.drawContours(slab, [contour], -1, 1, cv2.FILLED)
        spur = max(5, round(SPUR * min(width, height)))
        slab = cast(Grey, cv2.morphologyEx(slab, cv2.MORPH_OPEN, np.ones((spur, spur), np.uint8)))
        largest = max(_outlines(slab), key=cv2.contourArea, default=None)
        if largest is None or len(largest) < 4:
            return None
        hull = cv2.convexHull(largest)
        quad = clockwise(points(cv2.approxPolyN(hull, 4, ensure_convex=True)))
        return quad if cv2.contourArea(hull) > SQUARE_ENOUGH * area(quad) else None

    def _is_body(self, quad: Points) -> bool:
        if not _rectangular(quad) or not 1.2 < _aspect(quad) < 3.2:
            return False
        held = sorted(self.edge(quad).held_by_side)
        return held[1] > 0.6 and sum(held) > 2.6

    def _settled(self, quad: Points) -> Points:
        """Each side moved to the outermost line near it that is dark all along: modules of the code behind the phone
        lengthen a body's outline here and there, but never on a whole line."""
        shifts = np.zeros((4, 2))
        for reach, step in ((6.0, 1.0), (0.75, 0.25)):
            for side in range(4):
                start, end = quad[side], quad[(side + 1) % 4]
                shifts[side] = self._outermost_dark(start, end, shifts[side], np.arange(-reach, reach + step / 2, step))
        return _moved_sides(quad, shifts)

    def _outermost_dark(self, start: Points, end: Points, middle: Points, tries: Points) -> Points:
        ahead = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
        outward = np.array([ahead[1], -ahead[0]])
        first, last = (part.ravel() for part in np.meshgrid(tries + middle[0], tries + middle[1]))
        share = np.linspace(0.12, 0.88, 48)
        out = first[:, None] * (1 - share) + last[:, None] * share
        x = start[0] + (end[0] - start[0]) * share + out * outward[0]
        y = start[1] + (end[1] - start[1]) * share + out * outward[1]
        rows, columns = self.small.shape
        seen = self.small[np.clip(np.rint(y), 0, rows - 1).astype(int), np.clip(np.rint(x), 0, columns - 1).astype(int)]
        dark = (seen < DARK * self.level).mean(1)
        worth = np.minimum(dark, 0.9) * 100 + (first + last) * 0.5
        best = int(np.argmax(worth))
        return np.array([first[best], last[best]])

    def edge(self, body: Points) -> Edge:
        """What lies along a body's outline."""
        dark = self._dark()
        near = _along(spread(body, -1.5), _widened(dark))
        light = (_without_code(self.small) > LIT * self.level) | ~self.screen
        beyond = _along(spread(body, 6.0), light.astype(np.uint8))
        free = np.concatenate([a & b for a, b in zip(near, beyond, strict=True)])
        lines = [_along(spread(body, -depth), dark) for depth in (0.5, 1.5, 2.5)]
        where = _along(spread(body, -1.5), self.screen.astype(np.uint8))
        return Edge([_held([line[side] for line in lines], where[side]) for side in range(4)], free)

    def _dark(self) -> Grey:
        return ((self.small < DARK * self.level) & self.screen).astype(np.uint8)

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
        return [display for contour in _outlines(lit) if (display := self._display(contour)) is not None]

    def _display(self, contour: NDArray[np.int32]) -> Points | None:
        size = cv2.contourArea(contour)
        if not SMALLEST_DISPLAY * self.small.size < size < SMALLEST_SCREEN * self.small.size:
            return None
        quad = clockwise(points(cv2.approxPolyN(cv2.convexHull(contour), 4, ensure_convex=True)))
        if size < SQUARE_ENOUGH * area(quad) or not 1.0 <= _aspect(quad) < 3.2:
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


def _held(lines: list[Mask], where: Mask) -> float:
    """The dark share of the darkest line, round corners left out; the room beside the attached screen proves nothing."""
    middle = slice(LOOKS // 8, LOOKS - LOOKS // 8)
    if where[middle].mean() < 0.4:
        return 0.0
    return max(float(line[middle][where[middle]].mean()) for line in lines)


def crossed(edge: Mask, usual: Mask | None) -> bool:
    """Something lies across the outline that was not there in the `usual` view of it (a cable always is)."""
    bad = ~edge if usual is None else usual & ~edge
    return bool(cv2.erode(bad.astype(np.uint8).reshape(1, -1), np.ones((1, 4), np.uint8)).any())


def bezel(ground: Ground, body: Points) -> float | None:
    """How far inside a body's outline its display begins, in small pixels; None where no side of it is lit."""
    lengths = sides(body)
    width, height = round(float(lengths[0] + lengths[2]) / 2), round(float(lengths[1] + lengths[3]) / 2)
    face = flattened(ground.small, body, width, height)
    depth = min(width, height) // 6
    views = (face[:depth], face[::-1][:depth], face.T[:depth], face.T[::-1][:depth])
    lit = [np.percentile(view, 75, axis=1) > RING_DARK * ground.level for view in views]
    begins = [int(np.argmax(side)) for side in lit if side.any()]
    return float(min(begins)) if begins else None


def same_place(first: Points, second: Points) -> bool:
    """Two outlines of a phone that was not moved."""
    return overlap(first, second) > 0.94


def _widened(marks: Grey) -> Grey:
    return cast(Grey, cv2.dilate(marks, np.ones((3, 3), np.uint8)))


def _runs(dark: Grey) -> tuple[Grey, Grey]:
    """What is dark on end for long, across and down."""
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, RUN), np.uint8))
    down = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((RUN, 1), np.uint8))
    return cast(Grey, across), cast(Grey, down)


def _outlines(marks: Grey) -> list[NDArray[np.int32]]:
    """The outer outline of every patch of marks, those within another's hole too."""
    contours, tree = cv2.findContours(marks, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return [cast(NDArray[np.int32], found) for index, found in enumerate(contours) if tree[0][index][3] < 0]


def _screen_guessed(small: Grey) -> Mask:
    """Where the attached screen seems to be while no empty stand was ever seen: all that its light encloses."""
    lit = (_without_code(small) > LIT * float(np.percentile(small, 90))).astype(np.uint8)
    region = np.zeros_like(small)
    largest = max(_outlines(lit), key=cv2.contourArea, default=None)
    if largest is None or cv2.contourArea(cv2.convexHull(largest)) < SMALLEST_SCREEN * small.size:
        return np.ones(small.shape, bool)
    cv2.fillConvexPoly(region, cv2.convexHull(largest), 1)
    return cast(Mask, cv2.erode(region, np.ones((3, 3), np.uint8)) == 1)


def _whole_or_halves(quad: Points) -> list[Points]:
    """An outline of a phone's shape, or the two that two phones side by side would have."""
    if _aspect(quad) > 1.45:
        return [quad]
    a, b, c, d = quad
    top, right, bottom, left = (a + b) / 2, (b + c) / 2, (c + d) / 2, (d + a) / 2
    halves = ((a, b, right, left), (left, right, c, d), (a, top, bottom, d), (top, b, c, bottom))
    return [quad, *(np.array(half) for half in halves)]


def _moved_sides(quad: Points, shifts: Points) -> Points:
    """The quad whose sides lie `shifts` (at each side's start and end) outward of these."""
    lines = []
    for side in range(4):
        start, end = quad[side], quad[(side + 1) % 4]
        ahead = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
        outward = np.array([ahead[1], -ahead[0]])
        lines.append((start + outward * shifts[side][0], end + outward * shifts[side][1]))
    return np.array([crossing(*lines[side - 1], *lines[side]) for side in range(4)])


def _rectangular(quad: Points) -> bool:
    """A rectangle seen a little from the side: opposite sides alike, corners nearly square."""
    lengths = sides(quad)
    ahead = (np.roll(quad, -1, axis=0) - quad) / lengths[:, None]
    leaning = np.abs((ahead * np.roll(ahead, 1, axis=0)).sum(1)).max()
    alike = min(lengths[0], lengths[2]) / max(lengths[0], lengths[2]), min(lengths[1], lengths[3]) / max(lengths[1], lengths[3])
    return bool(leaning < 0.25 and min(alike) > 0.8)


def _aspect(quad: Points) -> float:
    lengths = sides(quad)
    first, second = lengths[0] + lengths[2], lengths[1] + lengths[3]
    return float(max(first, second) / max(min(first, second), 1e-6))


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
