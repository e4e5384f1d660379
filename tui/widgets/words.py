"""Text on the screen that is never markup and is drawn anew only when it changes."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.text import TONE_SIGN, Tone


def set_tone(widget: Widget, tone: Tone | None) -> None:
    """Give the widget one tone's class; theme.tcss says what it looks like."""
    if tone is None or not widget.has_class(tone):
        widget.remove_class(*TONE_SIGN)
        widget.add_class(*([tone] if tone else []))


class Words(Static, can_focus=False):
    """A piece of text. `say` takes plain text or Content, never markup."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(Content(text), id=id, classes=classes, markup=False)
        self._said = Content(text)

    def say(self, text: str | Content, tone: Tone | None = None) -> None:
        """Show `text`, in a tone's colour where one is given."""
        said = Content(text) if isinstance(text, str) else text
        set_tone(self, tone)
        if not said.is_same(self._said):
            self._said = said
            self.update(said)
