"""A window whose screen is an array: the attached screen of the digital twin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from hardware.display.drawing import Picture, Text, blank
from hardware.display.window import DisplayWindow, Flip


class MemoryWindow:
    """The twin's attached screen: says that it is simulated, and keeps what it shows in `pixels`.

    `pixels` is grey, `uint8`, shape (height, width); each flip replaces the array, none is changed in place, and a picture that comes
    up again is the same array. `on_flip` is called after each. Texts are left out.
    """

    def __init__(self, path: Path, *, width: int = 1920, height: int = 1080, on_flip: Callable[[], None] = lambda: None) -> None:
        self.pixels: Picture = blank(width, height)
        self.on_flip = on_flip
        self._window = DisplayWindow(path, self, simulated=True)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.pixels.shape
        return width, height

    def prepare(self, picture: Picture, texts: Sequence[Text] = ()) -> Flip:
        """Show `picture`, whenever that is called."""
        return partial(self._put, picture)

    def _put(self, picture: Picture) -> None:
        self.pixels = picture
        self.on_flip()

    async def run(self) -> None:
        """Attach to the service, again whenever it is lost; until cancelled."""
        await self._window.run()
