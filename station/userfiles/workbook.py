"""User files that are workbooks (XLSX): one sheet's values, row by row; what a formula gave when it was last calculated."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast
from xml.etree.ElementTree import ParseError

from station.domain.columns import MOST_COLUMNS
from station.domain.errors import BadRoster
from station.domain.rosterrows import Cells

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MOST_ROWS = 1 << 20  # as many as a sheet of Excel has
MOST_SHEETS = 512 << 20  # octets of all sheets; the one that is read is read as a stream
MOST_OTHERS = 64 << 20  # octets of all other parts; the shared texts among them are held in memory
MOST_PARTS = 2000
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[\s/>]")
_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
_WHAT_OPENPYXL_RAISES = (
    ParseError, zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError,
    OSError, NotImplementedError, RuntimeError, AssertionError,
)  # fmt: skip


class Sheet(Protocol):
    """A sheet of a workbook that is opened to be read only; openpyxl's own class is private."""

    title: str
    sheet_state: str

    def reset_dimensions(self) -> None:
        """Believe the rows, not what the file says of its size: some programs write wrong ones."""
        ...

    def iter_rows(self, *, values_only: bool = False) -> Iterator[tuple[Any, ...]]:
        """Cells, or their values."""
        ...


def read_workbook(stream: BinaryIO, sheet: str = "") -> tuple[str, Iterator[Cells]]:
    """What sheet is read, in a sentence where there are several; and its rows. `sheet`: a name or a number from 1; else the first.

    Raises BadRoster for what is no workbook, is too large unpacked, or has a formula without a value.
    """
    formulas = _examine(stream)
    with _readable():
        book = _open(stream, values=True)
        chosen = _choose(book, sheet)
        others = len(book.worksheets) - 1
        note = f"The sheet {chosen.title!r} was read; there are {others} more." if others else ""
        beside = _choose(_open(stream, values=False), sheet) if formulas else None
    return note, _rows(chosen, beside)


def _examine(stream: BinaryIO) -> bool:
    """Whether any sheet holds a formula. Refuses what would fill memory or disk."""
    with _readable(), zipfile.ZipFile(stream) as parts:
        names = {part.filename: part for part in parts.infolist()}
        if "xl/workbook.xml" not in names:
            other = "an OpenDocument file" if "mimetype" in names else "a ZIP archive of something else"
            raise BadRoster(f"The file is no workbook, but {other}.", "Save the users as XLSX, or as CSV UTF-8.")
        sheets = sum(part.file_size for name, part in names.items() if _SHEETS.fullmatch(name))
        others = sum(part.file_size for name, part in names.items() if not _SHEETS.fullmatch(name))
        if sheets > MOST_SHEETS or others > MOST_OTHERS or len(names) > MOST_PARTS:
            raise BadRoster("The workbook is too large when it is unpacked.", "Save the sheet with the users alone as CSV UTF-8.")
        return any(_holds_formula(parts, name) for name in names if _SHEETS.fullmatch(name))


def _holds_formula(parts: zipfile.ZipFile, name: str) -> bool:
    tail = b""
    with parts.open(name) as part:
        while octets := part.read(1 << 18):
            if _FORMULA.search(tail + octets):
                return True
            tail = octets[-30:]
    return False


def _open(stream: BinaryIO, *, values: bool) -> Workbook:
    from openpyxl import load_workbook

    stream.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of decorations that it does not know
        return load_workbook(stream, read_only=True, data_only=values, keep_links=False)


def _choose(book: Workbook, sheet: str) -> Sheet:
    sheets = cast("list[Sheet]", book.worksheets)
    visible = [one for one in sheets if one.sheet_state == "visible"]
    named = [one for one in sheets if one.title == sheet]
    if not sheet and visible:
        return visible[0]
    if named:
        return named[0]
    if sheet.isascii() and sheet.isdigit() and 1 <= int(sheet) <= len(sheets):
        return sheets[int(sheet) - 1]
    raise BadRoster(
        f"The workbook has no sheet {sheet[:40]!r}.", f"Its sheets are {', '.join(repr(one.title) for one in sheets)[:300]}."
    )


def _rows(sheet: Sheet, formulas: Sheet | None) -> Iterator[Cells]:
    for one in filter(None, (sheet, formulas)):
        one.reset_dimensions()
    with _readable(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        beside = formulas.iter_rows() if formulas is not None else None
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > MOST_ROWS:
                raise BadRoster(f"The sheet has more than {MOST_ROWS} rows.", "Save the rows with users alone.")
            if beside is not None:
                _check_formulas(values, next(beside), number)
            yield number, [_text(value) for value in values[:MOST_COLUMNS]]


def _check_formulas(values: tuple[object, ...], cells: tuple[Any, ...], number: int) -> None:
    for place, (value, cell) in enumerate(zip(values, cells, strict=False), 1):
        if value is None and cell.data_type == "f":
            raise BadRoster(
                f"Row {number}, column {place} holds a formula that was never calculated.",
                "Open the workbook in a spreadsheet program and save it there.",
            )


def _text(value: object) -> str:
    """A cell as people see it: flags as 1 and 0, whole numbers without a point, dates as ISO 8601 writes them."""
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)


@contextmanager
def _readable() -> Iterator[None]:
    """What a broken or hostile workbook raises, as one error that says so."""
    try:
        yield
    except _WHAT_OPENPYXL_RAISES as why:
        raise BadRoster(
            f"The workbook cannot be read ({type(why).__name__}).",
            "Open it in a spreadsheet program and save it again as XLSX without a password, or as CSV UTF-8.",
        ) from why
