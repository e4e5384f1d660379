"""The chosen row of a list: its ground, and a bar before it, since not every screen and not every eye tells grounds apart."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widgets import OptionList

MARK = "▌"


def marked(strip: Strip) -> Strip:
    """The same line with the bar in its first cell, which must be empty."""
    style = next((segment.style for segment in strip if segment.text), None)
    return Strip([Segment(MARK, style), *strip.crop(1)], strip.cell_length)


class MarkedList(OptionList):
    """A list of options, each with an empty first column, in which the chosen one is marked."""

    def render_line(self, y: int) -> Strip:
        """One line; those of the chosen option with the bar."""
        strip, row = super().render_line(y), self.scroll_offset.y + y
        chosen = self.highlighted is not None and row < len(self._lines) and self._lines[row][0] == self.highlighted
        return marked(strip) if chosen else strip
