"""Which column of a user file is what: known from its header row, from TinyMDM's order of columns, or said by a person.

A file with a header row may have its columns in any order, named in English or French; columns that are not known are ignored, and
what became of each is told. A file without one is read when it is in the order that TinyMDM's console imports (its page "Import users
from a CSV file" had 5 columns first, 9 later and has 10 now; `is_anonymous` and what follows are 0 or 1, the custom fields free).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from station.domain.errors import BadRoster, WrongUse
from station.domain.roster import RowProblem, is_address

FIELDS = (
    "name", "first_name", "last_name", "email", "group", "directory", "anonymous", "send_email", "wpco",
    "policy", "mode", "custom1", "custom2", "custom3", "language",
)  # fmt: skip
FLAGS = frozenset({"anonymous", "send_email", "wpco"})
IGNORED = "-"
MOST_COLUMNS = 200
MOST_HEADER_PROBLEMS = 10
NEAR, SHORTEST_GUESSED = 0.8, 4  # how alike, and how long, a word must be to be taken for a misspelt one

_NINE = ("name", "email", "group", "directory", "anonymous", "send_email", "custom1", "custom2", "custom3")
TINYMDM: dict[int, tuple[str, ...]] = {5: _NINE[:5], 9: _NINE, 10: (*_NINE[:6], "wpco", *_NINE[6:])}

# How people head these columns, in letters and digits alone (see `fold`). The file's own field names are known as well.
_HEADERS: dict[str, str] = {
    "name": "username fullname displayname completename employee employeename person user"
    " nom nomcomplet nometprenom nomprenom prenometnom prenomnom utilisateur nomutilisateur nomdutilisateur nomdelutilisateur"
    " employe salarie collaborateur collaboratrice nomdaffichage",
    "first_name": "firstname givenname forename prenom prenoms",
    "last_name": "lastname surname familyname nomdefamille",
    "email": "mail emailaddress mailaddress useremail emailid"
    " courriel mel adresseemail adressemail adressecourriel adressedecourriel adresseelectronique courrierelectronique"
    " emailutilisateur emaildelutilisateur adresseemaildelutilisateur",
    "group": "groups groupname usergroup team department groupe nomgroupe nomdugroupe nomdegroupe equipe departement",
    "directory": "directoryname userdirectoryname nomdannuaire nomannuaire annuaire nomdanslannuaire nomderepertoire nomdurepertoire",
    "anonymous": "isanonymous anonymoususer anonyme utilisateuranonyme estanonyme",
    "send_email": "sendmail sendanemail sendinvitation invite envoyeremail envoyerunemail envoyerlemail envoyeremailalutilisateur"
    " envoyermail envoyerunmail envoyerlecourriel envoyeruncourriel envoiemail envoidemail envoimail envoidunemail inviter",
    "wpco": "emailwpcoqrcode wpcoqrcode wpcocode qrcodewpco codewpco codeqrwpco emailqrcodewpco modewpco",
    "policy": "policyname policyid politique nomdelapolitique nomdepolitique politiqueappliquee strategie nomdelastrategie",
    "mode": "managementmode enrollmentmode modedegestion modedenrolement modeenrolement modedadministration",
    "custom1": "customfield1 champpersonnalise1 champperso1 personnalise1",
    "custom2": "customfield2 champpersonnalise2 champperso2 personnalise2",
    "custom3": "customfield3 champpersonnalise3 champperso3 personnalise3",
    "language": "lang locale preferredlanguage langue languepreferee",
}  # fmt: skip


def fold(header: str) -> str:
    """A header's letters and digits, without accents and capitals, without what follows a colon or stands in brackets.

    TinyMDM's page writes `is_anonymous : 0 or 1`.
    """
    text = re.sub(r"\(.*?\)|\[.*?\]", "", header).partition(":")[0]
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if letter.isalnum())


_KNOWN = {word: field for field, words in _HEADERS.items() for word in (fold(field), *words.split())}
_JUST_NAMES = frozenset({"name", "nom"})  # beside a column of first names these hold last names


@dataclass(frozen=True, slots=True)
class Columns:
    """The field of each column, `""` where it is ignored. `headers` are the file's own words; empty where it has no header row."""

    fields: tuple[str, ...]
    headers: tuple[str, ...] = ()
    layout: Literal["header", "tinymdm", "given"] = "header"

    @property
    def evident(self) -> bool:
        """Whether the header row says just these names, so that there is nothing to explain."""
        return self.layout == "header" and self.fields == tuple(header.strip().lower() for header in self.headers)

    def where(self, column: str) -> str:
        """A problem's column as the file's reader finds it: by its header, or by its number where it has none."""
        if column not in self.fields:
            return column
        place = self.fields.index(column)
        if not self.headers:
            return f"{place + 1} ({column})"
        header = self.headers[place].strip()
        return column if header.lower() == column else f"{header[:80]!r} ({column})"


