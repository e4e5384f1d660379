"""Digits and units as pixels, for what is drawn without any font: pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ROWS = 5
_SIGNS = {
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    "m": "..... ##.#. #.#.# #.#.# #.#.#",
    "p": "... ##. #.# ##. #..",
    "x": "... ... #.# .#. #.#",
    " ": ".. .. .. .. ..",
}


def lettering(text: str, scale: int) -> NDArray[np.bool_]:
    """True where a pixel is dark, ROWS * scale of them high. Knows digits, m, p, x and the space; KeyError for another sign."""
    signs = [np.array([[point == "#" for point in row] for row in _SIGNS[sign].split()]) for sign in text]
    gap = np.zeros((ROWS, 1), np.bool_)
    line = np.concatenate([part for sign in signs for part in (sign, gap)][:-1], axis=1)
    return line.repeat(scale, 0).repeat(scale, 1)
