"""The bench camera's pictures: the attached screen, the stand, phones before it, a hand, and what a lens adds.

The camera is turned a quarter, so an upright phone lies in the frame with its top to the left. Static layers are kept; a
frame of an unchanged scene costs only its noise. The same scene at the same moment gives the same bytes.
"""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.simulated import screens
from hardware.simulated.lens import pinhole, upright

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Spot = Literal["middle", "left", "right"]

COLUMNS: Final = 1280
ROWS: Final = 720

KEPT: Final = 16  # layers and scenes: each form of a code on the screen with each in the viewfinder, with and without a hand

_FOCAL: Final = 1500.0
_MARGIN: Final = 160  # spare noise around a frame, for shifting it
_SCREEN_LEVELS: Final = np.linspace(24, 208, 256).round().astype(np.uint8)
_DISPLAY_LEVELS: Final = np.linspace(9, 240, 256).round().astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Light and lens. blur: sigma in pixels. noise: sigma in levels. glare: levels at its middle. moire: 0 to 0.3.

    exposure: 1 is right, below is dark.
    """

    blur: float = 0.6
    noise: float = 3.0
    glare: float = 22.0
    moire: float = 0.0
    exposure: float = 1.0


@dataclass(frozen=True, slots=True)
class Pose:
    """How a phone stands: where its display's middle is in the frame, its size against the usual one, its turn (degrees)."""

    column: float
    row: float
    scale: float
    aim: tuple[float, float, float]

    @staticmethod
    def drawn(draw: random.Random, spot: Spot) -> Pose:
        """A pose within the stand's play. Two phones side by side stand further back, so that both are in view."""
        aside = {"middle": 0.0, "left": 170.0, "right": -170.0}[spot]
        return Pose(
            column=draw.uniform(606, 630),
            row=ROWS / 2 + draw.uniform(-6, 6) + aside,
            scale=draw.uniform(0.98, 1.02) * (1.0 if spot == "middle" else 0.7),
            aim=(draw.uniform(3, 7), draw.uniform(-5, -1), draw.uniform(-1.2, 1.2)),
        )

    @property
    def matrix(self) -> Matrix:
        """From the display's own upright pixels (screens.WIDTH x screens.HEIGHT) to frame pixels."""
        lay = np.array([[0, 1, -(screens.HEIGHT - 1) / 2], [-1, 0, (screens.WIDTH - 1) / 2], [0, 0, 1.0]])
        return np.asarray(pinhole(_FOCAL, self.column, self.row, self.aim, _FOCAL / self.scale) @ lay)

    @property
    def quad(self) -> tuple[tuple[float, float], ...]:
        """The display's corners in frame pixels, clockwise in the frame from its top left."""
        right, bottom = screens.WIDTH - 0.5, screens.HEIGHT - 0.5
        corners = _project(self.matrix, np.array([[right, -0.5], [right, bottom], [-0.5, bottom], [-0.5, -0.5]]))
        return tuple((float(x), float(y)) for x, y in corners)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A picture, drawn only when needed, and a key that changes with it."""

    key: str
    draw: Callable[[], Grey]


class BenchCamera:
    """Renders frames. `seed` fixes the room, the screen's place, glare, hand and noise."""

    def __init__(self, seed: int, conditions: Conditions | None = None) -> None:
        cv2.setNumThreads(1)
        self.conditions = conditions or Conditions()
        self._seed = seed
        draw = random.Random(f"{seed}:bench")
        self._screen_aim = (draw.uniform(2, 4), draw.uniform(-3, -1), draw.uniform(-0.6, 0.6))
        self._glare_at = (draw.uniform(0.25, 0.75), draw.uniform(0.2, 0.8))
        grain = np.random.default_rng(draw.getrandbits(32))
        self._room = _room(grain)
        sigma = self.conditions.noise
        field = grain.standard_normal((ROWS + _MARGIN, COLUMNS + _MARGIN), np.float32) * sigma
        self._grain = np.clip(field.round(), -127, 127).astype(np.int8)
        self._hand_levels, self._hand_mask = _hand()
        self._kept: OrderedDict[tuple[str, ...], Grey] = OrderedDict()

    def frame(self, screen: Shown, phones: Sequence[tuple[Pose, Shown]], hand: bool, at: float) -> Grey:
        """What the camera sees, shape (720, 1280). `at`, in seconds, chooses the noise."""
        key = ("scene", screen.key, *(f"{pose}{shown.key}" for pose, shown in phones), str(hand))
        scene = self._keep(key, lambda: self._scene(screen, phones, hand))
        draw = random.Random(f"{self._seed}:noise:{round(at * 1000)}")
        row, column = draw.randrange(_MARGIN), draw.randrange(_MARGIN)
        noise = self._grain[row : row + ROWS, column : column + COLUMNS]
        return np.asarray(cv2.add(scene, noise, dtype=cv2.CV_8U), np.uint8)

    def _keep(self, key: tuple[str, ...], draw: Callable[[], Grey]) -> Grey:
        picture = self._kept.get(key)
        if picture is None:
            picture = self._kept[key] = draw()
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return picture

    def _scene(self, screen: Shown, phones: Sequence[tuple[Pose, Shown]], hand: bool) -> Grey:
        scene = self._keep(("behind", screen.key), lambda: self._behind(screen.draw())).copy()
        for pose, shown in phones:
            self._add_phone(scene, pose, shown.draw())
        if hand:
            mask = self._hand_mask
            scene = ((scene * (256 - mask) + self._hand_levels * mask) >> 8).astype(np.uint8)
        if self.conditions.exposure != 1.0:
            scene = np.asarray(cv2.convertScaleAbs(scene, alpha=self.conditions.exposure), np.uint8)
        return np.asarray(cv2.GaussianBlur(scene, (0, 0), self.conditions.blur), np.uint8)

    def _behind(self, pixels: Grey) -> Grey:
        """The room, the attached screen (a little out of focus) and the empty stand."""
        scene = self._room.copy()
        lying = np.rot90(upright(pixels), 1)
        scale = min(1190 / lying.shape[1], 672 / lying.shape[0])
        size = (round(lying.shape[1] * scale), round(lying.shape[0] * scale))
        small = cv2.LUT(cv2.resize(np.ascontiguousarray(lying), size, interpolation=cv2.INTER_AREA), _SCREEN_LEVELS)
        middle = np.array([[1, 0, -(size[0] - 1) / 2], [0, 1, -(size[1] - 1) / 2], [0, 0, 1.0]])
        matrix = pinhole(_FOCAL, COLUMNS / 2, ROWS / 2, self._screen_aim, _FOCAL) @ middle
        frame = _project(matrix, np.array([[-9, -9], [size[0] + 8, -9], [size[0] + 8, size[1] + 8], [-9, size[1] + 8]]))
        _fill(scene, frame, 20)
        cv2.warpPerspective(small, matrix, (COLUMNS, ROWS), dst=scene, borderMode=cv2.BORDER_TRANSPARENT)
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), 0.9), np.uint8)
        _fill(scene, np.array([[1165, 318], [COLUMNS, 292], [COLUMNS, 428], [1165, 402]]), 74)
        _fill(scene, np.array([[1150, 236], [1176, 232], [1176, 488], [1150, 484]]), 88)
        return scene

    def _add_phone(self, scene: Grey, pose: Pose, pixels: Grey) -> None:
        matrix = pose.matrix
        width, height = screens.WIDTH, screens.HEIGHT
        body = _project(matrix, _rounded(-13, -24, width + 12, height + 23, 54))
        _fill(scene, body, 21)
        cv2.polylines(scene, [_fixed(body)], True, 66, 2, cv2.LINE_AA, 4)
        display = _project(matrix, _rounded(-0.5, -0.5, width - 0.5, height - 0.5, 26))
        mask = np.zeros_like(scene)
        _fill(mask, display, 255)
        left, top = np.maximum(np.floor(body.min(axis=0)).astype(int), 0)
        right, bottom = np.minimum(np.ceil(body.max(axis=0)).astype(int) + 1, (COLUMNS, ROWS))
        shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]])
        lit = cv2.warpPerspective(
            cv2.LUT(pixels, _DISPLAY_LEVELS), shift @ matrix, (right - left, bottom - top), borderMode=cv2.BORDER_REPLICATE
        )
        if self.conditions.moire:
            lit = _moire(np.asarray(lit, np.uint8), self.conditions.moire)
        part = scene[top:bottom, left:right]
        cv2.copyTo(lit, mask[top:bottom, left:right], part)
        if self.conditions.glare:
            self._add_glare(part)

    def _add_glare(self, part: Grey) -> None:
        """A lamp's reflection in the glass."""
        rows, columns = part.shape
        down = np.exp(-(((np.arange(rows) / rows - self._glare_at[1]) / 0.22) ** 2))
        along = np.exp(-(((np.arange(columns) / columns - self._glare_at[0]) / 0.16) ** 2))
        cv2.add(part, (self.conditions.glare * np.outer(down, along)).round().astype(np.uint8), dst=part)