def read_maps(texts: Sequence[str]) -> dict[str, str]:
    """`column=field` texts: column (a header, or a number from 1) to field (`-`: ignore it). Raises WrongUse."""
    maps: dict[str, str] = {}
    for text in texts:
        column, equals, field = (part.strip() for part in text.rpartition("="))
        field = field.lower().replace("-", "_") if field != IGNORED else field
        if not equals or not column or field not in {*FIELDS, IGNORED}:
            raise WrongUse(
                f"{text[:80]!r} maps no column.", f"Write COLUMN=FIELD; a field is {', '.join(FIELDS)}, or - to leave the column out."
            )
        if column in maps:
            raise WrongUse(f"The column {column[:80]!r} is mapped twice.", "Map each column once.")
        maps[column] = field
    return maps


def recognize(sample: Sequence[tuple[int, Sequence[str]]], maps: Mapping[str, str], headed: bool | None = None) -> Columns:
    """What the columns are, from the first rows (line and cells, blank ones left out; at least one) and what a person said: `maps`,
    and with `headed` whether the first row names the columns.

    Raises BadRoster when nobody can tell, naming each column that is in the way.
    """
    line, first = sample[0]
    cells = [cell.strip() for cell in first[:MOST_COLUMNS]]
    named = [_KNOWN.get(fold(cell), "") for cell in cells]
    if _heads(cells, named, maps) if headed is None else headed and any(cells):
        while not cells[-1]:  # a delimiter too many
            cells.pop()
        columns = _told(Columns(tuple(named[: len(cells)]), tuple(cells)), maps, line)
        _refuse_near_misses(columns, maps, line)
        return _with_name(_names_joined(columns), line)
    used = max((place for _, row in sample for place, cell in enumerate(row, 1) if bare(cell)), default=1)
    layout = _layout(cells, used, max(len(row) for _, row in sample))
    if not layout and not maps:
        raise BadRoster(
            f"Nothing names the columns: line {line} is no header row that is known, and the file is not in TinyMDM's order.",
            f"Let its first row name the columns ({', '.join(FIELDS)}), or say them, as in --map 1=name --map 2=email.",
            tuple(RowProblem(line, str(place), cell[:80], "is no known column") for place, cell in enumerate(cells, 1) if cell)[
                :MOST_HEADER_PROBLEMS
            ],
        )
    fields = layout or ("",) * used
    return _with_name(_told(Columns(fields, layout="given" if maps else "tinymdm"), maps, line), line)


def beheld(sample: Sequence[tuple[int, Sequence[str]]], maps: Mapping[str, str], headed: bool | None = None) -> Columns:
    """The columns for a person to say what they are, where `recognize` cannot: what is known of some of them, and what was said."""
    cells = [cell.strip() for cell in sample[0][1][:MOST_COLUMNS]]
    named = [_KNOWN.get(fold(cell), "") for cell in cells]
    heads = _heads(cells, named, maps) if headed is None else headed
    width = min(MOST_COLUMNS, max((place for _, row in sample for place, cell in enumerate(row, 1) if bare(cell)), default=1))
    fields = [*(named if heads else []), *[""] * width][:width]
    fields = ["" if field in fields[:place] else field for place, field in enumerate(fields)]
    for column, field in maps.items():
        place = _number(column, width)
        if place is not None:
            fields = ["" if one == field else one for one in fields]
            fields[place] = "" if field == IGNORED else field
    return Columns(tuple(fields), tuple([*cells, *[""] * width][:width]) if heads else (), "header" if heads else "given")


def bare(cell: str) -> str:
    """A cell without the spaces around it and without Excel's `="..."`, which keeps a text from being taken for a number."""
    text = cell.strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        return text[2:-1].replace('""', '"').strip()
    return text


def _heads(cells: Sequence[str], named: Sequence[str], maps: Mapping[str, str]) -> bool:
    """Whether the first row names columns rather than a person."""
    if any(is_address(cell) for cell in cells):
        return False
    if {"name", "first_name", "last_name", "email"}.intersection(named):
        return True
    for column, field in maps.items():
        place = _number(column, len(cells))
        if place is None:  # a text: the header that it names must be there
            return True
        if field == "email" and cells[place]:
            return True
    return False


def _layout(cells: Sequence[str], used: int, width: int) -> tuple[str, ...]:
    """TinyMDM's order, when the file is as wide as one of its three and its flags are flags; a spreadsheet drops empty last cells."""
    fitting = [fields for fields in TINYMDM.values() if _fits(fields, cells)]
    exact = [fields for fields in fitting if len(fields) == width]
    wide = [fields for fields in reversed(fitting) if _flags_in(fields) <= used <= len(fields)]
    return next(iter((*exact, *wide)), ())


