"""Draws an attached screen, a phone and the code in its viewfinder into a frame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from station.domain.symbol import KnownSymbol
from tests.benchmarks.vision import handset
from tests.benchmarks.vision.pose import QUIET, SIDES, Matrix, View, homography, mean_side, through
from tests.benchmarks.vision.scenery import COLUMNS, ROWS

if TYPE_CHECKING:
    from tests.benchmarks.vision.frames import Beside

Grey = NDArray[np.uint8]
Draw = np.random.Generator

TEXELS = 6  # per module of the drawn code


def attached_screen(draw: Draw, beside: Beside | None) -> Grey:
    """A plain bench: the attached screen, light, filling most of the view, with a code where one is asked for."""
    scene = np.full((ROWS, COLUMNS), int(draw.integers(30, 80)), np.uint8)
    slope = np.linspace(draw.uniform(-14, 14), draw.uniform(-14, 14), COLUMNS)
    scene = np.clip(scene + slope[None, :], 0, 255).astype(np.uint8)
    edge = draw.uniform(20, 70, (4, 2)) * ((1, 1), (-1, 1), (-1, -1), (1, -1))
    quad = np.array([(0, 0), (COLUMNS, 0), (COLUMNS, ROWS), (0, ROWS)]) + edge
    _fill(scene, quad, int(draw.integers(180, 225)))
    if beside is not None:
        size = beside.symbol.size
        side = 350.0 if beside.where != "behind" else 560.0
        middle = {"left": 0.27, "right": 0.73, "behind": 0.5}[beside.where] * COLUMNS
        corners = SIDES * side + (middle, ROWS / 2) + draw.uniform(-9, 9, (4, 2))
        matrix = homography(SIDES * size + size / 2, np.roll(corners, int(draw.integers(4)), axis=0))
        _lay(scene, matrix, beside.symbol, None, (24, 210), (QUIET, QUIET))
    return np.asarray(cv2.GaussianBlur(scene, (0, 0), 0.9), np.uint8)


def put_phone(scene: Grey, draw: Draw, view: View, symbol: KnownSymbol) -> None:
    dark, light = draw.uniform(4, 40), draw.uniform(170, 245)
    bezel = draw.uniform(8, 22)
    _fill(scene, _rounded(view.of_display, bezel, 50), int(draw.integers(12, 40)))
    cv2.polylines(scene, [_fixed(_rounded(view.of_display, bezel, 50))], True, int(draw.integers(40, 110)), 1, cv2.LINE_AA, 4)
    shrink = mean_side(view.display[[0, 1]]) / handset.COLUMNS
    picture = view.face.picture
    if shrink < 0.8:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 / shrink), np.uint8)
    levels = np.linspace(dark, light, 256).round().astype(np.uint8)
    mask = np.zeros_like(scene)
    _fill(mask, _rounded(view.of_display, 0, 26), 255)
    left, top, right, bottom = _bounds(view.display)
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]])
    lit = cv2.warpPerspective(
        cv2.LUT(picture, levels), shift @ view.of_display, (right - left, bottom - top), borderMode=cv2.BORDER_REPLICATE
    )
    _blend(scene[top:bottom, left:right], np.asarray(lit, np.uint8), mask[top:bottom, left:right])
    window = np.zeros_like(scene)
    x0, y0, x1, y1 = view.face.window
    _fill(window, through(view.of_display, np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) - 0.5), 255)
    span = (QUIET + float(draw.uniform(0, 30)), QUIET + float(draw.uniform(0, 6)))
    low = dark + draw.uniform(0, 25)
    _lay(scene, view.of_code, symbol, np.minimum(window, mask), (low, light - draw.uniform(0, 20)), span)
    if view.face.ink is not None:
        _marks(scene, view, symbol.size, float(draw.uniform(1.12, 1.3)), int(levels[view.face.ink]))


def _lay(
    scene: Grey, matrix: Matrix, symbol: KnownSymbol, within: Grey | None, levels: tuple[float, float], span: tuple[float, float]
) -> None:
    """A code on a light screen that reaches `span` modules beyond it (across, down) within a dark rim of two modules.

    Each frame pixel is the mean of its samples, some five or more to a module.
    """
    n = symbol.size
    across, down = (round(part) + 2 for part in span)
    drawn = np.zeros((n + 2 * down, n + 2 * across), np.uint8)
    drawn[2:-2, 2:-2] = 1
    modules = np.frombuffer(symbol.modules, np.uint8).reshape(n, n)
    drawn[down : down + n, across : across + n] = 1 - modules
    low, high = levels
    tones = np.where(drawn == 1, round(high), round(low)).astype(np.uint8).repeat(TEXELS, 0).repeat(TEXELS, 1)
    box = np.array([(-across, -down), (n + across, -down), (n + across, n + down), (-across, n + down)], np.float64)
    corners = through(matrix, box)
    left, top, right, bottom = _bounds(corners)
    ppm = mean_side(through(matrix, SIDES * n + n / 2)) / n
    fine = max(2, math.ceil(5 / ppm))
    to_modules = np.array([[1 / TEXELS, 0, 0.5 / TEXELS - across], [0, 1 / TEXELS, 0.5 / TEXELS - down], [0, 0, 1]])
    to_samples = np.array([[fine, 0, fine * (0.5 - left) - 0.5], [0, fine, fine * (0.5 - top) - 0.5], [0, 0, 1.0]])
    size = ((right - left) * fine, (bottom - top) * fine)
    samples = cv2.warpPerspective(tones, to_samples @ matrix @ to_modules, size, borderMode=cv2.BORDER_REPLICATE)
    patch = cv2.resize(samples, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    cover = np.zeros_like(scene)
    _fill(cover, corners, 255)
    if within is not None:
        cover = np.minimum(cover, within)
    _blend(scene[top:bottom, left:right], np.asarray(patch, np.uint8), cover[top:bottom, left:right])


def _marks(scene: Grey, view: View, size: int, reach: float, ink: int) -> None:
    """The scanner's four corner marks around the code."""
    for corner in SIDES:
        ends = np.array([(0.8, 1.0), (1.0, 1.0), (1.0, 0.8)]) * corner * reach * size + size / 2
        cv2.polylines(scene, [_fixed(through(view.of_code, ends))], False, ink, 2, cv2.LINE_AA, 4)


