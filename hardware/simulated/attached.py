"""The attached screen as the simulated world has it: pixels, and what can be taken from them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.simulated import symbol
from hardware.simulated.lens import Lens

Grey = NDArray[np.uint8]

KEPT: Final = 4  # pictures: a code in two forms, a blank screen, one more
SCREEN_MM: Final = 344.0
"""Long side of a 15.6 inch panel's picture, in millimetres."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One picture on the screen. `key` names it; `pitch_mm` is a pixel's size; `symbol` is the code on it, if any."""

    key: str
    pixels: Grey
    pitch_mm: float
    symbol: symbol.Symbol | None


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What a phone's camera makes of a Look. `picture` is None where the world has no pixels."""

    look: Look
    picture: Grey | None
    text: str | None = field(repr=False)


class AttachedScreen:
    """Watches the pixels that `source` gives (grey, any shape); keeps what was worked out for the last few pictures."""

    def __init__(self, source: Callable[[], Grey], long_side_mm: float) -> None:
        self._source = source
        self._long_side_mm = long_side_mm
        self._kept: OrderedDict[str, Look] = OrderedDict()
        self.now = self._take(source())

    def changed(self) -> bool:
        """Looks again; True if the picture is another one than before."""
        pixels = self._source()
        if np.array_equal(pixels, self.now.pixels):
            return False
        self.now = self._take(pixels)
        return True

    def _take(self, pixels: Grey) -> Look:
        key = hashlib.sha256(pixels.tobytes()).hexdigest()[:16]
        look = self._kept.pop(key, None)
        if look is None:
            kept = np.array(pixels, np.uint8, order="C")
            look = Look(key, kept, self._long_side_mm / max(kept.shape), symbol.sample(kept))
        self._kept[key] = look
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return look


class Eye:
    """A phone's camera and scanner: a Preview for each Look, kept while the viewfinder is open."""

    def __init__(self, phone_lens: Lens) -> None:
        self.lens = phone_lens
        self._kept: OrderedDict[str, Preview] = OrderedDict()

    def look(self, screen: AttachedScreen, simple: bool) -> Preview:
        """What this phone sees and reads now. `simple` reads the screen's own pixels instead of a camera picture."""
        look = screen.now
        preview = self._kept.get(look.key)
        if preview is None:
            if simple:
                preview = Preview(look, None, look.symbol.text if look.symbol is not None else None)
            else:
                picture = self.lens.view(look.pixels, look.pitch_mm)
                preview = Preview(look, picture, symbol.read(picture))
            self._kept[look.key] = preview
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return preview

    def close(self) -> None:
        """Forgets what it saw."""
        self._kept.clear()
