"""Finding the bodies of phones that stand before the attached screen, in a small picture.

A body is dark before a lit screen: a dark frame (its display lit) or a dark slab (its display off). What tells it from the
dark modules of the code on the attached screen is length: its edges are dark for hundreds of pixels on end, a code's
modules for a dozen at most.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.geometry import Grey, Points, area, aspect, clockwise, common, crossing, points, sides
from hardware.vision.reference import outlines
from hardware.vision.stand import Ground

RUN = 25  # small pixels: dark for longer on end is a body's edge; a code's longest row of dark modules is about half that
CORNER, NARROW = 29, 9  # small pixels: a body's round corner lies between the ends of two of its edges
JOIN = 5  # small pixels: gaps in a body's outline
SPUR = 0.3  # of a body's width: narrower things on its outline are modules of the code behind it, or a cable
SMALLEST_BODY = 0.05  # of the picture
SQUARE_ENOUGH = 0.85  # of its surrounding quad that a body's outline fills
HELD_SIDE, HELD_SIDES = 0.6, 2.6  # a side is dark for this share of its length; all four together for so many
SHORT_FOR_A_PHONE = 1.45  # an outline whose sides differ less may be that of two phones side by side


def find_bodies(ground: Ground) -> list[Points]:
    """Phones' outlines in small pixels, the largest first."""
    bodies: list[Points] = []
    for contour in sorted(outlines(_frames(ground.dark)), key=cv2.contourArea, reverse=True):
        quad = _outline(contour, ground.small.shape)
        if quad is None:
            continue
        for body in [_settled(ground, quad)] if aspect(quad) > SHORT_FOR_A_PHONE else _halves(ground, quad):
            if _is_body(ground, body) and all(common(body, other) < 0.3 * min(area(body), area(other)) for other in bodies):
                bodies.append(body)
    return sorted(bodies, key=area, reverse=True)


def _frames(dark: Grey) -> Grey:
    """What is dark on end for long, joined at round corners."""
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, RUN), np.uint8))
    down = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((RUN, 1), np.uint8))
    beside = cv2.dilate(across, np.ones((NARROW, CORNER), np.uint8))
    corners = cv2.bitwise_and(beside, cv2.dilate(down, np.ones((CORNER, NARROW), np.uint8)))
    frames = cv2.bitwise_or(cv2.bitwise_or(across, down), cv2.bitwise_and(corners, dark))
    return cast(Grey, cv2.morphologyEx(frames, cv2.MORPH_CLOSE, np.ones((JOIN, JOIN), np.uint8)))


def _outline(contour: NDArray[np.int32], shape: tuple[int, ...]) -> Points | None:
    x, y, width, height = cv2.boundingRect(contour)
    if width * height < SMALLEST_BODY * shape[0] * shape[1]:
        return None
    if x <= 0 or y <= 0 or x + width >= shape[1] or y + height >= shape[0]:
        return None  # the room around the attached screen, or a phone that is only partly in view
    slab = np.zeros(shape, np.uint8)
    cv2.drawContours(slab, [contour], -1, 1, cv2.FILLED)
    spur = max(5, round(SPUR * min(width, height)))
    slab = cast(Grey, cv2.morphologyEx(slab, cv2.MORPH_OPEN, np.ones((spur, spur), np.uint8)))
    largest = max(outlines(slab), key=cv2.contourArea, default=None)
    if largest is None or len(largest) < 4:
        return None
    hull = cv2.convexHull(largest)
    quad = clockwise(points(cv2.approxPolyN(hull, 4, ensure_convex=True)))
    return quad if cv2.contourArea(hull) > SQUARE_ENOUGH * area(quad) else None


def _halves(ground: Ground, quad: Points) -> list[Points]:
    """The outlines of two phones side by side, whichever way they stand."""
    a, b, c, d = quad
    top, right, bottom, left = (a + b) / 2, (b + c) / 2, (c + d) / 2, (d + a) / 2
    ways = (((a, b, right, left), (left, right, c, d)), ((a, top, bottom, d), (top, b, c, bottom)))
    pairs = [[_settled(ground, np.array(half), 4.0) for half in halves] for halves in ways]
    return max(pairs, key=lambda pair: sum(ground.edge(half).held for half in pair))


def _is_body(ground: Ground, quad: Points) -> bool:
    """A phone's shape, dark along three of its sides at least (a hand may hide one)."""
    if not _rectangular(quad) or not 1.2 < aspect(quad) < 3.2:
        return False
    held = sorted(ground.edge(quad).held_by_side)
    return held[1] > HELD_SIDE and sum(held) > HELD_SIDES


def _rectangular(quad: Points) -> bool:
    """A rectangle seen a little from the side: opposite sides alike, corners nearly square."""
    lengths = sides(quad)
    ahead = (np.roll(quad, -1, axis=0) - quad) / np.maximum(lengths, 1e-6)[:, None]
    leaning = np.abs((ahead * np.roll(ahead, 1, axis=0)).sum(1)).max()
    alike = [min(a, b) / max(a, b, 1e-6) for a, b in ((lengths[0], lengths[2]), (lengths[1], lengths[3]))]
    return bool(leaning < 0.25 and min(alike) > 0.8)


def _settled(ground: Ground, quad: Points, reach: float = 12.0) -> Points:
    """Each side moved to the outermost line near it that is dark all along: modules of the code behind the phone
    lengthen a body's outline here and there, but never on a whole line."""
    shifts = np.zeros((4, 2))  # outward, at each side's start and end
    for far, step in ((reach, 2.0), (2.0, 1.0), (0.75, 0.25)):
        for side in range(4):
            tries = np.arange(-far, far + step / 2, step)
            shifts[side] = _outermost_dark(ground, quad[side], quad[(side + 1) % 4], shifts[side], tries)
    lines = []
    for side in range(4):
        start, end = quad[side], quad[(side + 1) % 4]
        lines.append((start + _outward(start, end) * shifts[side][0], end + _outward(start, end) * shifts[side][1]))
    return np.array([crossing(*lines[side - 1], *lines[side]) for side in range(4)])


def _outermost_dark(ground: Ground, start: Points, end: Points, middle: Points, tries: Points) -> Points:
    first, last = (part.ravel() for part in np.meshgrid(tries + middle[0], tries + middle[1]))
    share = np.linspace(0.12, 0.88, 48)  # without the round corners
    out = first[:, None] * (1 - share) + last[:, None] * share
    way, outward = end - start, _outward(start, end)
    rows, columns = ground.dark.shape
    x = np.clip(np.rint(start[0] + way[0] * share + out * outward[0]), 0, columns - 1).astype(int)
    y = np.clip(np.rint(start[1] + way[1] * share + out * outward[1]), 0, rows - 1).astype(int)
    worth = np.minimum(ground.dark[y, x].mean(1), 0.9) * 100 + (first + last) * 0.5
    best = int(np.argmax(worth))
    return np.array([first[best], last[best]])


def _outward(start: Points, end: Points) -> Points:
    ahead = (end - start) / max(float(np.hypot(*(end - start))), 1e-6)
    return np.array([ahead[1], -ahead[0]])
