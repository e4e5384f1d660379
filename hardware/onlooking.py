"""Looking on while the witness judges frames: for the camera's self-test, and for learning a phone's screen.

A driver that can be looked over the shoulder hands every judged frame to whoever asks, in its own thread; what is done with the
frames afterwards belongs to the asker's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from hardware.errors import NoView
from hardware.readings import Frame, KnownSymbol, Sighting
from hardware.vision.calibration import Examination, Reading
from hardware.vision.geometry import Grey, Points, overlap, points
from hardware.vision.taught import Library, face, holds_code

SETTLED = 0.25  # seconds from a picture's going up until every frame shows it, wholly
FACES = 6  # of a screen: enough to tell what moves on it
SAME_PLACE = 0.97  # intersection over union of the displays that one screen was seen in


@runtime_checkable
class Watching(Protocol):
    """A witness that looks at pictures. `library`: its taught screens, None where it keeps nothing. `look_on` hands every judged
    frame to `saw`, in the witness's thread, until what it returns is called."""

    @property
    def library(self) -> Library | None: ...
    def look_on(self, saw: Callable[[Frame, Sighting], None]) -> Callable[[], None]: ...


class SelfTest:
    """Frames of the attached screen's own code, which is up since `shown` (seconds on the frames' clock)."""

    def __init__(self, symbol: KnownSymbol, shown: float) -> None:
        self._examination = Examination(symbol)
        self._from = shown + SETTLED
        self.frames = 0

    def saw(self, frame: Frame, sighting: Sighting) -> bool:
        """Takes one frame; whether there are enough."""
        if frame.at >= self._from:
            self.frames += 1
            self._examination.add(frame.pixels, phone=sighting.stand == "phone")
        return self._examination.enough

    def reading(self) -> Reading:
        """What they say; takes about a second. NoView where there was none."""
        if not self.frames:
            raise NoView("the camera sends no pictures: check its cable, then try again")
        return self._examination.reading()


class Lesson:
    """Frames of a phone whose screen is to be taught."""

    def __init__(self) -> None:
        self._faces: list[Grey] = []
        self._where: Points | None = None
        self._why_not = "the camera sends no pictures: check its cable, then try again"

    @property
    def frames(self) -> int:
        """How many showed the screen."""
        return len(self._faces)

    def saw(self, frame: Frame, sighting: Sighting) -> bool:
        """Takes one frame; whether there are enough. A frame with a code in the phone's display spoils all before it."""
        display = None if sighting.quad is None else points(sighting.quad)
        self._why_not = _no_screen(frame, sighting, display)
        if self._why_not or display is None:
            self._faces, self._where = [], None
            return False
        if self._where is None or overlap(display, self._where) < SAME_PLACE:
            self._faces, self._where = [], display
        self._faces.append(face(frame.pixels, self._where))
        return len(self._faces) >= FACES

    def teach(self, library: Library, kind: str, name: str) -> None:
        """Keeps the screen. TeachingRefused, or NoView where there was none that could be kept."""
        if not self._faces:
            raise NoView(self._why_not)
        library.teach(kind, name, *self._faces)


def _no_screen(frame: Frame, sighting: Sighting, display: Points | None) -> str:
    """Why this frame shows no screen that could be taught; empty if it does."""
    if sighting.stand != "phone" or display is None:
        return "no phone is seen on the stand: put it there with the screen on it that is to be taught"
    if sighting.phones > 1:
        return "two phones are in view: leave only the one with the screen that is to be taught"
    if sighting.screen in ("dark", "none"):
        return "the phone's display is dark: wake it up"
    if sighting.screen in ("code", "viewfinder") or holds_code(frame.pixels, display):
        return "the phone shows its camera's view, or a code, which is never kept: bring up the screen that is to be taught"
    return ""
