"""The attached screen as the simulated world has it: pixels, and what can be taken from them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.simulated import lens, symbol

Grey = NDArray[np.uint8]

SCREEN_MM: Final = 344.0
"""Long side of a 15.6 inch panel's picture, in millimetres."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One picture on the screen. `key` names it; `pitch_mm` is a pixel's size."""

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
        self._texts: OrderedDict[str, str | None] = OrderedDict()
        self.now = self._take(source())

    def changed(self) -> bool:
        """Looks again; True if the picture is another one than before."""
        pixels = self._source()
        if np.array_equal(pixels, self.now.pixels):
            return False
        self.now = self._take(pixels)
        return True

    def text(self) -> str | None:
        """The text of the code on the screen, read from its own pixels, or None."""
        key = self.now.key
        if key not in self._texts:
            self._texts[key] = lens.read(self.now.pixels)
            if len(self._texts) > 4:
                self._texts.popitem(last=False)
        return self._texts[key]

    def _take(self, pixels: Grey) -> Look:
        kept = np.ascontiguousarray(pixels).copy()
        key = hashlib.sha256(kept.tobytes()).hexdigest()[:16]
        return Look(key, kept, self._long_side_mm / max(kept.shape), symbol.sample(kept))


class Eye:
    """A phone's camera and scanner: a Preview for each Look, kept while the viewfinder is open."""

    def __init__(self, phone_lens: lens.Lens) -> None:
        self.lens = phone_lens
        self._kept: OrderedDict[str, Preview] = OrderedDict()

    def look(self, screen: AttachedScreen, simple: bool) -> Preview:
        """What this phone sees and reads now. `simple` reads the screen's own pixels instead of a camera picture."""
        look = screen.now
        preview = self._kept.get(look.key)
        if preview is None:
            picture = None if simple else self.lens.view(look.pixels, look.pitch_mm)
            text = screen.text() if picture is None else lens.read(picture)
            preview = self._kept[look.key] = Preview(look, picture, text)
            if len(self._kept) > 4:
                self._kept.popitem(last=False)
        return preview

    def close(self) -> None:
        """Forgets what it saw."""
        self._kept.clear()
