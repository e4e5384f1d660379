"""Whether two pictures of a phone's display show the same screen.

A face is a display seen from the front, small. Screens of one wizard share their layout (heading, wheel, button), so agreement as
a whole is not enough: after a coarse look (`coarse`, for a shortlist among many) letters are compared part by part, and the part
that agrees least decides. Normalised correlation throughout (J. P. Lewis, "Fast Normalized Cross-Correlation", 1995).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.geometry import Grey, Points

LONG, SHORT = 240, 112
"""A face's columns and rows: it lies on its side, whichever way the display does."""
END = 14  # columns at both ends that do not count at first sight: clock, battery, gesture bar
PARTS = (23, 5)  # along and across the display
PART = (9, 20)  # columns, rows
LEFT, TOP = (LONG - PARTS[0] * PART[0]) // 2, (SHORT - PARTS[1] * PART[1]) // 2
EVEN_OVER = 8.0  # pixels: what is coarser than this is light and shade
FINEST, FINE_UNDER = 0.7, 1.5  # pixels: letters are between; what is coarser is the layout, the same on many screens
SHRINK = 3  # a coarse face is so many times smaller
COARSE_REACH = 2  # coarse pixels: by so much two faces may be shifted against each other
REACH = 4  # pixels: a part may lie off by so much, as displays are found a little larger or smaller
STIFF = 0.003  # how little a display is believed to be found too large or too small
QUIET = 4.0  # levels: weaker detail is noise
MUCH, HARDLY, FEW = 0.80, 0.5, 0.10  # much alike: the whole, and the share of the parts that may agree less than hardly
NOT_NOISE = 2.5  # times the strength of empty parts: stronger detail is a word that was not taught
STEADY = 0.6  # share of a part that must not move, or it does not count
WORST, WHOLE = 0.84, 0.88
"""Measured on the twin's bench, displays found by the sighter (eight lights, 230 and 330 looks at taught screens, 400 and 430 at
others of like layout): screens that differ in a heading's word, a line of small print or a button were never taken for one
another; taught ones were known again always but for a lamp's strong reflection (0.85 to 0.97) and strong moire (0.3 to 0.5). One
short word or number within small print is not told apart."""

Field = NDArray[np.float32]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """A taught face in one way in which a phone may stand. `letters`: its parts, shape (parts, pixels of a part); `counts`: which of
    them did not move while it was taught."""

    coarse: Field
    letters: Field
    counts: Marks

    @staticmethod
    def of(picture: Grey, steady: Grey) -> Screen:
        """`steady`: 1 where the picture did not move, else 0."""
        mark = steady.astype(np.float32)
        looks = coarse(picture) * _shrunk(mark)
        return Screen(inner(looks), _in_parts(_letters(picture)), _in_parts(mark).mean(1) > STEADY)

    @property
    def plain(self) -> bool:
        """It shows nothing by which it could be known again."""
        return not (self.counts & (_strength(self.letters) > QUIET)).any()


