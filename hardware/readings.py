"""What drivers say: frames and sightings. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Stand = Literal["empty", "phone", "unsure"]
Screen = Literal["none", "dark", "code", "viewfinder", "before", "other"]
Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


class KnownSymbol(Protocol):
    """The QR symbol that the bench shows, as its drawer gives it (read-only).

    `modules` and `varies` are row-major, `size * size` bytes of 0 or 1 without quiet zone: 1 in `modules` is dark; 1 in `varies`
    marks a module that can differ between two users' codes of this family.
    """

    @property
    def size(self) -> int: ...
    @property
    def modules(self) -> bytes: ...
    @property
    def varies(self) -> bytes: ...


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One camera picture: grey, `uint8`, shape (rows, columns); `at` in seconds on the camera's clock."""

    number: int
    at: float
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one frame shows on the stand.

    stand: is a phone there. screen: what its display shows:
      none       no phone, or no display found
      dark       a display that is off or almost black
      code       the expected symbol, inside the phone's display
      viewfinder a camera preview without the expected symbol
      before     the screen that this phone showed before its viewfinder opened (it went Back)
      other      a lit screen that is none of these (setup goes on, an error, ...)
    phones: how many lit phones are in view. quad: the display's corners in frame pixels. ppm: camera pixels per module.
    """

    number: int
    at: float
    stand: Stand
    screen: Screen
    phones: int
    score: float = 0.0
    quad: Quad | None = None
    ppm: float | None = None
    milliseconds: float = 0.0

    @property
    def code(self) -> bool:
        """The expected code is inside the phone's display in this frame."""
        return self.screen == "code"