def _room(grain: np.random.Generator) -> Grey:
    """A wall in uneven light."""
    light = np.linspace(70, 46, COLUMNS)[None, :] + np.linspace(6, -10, ROWS)[:, None]
    patches = cv2.resize(grain.standard_normal((9, 16)).astype(np.float32), (COLUMNS, ROWS), interpolation=cv2.INTER_CUBIC)
    return np.clip(light + 4 * patches, 0, 255).astype(np.uint8)


def _hand() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """A hand and forearm from the operator's side: grey levels, and how much they cover (0 to 256)."""
    levels, mask = np.full((ROWS, COLUMNS), 132, np.uint8), np.zeros((ROWS, COLUMNS), np.uint8)
    strokes = (
        ((1340, 720), (960, 520), 150, 122),
        ((960, 520), (880, 470), 168, 138),
        ((880, 440), (640, 352), 46, 150),
        ((850, 500), (730, 452), 44, 130),
        ((870, 545), (770, 510), 42, 120),
        ((930, 420), (850, 330), 44, 146),
    )
    for start, end, width, level in strokes:
        cv2.line(levels, start, end, level, width, cv2.LINE_AA)
        cv2.line(mask, start, end, 255, width, cv2.LINE_AA)
    levels = np.asarray(cv2.GaussianBlur(levels, (0, 0), 7), np.uint8)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 2.5), np.uint8)
    return levels.astype(np.uint16), mask.astype(np.uint16) + (mask > 127)


