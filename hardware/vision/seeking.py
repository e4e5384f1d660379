"""Seeking the expected code in one phone's display, frame after frame, with no more effort than what has changed there is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.geometry import Grey, Homography, Points, cut
from hardware.vision.locate import Effort, Found, look_for
from hardware.vision.symbol import Pattern

EVERY = 3  # frames without the code: so often all of the display is searched, for one form and in one way
WAYS: tuple[Effort, ...] = ("some", "others")
COARSE = (48, 27)  # columns, rows of the display's coarse picture
SAME = 4  # levels of a coarse picture's pixel: noise is less, anything that comes or goes is more


class Seeker:
    """Holds the forms that take turns, and where one was seen last (`place`). What costs most, the search of the whole display, is
    made only when the display shows something new, for one form a frame."""

    def __init__(self) -> None:
        self.forms: list[Pattern] = []
        self.place: Homography | None = None
        self._turn = 0  # whose it is: each form is sought in each way
        self._tried = 0  # frames since the display showed something new
        self._coarse: NDArray[np.int16] | None = None
        self._last = Found(None, 0, False)

    def expect(self, forms: Sequence[Pattern]) -> None:
        """From now on these; the place is kept while there are none."""
        self.forms = list(forms)
        self._coarse, self._turn = None, 0

    def seek(self, pixels: Grey, region: Points) -> Found:
        """The expected code in the display, in this frame."""
        coarse = _coarse(pixels, region)
        if self._coarse is None or int(np.abs(coarse - self._coarse).max()) >= SAME:
            self._tried = 0
        elif self._tried >= len(WAYS) * EVERY * max(1, len(self.forms)):
            return self._last
        cycle, rest = divmod(self._turn, EVERY)
        form = cycle // len(WAYS) % max(1, len(self.forms))
        effort: Effort = "marks" if rest else WAYS[cycle % len(WAYS)]
        self._last = self._sought(look_for([*self.forms[form:], *self.forms[:form]], pixels, region, self.place, effort), form)
        self._coarse = None if self._last.match is not None and self._last.match.accepted else coarse
        self._turn, self._tried = self._turn + 1, self._tried + 1
        return self._last

    def _sought(self, found: Found, first: int) -> Found:
        match = found.match if found.match is not None and found.match.relative else None
        if match is not None and match.accepted:
            self.place = match.place
        return replace(found, match=match, form=(found.form + first) % max(1, len(self.forms)))

    def look_back(self, pixels: Grey, region: Points) -> Found:
        """The expected code in an older frame, whatever it costs. Nothing is remembered of it."""
        return look_for(self.forms, pixels, region, self.place, "all")


def _coarse(pixels: Grey, region: Points) -> NDArray[np.int16]:
    return np.asarray(cv2.resize(cut(pixels, region)[0], COARSE, interpolation=cv2.INTER_AREA), np.int16)
