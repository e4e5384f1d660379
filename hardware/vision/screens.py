"""What a phone's display shows, when it is not the expected code: dark, the viewfinder, the screen from before, or another.

The rule. Only `other` may let a unit go on as scanned, so a lit screen must earn it; in this order:

1. something lies across the phone's outline that was not there while the code was seen: what was seen last still stands;
2. a QR code of any kind is in the display: viewfinder;
3. almost black and without fine detail (glare has none): dark;
4. lit, but without fine detail: viewfinder (a preview of a blank screen, or out of focus; setup screens have text);
5. a code was seen in this watch, and its detail agrees with a look that came before a viewfinder, of this phone or of
   an earlier one: before;
6. this phone did not show the code yet: other, and its look is kept as one that came before the viewfinder;
7. its detail around the code's place agrees with what was there while the code was seen (the scanner's frame, hints and
   buttons stay when the preview changes): viewfinder. Where there was no such detail, the coarse look must agree;
8. the phone was moved since the code was seen and has not yet stood still for a second: viewfinder;
9. other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.geometry import Grey, Homography, Points, flattened, homography, outline, sides, spread, through

LONG, SHORT = 240, 112  # a look's size: a phone's face at about the small picture's scale
RIM = 8  # pixels of a look that may show the bezel, and by which two looks may be shifted against each other
SHIFT = 3
FINE_OVER = 4.0  # pixels: detail is what is finer than this
DETAIL = 0.05  # of the attached screen's brightness: weaker detail is noise
FEW_DETAILS = 0.0015  # share of a face that must show detail, else it is plain; two short words do
DARK_LEVEL = 0.22  # of the attached screen's brightness
SAME_LOOK = 0.60
SAME_SEEN = 0.90
SAME_SURROUNDINGS = 0.33
STRONG = 0.35  # of a look's strongest detail: what is weaker (moire, noise) does not count when looks are compared
SAME_COARSE = 0.90
KEPT = 12  # looks of a phone from before its code
KEPT_EARLIER = 24  # of the phones before it

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A phone's face, flattened and small: `detail` is what is fine in it, `coarse` what is not; both (SHORT, LONG) or upright."""

    detail: Field
    coarse: Field
    dark: bool
    plain: bool
    to_frame: Homography

    @staticmethod
    def of(small: Grey, body: Points, level: float) -> Look:
        """The look of what lies within a body's outline (small pixels), `level` being the attached screen's brightness."""
        lengths = sides(body)
        lying = lengths[0] + lengths[2] >= lengths[1] + lengths[3]
        width, height = (LONG, SHORT) if lying else (SHORT, LONG)
        face = flattened(small, body, width, height).astype(np.float32)
        detail = np.asarray(face - cv2.GaussianBlur(face, (0, 0), FINE_OVER), np.float32)
        inner = (slice(RIM, -RIM), slice(RIM, -RIM))
        marks = float((np.abs(detail[inner]) > DETAIL * level).mean())
        dim = float(np.median(face[inner])) < DARK_LEVEL * level
        coarse = cv2.resize(cv2.GaussianBlur(face[inner], (0, 0), 8.0), (width // 8, height // 8), interpolation=cv2.INTER_AREA)
        return Look(
            _strong(detail, inner),
            cast(Field, coarse),
            dim and marks < FEW_DETAILS,
            marks < FEW_DETAILS,
            homography(outline(width, height), body),
        )

    def likeness(self, other: Look, where: Grey | None = None) -> float:
        """How well the fine detail of two looks agrees, -1..1, the best of small shifts; `where` marks what counts."""
        if self.detail.shape != other.detail.shape:
            return 0.0
        inner = (slice(RIM, -RIM), slice(RIM, -RIM))
        around = (slice(RIM - SHIFT, SHIFT - RIM), slice(RIM - SHIFT, SHIFT - RIM))
        mask = np.ones_like(self.detail) if where is None else where.astype(np.float32)
        if not mask[inner].any():
            return 0.0
        scores = cv2.matchTemplate(other.detail[around], self.detail[inner], cv2.TM_CCORR_NORMED, mask=mask[inner])
        return float(np.nan_to_num(scores, nan=0.0, posinf=0.0, neginf=0.0).max())

    def coarsely_like(self, other: Look) -> bool:
        """Brightness is spread alike."""
        if self.coarse.shape != other.coarse.shape:
            return False
        a, b = self.coarse - self.coarse.mean(), other.coarse - other.coarse.mean()
        scale = float(np.linalg.norm(a) * np.linalg.norm(b))
        flat = min(float(a.std()), float(b.std())) < 6.0
        return not flat and float(np.vdot(a, b)) / scale > SAME_COARSE

    def beside(self, corners: Points) -> Grey:
        """Marks all of the look but a code whose corners (small pixels) are given, with its quiet zone."""
        marks = np.ones(self.detail.shape, np.uint8)
        width = float(np.sqrt(max(1.0, abs(cv2.contourArea(corners.astype(np.float32))))))
        there = through(np.asarray(np.linalg.inv(self.to_frame), np.float64), spread(corners, 0.06 * width))
        cv2.fillConvexPoly(marks, np.rint(there).astype(np.int32), 0)
        return marks


def _strong(detail: Field, inner: tuple[slice, slice]) -> Field:
    """The strongest detail alone, what lies below the limit taken off."""
    limit = STRONG * float(np.percentile(np.abs(detail[inner]), 99.5))
    return np.asarray(np.sign(detail) * np.maximum(np.abs(detail) - limit, 0), np.float32)


@dataclass
class Memory:
    """The looks of one phone's visit to the stand: those from before the code was first seen, and the viewfinder's own.
    `earlier`: looks that came before the codes of earlier visits; the next phone is often the same model."""

    earlier: list[Look] = field(default_factory=list)
    before: list[Look] = field(default_factory=list)
    finder: Look | None = None
    finder_surroundings: Grey | None = None

    def next_visit(self) -> Memory:
        """For the next phone. Looks that no code followed are forgotten: they may be a phone's that was set up already."""
        known = self.earlier + (self.before if self.finder is not None else [])
        return Memory(known[-KEPT_EARLIER:])

    def came_before(self, look: Look) -> None:
        """Keeps a look from before the code, if it is new."""
        if not any(look.likeness(known) > SAME_SEEN for known in reversed(self.before)):
            self.before = [*self.before, look][-KEPT:]

    def with_code(self, look: Look, corners: Points, first: bool) -> None:
        """Keeps the viewfinder's look while the code is in it; `corners` of the code in small pixels. `first`: the phone
        did not show this code yet, so the viewfinder without it may have been kept as a look from before."""
        self.finder, self.finder_surroundings = look, look.beside(corners)
        if first:
            self.before = [known for known in self.before if not self.is_finder(known)]

    def is_before(self, look: Look, code_came: bool) -> bool:
        """The screen that an earlier phone showed before its viewfinder opened, or this one, if its code came since."""
        known = (*self.before, *self.earlier) if code_came else self.earlier
        return any(look.likeness(other) > SAME_LOOK for other in known)

    def is_finder(self, look: Look) -> bool:
        """The viewfinder, though the code is not in it."""
        if self.finder is None or self.finder_surroundings is None:
            return False
        strong = float((np.abs(self.finder.detail) * self.finder_surroundings)[RIM:-RIM, RIM:-RIM].max())
        if strong > 12.0:
            return look.likeness(self.finder, self.finder_surroundings) > SAME_SURROUNDINGS
        return look.coarsely_like(self.finder)
