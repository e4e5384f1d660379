"""From the cells of a user file to rows: cleaned, checked, each user once. Nothing is kept but what users are known again by."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from station.domain.columns import FIELDS, FLAGS, Columns, bare, recognize
from station.domain.errors import BadRoster
from station.domain.policy import Mode
from station.domain.roster import Row, RowProblem, check_row, repeated

Cells = tuple[int, Sequence[str]]  # the line that they begin on, and one text for each column
SAMPLE = 50  # rows that are looked at to know the columns
DELIMITERS = (";", ",", "\t", "|")
_EMPTY = "".join(DELIMITERS) + " "
_BROKEN = re.compile(r"\s*[\r\n\t]\s*")
_YES = frozenset({"1", "yes", "y", "true", "x", "on", "oui", "o", "vrai"})
_NO = frozenset({"", "0", "no", "n", "false", "off", "non", "faux"})
_NOTHING = dict.fromkeys(FIELDS, "")
_FLAGS = tuple(sorted(FLAGS))
_LANGUAGES = {"english": "en", "anglais": "en", "french": "fr", "francais": "fr", "français": "fr"}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used. `duplicate`: all that is wrong with it is that its user was there before."""

    line: int
    problems: tuple[RowProblem, ...]
    duplicate: bool = False


def read_text(lines: Iterable[str], delimiter: str, line: int = 0) -> Iterator[Cells]:
    """Rows of delimited text, given line by line with the line ends (RFC 4180); `line` is the one before the first.

    Raises BadRoster at a quotation mark that is out of place: from there on it is unknown what is a row.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    before = line
    try:
        for cells in reader:
            yield before + 1, cells
            before = line + reader.line_num
    except csv.Error as error:
        why = str(error).replace("\t", "tab")  # it names the delimiter
        raise BadRoster(
            f"From line {before + 1} on the file cannot be read.",
            "Look there for a quotation mark that is out of place or never closed.",
            (RowProblem(before + 1, "-", "", f"cannot be read as CSV ({why})"),),
        ) from None


def delimiter_of(text: str) -> str:
    """What stands between the columns of a text (its beginning is enough): what its first row has most of, outside of quotes."""
    return max(DELIMITERS, key=lambda delimiter: _widths(text, delimiter))


def _widths(text: str, delimiter: str) -> tuple[int, int, int]:
    """Columns of the first row that is not blank, how many of the next ones have as many, and how often it is there at all."""
    widths: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip(_EMPTY) for cell in cells):
                widths.append(len(cells))
            if len(widths) > 10:
                break
    except csv.Error:  # told when the rows are read
        pass
    return (widths[0], widths.count(widths[0]), 0) if widths else (0, 0, text.count(delimiter))


def sampled(cells: Iterator[Cells]) -> tuple[list[Cells], Iterator[Cells]]:
    """The first rows, at least one, and the others, blank ones left out. Raises BadRoster."""
    sample, rest = _peek(one for one in cells if any(cell and not cell.isspace() for cell in one[1]))
    if not sample:
        raise BadRoster("The file is empty.", f"Its first row names the columns: name, and any of {', '.join(FIELDS[1:])}.")
    return sample, rest


def read_rows(cells: Iterator[Cells], maps: Mapping[str, str], headed: bool | None = None) -> tuple[Columns, Iterator[Row | BadRow]]:
    """What the columns are, and the rows, good and bad, in order and one by one. Raises BadRoster, also while they are read."""
    sample, rest = sampled(cells)
    columns = recognize(sample, maps, headed)
    return columns, _rows(chain(sample[1:] if columns.headers else sample, rest), columns)


def _peek(cells: Iterator[Cells]) -> tuple[list[Cells], Iterator[Cells]]:
    """The first rows, and the others; what is wrong after the first is raised when its turn comes."""
    sample: list[Cells] = []
    try:
        for one in cells:
            sample.append(one)
            if len(sample) == SAMPLE:
                break
    except BadRoster as why:
        if not sample:
            raise
        return sample, _broken(why)
    return sample, cells


def _broken(why: BadRoster) -> Iterator[Cells]:
    raise why
    yield  # it is an iterator like the other


def _rows(cells: Iterable[Cells], columns: Columns) -> Iterator[Row | BadRow]:
    fields = tuple((place, field) for place, field in enumerate(columns.fields) if field)
    seen: dict[str, int] = {}
    for line, texts in cells:
        row, problems = _row(line, texts, fields)
        problems += _surplus(line, texts, columns)
        if problems := problems or check_row(row):
            yield BadRow(line, tuple(problems))
        elif problems := repeated(row, seen):
            yield BadRow(line, tuple(problems), duplicate=True)
        else:
            yield row


def _surplus(line: int, texts: Sequence[str], columns: Columns) -> list[RowProblem]:
    """Cells beyond the last column; empty ones are a delimiter too many."""
    width = len(columns.fields)
    if len(texts) <= width:
        return []
    return [
        RowProblem(line, str(place), text[:80], f"there are {width} columns only")
        for place, text in enumerate(texts[width:], width + 1)
        if bare(text)
    ][:1]


def _row(line: int, texts: Sequence[str], fields: Sequence[tuple[int, str]]) -> tuple[Row, list[RowProblem]]:
    """The row, and what cannot be understood of it."""
    width = len(texts)
    said = _NOTHING | {field: _cleaned(texts[place]) for place, field in fields if place < width}
    problems: list[RowProblem] = []
    flags = {field: _flag(line, field, said[field], problems) for field in _FLAGS}
    mode = re.sub(r"[\s-]+", "_", said["mode"].casefold()) if said["mode"] else ""
    if flags["wpco"] and mode not in {"", Mode.WPCO}:
        problems.append(RowProblem(line, "wpco", said["wpco"], f"the row's mode is {mode[:80]}"))
    name = said["name"] or f"{said['first_name']} {said['last_name']}".strip()
    directory = said["directory"]
    language = said["language"].replace("_", "-")
    row = Row(
        line,
        name or (directory if flags["anonymous"] else ""),
        said["email"],
        said["policy"],
        mode or (Mode.WPCO.value if flags["wpco"] else ""),
        said["group"],
        directory,
        flags["anonymous"],
        flags["send_email"] and not flags["anonymous"],
        (said["custom1"], said["custom2"], said["custom3"]),
        _LANGUAGES.get(language.casefold(), language) if language else "",
    )
    return row, problems


def _flag(line: int, field: str, text: str, problems: list[RowProblem]) -> bool:
    if text in {"", "0"}:
        return False
    folded = text.casefold()
    if folded not in _YES and folded not in _NO:
        problems.append(RowProblem(line, field, text[:80], "is no flag; it may be 0 or 1"))
    return folded in _YES


def _cleaned(cell: str) -> str:
    """A cell's text on one line, its letters composed."""
    text = cell.strip()
    if text.startswith('="'):
        text = bare(text)
    if not text.isprintable():
        text = _BROKEN.sub(" ", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)
