"""How a name of any script is written in one line, as far as that is known here; and the fonts that may hold its signs. Pure but for
the looking up of files.

A name that cannot be written rightly is not written at all: signs in a wrong order or shape would be another name.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.*", "NotoSansCJK-Regular.*", "NotoSans*-Regular.*", "DroidSansFallback*.ttf")
"""File names, the best first. Debian's packages: fonts-dejavu-core, fonts-noto-core, fonts-noto-cjk."""

# By the first word of their signs' Unicode names. Plain: one sign after the other, from left to right. Shaped: signs change with their
# neighbours, by rules of their script (ISO 15924), which the drawing must be told.
_PLAIN = frozenset(
    {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "CHEROKEE", "ETHIOPIC"}
    | {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH"}
    | {"MODIFIER", "COMBINING", "FEMININE", "MASCULINE", "VARIATION"}
)
_SHAPED = {
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "GURMUKHI": "Guru",
    "GUJARATI": "Gujr",
    "ORIYA": "Orya",
    "TAMIL": "Taml",
    "TELUGU": "Telu",
    "KANNADA": "Knda",
    "MALAYALAM": "Mlym",
    "SINHALA": "Sinh",
    "THAI": "Thai",
    "LAO": "Laoo",
    "TIBETAN": "Tibt",
    "MYANMAR": "Mymr",
    "KHMER": "Khmr",
}
_LEFTWARD = {"ARABIC": "Arab", "HEBREW": "Hebr"}


@dataclass(frozen=True, slots=True)
class Writing:
    """`text` with its signs composed. script: by ISO 15924, empty for one that needs no rules. leftward: written from the right."""

    text: str
    script: str = ""
    leftward: bool = False


def writing(caption: str) -> Writing | None:
    """How it is written; None when that is not known: an unknown script, several that need rules, or two directions in one line."""
    text = unicodedata.normalize("NFC", caption).strip()
    words = {unicodedata.name(sign, "").split(" ", 1)[0] for sign in text if unicodedata.category(sign)[0] in "LM"}
    special = words - _PLAIN
    if not text or len(special) > 1:
        return None
    if not special:
        return Writing(text)
    word = special.pop()
    if word in _LEFTWARD:
        # beside words from left to right, and digits, its parts would have to be put in another order
        return None if words & _PLAIN - {"COMBINING"} or _has_digits(text) else Writing(text, _LEFTWARD[word], leftward=True)
    return Writing(text, _SHAPED[word]) if word in _SHAPED else None


def _has_digits(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in {"EN", "AN", "ES", "CS"} for sign in text)


def fonts(folders: tuple[Path, ...] = FOLDERS) -> list[Path]:
    """The files of fonts that this computer has, the best first."""
    found: dict[Path, None] = {}
    for pattern in _FONTS:
        for folder in folders:
            found |= dict.fromkeys(sorted(folder.rglob(pattern)))
    return list(found)
