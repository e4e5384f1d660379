"""The expected symbol: where exactly it lies in a picture, and whether it is this one or only a relative.

Two users' codes of one family agree in about 97 % of their modules, so a score over the whole matrix cannot tell them
apart. The modules that never differ say *where* the code is (registration does not see the token); the ones that can
differ say *whose* it is.

Module coordinates: the symbol without quiet zone is the square (0, 0)-(size, size), module (row, column) has its centre at
x = column + 0.5, y = row + 0.5. A homography here takes module coordinates to frame pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from hardware.readings import KnownSymbol
from hardware.vision.geometry import Grey, Homography, Points, homography, through
from hardware.vision.registration import Field, Level, correlation, lighting_removed, sampled

PER_MODULE = 2  # samples per module and direction while registering
FINE = 4  # samples per module and direction while scoring
MARGIN = 2  # modules of quiet zone that take part
COARSE, MIDDLE, SHARP = 4.0, 1.6, 0.7  # blur in modules: a start may be off by about as much
LIGHT_CHANGES_OVER = 6.0  # modules: what varies more slowly than this is lighting, not code

ACCEPTED = 0.40
"""The least correlation over the modules that vary. Two codes of one family correlate up to about 0.27 even in a perfect
picture (Reed-Solomon keeps at least 126 of 340 modules different), on average not at all."""
SHARE_OF_FIXED = 0.6
"""The varying modules are seen as well as the fixed ones, so for the right code both correlate alike, however blurred."""
CERTAINTY = 6.0
"""The correlation in standard deviations of chance (1 / sqrt(number of varying modules)) must reach this."""
FIXED_PRESENT = 0.35
"""From here on the fixed modules say that a code of this family's size and mask lies exactly here."""
FEW = 36
"""With fewer varying modules than this (a code that every phone shares) the whole matrix is compared, see WHOLE."""
WHOLE = 0.70


@dataclass(frozen=True, slots=True)
class Match:
    """One place that was compared with the expected symbol. `score`: correlation over the varying modules, `fixed`: over
    the others, both -1..1; `ppm`: frame pixels per module; `corners`: of the symbol, its own top left first."""

    accepted: bool
    score: float
    fixed: float
    ppm: float
    place: Homography
    corners: Points

    @property
    def relative(self) -> bool:
        """A code of the same family lies here, whoever's."""
        return self.fixed >= FIXED_PRESENT


