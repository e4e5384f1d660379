"""A keyboard for a compositor without one (zwp_virtual_keyboard_v1), and the keys that the terminal is bound to by itself."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.system.kiosk.wayland import Client, now

_KEYMAP, _KEY, _MODIFIERS = 0, 1, 2  # requests of the keyboard
_XKB_TEXT = 1  # format of a keymap
_LAYOUT = b"""xkb_keymap {
xkb_keycodes { include "evdev+aliases(qwerty)" };
xkb_types { include "complete" };
xkb_compat { include "complete" };
xkb_symbols { include "pc+us+inet(evdev)" };
};\0"""
_HELD = {"Shift": (42, 1), "Control": (29, 4), "Mod1": (56, 8), "Alt": (56, 8), "Mod4": (125, 64)}  # key, and the modifier's bit
_ROWS = {16: "qwertyuiop", 30: "asdfghjkl", 44: "zxcvbnm", 2: "1234567890"}  # of the board, by the code of their first key
_CODES = {row[place]: first + place for first, row in _ROWS.items() for place in range(len(row))} | {
    "minus": 12, "equal": 13, "plus": 13, "Return": 28, "Escape": 1, "space": 57, "backslash": 43,
    "F6": 64, "Insert": 110, "Page_Up": 104, "Page_Down": 109,
    "KP_Add": 78, "KP_Subtract": 74, "KP_0": 82, "KP_Page_Up": 73, "KP_Page_Down": 81,
    "XF86Copy": 133, "XF86Paste": 135,
}  # of linux/input-event-codes.h  # fmt: skip


class Keyboard:
    """Presses keys by the names that the terminal's configuration has for them: `Control+Shift+n`."""

    def __init__(self, client: Client, keyboard: int) -> None:
        self._client, self._keyboard = client, keyboard

    def press(self, *combinations: str) -> None:
        """Each of them down and up again. KeyError for a name that this keyboard does not know."""
        for combination in combinations:
            *held, key = combination.split("+")
            with self.holding(*held):
                for down in (1, 0):
                    self._key(_CODES[key], down)
        self._client.settle()

    @contextmanager
    def holding(self, *modifiers: str) -> Iterator[None]:
        """These are held down for the time of the block."""
        for name in modifiers:
            self._key(_HELD[name][0], 1)
        self._modify(sum(_HELD[name][1] for name in modifiers))
        yield
        self._modify(0)
        for name in modifiers:
            self._key(_HELD[name][0], 0)

    def _key(self, code: int, down: int) -> None:
        self._client.send(self._keyboard, _KEY, struct.pack("=III", now(), code, down))

    def _modify(self, bits: int) -> None:
        self._client.send(self._keyboard, _MODIFIERS, struct.pack("=IIII", bits, 0, 0, 0))
        self._client.settle()


@contextmanager
def keyboard(path: Path) -> Iterator[Keyboard]:
    """A keyboard of the compositor at this socket; it goes with the block."""
    client = Client(path)
    layout = os.memfd_create("keymap")
    try:
        os.write(layout, _LAYOUT)
        made = client.make(client.bind("zwp_virtual_keyboard_manager_v1", 1), 0, struct.pack("=I", client.bind("wl_seat", 1)))
        client.send(made, _KEYMAP, struct.pack("=II", _XKB_TEXT, len(_LAYOUT)), (layout,))
        client.settle()
        yield Keyboard(client, made)
    finally:
        os.close(layout)
        client.close()


def defaults(configuration: Path) -> dict[str, list[str]]:
    """What each of foot's own keys does: action to combinations, from the commented sample that every foot brings along."""
    section = re.search(r"^\[key-bindings\]$(.*?)^\[", configuration.read_text(), re.MULTILINE | re.DOTALL)
    assert section is not None
    found = re.findall(r"^# ([a-z-]+)=([A-Z].*)$", section[1], re.MULTILINE)  # not: none, [a command] none
    return {action: keys.split() for action, keys in found}
