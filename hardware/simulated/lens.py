"""A simulated phone's rear camera: what it sees of the attached screen."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

WIDTH: Final = 540
HEIGHT: Final = 1170
"""The camera's picture in pixels, upright like the phone."""

_ROOM, _BLACK, _WHITE = 42, 16, 226  # levels: the room around the screen, the screen's own black and white


@dataclass(frozen=True, slots=True)
class Lens:
    """One phone on the stand, aimed at the screen.

    distance: to the screen, millimetres. angle: field of view across the short side, degrees. yaw, pitch, roll: aim, degrees.
    across, along: where the aim meets the screen's plane, millimetres from its middle. blur: sigma in picture pixels.
    noise: sigma in levels. delay: seconds from the screen's change to the preview's. grain: seeds the noise.
    """

    distance: float
    angle: float
    yaw: float
    pitch: float
    roll: float
    across: float
    along: float
    blur: float
    noise: float
    delay: float
    grain: int

    @staticmethod
    def drawn(draw: random.Random) -> Lens:
        """A lens within what the bench's stand allows."""
        return Lens(
            distance=draw.uniform(212, 238),
            angle=draw.uniform(51, 55),
            yaw=draw.uniform(-4, 4),
            pitch=draw.uniform(-4, 4),
            roll=draw.uniform(-2, 2),
            across=draw.uniform(-5, 5),
            along=draw.uniform(-8, 8),
            blur=draw.uniform(0.5, 0.8),
            noise=draw.uniform(2.0, 4.5),
            delay=draw.uniform(0.07, 0.13),
            grain=draw.getrandbits(32),
        )

    @property
    def focal(self) -> float:
        """Focal length in picture pixels."""
        return WIDTH / 2 / math.tan(math.radians(self.angle / 2))

    def scale(self, pitch_mm: float) -> float:
        """Picture pixels per screen pixel of `pitch_mm` millimetres, in the middle of the view."""
        return self.focal / self.distance * pitch_mm

    def view(self, screen: Grey, pitch_mm: float) -> Grey:
        """The camera's picture of the attached screen, shape (1170, 540). The same screen gives the same bytes."""
        standing = upright(screen)
        shrink = min(1.0, self.scale(pitch_mm))
        size = (max(1, round(standing.shape[1] * shrink)), max(1, round(standing.shape[0] * shrink)))
        small = cv2.LUT(cv2.resize(np.ascontiguousarray(standing), size, interpolation=cv2.INTER_AREA), _RESPONSE)
        matrix = self._matrix(size, pitch_mm * standing.shape[1] / size[0])
        picture = cv2.warpPerspective(
            small, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=_ROOM
        )
        picture = cv2.GaussianBlur(picture, (0, 0), self.blur)
        return np.clip(picture + self.noise * _grain(self.grain), 0, 255).astype(np.uint8)

    def _matrix(self, size: tuple[int, int], pitch_mm: float) -> NDArray[np.float64]:
        """From source pixels to picture pixels: the screen's plane, turned by the aim, through a pinhole."""
        columns, rows = size
        plane = np.array(
            [
                [pitch_mm, 0, -pitch_mm * (columns - 1) / 2 - self.across],
                [0, pitch_mm, -pitch_mm * (rows - 1) / 2 - self.along],
                [0, 0, 1.0],
            ]
        )
        aim = (self.yaw, self.pitch, self.roll)
        return np.asarray(pinhole(self.focal, (WIDTH - 1) / 2, (HEIGHT - 1) / 2, aim, self.distance) @ plane)


@lru_cache(maxsize=4)
def _grain(seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((HEIGHT, WIDTH), np.float32)


def pinhole(focal: float, column: float, row: float, aim: tuple[float, float, float], distance: float) -> NDArray[np.float64]:
    """Homography from a plane, in units of `distance` and centred where it is aimed at, to pixels around (column, row).

    aim: yaw, pitch and roll of the plane in degrees.
    """
    yaw, pitch, roll = (math.radians(a) for a in aim)
    turn_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    turn_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    turn_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    turned = turn_y @ turn_x @ turn_z
    camera = np.array([[focal, 0, column], [0, focal, row], [0, 0, 1.0]])
    return np.asarray(camera @ np.column_stack([turned[:, 0], turned[:, 1], [0, 0, distance]]))


def upright(screen: Grey) -> Grey:
    """The attached screen as an upright viewer sees it: it stands on its short side, turned a quarter if its pixels lie."""
    return screen if screen.shape[0] >= screen.shape[1] else np.rot90(screen, -1)


_RESPONSE = np.linspace(_BLACK, _WHITE, 256).round().astype(np.uint8)
