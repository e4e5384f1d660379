"""Quadrilaterals and homographies, in pixels. A quad is four corners clockwise on the picture, shape (4, 2), float64.

OpenCV's pixel convention everywhere: the centre of the first pixel is (0, 0).
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from hardware.readings import Quad

Points = NDArray[np.float64]
Homography = NDArray[np.float64]
Grey = NDArray[np.uint8]


def points(corners: ArrayLike) -> Points:
    """Corners as an array of shape (n, 2)."""
    return np.asarray(corners, np.float64).reshape(-1, 2)


def as_quad(corners: Points) -> Quad:
    """The plain value that leaves this package."""
    return cast(Quad, tuple((float(x), float(y)) for x, y in corners))


def clockwise(corners: Points) -> Points:
    """The same four corners, clockwise on the picture, beginning with the one nearest to the top left."""
    middle = corners.mean(0)
    around = np.argsort(np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0]))
    turned = corners[around]
    return np.roll(turned, -int(np.argmin(turned.sum(1))), axis=0)


def _next(corners: Points) -> Points:
    """Each corner's neighbour, clockwise (numpy.roll takes ten times as long)."""
    return np.concatenate((corners[1:], corners[:1]))


def area(corners: Points) -> float:
    """Square pixels enclosed; 0 or more whatever the direction."""
    x, y = corners[:, 0], corners[:, 1]
    return float(abs(np.dot(x, _next(y)) - np.dot(y, _next(x))) / 2)


def sides(corners: Points) -> Points:
    """The four side lengths, the side from corner 0 to corner 1 first."""
    step = _next(corners) - corners
    return np.asarray(np.hypot(step[:, 0], step[:, 1]), np.float64)


def aspect(corners: Points) -> float:
    """The longer pair of sides against the shorter, 1 or more."""
    lengths = sides(corners)
    first, second = lengths[0] + lengths[2], lengths[1] + lengths[3]
    return float(max(first, second) / max(min(first, second), 1e-6))


def spread(corners: Points, pixels: float, others: float | None = None) -> Points:
    """Every side moved outward by so many pixels (inward if negative); sides 1 and 3 by `others`, if given."""
    ahead = _next(corners) - corners
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
    by = np.array([pixels, pixels if others is None else others] * 2)[:, None]
    start = corners + by * np.stack([ahead[:, 1], -ahead[:, 0]], 1)
    end = start + ahead
    return np.array([crossing(start[side - 1], end[side - 1], start[side], end[side]) for side in range(4)])


def crossing(start: Points, end: Points, other_start: Points, other_end: Points) -> Points:
    """Where the line through two points meets the line through two others (their middle if they are parallel)."""
    way, other = end - start, other_end - other_start
    system = np.array([way, -other]).T
    if abs(np.linalg.det(system)) < 1e-6:
        return (end + other_start) / 2
    return start + way * float(np.linalg.solve(system, other_start - start)[0])


def inside(inner: Points, outer: Points, slack: float) -> bool:
    """All of `inner` lies in the convex quad `outer`, or at most `slack` pixels beyond."""
    contour = outer.astype(np.float32)
    return all(cv2.pointPolygonTest(contour, (float(x), float(y)), True) >= -slack for x, y in inner)


def common(first: Points, second: Points) -> float:
    """Square pixels that two convex quads share."""
    return float(cv2.intersectConvexConvex(first.astype(np.float32), second.astype(np.float32))[0])


def overlap(first: Points, second: Points) -> float:
    """Intersection over union of two convex quads, 0..1."""
    shared = common(first, second)
    return shared / max(area(first) + area(second) - shared, 1e-9)


def to_small(corners: Points, scale: float) -> Points:
    """Frame pixels to those of a picture `scale` times smaller."""
    return np.asarray((corners + 0.5) / scale - 0.5, np.float64)


def to_large(corners: Points, scale: float) -> Points:
    """The other way round."""
    return np.asarray((corners + 0.5) * scale - 0.5, np.float64)


def homography(source: ArrayLike, target: ArrayLike) -> Homography:
    """The projective map that takes four source points to four target points, shape (3, 3)."""
    matrix = cv2.getPerspectiveTransform(points(source).astype(np.float32), points(target).astype(np.float32))
    return np.asarray(matrix, np.float64)


def through(matrix: Homography, where: ArrayLike) -> Points:
    """Points taken through a homography."""
    flat = points(where)
    lifted = np.c_[flat, np.ones(len(flat))] @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], np.float64)


def outline(width: int, height: int) -> Points:
    """The corners of a picture of so many columns and rows, its first pixel's centre being (0, 0)."""
    right, bottom = width - 0.5, height - 0.5
    return points([(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)])


def cut(pixels: Grey, region: Points) -> tuple[Grey, Points]:
    """The part of the picture around a region, and where it begins."""
    low = np.clip(np.floor(region.min(0)).astype(int), 0, None)
    high = np.ceil(region.max(0)).astype(int) + 1
    return np.ascontiguousarray(pixels[low[1] : high[1], low[0] : high[0]]), low.astype(np.float64)


def flattened(pixels: Grey, corners: Points, width: int, height: int) -> Grey:
    """What lies in a quad, seen from the front: `height` rows of `width` pixels, the corners at the picture's corners."""
    matrix = homography(outline(width, height), corners)
    picture = cv2.warpPerspective(
        pixels, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(picture, np.uint8)
