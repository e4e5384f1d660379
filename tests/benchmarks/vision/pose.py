"""Where a phone and the code in its viewfinder lie in a frame. OpenCV's convention: the first pixel's centre is (0, 0)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.vision import handset
from tests.benchmarks.vision.scenery import COLUMNS, ROWS

if TYPE_CHECKING:
    from tests.benchmarks.vision.frames import Beside, Spec

Matrix = NDArray[np.float64]
Draw = np.random.Generator

QUIET = 4  # modules
SIDES = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])


@dataclass(frozen=True)
class View:
    """Where everything lies. `of_display`: the handset's picture (its pixels, corner at -0.5) to the frame. `of_code`: modules to
    the frame."""

    of_display: Matrix
    of_code: Matrix
    quad: Matrix
    display: Matrix
    face: handset.Face

    @staticmethod
    def drawn(draw: Draw, spec: Spec, size: int, beside: Beside | None) -> View:
        face = handset.face(int(draw.integers(handset.KINDS)))
        left, top, right, bottom = face.window
        high = size * spec.ppm
        wide = min(max(high / draw.uniform(0.25, 0.85), 150.0, 1.12 * high * handset.COLUMNS / (right - left)), max(560.0, 1.2 * high))
        unit = wide / handset.COLUMNS  # frame pixels for one of the handset's, before the tilt
        side = high / unit
        room = max(0.0, (min(right - left, bottom - top) - side * 1.1) / 2)
        middle = np.array([(left + right) / 2, (top + bottom) / 2]) + draw.uniform(-1, 1, 2) * (0.3 * room, room)
        inner = _in_display(draw, size, side, middle, spec.mirrored)
        outer = _tilted(draw, spec.tilt, middle)
        for _ in range(4):  # the tilt foreshortens; what is stated is the size in the frame
            quad = through(outer @ inner, SIDES * size + size / 2)
            outer = np.diag([high / mean_side(quad), high / mean_side(quad), 1.0]) @ outer
        corners = np.array([(0, 0), (handset.COLUMNS, 0), (handset.COLUMNS, handset.ROWS), (0, handset.ROWS)]) - 0.5
        quiet = through(outer @ inner, SIDES * (size + 2 * QUIET) + size / 2)
        shift = _placed(draw, quiet, through(outer, corners), _free(beside))
        outer = shift @ outer
        of_code = outer @ inner
        return View(outer, of_code, through(of_code, SIDES * size + size / 2), through(outer, corners), face)


def mean_side(quad: Matrix) -> float:
    step = np.roll(quad, -1, axis=0) - quad
    return float(np.hypot(step[:, 0], step[:, 1]).mean())


def through(matrix: Matrix, points: Matrix) -> Matrix:
    lifted = np.c_[points, np.ones(len(points))] @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:])


def _in_display(draw: Draw, size: int, side: float, middle: Matrix, mirrored: bool) -> Matrix:
    """Modules to the handset's picture: the phone is aimed a little askew, and may see the attached screen lying."""
    angle = math.radians(float(draw.normal(0, 3)) + 90 * int(draw.choice([0, 0, 0, 1, 2, 3])))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    corners = SIDES * draw.uniform(0.96, 1.04, (4, 2))
    if mirrored:
        corners[:, 0] *= -1
    target = (corners @ turn.T) * side + middle
    return homography(SIDES * size + size / 2, target)


def homography(source: Matrix, target: Matrix) -> Matrix:
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
    return np.append(np.linalg.solve(np.array(rows, np.float64), target.ravel()), 1.0).reshape(3, 3)


def _tilted(draw: Draw, tilt: float, middle: Matrix) -> Matrix:
    """The handset's picture to a view of it, around (0, 0), tilted about an axis that the seed chooses, seen from a metre or two."""
    axis, lean = draw.uniform(0, 2 * math.pi), math.radians(tilt)
    roll = math.radians(float(draw.normal(0, 4) + draw.choice([0, 90, -90, 180, 90]) if draw.random() < 0.6 else draw.uniform(0, 360)))
    far = draw.uniform(2.2, 5.0) * handset.ROWS
    x, y = math.cos(axis), math.sin(axis)
    cross = np.array([[0, 0, y], [0, 0, -x], [-y, x, 0]])
    leaning = np.eye(3) + math.sin(lean) * cross + (1 - math.cos(lean)) * cross @ cross
    turn = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    plane = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 0.0]])
    spun = leaning @ turn @ plane
    spun[2] += (0, 0, far)
    return np.asarray(np.diag([far, far, 1]) @ spun)


def _free(beside: Beside | None) -> tuple[float, float]:
    """The columns in which the phone may stand."""
    return {"left": (COLUMNS * 0.55, COLUMNS), "right": (0, COLUMNS * 0.45)}.get(beside.where if beside else "", (0, COLUMNS))


def _placed(draw: Draw, code_quad: Matrix, display: Matrix, columns: tuple[float, float]) -> Matrix:
    """Somewhere in the frame: all of the code and its quiet zone, and of the phone as much as there is room for."""
    shift = np.eye(3)
    for axis, (start, end) in enumerate((columns, (0, ROWS))):
        low, high = start + 4 - code_quad[:, axis].min(), end - 4 - code_quad[:, axis].max()
        whole_low, whole_high = sorted((start + 12 - display[:, axis].min(), end - 12 - display[:, axis].max()))
        inner_low, inner_high = max(low, whole_low), min(high, whole_high)
        low, high = (inner_low, inner_high) if inner_low <= inner_high else (low, max(low, high))
        shift[axis, 2] = draw.uniform(low, high)
    return shift
