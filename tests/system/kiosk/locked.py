"""What a keyboard and a mouse at the kiosk could try: the terminal's own keys, the compositor's, what a mouse does beside presses."""

from __future__ import annotations

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
WORDS = (0.1, 0.2)  # a place without a button


def lead_nowhere(kiosk: Kiosk, root: Path) -> None:
    """Each of them is tried, and neither the picture, nor the windows, nor the terminal's processes are others than before."""
    bound = defaults(root / SAMPLE)
    assert {"spawn-terminal", "clipboard-copy", "search-start", "show-urls-launch", "scrollback-up-page"} <= bound.keys()
    help_and_back(kiosk)
    settled, processes = kiosk.still(kiosk.panel), kiosk.started("terminal")
    kiosk.keyboard.press(*(keys for all_keys in bound.values() for keys in all_keys), *OTHERS)
    for notches in (-5, 5):
        kiosk.pointer.wheel(*WORDS, notches)
        with kiosk.keyboard.holding("Control"):
            kiosk.pointer.wheel(*WORDS, notches)
    with kiosk.keyboard.holding("Shift"):  # with it the mouse is the terminal's, not the program's
        kiosk.pointer.drag(WORDS, (0.6, 0.3))
        kiosk.pointer.press(*WORDS, button=RIGHT)
        kiosk.pointer.press(*WORDS, button=MIDDLE)
    help_and_back(kiosk)
    assert (kiosk.windows(), kiosk.started("terminal")) == (sorted(PANELS), processes)
    kiosk.until(lambda: np.array_equal(kiosk.shot(kiosk.panel), settled))


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
