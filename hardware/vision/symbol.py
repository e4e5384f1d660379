"""The expected symbol: where exactly it lies in a picture, and whether it is this one or only a relative.

Two users' codes of one family agree in about 97 % of their modules, so a score over the whole matrix cannot tell them
apart. The modules that never differ say *where* the code is (registration does not see the token); the ones that can
differ say *whose* it is: their correlation is set against that of a few hundred other tokens' codes at the same place. A place
without the code, or with another user's, gives the expected code no better a score than theirs, whatever blur, glare or noise
does to the picture, so the distance in their standard deviations is a measure of certainty that needs no tuning to the light.

Module coordinates: the symbol without quiet zone is the square (0, 0)-(size, size), module (row, column) has its centre at
x = column + 0.5, y = row + 0.5. A homography here takes module coordinates to frame pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.readings import KnownSymbol
from hardware.vision.finders import corner_marks, marked
from hardware.vision.geometry import Grey, Homography, Points, homography, sides, through
from hardware.vision.registration import Field, Level, correlation, lighting_removed, sampled

MARGIN = 3  # modules of quiet zone that take part
FINE = 4  # samples per module and direction while scoring
LIGHT_CHANGES_OVER = 6.0  # modules: what varies more slowly than this is lighting, not code

COARSE, MIDDLE, SHARP = 4.0, 1.6, 0.7  # blur in modules: a start may be off by about as much
_DENSITY = {COARSE: 1, MIDDLE: 1, SHARP: 2}  # samples per module and direction while registering
_STEPS = {COARSE: 6, MIDDLE: 8, SHARP: 8}
_ROOM = {COARSE: 8, MIDDLE: 4, SHARP: 2}  # modules beyond the margin that a fit may reach for

SCALES = (1.0, 0.9, 0.8)  # of an outline: it may take in the quiet zone
LIKE_AT_ALL = 0.44  # after a coarse fit: three in four of other squares are less so, of codes hardly one in fifty
TRIED = 4  # of the ways in which a symbol can lie in an outline, those worth a fit

THRESHOLD = 6.0
"""z from which the code counts as seen. Were a decoy's z normal, one comparison in a billion would pass; some twenty places are
compared in a frame at the most. docs/witness.md tells the highest z of a decoy in the campaign."""
LEAST_SCORE = 0.22
"""The least correlation over the varying modules, for pictures whose decoys all score alike."""
FIXED_PRESENT = 0.30
"""From here on the fixed modules say that a code of this family's size and mask lies exactly here."""
REACH, STIFF = 3, 0.003
ENOUGH_FOR_REACH = 2000  # fixed modules; fewer would fit so wide a filter to anything
FEW = 36
"""With fewer varying modules than this (a code that every phone shares) the whole matrix is compared, see WHOLE."""
WHOLE = 0.60


@dataclass(frozen=True, slots=True)
class Match:
    """One place that was compared with the expected symbol. `score`: correlation over the varying modules, `fixed`: over
    the others, both -1..1; `z`: of the score, above the decoys'; `ppm`: frame pixels per module; `corners`: of the symbol, its own
    top left first, clockwise unless it is mirrored; `decoys`: each decoy's own z against the others."""

    accepted: bool
    score: float
    fixed: float
    z: float
    ppm: float
    place: Homography
    corners: Points
    decoys: NDArray[np.float64] = field(repr=False)

    @property
    def relative(self) -> bool:
        """A code of the same family lies here, whoever's."""
        return self.accepted or self.fixed >= FIXED_PRESENT

    def moved(self, by: Points) -> Match:
        """The same match in a picture of which this one's is a part that begins at `by`."""
        return replace(self, place=_shift(float(by[0]), float(by[1])) @ self.place, corners=self.corners + by)

    @property
    def mirrored(self) -> bool:
        """The picture shows it as in a mirror."""
        a, b, _, d = self.corners
        along, down = b - a, d - a
        return float(along[0] * down[1] - along[1] * down[0]) < 0


