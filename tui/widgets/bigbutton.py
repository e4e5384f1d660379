"""A button for gloves: five rows high where there is room, deaf to a second tap of the same finger."""

from __future__ import annotations

from textwrap import wrap
from time import monotonic
from typing import ClassVar

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from tui.text import Tone
from tui.widgets.words import set_tone


class BigButton(Static, can_focus=False):
    """A large button with its key beneath the label.

    It takes no focus: a scanner that types like a keyboard ends with Enter, and must never press anything. For SETTLE seconds
    after it was pressed, or began to mean something else, or came to light, it ignores presses: a bouncing tap would
    otherwise start a batch and pause it at once.
    """

    DEFAULT_CSS = """
    BigButton {
        width: 1fr;
        height: 100%;
        content-align: center middle;
        text-align: center;
        text-style: bold;
        background: $key;
        color: $foreground;
        pointer: pointer;
        &:hover { background: $key-lighten-1; }
        &.-suggested { background: $accent; color: $on-tone; }
        &.-quiet { background: $panel; text-style: none; }
        &:disabled { background: $background; color: $faint; border: round $faint; text-style: none; pointer: default; }
    }
    """

    SETTLE: ClassVar[float] = 0.4

    class Pressed(Message):
        """The button was pressed, by a tap or by its key."""

        def __init__(self, button: BigButton) -> None:
            self.button = button
            super().__init__()

        @property
        def control(self) -> BigButton:
            return self.button

    def __init__(
        self,
        label: str = "",
        note: str = "",
        *,
        key: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._key = key
        self._face = ("", "")
        self._deaf_until = 0.0
        self.say(label, note)

    @property
    def label(self) -> str:
        return self._face[0]

    def say(self, label: str, note: str = "", tone: Tone | None = None) -> None:
        """Give the button its label and, smaller, what it leads to."""
        set_tone(self, tone)
        if (label, note) != self._face:
            if label != self._face[0]:
                self.settle()
            self._face = (label, note)
            self.update(self._drawn())

    def settle(self) -> None:
        """Ignore presses for a moment."""
        self._deaf_until = monotonic() + self.SETTLE

    @property
    def deaf(self) -> bool:
        """Whether a press does nothing now."""
        return self.disabled or not self.display or monotonic() < self._deaf_until

    def press(self) -> None:
        """As a tap: nothing while disabled, hidden or settling."""
        if self.deaf:
            return
        self.settle()
        self.post_message(self.Pressed(self))

    def on_mount(self) -> None:
        self.settle()

    def on_click(self, event: Click) -> None:
        event.stop()
        self.press()

    def on_resize(self) -> None:
        self.update(self._drawn())

    def watch_disabled(self, disabled: bool) -> None:
        """A disabled button has a border, and less room in it."""
        super().watch_disabled(disabled)
        self.update(self._drawn())

    def _drawn(self) -> Content:
        """Label, note and key; the note only where it leaves the key in sight."""
        label, note = self._face
        border = 2 if self.disabled else 0
        width, height = max(1, (self.outer_size.width or 20) - border), (self.outer_size.height or 5) - border
        said, noted = len(wrap(label, width)) or 1, len(wrap(note, width))
        whole = all(len(word) <= width for word in note.split())
        lines = [Content(label)]
        if note and whole and said + noted + bool(self._key) <= height:
            lines.append(Content(note).stylize("not bold"))
        if self._key and said < height:
            lines.append(Content(self._key).stylize("not bold"))
        return Content("\n").join(lines)
