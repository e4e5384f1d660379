"""A line of large letters that falls back to plain bold text where they cannot be drawn or do not fit."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tui.letters import ROWS, SHAPES, half_blocks, large
from tui.text import Tone


class BigWords(Widget, can_focus=False):
    """Large letters at the largest scale that fits; a tone's shape stands before them where one is given."""

    DEFAULT_CSS = """
    BigWords { height: 3; width: 1fr; text-style: bold; }
    """

    GAP = 3
    """Columns between the shape and the first letter."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._text = ""
        self._shape: Tone | None = None

    @property
    def text(self) -> str:
        return self._text

    def say(self, text: str, shape: Tone | None = None) -> None:
        """Show `text`, behind the shape of a tone."""
        if (text, shape) != (self._text, self._shape):
            self._text, self._shape = text, shape
            self.refresh()

    def scale(self, width: int, height: int) -> int:
        """The scale at which the words are drawn in so much room; 0 where they are plain text."""
        return next((scale for scale in range(height // ROWS, 0, -1) if self._rows(scale, width, height)), 0)

    def render(self) -> Content:
        width, height = self.size
        rows = self._rows(self.scale(width, height), width, height)
        if rows is not None:
            return self._centred([Content(row) for row in rows], height)
        if self._shape is None or height < ROWS:
            return self._centred([Content(self._text).truncate(max(1, width), ellipsis=True)], height)
        shape = half_blocks(SHAPES[self._shape])
        line = Content(shape[1] + " " * self.GAP + self._text).truncate(max(1, width), ellipsis=True)
        return self._centred([Content(shape[0]), line, Content(shape[2])], height)

    def _rows(self, scale: int, width: int, height: int) -> list[str] | None:
        """On one line, or word under word where that is narrow enough and there is room for it."""
        letters = self._letters(scale, width, height) if scale else None
        if letters is None:
            return None
        shape = half_blocks(SHAPES[self._shape], scale) if self._shape else ("",) * len(letters)
        shape += (" " * len(shape[0]),) * (len(letters) - len(shape))
        gap = " " * self.GAP if self._shape else ""
        rows = [drawn + gap + row for drawn, row in zip(shape, letters, strict=True)]
        return rows if len(rows[0]) <= width else None

    def _letters(self, scale: int, width: int, height: int) -> tuple[str, ...] | None:
        room = width - (len(SHAPES[self._shape][0]) * scale + self.GAP if self._shape else 0)
        whole = large(self._text, scale)
        if whole is None or len(whole[0]) <= room or " " not in self._text:
            return whole
        lines = [large(word, scale) or () for word in self._text.split()]
        if sum(map(len, lines)) > height:
            return whole
        longest = max(len(row) for line in lines for row in line)
        return tuple(row.ljust(longest) for line in lines for row in line)

    def _centred(self, rows: list[Content], height: int) -> Content:
        above = max(0, height - len(rows)) // 2
        return Content("\n").join([Content("")] * above + rows)
