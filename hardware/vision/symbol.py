"""The expected symbol: where exactly it lies in a picture, and whether it is this one or only a relative.

Two users' codes of one family agree in about 97 % of their modules, so a score over the whole matrix cannot tell them
apart. The modules that never differ say *where* the code is (registration does not see the token); the ones that can
differ say *whose* it is.

Module coordinates: the symbol without quiet zone is the square (0, 0)-(size, size), module (row, column) has its centre at
x = column + 0.5, y = row + 0.5. A homography here takes module coordinates to frame pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.readings import KnownSymbol
from hardware.vision.geometry import Grey, Homography, Points, homography, through

Field = NDArray[np.float32]

PER_MODULE = 2  # samples per module and direction while registering
FINE = 4  # samples per module and direction while scoring
MARGIN = 2  # modules of quiet zone that take part
COARSE_TO_FINE = (4.0, 1.6, 0.7)  # blur in modules: a start may be off by about as much
STEPS = {4.0: 8, 1.6: 8, 0.7: 8}
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
        padded = np.pad(steady, MARGIN, constant_values=1.0)
        self._samples = len(padded) * PER_MODULE
        drawn = np.kron(padded, np.ones((PER_MODULE, PER_MODULE), np.float32))
        self._levels = {blur: _Level(drawn, blur) for blur in COARSE_TO_FINE}

    @property
    def corners(self) -> Points:
        """The symbol's corners in module coordinates, top left first, clockwise."""
        n = float(self.size)
        return np.array([(0.0, 0.0), (n, 0.0), (n, n), (0.0, n)])

    def refined(self, pixels: Grey, place: Homography, blurs: tuple[float, ...] = COARSE_TO_FINE) -> Homography:
        """The place near `place` where the fixed modules fit best (inverse compositional Gauss-Newton)."""
        edge = MARGIN + 0.5 / PER_MODULE - 0.5 / PER_MODULE
        to_modules = np.array([[1 / PER_MODULE, 0, 0.5 / PER_MODULE - edge], [0, 1 / PER_MODULE, 0.5 / PER_MODULE - edge], [0, 0, 1]])
        patch = _sampled(_softened(pixels, place, self.corners, 1 / PER_MODULE), place @ to_modules, self._samples)
        unit = _unit(self._samples)
        warp = np.eye(3)
        for blur in blurs:
            warp = self._levels[blur].fitted(patch, warp, unit)
        return np.asarray(place @ to_modules @ np.linalg.inv(unit) @ warp @ unit @ np.linalg.inv(to_modules), np.float64)

    def compared(self, pixels: Grey, place: Homography) -> Match:
        """How well the picture agrees with the symbol, were the symbol at `place`."""
        corners = through(place, self.corners)
        ppm = float(np.mean(np.hypot(*(np.roll(corners, -1, axis=0) - corners).T))) / self.size
        seen = self._seen(pixels, place)
        fixed = _correlation(seen[~self._varies], self._light[~self._varies])
        many = int(self._varies.sum())
        if not many:
            return Match(fixed >= WHOLE, fixed, fixed, ppm, place, corners)
        score = _correlation(seen[self._varies], self._light[self._varies])
        enough = score >= max(ACCEPTED, SHARE_OF_FIXED * fixed, CERTAINTY / many**0.5)
        return Match(enough and fixed >= FIXED_PRESENT, score, fixed, ppm, place, corners)

    def agreement(self, pixels: Grey, place: Homography, parts: int = 6) -> float:
        """The worst correlation of all modules among `parts` x `parts` equal parts of the symbol, -1..1: low where
        anything covers a part of it."""
        seen = self._seen(pixels, place)
        cuts = np.linspace(0, self.size, parts + 1).astype(int)
        worst = 1.0
        for top, bottom in zip(cuts, cuts[1:], strict=False):
            for left, right in zip(cuts, cuts[1:], strict=False):
                part = (slice(top, bottom), slice(left, right))
                worst = min(worst, _correlation(seen[part].ravel(), self._light[part].ravel()))
        return worst

    def _seen(self, pixels: Grey, place: Homography) -> Field:
        """One brightness per module, the middle half of it, lighting taken out."""
        to_modules = np.array([[1 / FINE, 0, 0.5 / FINE], [0, 1 / FINE, 0.5 / FINE], [0, 0, 1]])
        drawn = _sampled(pixels.astype(np.float32), place @ to_modules, self.size * FINE)
        cells = drawn.reshape(self.size, FINE, self.size, FINE)
        middle = np.ascontiguousarray(cells[:, 1:3, :, 1:3].mean((1, 3)), np.float32)
        return _lighting_removed(middle, LIGHT_CHANGES_OVER)


