"""Whose each exported code is: by the texts beside it, or by a CSV file that says so. One user, one code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from station.assembly.exported.found import Found, Unread
from station.domain.called import People, Person
from station.domain.columns import bare, fold
from station.domain.errors import BadPayload, BadRoster
from station.domain.policy import Mode
from station.domain.prepared import Kind, checked, meaning
from station.domain.rosterrows import Cells

NAMED = "Name the file after the user (e-mail, name or id), or give a CSV file with the columns file and user as --map."


@dataclass(frozen=True, slots=True)
class Owned:
    """A code that can be imported."""

    person: Person
    found: Found
    kind: Kind


def owners(
    codes: Iterable[Found], people: People, *, said: Mapping[str, str] | None = None, mode: Mode | None = None
) -> tuple[list[Owned], list[Unread]]:
    """Pair codes with users, and say of each that cannot be imported why not. `said`: file (or file#page) -> user, from `read_map`;
    a file that it does not name goes by its labels. `mode`: the only one that these codes are for."""
    said = {_key(name): user for name, user in (said or {}).items()}
    owned: list[Owned] = []
    refused: list[Unread] = []
    used: set[str] = set()
    for found in codes:
        one = _owned(found, people, said, used, mode)
        if isinstance(one, Owned):
            owned.append(one)
        else:
            refused.append(one)
    refused += [Unread(name, "The map names a file that is not there.", "Correct the map.") for name in said if name not in used]
    return _each_its_own(owned, refused)


def _owned(found: Found, people: People, said: Mapping[str, str], used: set[str], mode: Mode | None) -> Owned | Unread:
    name = next((name for name in _names(found) if name in said), None)
    if name is not None:
        used.add(name)
        persons: tuple[Person, ...] = people.exactly(said[name])
    else:
        persons = next((known for label in found.labels if (known := people.within(label))), ())
    if not persons:
        return Unread(found.source, "No user is called so." if name is None else f"No user is called {said[name]!r}.", NAMED)
    if len(persons) > 1:
        several = ", ".join(map(str, persons[:4]))
        return Unread(found.source, f"It may be the code of {several}.", NAMED)
    try:
        return Owned(persons[0], found, checked(found.content, mode))
    except BadPayload as why:
        return Unread(found.source, why.message, why.remedy)


def _names(found: Found) -> list[str]:
    """What a map may call this code: with or without its page, with or without its folders."""
    return [_key(name) for name in (found.source, found.source.rsplit("/", 1)[-1], found.file, found.file.rsplit("/", 1)[-1])]


def _key(name: str) -> str:
    return name.strip().replace("\\", "/").removeprefix("./").casefold()


def _each_its_own(owned: list[Owned], refused: list[Unread]) -> tuple[list[Owned], list[Unread]]:
    """Drop what two users share, and what one user has twice in different words; the same code of the same user counts once."""
    users: defaultdict[str, dict[str, Owned]] = defaultdict(dict)  # by meaning
    contents: defaultdict[str, dict[str, Owned]] = defaultdict(dict)  # by user
    for one in owned:
        mark = meaning(one.found.content)
        users[mark].setdefault(one.person.id, one)
        contents[one.person.id].setdefault(mark, one)
    good: list[Owned] = []
    for ident, theirs in contents.items():
        for mark, one in theirs.items():
            if len(users[mark]) > 1:
                both = " and ".join(f"{other.person} ({other.found.source})" for other in users[mark].values())
                refused.append(Unread(one.found.source, f"The same code is there for {both}.", "Export each user's own code."))
            elif len(theirs) > 1:
                files = ", ".join(other.found.source for other in theirs.values())
                remedy = "Keep the one that is to be shown."
                refused.append(Unread(one.found.source, f"{one.person} has {len(theirs)} different codes: {files}.", remedy))
            else:
                good.append(contents[ident][mark])
    return good, refused


def read_map(rows: Iterable[Cells]) -> dict[str, str]:
    """A table with the columns file and user (and any others): file -> user. Raises BadRoster."""
    table = iter(rows)
    line, header = next(table, (1, ()))
    heads = [fold(cell) for cell in header]
    if "file" not in heads or "user" not in heads:
        raise BadRoster(f"The map's first row (line {line}) must name the columns file and user.", "Add them: file,user")
    places = (heads.index("file"), heads.index("user"))
    said: dict[str, str] = {}
    for line, cells in table:
        file, user = (bare(cells[place]) if place < len(cells) else "" for place in places)
        if not file and not user:
            continue
        if not file or not user:
            raise BadRoster(f"Line {line}: a row of the map needs a file and a user.", "Complete or remove it.")
        if said.setdefault(file, user) != user:
            raise BadRoster(f"Line {line}: the map names {file} twice, for different users.", "Keep one of both rows.")
    return said