def _blend(part: Grey, patch: Grey, cover: Grey) -> None:
    share = cover.astype(np.uint16) + (cover > 127)
    np.copyto(part, ((patch * share + part * (256 - share) + 128) >> 8).astype(np.uint8))


def _bounds(points: Matrix) -> tuple[int, int, int, int]:
    """The part of the frame around points: left, top, right, bottom, at least one pixel."""
    low = np.clip(np.floor(points.min(0)).astype(int) - 1, 0, (COLUMNS - 1, ROWS - 1))
    high = np.clip(np.ceil(points.max(0)).astype(int) + 2, low + 1, (COLUMNS, ROWS))
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _rounded(matrix: Matrix, out: float, radius: float) -> Matrix:
    """The outline of the display or the body, with round corners, in the frame."""
    arc = np.linspace(0, math.pi / 2, 7)
    points = []
    for turn, (x, y) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        centre = np.array(
            [
                (handset.COLUMNS - 1) / 2 + x * (handset.COLUMNS / 2 + out - radius),
                (handset.ROWS - 1) / 2 + y * (handset.ROWS / 2 + out - radius),
            ]
        )
        angle = arc + turn * math.pi / 2
        points.append(centre + radius * np.c_[np.cos(angle), np.sin(angle)])
    return through(matrix, np.concatenate(points))


def _fixed(points: Matrix) -> NDArray[np.int32]:
    """Sixteenths of a pixel, for OpenCV's smooth polygons."""
    return np.asarray((points * 16).round(), np.int32)


def _fill(picture: Grey, points: Matrix, level: int) -> None:
    cv2.fillPoly(picture, [_fixed(points)], level, cv2.LINE_AA, 4)