def _moire(lit: Grey, strength: float) -> Grey:
    rows, columns = lit.shape
    phase = np.arange(columns)[None, :] * 0.171 + np.arange(rows)[:, None] * 0.093
    return np.clip(lit * (1 + strength * np.cos(phase)), 0, 255).astype(np.uint8)


def _rounded(left: float, top: float, right: float, bottom: float, radius: float) -> Matrix:
    """Points around a rectangle with round corners."""
    turns = np.linspace(0, np.pi / 2, 9)
    arc = np.column_stack([np.cos(turns), np.sin(turns)]) * radius
    corners = ((right, bottom, 1, 1), (left, bottom, -1, 1), (left, top, -1, -1), (right, top, 1, -1))
    points = []
    for x, y, across, down in corners:
        centre = np.array([x - across * radius, y - down * radius])
        side = arc * (across, down)
        points.append(centre + (side if across == down else side[::-1]))
    return np.concatenate(points)


def _project(matrix: Matrix, points: NDArray[np.floating]) -> Matrix:
    lifted = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:])


def _fixed(points: Matrix) -> NDArray[np.int32]:
    """Sixteenths of a pixel, for OpenCV's smooth polygons."""
    return (points * 16).round().astype(np.int32)


def _fill(picture: Grey, points: Matrix, level: int) -> None:
    cv2.fillPoly(picture, [_fixed(points)], level, cv2.LINE_AA, 4)
