"""Laying a known pattern exactly on a picture of it: inverse compositional Gauss-Newton over homographies
(Baker and Matthews, "Lucas-Kanade 20 Years On", section 3.2).

The picture is first flattened to samples where the pattern is believed to lie; what is found is the warp that improves on
that belief, in coordinates of -1..1 across the samples so that a homography's numbers are of one size.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.geometry import Homography

Field = NDArray[np.float32]

STILL = 0.03  # samples: a smaller step is the last
LEAST_GAIN = 0.2
EVEN_SHARE = 0.4  # of the whole picture's contrast: what has less than about this much is not raised to the rest's


def sampled(picture: Field, matrix: Homography, side: int) -> Field:
    """The picture at `matrix` times each of `side` x `side` sample positions. Beyond its edge all is as light as it is at the most:
    a code that fills a picture is on light ground."""
    flags, light = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, float(picture.max())
    warped = cv2.warpPerspective(picture, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=light)
    return np.asarray(warped, np.float32)


def lighting_removed(picture: Field, over: float) -> Field:
    """What changes within `over` samples, at about the same strength everywhere: slower changes of brightness are lighting, slower
    changes of contrast are glare, haze or the stripes of a lamp."""
    even = np.asarray(picture - cv2.GaussianBlur(picture, (0, 0), over), np.float32)
    strength = np.sqrt(np.maximum(cv2.GaussianBlur(even * even, (0, 0), over), 0))
    return np.asarray(even / (strength + EVEN_SHARE * float(even.std()) + 1e-6), np.float32)


def correlation(seen: Field, expected: Field) -> float:
    """Pearson's, -1..1; 0 where one of them does not vary."""
    a, b = seen - seen.mean(), expected - expected.mean()
    scale = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    return float(np.vdot(a, b)) / scale if scale > 1e-6 else 0.0


class Level:
    """A pattern at one blur, and how it changes when it is warped a little. `blur` and `lighting_over` in samples."""

    def __init__(self, drawn: Field, blur: float, lighting_over: float, steps: int) -> None:
        self._blur, self._lighting_over, self._steps = blur, lighting_over, steps
        self.side = side = len(drawn)
        half = side / 2
        self._unit = np.array([[1 / half, 0, -(side - 1) / 2 / half], [0, 1 / half, -(side - 1) / 2 / half], [0, 0, 1]])
        self._samples = np.linalg.inv(self._unit)
        self._target = self.prepared(drawn)
        across = np.gradient(self._target, axis=1).ravel() * half
        down = np.gradient(self._target, axis=0).ravel() * half
        line = (np.arange(side) - (side - 1) / 2) / half
        x, y = (part.ravel() for part in np.meshgrid(line, line))
        fall = x * across + y * down
        steepest = np.stack((x * across, x * down, y * across, y * down, across, down, -x * fall, -y * fall))
        curvature = steepest @ steepest.T
        curvature += 1e-4 * np.trace(curvature) / 8 * np.eye(8)
        self._step = np.asarray(np.linalg.solve(curvature, steepest), np.float32)

    def prepared(self, picture: Field) -> Field:
        """The picture (or the pattern) as this level compares it."""
        blurred = np.asarray(cv2.GaussianBlur(picture, (0, 0), self._blur), np.float32)
        even = lighting_removed(blurred, self._lighting_over)
        return np.asarray(even / max(float(even.std()), 1e-6), np.float32)

    def likeness(self, prepared: Field, warp: Homography) -> float:
        """Correlation of a prepared picture with the pattern, the pattern being at `warp` (its samples to the picture's)."""
        return correlation(sampled(prepared, warp, self.side), self._target)

    def fitted(self, prepared: Field, warp: Homography) -> Homography:
        """`warp` improved; as it was where the steps led astray."""
        inner = np.eye(3)
        for _ in range(self._steps):
            seen = sampled(prepared, warp @ self._samples @ inner @ self._unit, self.side)
            gain = float(np.vdot(seen, self._target)) / max(float(np.vdot(seen, seen)), 1e-6)
            move = self._step @ (max(gain, LEAST_GAIN) * seen - self._target).ravel()
            inner = inner @ np.linalg.inv(_nudge(move))
            inner /= inner[2, 2]
            if float(np.abs(move[:6]).max()) * self.side / 2 < STILL:
                break
        found = np.asarray(warp @ self._samples @ inner @ self._unit, np.float64)
        return found if self.likeness(prepared, found) > self.likeness(prepared, warp) else warp


def _nudge(move: Field) -> Homography:
    a, b, c, d, e, f, g, h = (float(value) for value in move)
    return np.array([[1 + a, c, e], [b, 1 + d, f], [g, h, 1.0]])