class _Level:
    """The fixed modules at one blur, and how they change when the picture is warped a little."""

    def __init__(self, drawn: Field, blur: float) -> None:
        self._blur = blur
        side = len(drawn)
        self._target = self._prepared(drawn)
        across = np.gradient(self._target, axis=1).ravel() * (side / 2)
        down = np.gradient(self._target, axis=0).ravel() * (side / 2)
        line = (np.arange(side) - (side - 1) / 2) / (side / 2)
        x, y = (part.ravel() for part in np.meshgrid(line, line))
        fall = x * across + y * down
        columns = (x * across, x * down, y * across, y * down, across, down, -x * fall, -y * fall)
        steepest = np.stack(columns).astype(np.float32)
        curvature = (steepest @ steepest.T).astype(np.float64)
        curvature += 1e-4 * np.trace(curvature) / 8 * np.eye(8)
        self._step = np.asarray(np.linalg.solve(curvature, steepest.astype(np.float64)), np.float32)

    def _prepared(self, picture: Field) -> Field:
        blurred = np.asarray(cv2.GaussianBlur(picture, (0, 0), self._blur * PER_MODULE), np.float32)
        even = _lighting_removed(blurred, max(LIGHT_CHANGES_OVER, 2 * self._blur) * PER_MODULE)
        return np.asarray(even / max(float(even.std()), 1e-6), np.float32)

    def fitted(self, patch: Field, warp: Homography, unit: Homography) -> Homography:
        """`warp` (in unit coordinates) improved for this level."""
        picture = self._prepared(patch)
        for _ in range(STEPS[self._blur]):
            seen = _sampled(picture, np.linalg.inv(unit) @ warp @ unit, len(patch))
            gain = float(np.vdot(seen, self._target)) / max(float(np.vdot(seen, seen)), 1e-6)
            move = self._step @ (max(gain, 0.2) * seen - self._target).ravel()
            warp = warp @ np.linalg.inv(_nudge(move))
            warp /= warp[2, 2]
            if float(np.abs(move[:6]).max()) * len(patch) / 2 < 0.03:
                break
        return warp


def _nudge(move: NDArray[np.float32]) -> Homography:
    a, b, c, d, e, f, g, h = (float(value) for value in move)
    return np.array([[1 + a, c, e], [b, 1 + d, f], [g, h, 1.0]])


def _unit(samples: int) -> Homography:
    """Sample coordinates to -1..1, where a homography's numbers are of one size."""
    half = samples / 2
    return np.array([[1 / half, 0, -(samples - 1) / 2 / half], [0, 1 / half, -(samples - 1) / 2 / half], [0, 0, 1]])


def _softened(pixels: Grey, place: Homography, corners: Points, modules: float) -> Field:
    """The picture blurred so that samples `modules` apart do not alias."""
    seen = through(place, corners)
    ppm = float(np.mean(np.hypot(*(np.roll(seen, -1, axis=0) - seen).T))) / float(corners[2, 0])
    picture = pixels.astype(np.float32)
    if ppm * modules > 1.2:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 * ppm * modules), np.float32)
    return picture


def _sampled(picture: Field, matrix: Homography, side: int) -> Field:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(picture, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _lighting_removed(picture: Field, over: float) -> Field:
    return np.asarray(picture - cv2.GaussianBlur(picture, (0, 0), over), np.float32)


def _correlation(seen: Field, expected: Field) -> float:
    a, b = seen - seen.mean(), expected - expected.mean()
    scale = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    return float(np.vdot(a, b)) / scale if scale > 1e-6 else 0.0


def placed(corners: Points, size: int) -> Homography:
    """The homography that lays a symbol's corners (top left first, clockwise) on four frame points."""
    n = float(size)
    return homography([(0, 0), (n, 0), (n, n), (0, n)], corners)
