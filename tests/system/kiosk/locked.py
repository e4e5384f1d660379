"""What a keyboard and a mouse at the kiosk could try: the terminal's own keys, the compositor's, what a mouse does beside presses."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from tests.system.kiosk.keyboard import defaults
from tests.system.kiosk.pointer import MIDDLE, RIGHT
from tests.system.kiosk.session import Kiosk

SAMPLE = Path("etc/xdg/foot/foot.ini")  # says what each foot is bound to by itself
OTHERS = (
    "Mod4+Return",
    "Mod4+d",
    "Mod4+Shift+q",
    "Mod4+Shift+e",
    "Control+c",
    "Control+d",
    "Control+q",
    "Control+z",
    "Control+backslash",
)
"""What a compositor without our configuration, and a terminal program without our lock, would listen to."""
PANELS = ("sixtap-display", "sixtap-tui")
HELP, BENCH = "Tap its first screen six times", "Start batch"
SILENT = "XF86"  # keys for which a terminal has nothing to send
WORDS = (0.1, 0.2)  # a place without a button


def lead_nowhere(kiosk: Kiosk, root: Path) -> None:
    """Each of them is tried. The operator's program gets every key, and picture, windows and processes are as they were."""
    bound = defaults(root / SAMPLE)
    assert {"spawn-terminal", "clipboard-copy", "search-start", "show-urls-launch", "scrollback-up-page"} <= bound.keys()
    help_and_back(kiosk)
    settled, processes = kiosk.still(kiosk.panel), kiosk.started("terminal")
    for key in (*(keys for all_keys in bound.values() for keys in all_keys), *OTHERS):
        before = passed_on(kiosk)
        kiosk.keyboard.press(key)
        if not key.startswith(SILENT):
            kiosk.until(lambda before=before: passed_on(kiosk) != before)  # type: ignore[misc]
    kiosk.until(lambda: np.array_equal(kiosk.shot(kiosk.panel), settled))
    turned_and_dragged(kiosk)
    kiosk.until(lambda: np.array_equal(kiosk.shot(kiosk.panel), settled))
    help_and_back(kiosk)
    assert (kiosk.windows(), kiosk.started("terminal")) == (sorted(PANELS), processes)


def passed_on(kiosk: Kiosk) -> bytes:
    """What the program was told, without the keys that are only held."""
    return re.sub(rb"\x1b\[5744\d(;\d+)?u", b"", kiosk.heard)


def turned_and_dragged(kiosk: Kiosk) -> None:
    """The wheel with and without Control, more one way than the other; then, with Shift, what the terminal would keep to itself."""
    for notches in (-5, 3):
        kiosk.pointer.wheel(*WORDS, notches)
        with kiosk.keyboard.holding("Control"):
            kiosk.pointer.wheel(*WORDS, notches)
    with kiosk.keyboard.holding("Shift"):
        kiosk.pointer.press(*WORDS, button=RIGHT)
        kiosk.pointer.press(*WORDS, button=MIDDLE)
        kiosk.pointer.drag(WORDS, (0.6, 0.3))


def lead_out_of_an_unlocked_one(kiosk: Kiosk, root: Path) -> None:
    """The keyboard does reach the terminal: where it is not locked, the same key opens another."""
    kiosk.kill("terminal")
    kiosk.start_unlocked()
    spawn = defaults(root / SAMPLE)["spawn-terminal"]
    kiosk.press_keys_until(*spawn, holds=lambda: kiosk.windows().count("foot") > 1)


def help_and_back(kiosk: Kiosk) -> None:
    """The terminal has come to the end of all that was pressed, and its program still has the keys."""
    told = kiosk.said.count(HELP)
    kiosk.press_keys_until("F6", holds=lambda: kiosk.said.count(HELP) > told)
    told = kiosk.said.count(BENCH)
    kiosk.press_keys_until("Escape", holds=lambda: kiosk.said.count(BENCH) > told)
