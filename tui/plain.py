"""Foreign text made fit for a terminal: nothing in it may steer, reorder, overprint or hide what stands beside it.

Names, reasons and labels come from files, services and scanners. They are shown as text, never as markup; what would act on the
terminal instead of standing in it is shown as a visible sign. Letters of every script stay as they are.
"""

from __future__ import annotations

import unicodedata

MARKS_IN_A_ROW = 3
"""Combining marks kept on one letter: no living script needs more, a stack of them paints over the lines above."""

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: spelling, in Persian and Indic names."""

STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's general categories that hold no letters: controls, formats, surrogates, private use, unassigned, line breaks."""


def plain(text: str, limit: int = 200) -> str:
    """`text` on one line, at most `limit` characters, every steering character replaced by a sign that can be seen."""
    shown: list[str] = []
    marks = 0
    for letter in text[:limit]:
        marks = marks + 1 if unicodedata.category(letter) in {"Mn", "Me"} else 0
        if marks > MARKS_IN_A_ROW:
            continue
        shown.append(_sign(letter) if letter not in JOINERS and unicodedata.category(letter) in STEERING else letter)
    if len(text) > limit:
        shown.append("…")
    return "".join(shown)


def _sign(letter: str) -> str:
    code = ord(letter)
    if code < 0x20:
        return chr(0x2400 + code)  # Unicode's control pictures
    if code == 0x7F:
        return "\u2421"
    return f"⟨{code:04X}⟩"
