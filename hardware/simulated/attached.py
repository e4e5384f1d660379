"""The attached screen as the simulated world has it: pixels, and what can be taken from them."""

from __future__ import annotations

import hashlib
import random
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.simulated import symbol
from hardware.simulated.lens import Lens

Grey = NDArray[np.uint8]

KEPT: Final = 8  # pictures: a code in two forms, the code before it in two, a blank screen, some more
TORN: Final = 1 / 30 + 1 / 60
"""How long a preview is torn when the screen changes, in seconds: a frame's time and an exposure. A phone's camera reads its rows one
after the other, so a frame that spans the change shows the old picture above and the new one below, and no code in either."""
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
    """What a phone's camera makes of a Look. `key` names it; `picture` is None where the world has no pixels."""

    look: Look
    key: str
    picture: Grey | None
    text: str | None = field(repr=False)


class AttachedScreen:
    """Watches the pixels that `source` gives (grey, any shape, replaced and never changed in place); keeps what was worked out for
    the last few pictures.

    now: the picture on the screen. turning: it came back after one other, both with a code: two forms take turns.
    """

    def __init__(self, source: Callable[[], Grey], long_side_mm: float) -> None:
        self._source = source
        self._long_side_mm = long_side_mm
        self._kept: OrderedDict[str, Look] = OrderedDict()
        self.now = self._take(source())
        self.turning = False
        self._before: Look | None = None

    def changed(self) -> bool:
        """Looks again; True if the picture is another one than before."""
        pixels = self._source()
        if pixels is self.now.pixels or np.array_equal(pixels, self.now.pixels):
            return False
        look, left = self._take(pixels), self.now
        self.turning = look is self._before and look.symbol is not None and left.symbol is not None
        self.now, self._before = look, left
        return True

    def _take(self, pixels: Grey) -> Look:
        look = next((each for each in self._kept.values() if each.pixels is pixels), None)
        key = look.key if look is not None else hashlib.sha256(pixels.tobytes()).hexdigest()[:16]
        look = self._kept.pop(key, None)
        if look is None:
            kept = np.ascontiguousarray(pixels, np.uint8)
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
                preview = Preview(look, look.key, None, look.symbol.text if look.symbol is not None else None)
            else:
                picture = self.lens.view(look.pixels, look.pitch_mm)
                preview = Preview(look, look.key, picture, symbol.read(picture))
            self._kept[look.key] = preview
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return preview

    def torn(self, before: Preview, after: Preview, at: float) -> Preview:
        """What it sees while the screen changes, torn through the code, which cannot be read. `at`, in seconds, chooses where."""
        share = random.Random(f"{self.lens.grain}:{round(at * 1000)}").uniform(0.35, 0.65)
        if before.picture is None or after.picture is None:
            return Preview(after.look, after.key, None, None)
        row = round(share * len(after.picture))
        picture = np.concatenate([before.picture[:row], after.picture[row:]])
        return Preview(after.look, f"{before.key}/{after.key}/{row}", picture, None)

    def close(self) -> None:
        """Forgets what it saw."""
        self._kept.clear()