class Pattern:
    """A known symbol made ready for comparison. Making one takes some 20 ms, so keep it while the code is up."""

    def __init__(self, symbol: KnownSymbol) -> None:
        count = symbol.size * symbol.size
        if len(symbol.modules) != count or len(symbol.varies) != count:
            raise ValueError(f"a symbol of size {symbol.size} needs {count} modules and as many marks of what varies")
        self.size = symbol.size
        dark = np.frombuffer(symbol.modules, np.uint8).reshape(self.size, self.size)
        varies = np.frombuffer(symbol.varies, np.uint8).reshape(self.size, self.size)
        self._light = (1.0 - 2.0 * dark).astype(np.float32)
        telling = int((varies == 1).sum()) >= FEW and len(symbol.relatives) > 0
        self._varies = (varies == 1) & telling
        self._steady = (varies == 0) | ((varies == 1) & (not telling))
        self._own = self._light[self._varies]
        self._decoys = _unit_rows(_unpacked(symbol.relatives, count)[:, self._varies.ravel()])
        steady = np.where(self._steady, self._light, 0.0).astype(np.float32)
        drawn: Field = np.pad(steady, MARGIN, constant_values=1.0)
        self._levels = {blur: _level(drawn, blur) for blur in (COARSE, MIDDLE, SHARP)}

    @property
    def corners(self) -> Points:
        """The symbol's corners in module coordinates, top left first, clockwise."""
        n = float(self.size)
        return np.array([(0.0, 0.0), (n, 0.0), (n, n), (0.0, n)])

    def refined(self, pixels: Grey, place: Homography, blurs: tuple[float, ...] = (COARSE, MIDDLE, SHARP)) -> Homography:
        """The place near `place` where the fixed modules fit best."""
        for blur in blurs:
            level, density = self._levels[blur], _DENSITY[blur]
            patch, to_modules = self._patch(pixels, place, _ROOM[blur], density)
            start = _shift(_ROOM[blur] * density)
            warp = level.fitted(level.prepared(patch), start)
            place = np.asarray(place @ to_modules @ warp @ np.linalg.inv(to_modules @ start), np.float64)
        return place

    def poses(self, pixels: Grey, corners: Points, most: int = 3) -> list[Homography]:
        """The likeliest of the eight ways in which the symbol can lie on four corners (four turns, each mirrored or not), the best
        first; none where it seems not to lie there at all.

        Each is moved nearer to the truth: by its corner marks where they show, by a coarse fit where that helps (of a blurred code
        it may also lead astray).
        """
        room = _ROOM[COARSE]
        patch, to_modules = self._patch(pixels, placed(corners, self.size), room, 1)
        rough, fine = self._levels[COARSE].prepared(patch), self._levels[MIDDLE].prepared(patch)
        base, samples = placed(corners, self.size) @ to_modules, _grid(1, MARGIN)
        ways = [*self._fitted_coarsely(rough), *corner_marks(patch, self.size, MARGIN + room)]
        ranked = sorted(((self._levels[MIDDLE].likeness(fine, way @ samples), way) for way in ways), key=lambda pair: -pair[0])
        return [np.asarray(base @ way, np.float64) for likeness, way in ranked[:most] if likeness > LIKE_AT_ALL]

    def marked(self, pixels: Grey, corners: Points) -> float:
        """How like three of a code's corner marks the corners of an outline are, -1..1: a cheap first question."""
        patch, _ = self._patch(pixels, placed(corners, self.size), _ROOM[COARSE], 1)
        return marked(patch, self.size, MARGIN + _ROOM[COARSE])

    def _fitted_coarsely(self, rough: Field) -> Iterator[Homography]:
        """Module coordinates to samples of the patch, for the ways in which the symbol seems to lie in it."""
        level, start = self._levels[COARSE], _shift(_ROOM[COARSE])
        posed = {(turn, mirrored): _posed(rough, turn, mirrored) for turn in range(4) for mirrored in (False, True)}
        ways = [(pose, start @ _scaled(scale, level.side)) for pose in posed for scale in SCALES]
        likely = sorted(ways, key=lambda way: -level.likeness(posed[way[0]], way[1]))
        to_samples = np.linalg.inv(_grid(1, MARGIN))
        for pose, begin in likely[:TRIED]:
            back = _unposed(*pose, len(rough))
            for warp in (begin, level.fitted(posed[pose], begin)):
                yield np.asarray(back @ warp @ to_samples, np.float64)

    def compared(self, pixels: Grey, place: Homography) -> Match:
        """How well the picture agrees with the symbol, were the symbol at `place`."""
        corners = through(place, self.corners)
        ppm = _pixels_per_module(corners, self.size)
        seen = self._equalised(self._seen(pixels, place))
        fixed = correlation(seen[self._steady], self._light[self._steady])
        if not len(self._own):
            return Match(fixed >= WHOLE, fixed, fixed, fixed * self.size, ppm, place, corners, np.zeros(0))
        varying = seen[self._varies] - seen[self._varies].mean()
        varying /= max(float(np.linalg.norm(varying)), 1e-6)
        score = correlation(varying, self._own)
        scores = np.asarray(self._decoys @ varying, np.float64)
        middle, width = float(scores.mean()), max(float(scores.std()), 1e-6)
        z = (score - middle) / width
        accepted = z >= THRESHOLD and score >= LEAST_SCORE
        return Match(accepted, score, fixed, z, ppm, place, corners, (scores - middle) / width)

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
        part, moved = self._part(pixels, place, soften=0)
        drawn = sampled(part, moved @ _grid(FINE, 0), self.size * FINE)
        cells = drawn.reshape(self.size, FINE, self.size, FINE)
        return lighting_removed(np.ascontiguousarray(cells[:, 1:3, :, 1:3].mean((1, 3))), LIGHT_CHANGES_OVER)

    def _equalised(self, seen: Field) -> Field:
        """What blur mixed into each module from its neighbours taken out again, by the filter that serves best for the modules that
        never vary: the filter knows nothing of the token."""
        steady = self._steady.ravel()
        reach = REACH if int(steady.sum()) >= ENOUGH_FOR_REACH else 1
        near = np.lib.stride_tricks.sliding_window_view(np.pad(seen, reach, mode="edge"), (2 * reach + 1, 2 * reach + 1))
        columns = near.reshape(self.size * self.size, -1)
        known, wanted = columns[steady], self._light.ravel()[steady]
        square = known.T @ known
        square[np.diag_indices_from(square)] += STIFF * float(np.trace(square)) / len(square)
        weights = np.linalg.solve(square, known.T @ wanted)
        return np.asarray((columns @ weights).reshape(self.size, self.size), np.float32)

    def _patch(self, pixels: Grey, place: Homography, room: int, density: int) -> tuple[Field, Homography]:
        """Samples of the symbol at `place` with its margin and `room` around, and what takes them to module coordinates."""
        part, moved = self._part(pixels, place, density)
        to_modules = _grid(density, MARGIN + room)
        return sampled(part, moved @ to_modules, (self.size + 2 * (MARGIN + room)) * density), to_modules

    def _part(self, pixels: Grey, place: Homography, soften: float) -> tuple[Field, Homography]:
        """The part of the picture around the symbol, blurred so that `soften` samples per module do not alias, and the place in it."""
        corners = through(place, self.corners)
        ppm = _pixels_per_module(corners, self.size)
        room = (MARGIN + 10) * ppm
        high = np.clip(np.ceil(corners.max(0) + room).astype(int), 1, pixels.shape[::-1])
        low = np.clip(np.floor(corners.min(0) - room).astype(int), 0, high - 1)
        part = pixels[low[1] : high[1], low[0] : high[0]].astype(np.float32)
        if soften and ppm > 1.2 * soften:
            part = np.asarray(cv2.GaussianBlur(part, (0, 0), 0.4 * ppm / soften), np.float32)
        return part, _shift(-low[0], -low[1]) @ place


