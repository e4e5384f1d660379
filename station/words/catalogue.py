"""Loading a language's file, and putting arguments into its sentences."""

from __future__ import annotations

import gettext
import io
import string
from functools import lru_cache
from pathlib import Path

import polib

HERE = Path(__file__).parent
SOURCE = "en"
"""The language of the sentences in the code: it has no file."""

OWN_NAME = "X-Own-Name"
"""The header of a file in which the language says its own name, for the list to choose from."""


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name, that its tools look for
    """Marks a sentence that is translated later, where the language is known."""
    return sentence


class _Known(dict[str, object]):
    """Arguments for a sentence; one that was left out shows as a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


class Catalogue:
    """One language's sentences. `language` is its code.

    Only sentences of ours are format strings: an argument is put in as it is, never parsed, so it may be text from outside.
    """

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        self.language = language
        self._translations = translations

    def __call__(self, sentence: str, /, **arguments: object) -> str:
        """`sentence`, which is English, in this language, its {placeholders} filled by `arguments`."""
        return self._translations.gettext(sentence).format_map(_Known(arguments)) if sentence else ""

    def plural(self, one: str, many: str, count: int, /, **arguments: object) -> str:
        """The form that fits `count`, which is also the argument {count}."""
        return self._translations.ngettext(one, many, count).format_map(_Known({"count": count} | arguments))


def words(language: str, folder: Path = HERE) -> Catalogue:
    """The catalogue of a language: its own file's, else that of the language without its region, else English's."""
    wanted = language.replace("-", "_")
    if wanted == SOURCE:
        return _loaded(SOURCE, folder)  # without reading the other languages' files
    known = languages(folder)
    for code in (wanted, wanted.split("_", maxsplit=1)[0]):
        if code in known:
            return _loaded(code, folder)
    return _loaded(SOURCE, folder)


@lru_cache
def languages(folder: Path = HERE) -> dict[str, str]:
    """Every language that there is a file for, English first: its code, and its name as its speakers write it."""
    found = {SOURCE: "English"}
    for path in sorted(folder.glob("*.po")):
        found[path.stem] = polib.pofile(str(path)).metadata.get(OWN_NAME, path.stem)
    return found


@lru_cache
def _loaded(code: str, folder: Path) -> Catalogue:
    if code == SOURCE:
        return Catalogue(SOURCE, gettext.NullTranslations())
    file = polib.pofile(str(folder / f"{code}.po"))
    for entry in file:
        if not fits(entry):
            entry.msgstr, entry.msgstr_plural = "", {}
    return Catalogue(code, gettext.GNUTranslations(io.BytesIO(file.to_binary())))


def fits(entry: polib.POEntry) -> bool:
    """Whether a translation can be filled as the sentence is: one with other placeholders is not used."""
    wanted = placeholders(entry.msgid) | placeholders(entry.msgid_plural or "")
    said = [entry.msgstr, *entry.msgstr_plural.values()]
    try:
        return all(placeholders(text) <= wanted for text in said)
    except ValueError:
        return False


def placeholders(sentence: str) -> set[str]:
    """The names in braces, with how they are formatted. Raises ValueError for a sentence with a lone brace."""
    return {
        f"{name}!{how}:{form}" if how else f"{name}:{form}"
        for _, name, form, how in string.Formatter().parse(sentence)
        if name is not None
    }
