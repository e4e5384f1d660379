"""A field of one line, in which what is pasted or scanned is shown and does nothing."""

from __future__ import annotations

from rich.highlighter import Highlighter
from rich.text import Text
from textual.widgets import Input

from tui.plain import signs


class _Signs(Highlighter):
    """What steers a terminal as a sign: the field keeps it as it came, since somebody may look for just that."""

    def __call__(self, text: str | Text) -> Text:
        """The text as it may be drawn."""
        return Text(signs(str(text)), no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Nothing has a colour of its own."""


class TextField(Input):
    """At most `longest` characters. `secret`: they are shown as dots. Its cursor stands still: a field that is there all day must not
    flicker."""

    def __init__(self, value: str = "", *, longest: int, secret: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(value, max_length=longest, password=secret, highlighter=_Signs(), id=id)
        self.cursor_blink = False