def _level(drawn: Field, blur: float) -> Level:
    density = _DENSITY[blur]
    fine = drawn.repeat(density, 0).repeat(density, 1)
    return Level(fine, blur * density, max(LIGHT_CHANGES_OVER, 2 * blur) * density, _STEPS[blur])


def _unpacked(relatives: object, count: int) -> Field:
    """One row a decoy, +1 where light, -1 where dark."""
    rows = [np.unpackbits(np.frombuffer(packed, np.uint8), count=count) for packed in relatives]  # type: ignore[attr-defined]  # a sequence of bytes
    if not rows:
        return np.zeros((0, count), np.float32)
    return (1.0 - 2.0 * np.stack(rows)).astype(np.float32)


def _unit_rows(rows: Field) -> Field:
    rows = rows - rows.mean(1, keepdims=True) if rows.size else rows
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), np.float32)


def _posed(patch: Field, turn: int, mirrored: bool) -> Field:
    """The patch of the same corners, were the symbol's top left at the corner `turn` of them."""
    return np.ascontiguousarray(np.rot90(patch.T if mirrored else patch, turn))


def _unposed(turn: int, mirrored: bool, side: int) -> Homography:
    """Samples of the posed patch to those of the patch itself."""
    quarter = np.array([[0.0, -1, side - 1], [1, 0, 0], [0, 0, 1]])  # column, row of rot90's outcome -> of its source
    swap = np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]])
    turned = np.linalg.matrix_power(quarter, turn)
    return swap @ turned if mirrored else turned


def _scaled(by: float, side: int) -> Homography:
    """A square of samples made larger or smaller about its middle."""
    middle = (side - 1) / 2 * (1 - by)
    return np.array([[by, 0, middle], [0, by, middle], [0, 0, 1.0]])


def _grid(per_module: int, margin: int) -> Homography:
    """Sample positions to module coordinates."""
    step = 1 / per_module
    return np.array([[step, 0, step / 2 - margin], [0, step, step / 2 - margin], [0, 0, 1]])


def _shift(across: float, down: float | None = None) -> Homography:
    return np.array([[1.0, 0, across], [0, 1, across if down is None else down], [0, 0, 1]])


def _pixels_per_module(corners: Points, size: int) -> float:
    return float(sides(corners).mean()) / size


def placed(corners: Points, size: int) -> Homography:
    """The homography that lays a symbol's corners (top left first, clockwise) on four frame points."""
    n = float(size)
    return homography([(0, 0), (n, 0), (n, n), (0, n)], corners)
