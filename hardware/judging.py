"""What becomes of the frames of one camera: each is judged, kept for a while, and judged again when it may have been the one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.livecamera import KEPT_FRAMES, KEPT_SECONDS
from hardware.readings import Frame, KnownSymbol, Quad, Screen, Sighting
from hardware.vision.masking import masked_view
from hardware.vision.reference import Reference

ENOUGH = 2  # frames with the code: more need not be found among old ones
SAME = 4  # levels of a coarse picture's pixel: noise is less, anything that comes or goes is more
COARSE = (80, 45)  # columns, rows
GAVE_WAY: frozenset[Screen] = frozenset({"other", "before", "dark"})  # what a viewfinder gives way to


class Eye(Protocol):
    """Judges frames one by one; hardware.vision.sighter is the one. `reference`: the look of the empty stand, as learned.

    look_back: the code in an older frame, where the phone stands now; None if it is not there. code_quad: the corners, in frame
    pixels, of the expected code in the frame that was judged last, in either way; None where it was not seen.
    """

    @property
    def reference(self) -> Reference | None: ...
    @property
    def code_quad(self) -> Quad | None: ...
    def expect(self, forms: Sequence[KnownSymbol]) -> None: ...
    def see(self, frame: Frame) -> Sighting: ...
    def look_back(self, frame: Frame) -> Sighting | None: ...


class Judge:
    """Judges the frames of one camera in their order, for one thread; `recent` and `pictures` may be asked by others.

    When a display turns to a lit or dark screen and the code was never seen in it, the phone may have read it faster than frames
    are judged, or from behind a hand: what was kept of the time since the code came up is then searched again, the newest first.
    patience: seconds that may take (the bench goes blind meanwhile); None: as long as it takes.
    """

    def __init__(self, eye: Eye, patience: float | None = None) -> None:
        self.patience = patience
        self._eye = eye
        self._recent: deque[tuple[Frame, Sighting]] = deque(maxlen=KEPT_FRAMES)
        self._forms = False
        self._accepted = False
        self._since = float("-inf")  # what is older is not of this watch
        self._came = float("-inf")  # when the phone came
        self._judged: tuple[NDArray[np.int16], Sighting] | None = None  # the last frame, coarse, if it was judged at rest
        self._before: tuple[Frame, Quad, Quad] | None = None
        self._after: tuple[Frame, Quad] | None = None

    @property
    def expecting(self) -> bool:
        """A code is up."""
        return self._forms

    def expect(self, forms: Sequence[KnownSymbol]) -> None:
        """What the attached screen shows from now on; with forms a new watch begins."""
        self._eye.expect(forms)
        self._forms = bool(forms)
        if forms:
            self._accepted = False
            self._before = self._after = None
            self._since = self._recent[-1][0].at if self._recent else float("-inf")

    def judge(self, frame: Frame, kept: Callable[[], Sequence[Frame]], stop: Callable[[], bool]) -> list[Sighting]:
        """What this frame shows, last in the list; before it what was found in older ones, the oldest first.

        kept: frames that were perhaps never judged. stop: what was expected has changed, nothing of this will be heard.
        """
        self._judged = None
        sighting = self._eye.see(frame)
        last = self._recent[-1][1] if self._recent else None
        if sighting.code:
            self._accepted = True
            self._note_code(frame, sighting)
        elif self._forms and not self._accepted and _turned(last, sighting):
            found = self._found_before(frame, kept(), stop)
            if found:
                self._accepted = True
            return [*found, self._noted(frame, sighting)]
        return [self._noted(frame, sighting)]

    def at_rest(self, frame: Frame) -> Sighting:
        """What this frame shows while nothing is expected: the same as the one before, if nothing in it has changed since."""
        began = perf_counter()
        coarse = np.asarray(cv2.resize(frame.pixels, COARSE, interpolation=cv2.INTER_AREA), np.int16)
        if self._judged is None or int(np.abs(coarse - self._judged[0]).max()) >= SAME:
            self._judged = (coarse, self._noted(frame, self._eye.see(frame)))
            return self._judged[1]
        return replace(self._judged[1], number=frame.number, at=frame.at, milliseconds=(perf_counter() - began) * 1000)

    def keep(self, frame: Frame, sighting: Sighting) -> None:
        """The frame was heard."""
        if self._recent and frame.at < self._recent[-1][0].at:  # a camera that began anew
            self._recent.clear()
            self._since = self._came = float("-inf")
        if sighting.stand == "empty":
            self._came = frame.at
        self._recent.append((frame, sighting))
        while frame.at - self._recent[0][0].at > KEPT_SECONDS:
            self._recent.popleft()

    def recent(self) -> list[tuple[Frame, Sighting]]:
        """Frames of the last two seconds that were judged, with what they showed, oldest first. They may show a code: they must
        not leave the bench unmasked."""
        return list(self._recent)

    def pictures(self) -> tuple[bytes | None, bytes | None]:
        """Small PNG pictures of the phone's display, every code in them covered: the last one with the expected code, and the
        newest one of the screen that it gave way to. None where there is none, or where a code cannot be ruled out."""
        before, after = self._before, self._after
        return (
            masked_view(before[0].pixels, before[1], [before[2]]) if before else None,
            masked_view(after[0].pixels, after[1], []) if before and after else None,
        )

    def _noted(self, frame: Frame, sighting: Sighting) -> Sighting:
        if self._before is not None and sighting.screen in ("other", "before") and sighting.quad is not None:
            self._after = (frame, sighting.quad)
        return sighting

    def _note_code(self, frame: Frame, sighting: Sighting) -> None:
        corners = self._eye.code_quad
        if corners is not None and sighting.quad is not None:
            self._before, self._after = (frame, sighting.quad, corners), None

    def _found_before(self, frame: Frame, kept: Sequence[Frame], stop: Callable[[], bool]) -> list[Sighting]:
        began, found = perf_counter(), list[Sighting]()
        first = max(self._since, self._came)
        older = {each.number: each for each in (*kept, *(each for each, _ in self._recent)) if first < each.at < frame.at}
        for number in sorted(older, reverse=True):
            if stop() or (self.patience is not None and perf_counter() - began > self.patience):
                break
            sighting = self._eye.look_back(older[number])
            if sighting is not None and sighting.code:
                if not found:
                    self._note_code(older[number], sighting)
                found.append(sighting)
                if len(found) == ENOUGH:
                    break
        return found[::-1]


def _turned(last: Sighting | None, now: Sighting) -> bool:
    """A display that was in view gave way to something else just now; a phone that has only come showed nothing before."""
    was_there = last is not None and last.stand == "phone" and last.screen not in GAVE_WAY
    return was_there and now.stand == "phone" and now.screen in GAVE_WAY
