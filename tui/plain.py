"""Foreign text made fit for a terminal: nothing in it may steer, reorder, overprint or hide what stands beside it.

Names, reasons and labels come from files, services and scanners. They are shown as text, never as markup; what would act on the
terminal instead of standing in it is shown as a visible sign. Letters of every script stay as they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

MARKS_IN_A_ROW = 3
"""Combining marks kept on one letter: no living script needs more, a stack of them paints over the lines above."""

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: spelling, in Persian and Indic names."""

STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's general categories that hold no letters: controls, formats, surrogates, private use, unassigned, line breaks."""


def plain(text: str, limit: int = 200) -> str:
    """`text` on one line, at most `limit` characters, every steering character replaced by a sign that can be seen."""
    return "".join(map(_sign, _low(text[:limit]))) + "…" * (len(text) > limit)


def signs(text: str) -> str:
    """The same for a field in which somebody types: nothing is cut, and each sign is one character, so that the cursor stays right."""
    return "".join(sign if len(sign := _sign(letter)) == 1 else "\ufffd" for letter in _low(text))


def _low(text: str) -> Iterator[str]:
    """The letters, without the marks that make a tower on one of them."""
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in {"Mn", "Me"} else 0
        if marks <= MARKS_IN_A_ROW:
            yield letter


def _sign(letter: str) -> str:
    """The letter itself, unless it steers."""
    if letter in JOINERS or unicodedata.category(letter) not in STEERING:
        return letter
    code = ord(letter)
    if code < 0x20:
        return chr(0x2400 + code)  # Unicode's control pictures
    if code == 0x7F:
        return "\u2421"
    return f"⟨{code:04X}⟩"