class Seen:
    """A face as it is seen now."""

    def __init__(self, face: Grey) -> None:
        self._letters = _letters(face)
        self._coarse = coarse(face)
        self._halves: list[tuple[int, int, Field]] = []

    def shifted(self) -> Field:
        """Its coarse look, shifted each way, as unit vectors, shape (shifts, pixels)."""
        reach = range(-COARSE_REACH, COARSE_REACH + 1)
        looks = np.stack([inner(self._coarse, down, along) for down, along in product(reach, repeat=2)])
        return np.asarray(looks / np.maximum(np.linalg.norm(looks, axis=1, keepdims=True), 1e-6), np.float32)

    def likeness(self, screen: Screen, *, much_alike: bool = False) -> float | None:
        """The correlation of the part that agrees least; None where that, or the whole, is too little to be the same screen.

        much_alike: of the whole, where nearly all of it agrees; a word here and there may differ, or stripes may hide it.
        """
        expected, now = _strength(screen.letters), _strength(_in_parts(self._letters))
        empty = screen.counts & (expected <= QUIET)
        floor = float(np.median(now[empty])) if empty.any() else 0.0  # noise, and the stripes of a moire
        compared = np.flatnonzero(screen.counts & ((expected > QUIET) | (now > max(QUIET, NOT_NOISE * floor))))
        if not (expected[compared] > QUIET).any():
            return None
        # what noise of that strength takes from a correlation is given back
        scores = self._agreement(screen.letters[compared], compared)
        scores = np.minimum(1.0, scores * np.sqrt(1 + (floor / np.maximum(expected[compared], QUIET)) ** 2))
        worst, whole = float(scores.min()), float(scores.mean())
        if much_alike:
            return whole if whole >= MUCH and float((scores < HARDLY).mean()) <= FEW else None
        return worst if worst >= WORST and whole >= WHOLE else None

    def _agreement(self, letters: Field, parts: NDArray[np.intp]) -> Field:
        """How well each of those parts agrees, -1..1: each where it agrees best, within a pixel of where the others say that it should
        (a display found too large moves them all apart, another word moves one)."""
        top, left = TOP + (parts // PARTS[0]) * PART[1], LEFT + (parts % PARTS[0]) * PART[0]
        expected = np.asarray(letters / np.maximum(np.linalg.norm(letters, axis=1, keepdims=True), 1e-3), np.float32)
        down, right = (each.ravel() for each in np.mgrid[-REACH : REACH + 1, -REACH : REACH + 1])
        whole = _correlation(_windows(self._letters, top[:, None] + down, left[:, None] + right), expected)
        best = whole.argmax(1)
        place = np.stack([np.ones(len(parts)), top / SHORT - 0.5, left / LONG - 0.5], 1)
        moved = np.rint(_steady_shift(place, np.stack([down[best], right[best]], 1).astype(np.float64), whole.max(1)))
        top, left = top + moved[:, 0].astype(np.intp), left + moved[:, 1].astype(np.intp)
        scores = []
        for half_down, half_right, field in self._by_halves():
            down, right = (each.ravel() for each in np.mgrid[-1 : 2 - half_down, -1 : 2 - half_right])
            scores.append(_correlation(_windows(field, top[:, None] + down, left[:, None] + right), expected).max(1))
        return np.asarray(np.max(scores, axis=0), np.float32)

    def _by_halves(self) -> list[tuple[int, int, Field]]:
        """The letters as they lie, and shifted by half a pixel down, along, and both; made when first asked for."""
        if not self._halves:
            for down, along in product((0, 1), repeat=2):
                way = np.array([[1, 0, along / 2], [0, 1, down / 2]])
                moved = cv2.warpAffine(self._letters, way, (LONG, SHORT), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
                self._halves.append((down, along, np.asarray(moved, np.float32)))
        return self._halves


def coarse(face: Grey) -> Field:
    """Headings, lines and buttons of a face, without light and shade and without its ends."""
    looks = _between(_shrunk(face.astype(np.float32)), FINEST, EVEN_OVER / SHRINK)
    looks[:, : END // SHRINK] = looks[:, -END // SHRINK :] = 0
    return looks


def inner(looks: Field, down: int = 0, along: int = 0) -> Field:
    """A coarse face but for its rim, shifted, as a vector."""
    rows, columns = looks.shape
    reach = COARSE_REACH
    return looks[reach + down : rows - reach + down, reach + along : columns - reach + along].ravel()


def _steady_shift(place: Points, moved: Points, trust: Field) -> Points:
    """Each part's shift, down and along, were they all moved and stretched as one; parts that agree poorly say little."""
    weight = np.maximum(trust, 0.05)[:, None] ** 4
    square = place.T @ (weight * place) + np.diag([0.0, STIFF, STIFF]) * float(weight.sum())
    return np.asarray(place @ np.linalg.solve(square, place.T @ (weight * moved)), np.float64)


def _between(seen: Field, finest: float, under: float) -> Field:
    """What is coarser than `finest` and finer than `under`, both in pixels."""
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), finest) - cv2.GaussianBlur(seen, (0, 0), under), np.float32)


def _letters(face: Grey) -> Field:
    return _between(face.astype(np.float32), FINEST, FINE_UNDER)


def _shrunk(field: Field) -> Field:
    return np.asarray(cv2.resize(field, (LONG // SHRINK, SHORT // SHRINK), interpolation=cv2.INTER_AREA), np.float32)


def _in_parts(field: Field) -> Field:
    """A face's parts as rows of a matrix, shape (parts, pixels of a part): along the display first, then across it."""
    (along, across), (columns, rows) = PARTS, PART
    cut = field[TOP : TOP + across * rows, LEFT : LEFT + along * columns]
    split = cut.reshape(across, rows, along, columns).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(split).reshape(across * along, rows * columns)


def _windows(field: Field, top: NDArray[np.intp], left: NDArray[np.intp]) -> Field:
    """Parts of a face that begin there, shape (parts, places, pixels of a part)."""
    columns, rows = PART
    views = np.lib.stride_tricks.sliding_window_view(field, (rows, columns))
    found = views[np.clip(top, 0, views.shape[0] - 1), np.clip(left, 0, views.shape[1] - 1)]
    return np.asarray(found.reshape(*top.shape, rows * columns), np.float32)


def _correlation(found: Field, expected: Field) -> Field:
    strength = np.sqrt(np.einsum("psk,psk->ps", found, found))
    return np.asarray(np.einsum("psk,pk->ps", found, expected) / np.maximum(strength, 1e-3), np.float32)


def _strength(parts: Field) -> Field:
    """Root mean square of each part's detail, levels."""
    return np.asarray(np.sqrt(np.einsum("pk,pk->p", parts, parts) / parts.shape[-1]), np.float32)