def _flags_in(fields: Sequence[str]) -> int:
    return max(place for place, field in enumerate(fields, 1) if field in FLAGS)


def _fits(fields: Sequence[str], cells: Sequence[str]) -> bool:
    flags = [bare(cell) for field, cell in zip(fields, cells, strict=False) if field in FLAGS]
    return bool(flags) and flags[0] in {"0", "1"} and all(flag in {"", "0", "1"} for flag in flags)


def _number(column: str, width: int) -> int | None:
    return int(column) - 1 if column.isascii() and column.isdigit() and 1 <= int(column) <= width else None


def _told(columns: Columns, maps: Mapping[str, str], line: int) -> Columns:
    """With what a person said about them; then no field may be there twice."""
    fields = list(columns.fields)
    folded = [fold(header) for header in columns.headers]
    said: set[int] = set()
    for column, field in maps.items():
        same = [place for place, header in enumerate(columns.headers) if header == column]
        same = same or [place for place, header in enumerate(folded) if header and header == fold(column)]
        number = _number(column, MOST_COLUMNS if not columns.headers else len(fields))
        if not same and number is None:
            there = f"Its columns are {', '.join(columns.headers)}." if columns.headers else "It has no header row: say a number."
            raise BadRoster(f"The file has no column {column[:80]!r}.", there[:500])
        for place in same or [number or 0]:
            fields += [""] * (place + 1 - len(fields))
            fields[place] = "" if field == IGNORED else field
            said.add(place)
    for place, field in enumerate(fields):  # what was said goes before what was recognized
        if place not in said and field in {fields[one] for one in said}:
            fields[place] = ""
    columns = replace(columns, fields=tuple(fields))
    twice = [
        RowProblem(line, str(place), _header(columns, place)[:80], f"is {field} as well as column {fields.index(field) + 1}")
        for place, field in enumerate(fields, 1)
        if field and fields.index(field) + 1 < place
    ]
    if twice:
        remedy = f"Leave one out, as in --map {twice[0].column}=-"
        raise BadRoster("Two columns are the same.", remedy, tuple(twice[:MOST_HEADER_PROBLEMS]))
    return columns


def _header(columns: Columns, place: int) -> str:
    return columns.headers[place - 1] if place <= len(columns.headers) else ""


def _refuse_near_misses(columns: Columns, maps: Mapping[str, str], line: int) -> None:
    """A misspelt header is not passed over: what it holds would be missing from every user."""
    said = {fold(column) for column in maps}
    problems = []
    for place, (header, field) in enumerate(zip(columns.headers, columns.fields, strict=False), 1):
        folded = fold(header)[:80]
        if field or folded in said or str(place) in maps or folded in _KNOWN or len(folded) < SHORTEST_GUESSED:
            continue
        meant = _misspelt(folded)
        if meant:
            problems.append(RowProblem(line, str(place), header[:80], f"is not known; is it {meant}?"))
    if problems:
        first = problems[0].column
        remedy = f"Correct it, or say what it is, as in --map {first}=email, or leave it out with --map {first}=-"
        raise BadRoster(f"A column's name on line {line} is misspelt.", remedy, tuple(problems[:MOST_HEADER_PROBLEMS]))


def _misspelt(folded: str) -> str:
    """The field that was probably meant. A known word with something behind it is another word: `model` is no `mode`."""
    for word in difflib.get_close_matches(folded, _KNOWN, n=3, cutoff=NEAR):
        if abs(len(word) - len(folded)) < 2 and not folded.startswith(word) and not word.startswith(folded):
            return _KNOWN[word]
    return ""


def _names_joined(columns: Columns) -> Columns:
    """Where first names have a column, `Nom` or `Name` holds last names; a column of whole names makes both needless."""
    fields = list(columns.fields)
    if "name" in fields and ("first_name" in fields or "last_name" in fields):
        whole = fields.index("name")
        if "last_name" not in fields and fold(columns.headers[whole]) in _JUST_NAMES:
            fields[whole] = "last_name"
        else:
            fields = ["" if field in {"first_name", "last_name"} else field for field in fields]
    return replace(columns, fields=tuple(fields))


def _with_name(columns: Columns, line: int) -> Columns:
    if {"name", "first_name", "last_name"}.isdisjoint(columns.fields):
        there = ", ".join(header for header in columns.headers if header)
        seen = f"Its columns are {there[:300]}. " if there else ""
        raise BadRoster(
            "No column holds the users' names.", f"{seen}Say which: --map COLUMN=name", (RowProblem(line, "name", "", "is missing"),)
        )
    return columns
