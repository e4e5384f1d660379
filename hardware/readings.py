"""What drivers say: frames and sightings. Values only."""

from __future__ import annotations

from collections.abc import Sequence
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

    `modules` and `varies` are row-major, `size * size` bytes without quiet zone: 1 in `modules` is dark, 0 light; 0 in `varies` marks
    a module that is the same in all users' codes of this family (same version, level, mask and key order), 1 one that can differ,
    2 one that can differ and yet proves little, because it depends on a letter or two of the token.
    `relatives`: the modules of some hundred other tokens' codes of this family, each packed eight modules a byte, the first
    module highest (numpy.packbits): the decoys by which a comparison is calibrated. Empty where nothing varies.
    """

    @property
    def size(self) -> int: ...
    @property
    def modules(self) -> bytes: ...
    @property
    def varies(self) -> bytes: ...
    @property
    def relatives(self) -> Sequence[bytes]: ...


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
    score: correlation with the expected symbol over the modules that vary, -1..1. z: how far that lies above the decoys'
    scores, in their standard deviations. form: which of the forms that the attached screen takes turns with is seen, 0 for the
    first; None without a code. mirrored: the preview shows it so. taught: name of the taught screen that the display shows.
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
    z: float = 0.0
    form: int | None = None
    mirrored: bool = False
    taught: str | None = None

    @property
    def code(self) -> bool:
        """The expected code is inside the phone's display in this frame."""
        return self.screen == "code"
