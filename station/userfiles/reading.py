"""A user file on this machine: opened, checked through in one go with little memory, its good rows kept aside to be sent.

The good rows lie in a file without a name until the command ends: what is sent is what was checked, though the user file may change
meanwhile or be a pipe that can be read once only.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, cast

from station.domain.columns import Columns
from station.domain.errors import BadRoster
from station.domain.roster import Row, RowProblem
from station.domain.rosterrows import BadRow, Cells, read_rows, sampled
from station.userfiles.textfile import encoding_of, read_lines
from station.userfiles.workbook import read_workbook

MOST_KEPT = 1000  # problems that are kept; the others are counted
STEP = 500  # rows that are put aside at once, and between two tellings of the progress
_IN_MEMORY = 4 << 20
_FIELDS = tuple(one.name for one in fields(Row))
_CUSTOM = _FIELDS.index("custom")
_values = attrgetter(*_FIELDS)
_OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (XLS), or a workbook with a password"),
    (b"%PDF", "a PDF file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"{\\rtf", "an RTF file"),
)


@dataclass(frozen=True, slots=True)
class How:
    """What a person said about the file: `maps` from column to field, the sheet of a workbook, the encoding of a text, whether its
    first row names the columns."""

    maps: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    encoding: str = ""
    headed: bool | None = None


class UserFile:
    """A file that was read through: how it was understood, what is wrong with it, and `rows()`, the good ones. Close it in the end.

    `broken`: from some line on it could not be read.
    """

    def __init__(self, columns: Columns, notes: tuple[str, ...]) -> None:
        self.columns = columns
        self.notes = notes
        self.good = 0
        self.bad = 0
        self.duplicates = 0
        self.invited = 0
        self.problems: list[RowProblem] = []
        self.more_problems = 0
        self.broken: BadRoster | None = None
        self._waiting: list[tuple[object, ...]] = []
        self._spool: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with the object

    def __enter__(self) -> UserFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._spool.close()

    def keep(self, row: Row | BadRow) -> None:
        """Take one row in."""
        if isinstance(row, BadRow):
            self.duplicates += row.duplicate
            self.bad += not row.duplicate
            self.tell(row.problems)
            return
        self.good += 1
        self.invited += row.send_email
        self._waiting.append(_values(row))
        if len(self._waiting) == STEP:
            self._put_aside()

    def _put_aside(self) -> None:
        self._spool.write(json.dumps(self._waiting).encode() + b"\n")
        self._waiting.clear()

    def tell(self, problems: tuple[RowProblem, ...]) -> None:
        """Take problems in."""
        room = max(0, MOST_KEPT - len(self.problems))
        self.problems.extend(problems[:room])
        self.more_problems += len(problems[room:])

    def rows(self) -> Iterator[Row]:
        """The good rows in the file's order; may be asked for again."""
        self._put_aside()
        self._spool.seek(0)
        for line in self._spool:
            for values in json.loads(line):
                values[_CUSTOM] = tuple(values[_CUSTOM])  # JSON has no tuples
                yield Row(*values)
        self._spool.seek(0, os.SEEK_END)


def read_user_file(path: Path, how: How, progress: Callable[[float], None] = lambda _: None) -> UserFile:
    """Read it through and check it; `progress` hears shares from 0 to 1. Raises OSError, BadRoster, WrongUse."""
    with path.open("rb") as stream:
        return read_stream(stream, how, progress)


def read_stream(file: BinaryIO, how: How, progress: Callable[[float], None] = lambda _: None) -> UserFile:
    """The same of a file that is open. Raises OSError, BadRoster, WrongUse."""
    with contextlib.ExitStack() as stack:
        stream = _seekable(file, stack)
        notes, cells = _cells(stream, how)
        columns, rows = read_rows(cells, how.maps, how.headed)
        checked = UserFile(columns, notes)
        failing = stack.enter_context(contextlib.ExitStack())
        failing.push(checked)  # closed, unless it is handed out
        size = max(1, os.fstat(stream.fileno()).st_size)
        try:
            for number, row in enumerate(rows):
                checked.keep(row)
                if number % STEP == 0:
                    progress(min(1.0, stream.tell() / size))
        except BadRoster as why:
            checked.broken = why
            checked.tell(tuple(one for one in why.problems if isinstance(one, RowProblem)))
        failing.pop_all()
        return checked


def first_rows(stream: BinaryIO, how: How) -> list[Cells]:
    """The first rows of a file that is open and can be sought in, blank ones left out, whatever they hold. Raises as `read_stream`."""
    return sampled(_cells(stream, how)[1])[0]


def read_table(path: Path) -> list[Cells]:
    """All rows of any table in one of the forms that a user file may have, blank ones left out. Raises OSError, BadRoster."""
    with contextlib.ExitStack() as stack:
        _, cells = _cells(_seekable(stack.enter_context(path.open("rb")), stack), How())
        return [(line, tuple(row)) for line, row in cells if any(cell.strip() for cell in row)]


def _seekable(stream: BinaryIO, stack: contextlib.ExitStack) -> BinaryIO:
    """The file itself, or a copy of what a pipe gives."""
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    copy: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    shutil.copyfileobj(stream, copy)
    return cast("BinaryIO", copy)


def _cells(stream: BinaryIO, how: How) -> tuple[tuple[str, ...], Iterator[Cells]]:
    stream.seek(0)
    beginning = stream.read(8)
    if beginning.startswith(b"PK\x03\x04"):
        note, cells = read_workbook(stream, how.sheet)
        return ((note,) if note else ()), cells
    for magic, kind in _OTHER_KINDS:
        if beginning.startswith(magic):
            raise BadRoster(f"The file is {kind}.", "Save the users as XLSX without a password, or as CSV UTF-8.")
    encoding, note = encoding_of(stream, how.encoding)
    return ((note,) if note else ()), read_lines(stream, encoding)
