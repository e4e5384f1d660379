"""A small picture in character cells: two pixels in each, one above the other."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.palette import SIXTEEN


class Picture(Widget, can_focus=False):
    """A PNG, as large as it fits, its proportions kept; where there are sixteen colours, in their greys. Without one it is blank."""

    DEFAULT_CSS = """
    Picture { width: 1fr; height: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._content: bytes | None = None
        self._rows: list[Strip] = []

    def say(self, content: bytes | None) -> None:
        """Show this PNG; one that cannot be read shows nothing."""
        if content != self._content:
            self._content = content
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        grey = self.app.theme == SIXTEEN.name
        self._rows = drawn(self._content, self.size.width, self.size.height, grey=grey) if self._content else []
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        row = self._rows[y] if y < len(self._rows) else Strip.blank(0)
        return row.adjust_cell_length(self.size.width, self.rich_style)


GREYS = (0x00, 0x55, 0xAA, 0xFF)
"""Those of the sixteen colours, evenly apart."""
SCREENED = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))
"""Bayer's pattern: which of sixteen pixels are lighter where a shade lies between two greys."""


def drawn(content: bytes, width: int, height: int, *, grey: bool = False) -> list[Strip]:
    """The rows of a picture in so many columns and rows; none when it is no picture. `grey`: only in GREYS."""
    import cv2  # imported here: a terminal that shows no picture starts without it
    import numpy as np

    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    if picture is None or width < 1 or height < 1:
        return []
    high, wide = picture.shape[:2]
    scale = min(width / wide, 2 * height / high)
    size = (max(1, int(wide * scale)), max(2, int(high * scale) // 2 * 2))
    small = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
    if grey:
        screen = np.tile(SCREENED, (size[1] // 4 + 1, size[0] // 4 + 1))[: size[1], : size[0]]
        shades = (cv2.cvtColor(small, cv2.COLOR_RGB2GRAY) / 85.0 + screen / 16.0).astype(np.uint8)
        small = np.repeat(np.array(GREYS, np.uint8)[np.minimum(shades, 3)][:, :, None], 3, axis=2)
    return [
        Strip([Segment("▀", Style(color=_hex(above), bgcolor=_hex(below))) for above, below in zip(*pair, strict=True)])
        for pair in zip(small[::2].tolist(), small[1::2].tolist(), strict=True)
    ]


def _hex(colour: list[int]) -> str:
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"
