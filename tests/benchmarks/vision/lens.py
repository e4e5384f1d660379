"""What light, lens, sensor and compression do to a frame, in the order in which they do it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tests.benchmarks.vision.frames import Spec

Grey = NDArray[np.uint8]
Draw = np.random.Generator


def degraded(scene: Grey, draw: Draw, spec: Spec, display: NDArray[np.float64]) -> Grey:
    """The scene as the camera delivers it. Moire and glare are on the phone's display (`display`: its corners)."""
    if spec.moire or spec.glare:
        scene = _on_glass(scene, draw, spec, display)
    if spec.sigma:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), spec.sigma), np.uint8)
    if spec.motion:
        scene = np.asarray(cv2.filter2D(scene, -1, _smear(spec.motion, draw.uniform(0, math.pi)), borderType=cv2.BORDER_REPLICATE))
    if spec.banding:
        rows = np.arange(scene.shape[0])
        wave = 1 + spec.banding * np.cos(2 * math.pi * rows / draw.uniform(40, 260) + draw.uniform(0, 2 * math.pi))
        scene = np.clip(scene * wave[:, None].astype(np.float32), 0, 255).astype(np.uint8)
    if spec.gamma != 1.0:
        curve = (255 * (np.arange(256) / 255) ** spec.gamma).round().astype(np.uint8)
        scene = np.asarray(cv2.LUT(scene, curve), np.uint8)
    if spec.noise:
        grain = np.empty(scene.shape, np.int16)
        cv2.setRNGSeed(int(draw.integers(1, 2**31)))
        cv2.randn(grain, np.zeros(1), np.full(1, spec.noise * 16))  # sixteenths of a level, so that a weak noise is not rounded away
        scene = np.clip((scene.astype(np.int16) * 16 + grain + 8) >> 4, 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", scene, (cv2.IMWRITE_JPEG_QUALITY, spec.jpeg))[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _on_glass(scene: Grey, draw: Draw, spec: Spec, display: NDArray[np.float64]) -> Grey:
    rows, columns = scene.shape
    inside = np.zeros_like(scene)
    cv2.fillConvexPoly(inside, display.round().astype(np.int32), 1)
    light = scene.astype(np.float32)
    if spec.moire:
        turn, period = draw.uniform(0, math.pi), draw.uniform(3.5, 30)
        x = np.arange(columns, dtype=np.float32)[None, :] * math.cos(turn) * 2 * math.pi / period
        y = np.arange(rows, dtype=np.float32)[:, None] * math.sin(turn) * 2 * math.pi / period
        bend = np.sin(y / 9 * draw.uniform(0, 1)) * 2
        light += inside * light * (spec.moire * np.cos(x + y + bend, dtype=np.float32))
    if spec.glare:
        share = draw.uniform(0.2, 0.8, 2)
        middle = display[0] + share[0] * (display[1] - display[0]) + share[1] * (display[3] - display[0])
        wide, high = draw.uniform(25, 140, 2)
        across = np.exp(-(((np.arange(columns) - middle[0]) / wide) ** 2)).astype(np.float32)
        down = np.exp(-(((np.arange(rows) - middle[1]) / high) ** 2)).astype(np.float32)
        light += inside * (spec.glare * down[:, None] * across[None, :])
    return np.clip(light, 0, 255).astype(np.uint8)


def _smear(length: float, way: float) -> NDArray[np.float32]:
    """The kernel of a straight motion, `length` pixels long."""
    size = 2 * math.ceil(length / 2 + 1) + 1
    kernel = np.zeros((size, size), np.float32)
    for part in np.linspace(-length / 2, length / 2, 33):
        x, y = size // 2 + part * math.cos(way), size // 2 + part * math.sin(way)
        column, row = math.floor(x), math.floor(y)
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            kernel[row + dy, column + dx] += (1 - abs(x - column - dx)) * (1 - abs(y - row - dy))
    return np.asarray(kernel / kernel.sum(), np.float32)
