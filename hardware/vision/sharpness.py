"""A camera's blur, black and white, measured on a code that is known.

The modules are known, so the frame is set against what a perfect camera would take: the code is drawn where it is seen and
blurred, and the blur, black and white that leave the least difference are the camera's. That is done in parts of the code, each
laid on the frame by itself, so that a lens's distortion is not taken for blur (alignment: Evangelidis and Psarakis, "Parametric
Image Alignment Using Enhanced Correlation Coefficient Maximization", 2008).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise, product

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.readings import KnownSymbol
from hardware.vision.geometry import Homography, Points, through

PARTS = 4  # each way, of the code
BESIDE = 3  # modules around a part that are drawn with it: blur mixes them in
START = 0.8  # sigma in pixels for the first alignment
ITERATIONS, STILL = 40, 1e-5  # of an alignment
SHARPEST, BLUNTEST = 0.2, 5.0  # sigma in pixels
CLOSE = 0.02  # pixels: the search for sigma ends
GOLDEN = (5**0.5 - 1) / 2

Field = NDArray[np.float32]
Box = tuple[int, int, int, int]
"""x, y, width, height in frame pixels."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the code as the camera shows it. `blur`: sigma in pixels. `black`, `white`: levels, blur taken out."""

    blur: float
    black: float
    white: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A code, or a part of it: light 1 and dark 0, `fine` samples per module. `begins`: the module (column, row) at its top
    left, the code's own first one being (0, 0). `ppm`: pixels of the camera per module, about."""

    light: Field = field(repr=False)
    fine: int
    ppm: float
    begins: tuple[int, int]

    @staticmethod
    def of(symbol: KnownSymbol, ppm: float) -> Drawing:
        """The whole code with a little quiet zone."""
        dark = np.frombuffer(symbol.modules, np.uint8).reshape(symbol.size, symbol.size)
        light = np.pad(1.0 - dark, BESIDE, constant_values=1.0).astype(np.float32)
        fine = max(4, round(2 * ppm))  # so that sampling it blurs far less than the camera's own pixels do
        return Drawing(light.repeat(fine, 0).repeat(fine, 1), fine, ppm, (-BESIDE, -BESIDE))

    def cut(self, left: int, top: int, right: int, bottom: int) -> Drawing:
        """The modules from (left, top) to (right, bottom), and those around them."""
        x, y = left - BESIDE - self.begins[0], top - BESIDE - self.begins[1]
        across, down = right - left + 2 * BESIDE, bottom - top + 2 * BESIDE
        light = self.light[y * self.fine : (y + down) * self.fine, x * self.fine : (x + across) * self.fine]
        return Drawing(light, self.fine, self.ppm, (left - BESIDE, top - BESIDE))

    def seen(self, place: Homography, blur: float, box: Box) -> Field:
        """The part of the frame in `box`, 0..1, as a camera with this blur (sigma in pixels) sees it."""
        soft = cv2.GaussianBlur(self.light, (0, 0), blur * self.fine / self.ppm)
        step = 1 / self.fine
        to_modules = np.array([[step, 0, step / 2 + self.begins[0]], [0, step, step / 2 + self.begins[1]], [0, 0, 1]])
        matrix = _shift(-box[0], -box[1]) @ place @ to_modules
        flags, border = cv2.INTER_CUBIC, cv2.BORDER_CONSTANT
        return np.asarray(cv2.warpPerspective(soft, matrix, box[2:], flags=flags, borderMode=border, borderValue=1), np.float32)


def fitted_parts(symbol: KnownSymbol, frame: Field, place: Homography, ppm: float) -> list[Part]:
    """Blur, black and white in each part of a code that lies at `place` (modules to frame pixels)."""
    drawing = Drawing.of(symbol, ppm)
    cuts = np.linspace(0, symbol.size, PARTS + 1).round().astype(int).tolist()
    found = []
    for (left, right), (top, bottom) in product(pairwise(cuts), repeat=2):
        corners = through(place, [(left, top), (right, top), (right, bottom), (left, bottom)])
        low = np.clip(np.floor(corners.min(0)).astype(int), 0, None)
        width, height = np.minimum(np.ceil(corners.max(0)).astype(int) + 1, frame.shape[::-1]) - low
        if min(width, height) > 2 * ppm:
            box = (int(low[0]), int(low[1]), int(width), int(height))
            found.append(_fitted(drawing.cut(left, top, right, bottom), frame, place, box, corners - low))
    return found


def _fitted(drawing: Drawing, frame: Field, place: Homography, box: Box, corners: Points) -> Part:
    x, y, width, height = box
    part = np.ascontiguousarray(frame[y : y + height, x : x + width])
    inside = np.zeros(part.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners).astype(np.int32), 1)
    place = _aligned(drawing.seen(place, START, box), part, inside, place, box)
    where = inside == 1
    levels = part[where]
    along, down = (each[where] for each in np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height)))

    def fit(blur: float) -> tuple[float, float, float]:
        """How badly it fits; black and white in the middle. Light may change across the part, evenly."""
        light = drawing.seen(place, blur, box)[where]
        terms = np.stack([np.ones_like(light), along, down, light, light * along, light * down], 1)
        solved, *_ = np.linalg.lstsq(terms.T @ terms, terms.T @ levels, rcond=None)
        return float(np.square(terms @ solved - levels).mean()), float(solved[0]), float(solved[0] + solved[3])

    blur = _least(lambda sigma: fit(sigma)[0])
    _, black, white = fit(blur)
    return Part(blur, black, white)


def _aligned(drawn: Field, part: Field, inside: NDArray[np.uint8], place: Homography, box: Box) -> Homography:
    """`place` moved so that the drawing lies exactly on the part; as it was where that cannot be found."""
    end = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, ITERATIONS, STILL)
    try:
        _, found = cv2.findTransformECC(drawn, part, np.eye(2, 3, dtype=np.float32), cv2.MOTION_AFFINE, end, inside, 3)
    except cv2.error:
        return place
    moved = np.vstack([np.asarray(found, np.float64), [0, 0, 1]])
    return np.asarray(_shift(box[0], box[1]) @ moved @ _shift(-box[0], -box[1]) @ place, np.float64)


def _least(badness: Callable[[float], float]) -> float:
    """The sigma that fits best, by golden sections."""
    low, high = SHARPEST, BLUNTEST
    first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_first, at_second = badness(first), badness(second)
    while high - low > CLOSE:
        if at_first < at_second:
            high, second, at_second = second, first, at_first
            first = high - GOLDEN * (high - low)
            at_first = badness(first)
        else:
            low, first, at_first = first, second, at_second
            second = low + GOLDEN * (high - low)
            at_second = badness(second)
    return (low + high) / 2


def _shift(x: float, y: float) -> Homography:
    return np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])
