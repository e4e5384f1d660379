"""A keyboard on the screen, for a panel that has no other: it comes when a field is tapped, and types into that field."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Grid
from textual.events import Click
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from station.words import Catalogue

QWERTY = ("1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm,.-", "äöüßéèçñ@_")
AZERTY = ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn'.-,", "éèàçùêîô@_")
LAYOUTS = {"fr": AZERTY}
"""By language; all others have QWERTY. Every row has ten letters: the keys are as large as a panel allows."""

TYPING = "-typing"
"""The class of a screen while its keyboard is up."""
SHIFT, SPACE, ERASE, ENTER, AWAY = "⇧", "␣", "⌫", "⏎", "▼"
ORDERS = (SHIFT, SPACE, ERASE, ENTER, AWAY)
WIDTHS = {SHIFT: 2, SPACE: 3, ERASE: 2, ENTER: 2, AWAY: 1}


class Key(Static, can_focus=False):
    """One key. The field keeps the cursor while it is tapped."""

    DEFAULT_CSS = """
    Key {
        width: 100%;
        height: 100%;
        content-align: center middle;
        text-align: center;
        text-style: bold;
        background: $key;
        color: $foreground;
        pointer: pointer;
        &:hover { background: $key-lighten-1; }
        &.-even { background: $panel-lighten-1; }
        &.-order { background: $panel; }
        &.-down { background: $accent; color: $on-tone; }
    }
    """

    def __init__(self, sign: str, *, even: bool = False) -> None:
        """`even`: it is in such a row, which looks a little different, so that rows are told apart without space between them."""
        super().__init__(sign, markup=False, classes="-order" if sign in ORDERS else "-even" if even else "")
        self.sign = sign
        self.styles.column_span = WIDTHS.get(sign, 1)

    def on_click(self, event: Click) -> None:
        event.stop()
        keyboard = self.parent
        if isinstance(keyboard, Keyboard):
            keyboard.type(self)


class Keyboard(Grid):
    """Letters for the field that was tapped last. It goes with its own key, with Enter, or with the field."""

    DEFAULT_CSS = """
    Keyboard {
        dock: bottom;
        width: 100%;
        height: 13;
        grid-size: 10;
        grid-gutter: 0 1;
        grid-rows: 1fr;
        padding: 1 0 0 0;
        background: $background;
    }
    """

    SHIFTED: ClassVar[dict[str, str]] = {"-": "+", ".": ":", ",": ";", "'": '"', "_": "/", "@": "#", "ß": "ẞ"}

    def __init__(self, field: Input, t: Catalogue) -> None:
        super().__init__()
        self._field, self._layout = field, LAYOUTS.get(t.language.partition("_")[0], QWERTY)
        self._shifted = False

    def compose(self) -> ComposeResult:
        for number, row in enumerate(self._layout):
            yield from (Key(letter, even=number % 2 == 1) for letter in row)
        yield from (Key(order) for order in ORDERS)

    def type(self, key: Key) -> None:
        """What a tap on the key does."""
        match key.sign:
            case "⇧":
                self._shift(not self._shifted)
            case "⌫":
                self.field.action_delete_left()
            case "▼":
                self.leave()
            case "⏎":
                self.run_worker(self._enter())
            case sign:
                self.field.insert_text_at_cursor(" " if sign == SPACE else self._letter(sign))
                self._shift(False)

    @property
    def field(self) -> Input:
        """Where letters go: the field that has the cursor."""
        focused = self.screen.focused
        if isinstance(focused, Input):
            self._field = focused
        return self._field

    async def _enter(self) -> None:
        """In a form the cursor goes on to the next field; a single field has been served."""
        await self.field.action_submit()
        if len(self.screen.query(Input)) == 1:
            self.leave()

    def leave(self) -> None:
        """Go, and give the room back."""
        self.screen.remove_class(TYPING)
        self.remove()

    def _letter(self, sign: str) -> str:
        return self.SHIFTED.get(sign, sign.upper()) if self._shifted else sign

    def _shift(self, down: bool) -> None:
        self._shifted = down
        for key in self.query(Key):
            if key.sign not in ORDERS:
                key.update(self._letter(key.sign))
            key.set_class(down and key.sign == SHIFT, "-down")


def typing(screen: Screen[object], tapped: Widget | None, t: Catalogue) -> None:
    """A place of the screen was tapped: a field gets the keyboard; anything else but a key sends it away."""
    there = screen.query(Keyboard)
    if isinstance(tapped, Input):
        if not there:
            screen.add_class(TYPING)
            screen.mount(Keyboard(tapped, t))
    elif there and not isinstance(tapped, Key):
        there.first().leave()
