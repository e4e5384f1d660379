"""Rows of a user file: what each must hold, and what is wrong with those that cannot be used."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from station.domain.errors import BadRoster, WrongUse
from station.domain.policy import Mode, policy_id

COLUMNS = ("name", "email", "policy", "mode", "group")
LONGEST = 200
MOST_HEADER_PROBLEMS = 10
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, half characters, line and paragraph separators
_LINE_END = re.compile(rb"\r\n|\r|\n")
_EMAIL = re.compile(r"[^@\s\"<>(),;:\\]+@[^@\s.\"<>(),;:\\]+(\.[^@\s.\"<>(),;:\\]+)+")


@dataclass(frozen=True, slots=True)
class Row:
    """One user of a file. Empty strings where the file says nothing."""

    line: int
    name: str
    email: str = ""
    policy: str = ""
    mode: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing that keeps a row out: where it is and why."""

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.value!r}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Roster:
    """A file read through: usable rows and all problems, each in the file's order."""

    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...]


def decode(data: bytes) -> str:
    """The file's text: UTF-8 with or without byte order mark, UTF-16 with one. Raises BadRoster naming the line."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise BadRoster("The file begins as UTF-16 and is cut or damaged.", "Save it again as CSV UTF-8.") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        read = error.object  # without the byte order mark, as `start` counts
        line = len(_LINE_END.findall(read[: error.start])) + 1
        problem = RowProblem(line, "-", read[error.start : error.start + 1].hex(), "is no UTF-8")
        raise BadRoster(f"Line {line} of the file is not UTF-8 text.", "Save it as CSV UTF-8.", (problem,)) from None


def read_roster(text: str) -> Roster:
    """Read a CSV text with a header row of COLUMNS (name is required, any order). Raises BadRoster when it has no usable header."""
    text = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    problems: list[RowProblem] = []
    header: list[str] = []
    seen: dict[str, int] = {}
    for line, cells in _lines(reader, problems):
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = _header(line, cells)
            continue
        row, found = _row(line, header, cells)
        found = found or _repeated(row, seen)
        problems.extend(found)
        if not found:
            rows.append(row)
    if not header and problems:
        raise BadRoster("The header row cannot be read.", "Look for a quotation mark that is never closed.", tuple(problems))
    if not header:
        raise BadRoster("The file is empty.", f"Its first row names the columns: {', '.join(COLUMNS)}.")
    return Roster(tuple(rows), tuple(problems))


def _delimiter(text: str) -> str:
    first = re.split("[\r\n]", text.lstrip(), maxsplit=1)[0]
    return max(",;\t", key=first.count)


def _lines(reader: Iterator[list[str]], problems: list[RowProblem]) -> Iterator[tuple[int, list[str]]]:
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            why = str(error).replace("\t", "tab")  # it names the delimiter
            problems.append(RowProblem(before + 1, "-", "", f"cannot be read as CSV ({why})"))
            return
        line, before = before + 1, reader.line_num  # type: ignore[attr-defined]  # typeshed's Iterator hides it
        yield line, cells


def _header(line: int, cells: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    while not header[-1]:  # a delimiter too many
        header.pop()
    problems = [RowProblem(line, "name", "", "is missing")] if "name" not in header else []
    for place, name in enumerate(header):
        if name not in COLUMNS:
            problems.append(RowProblem(line, str(place + 1), name[:80], "is no column of a user file"))
        elif header.index(name) < place:
            problems.append(RowProblem(line, str(place + 1), name, "is there already"))
    if problems:
        raise BadRoster(
            f"The header row (line {line}) must name the columns, each once.",
            f"It may hold {', '.join(COLUMNS)}, and needs name.",
            tuple(problems[:MOST_HEADER_PROBLEMS]),
        )
    return header


def _row(line: int, header: list[str], cells: list[str]) -> tuple[Row, list[RowProblem]]:
    for place, extra in enumerate(cells[len(header) :], len(header) + 1):
        if extra.strip():  # empty ones are a delimiter too many
            return Row(line, ""), [RowProblem(line, str(place), extra[:80], f"there are {len(header)} columns only")]
    fields = {name: unicodedata.normalize("NFC", cell.strip()) for name, cell in zip(header, cells, strict=False)}
    fields.setdefault("name", "")
    row = Row(line, **fields)
    return row, check_row(row)


def check_row(row: Row) -> list[RowProblem]:
    """Everything that is wrong with one row by itself."""
    values = {"name": row.name, "email": row.email, "policy": row.policy, "mode": row.mode, "group": row.group}
    return [RowProblem(row.line, name, value[:80], reason) for name, value in values.items() for reason in _reasons(name, value)]


def _reasons(column: str, value: str) -> Iterator[str]:
    if not value.isprintable() and any(unicodedata.category(letter) in _CONTROLS for letter in value):
        yield "holds control characters"
    elif len(value) > LONGEST:
        yield f"is longer than {LONGEST} characters"
    elif column == "name" and not value:
        yield "a user needs a name"
    elif column == "email" and value and not _EMAIL.fullmatch(value):
        yield "is no e-mail address"
    elif column == "mode" and value and value not in set(Mode):
        yield f"is no mode; it may be {', '.join(Mode)}"
    elif column == "policy" and value:
        try:
            policy_id(value)
        except WrongUse:
            yield "is no policy name: letters, digits and . _ ~ - only"


def _repeated(row: Row, seen: dict[str, int]) -> list[RowProblem]:
    if row.email:
        key, column, value = f"mail:{row.email.casefold()}", "email", row.email
    else:
        key, column, value = f"name:{row.name.casefold()}", "name", row.name
    first = seen.setdefault(key, row.line)
    if first == row.line:
        return []
    return [RowProblem(row.line, column, value[:80], f"is on line {first} already")]
