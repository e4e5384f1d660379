"""The way back from the last order, for as long as a hand may still reach for it."""

from __future__ import annotations

from typing import ClassVar

from textual.screen import Screen

from station.wire import Command
from station.words import Catalogue
from tui.messages import Order
from tui.widgets.bigbutton import BigButton


class Undo(BigButton):
    """A button over the others' edge that sends the order which takes the last one back. It goes by itself, or with the next order."""

    DEFAULT_CSS = """
    Undo {
        layer: undo;
        dock: bottom;
        width: 34;
        height: 3;
        margin: 0 0 6 2;
        background: $ask;
        color: $on-tone;
    }
    """

    SHOWN: ClassVar[float] = 12.0
    """Seconds that it stays."""

    def __init__(self, command: Command, t: Catalogue) -> None:
        super().__init__(t("Undo"), key="Ctrl+Z")
        self._command = command

    def on_mount(self) -> None:
        self.set_timer(self.SHOWN, self.remove)

    def press(self) -> None:
        """As a tap: send the order, once."""
        if not self.deaf and self.is_attached:
            self.post_message(Order(self._command))
            self.remove()


def offer(screen: Screen[object], command: Command | None, t: Catalogue) -> None:
    """Put it on the screen in front; of what cannot be taken back there is none."""
    withdraw(screen)
    if command is not None:
        screen.mount(Undo(command, t))


def withdraw(screen: Screen[object]) -> None:
    """Something else was ordered: what came before is no longer the last."""
    screen.query(Undo).remove()
