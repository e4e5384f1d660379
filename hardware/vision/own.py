"""The attached screen's own code: where the camera sees it, so that it is never taken for a phone's, nor for a thing on the stand."""

from __future__ import annotations

from collections.abc import Sequence

from hardware.vision.geometry import Grey, Homography, Points
from hardware.vision.locate import at_marks, tracked
from hardware.vision.symbol import Pattern

WHOLE_CODE = 0.40  # correlation in each part of it: nothing covers any
SHOWN = 4  # patterns: the two forms of the code that is up, and of the one before, whose picture may lag
AGAIN = 8  # frames: where it is not seen, it is looked for elsewhere so often; mostly a hand hides it


class OwnCode:
    """Knows what the attached screen may show, and where it showed it last."""

    def __init__(self) -> None:
        self._shown: list[Pattern] = []
        self._places: dict[int, Homography] = {}  # by size
        self._missed = 0

    def shows(self, forms: Sequence[Pattern]) -> None:
        """These forms come up now."""
        self._shown = [*forms, *self._shown][:SHOWN]
        self._missed = 0

    def moved(self) -> None:
        """The camera or the screen was moved."""
        self._places, self._missed = {}, 0

    def corners(self, pixels: Grey) -> Points | None:
        """Where the whole of it is seen in this frame, in frame pixels; None where it is not, or is covered in part."""
        places = [(pattern, self._places[pattern.size]) for pattern in self._shown if pattern.size in self._places]
        found = [(pattern, tracked(pattern, pixels, place)) for pattern, place in places]
        if all(match is None for _, match in found) and self._missed % (AGAIN if places else 2) == 0:
            form, match = at_marks(self._shown, pixels)
            found = [(self._shown[form], match)] if match is not None else []
        for pattern, match in found:
            if match is not None and match.accepted and pattern.agreement(pixels, match.place) > WHOLE_CODE:
                self._places[pattern.size] = match.place
                self._missed = 0
                return match.corners
        self._missed += 1
        return None
