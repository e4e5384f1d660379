"""Whose file is this? Users found by what a file is called, or by a text that stands beside a code."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
MARKS = 200  # combining classes from here on are marks above and below a letter (Unicode, 4.3); lower ones change its meaning
TRACE = re.compile(r"_at_|\(at\)|\[at\]|%40", re.IGNORECASE)  # what becomes of an @ in file names


@dataclass(frozen=True, slots=True)
class Person:
    """A user as far as matching needs one. `account`: the console's own id of this person."""

    id: str
    name: str
    email: str = ""
    account: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.email else f"{self.name} ({self.id})"


def words(text: str) -> tuple[str, ...]:
    """A text's words without case and accents: letters and digits of every script, everything else parts them."""
    parted = unicodedata.normalize("NFKD", TRACE.sub("@", text).casefold())
    letters = (
        letter if unicodedata.category(letter)[0] in "LNM" else " " for letter in parted if unicodedata.combining(letter) < MARKS
    )
    return tuple("".join(letters).split())


class People:
    """Users by e-mail, name, id and account, as these look in file names: without case, accents and punctuation."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._called: dict[tuple[str, ...], dict[str, Person]] = defaultdict(dict)
        self._longest = 1
        for person in people:
            for key in _keys(person):
                self._called[key][person.id] = person
                self._longest = max(self._longest, len(key))

    def exactly(self, text: str) -> tuple[Person, ...]:
        """Those whom the whole text names; several only where users share a name."""
        return tuple(self._called.get(words(text), {}).values())

    def within(self, text: str) -> tuple[Person, ...]:
        """Those whom the text or whole words of it name. A name inside of a longer one that is found (Anna Meier in Anna
        Meier-Schmidt, or in an e-mail address) does not count."""
        whole = self.exactly(text)
        if whole:
            return whole
        given = words(text)
        found: dict[str, Person] = {}
        covered: list[range] = []
        for start, stop in _spans(len(given), self._longest):
            if any(start >= one.start and stop <= one.stop for one in covered):
                continue
            called = self._called.get(given[start:stop])
            if called:
                covered.append(range(start, stop))
                found.update(called)
        return tuple(found.values())


def _spans(count: int, longest: int) -> Iterator[tuple[int, int]]:
    """Start and stop of every run of neighbouring words, the longest first."""
    for length in range(min(count, longest), 0, -1):
        for start in range(count - length + 1):
            yield start, start + length


def _keys(person: Person) -> set[tuple[str, ...]]:
    keys = {words(text) for text in (person.email, person.id, person.account, person.name)}
    written_out = unicodedata.normalize("NFC", person.name).casefold().translate(WRITTEN_OUT)
    for name in (words(person.name), words(written_out)):
        keys |= {name, (*name[-1:], *name[:-1])}  # family name first, too
    return keys - {()}