class Pattern:
    """A known symbol made ready for comparison. Making one takes some 20 ms, so keep it while the code is up."""

    def __init__(self, symbol: KnownSymbol) -> None:
        count = symbol.size * symbol.size
        if len(symbol.modules) != count or len(symbol.varies) != count:
            raise ValueError(f"a symbol of size {symbol.size} needs {count} modules and as many marks of what varies")
        self.size = symbol.size
        dark = np.frombuffer(symbol.modules, np.uint8).reshape(self.size, self.size)
        self._varies = np.frombuffer(symbol.varies, np.uint8).reshape(self.size, self.size) == 1
        self._light = (1.0 - 2.0 * dark).astype(np.float32)
        if int(self._varies.sum()) < FEW:
            self._varies = np.zeros_like(self._varies)
        steady = np.where(self._varies, 0.0, self._light).astype(np.float32)
        drawn: Field = np.pad(steady, MARGIN, constant_values=1.0).repeat(PER_MODULE, 0).repeat(PER_MODULE, 1)
        self._samples = len(drawn)
        self._levels = {
            blur: Level(drawn, blur * PER_MODULE, max(LIGHT_CHANGES_OVER, 2 * blur) * PER_MODULE) for blur in (COARSE, MIDDLE, SHARP)
        }

    @property
    def corners(self) -> Points:
        """The symbol's corners in module coordinates, top left first, clockwise."""
        n = float(self.size)
        return np.array([(0.0, 0.0), (n, 0.0), (n, n), (0.0, n)])

    def refined(self, pixels: Grey, place: Homography, blurs: tuple[float, ...] = (COARSE, MIDDLE, SHARP)) -> Homography:
        """The place near `place` where the fixed modules fit best."""
        part, moved = self._part(pixels, place)
        to_modules = _grid(PER_MODULE, MARGIN)
        patch = sampled(part, moved @ to_modules, self._samples)
        warp = np.eye(3)
        for blur in blurs:
            warp = self._levels[blur].fitted(patch, warp)
        return np.asarray(place @ to_modules @ warp @ np.linalg.inv(to_modules), np.float64)

    def best_turn(self, pixels: Grey, corners: Points) -> Points:
        """The same corners with the symbol's own top left first, and nearer to the truth where a coarse fit brought that:
        what agrees best of the four turns, fitted and not (a coarse fit of a blurred code may also lead astray)."""
        best, turned = -2.0, corners
        to_modules = _grid(PER_MODULE, MARGIN)
        for turn in range(4):
            start = placed(np.roll(corners, -turn, axis=0), self.size)
            for place in (start, self.refined(pixels, start, (COARSE,))):
                part, moved = self._part(pixels, place)
                likeness = self._levels[MIDDLE].likeness(sampled(part, moved @ to_modules, self._samples))
                if likeness > best:
                    best, turned = likeness, through(place, self.corners)
        return turned

    def compared(self, pixels: Grey, place: Homography) -> Match:
        """How well the picture agrees with the symbol, were the symbol at `place`."""
        corners = through(place, self.corners)
        ppm = _pixels_per_module(corners, self.size)
        seen = self._seen(pixels, place)
        fixed = correlation(seen[~self._varies], self._light[~self._varies])
        many = int(self._varies.sum())
        if not many:
            return Match(fixed >= WHOLE, fixed, fixed, ppm, place, corners)
        score = correlation(seen[self._varies], self._light[self._varies])
        enough = score >= max(ACCEPTED, SHARE_OF_FIXED * fixed, CERTAINTY / many**0.5)
        return Match(enough and fixed >= FIXED_PRESENT, score, fixed, ppm, place, corners)

    def agreement(self, pixels: Grey, place: Homography, parts: int = 6) -> float:
        """The worst correlation of all modules among `parts` x `parts` equal parts of the symbol, -1..1: low where
        anything covers a part of it."""
        seen = self._seen(pixels, place)
        cuts = np.linspace(0, self.size, parts + 1).astype(int)
        worst = 1.0
        for top, bottom in pairwise(cuts):
            for left, right in pairwise(cuts):
                part = (slice(top, bottom), slice(left, right))
                worst = min(worst, correlation(seen[part].ravel(), self._light[part].ravel()))
        return worst

    def _seen(self, pixels: Grey, place: Homography) -> Field:
        """One brightness per module, the middle half of it, lighting taken out."""
        part, moved = self._part(pixels, place, soften=False)
        drawn = sampled(part, moved @ _grid(FINE, 0), self.size * FINE)
        cells = drawn.reshape(self.size, FINE, self.size, FINE)
        return lighting_removed(np.ascontiguousarray(cells[:, 1:3, :, 1:3].mean((1, 3))), LIGHT_CHANGES_OVER)

    def _part(self, pixels: Grey, place: Homography, soften: bool = True) -> tuple[Field, Homography]:
        """The part of the picture around the symbol, blurred so that samples do not alias, and the place within it."""
        corners = through(place, self.corners)
        ppm = _pixels_per_module(corners, self.size)
        room = (MARGIN + 6) * ppm
        high = np.clip(np.ceil(corners.max(0) + room).astype(int), 1, pixels.shape[::-1])
        low = np.clip(np.floor(corners.min(0) - room).astype(int), 0, high - 1)
        part = pixels[low[1] : high[1], low[0] : high[0]].astype(np.float32)
        if soften and ppm > 1.2 * PER_MODULE:
            part = np.asarray(cv2.GaussianBlur(part, (0, 0), 0.4 * ppm / PER_MODULE), np.float32)
        shift = np.array([[1.0, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
        return part, shift @ place


def _grid(per_module: int, margin: int) -> Homography:
    """Sample positions to module coordinates."""
    step = 1 / per_module
    return np.array([[step, 0, step / 2 - margin], [0, step, step / 2 - margin], [0, 0, 1]])


def _pixels_per_module(corners: Points, size: int) -> float:
    along = np.roll(corners, -1, axis=0) - corners
    return float(np.mean(np.hypot(along[:, 0], along[:, 1]))) / size


def placed(corners: Points, size: int) -> Homography:
    """The homography that lays a symbol's corners (top left first, clockwise) on four frame points."""
    n = float(size)
    return homography([(0, 0), (n, 0), (n, n), (0, n)], corners)
