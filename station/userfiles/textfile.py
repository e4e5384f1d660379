"""User files that are text: in which encoding, with which delimiter; rows are read one by one, whatever the file's size."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from station.domain.errors import BadRoster, WrongUse
from station.domain.roster import RowProblem
from station.domain.rosterrows import DELIMITERS, Cells, delimiter_of, read_text

CHUNK = 1 << 18
LONGEST_LINE = 1 << 20  # letters; a longer one is no line of a user file
_SAMPLE = 1 << 16
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32"}
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SEPARATOR_LINE = re.compile(r"sep=(.)(?:\r\n|\r|\n)")  # Excel's own way to say the delimiter


def encoding_of(stream: BinaryIO, given: str = "") -> tuple[str, str]:
    """The file's encoding, and a sentence for the reader where it is a guess. Reads it through. Raises BadRoster, WrongUse."""
    stream.seek(0)
    beginning = stream.read(_SAMPLE)
    if given:
        name = _given(given)
        _check(stream, name)
        return "utf-8-sig" if name == "utf-8" else name, ""
    for mark, name in _MARKS:
        if beginning.startswith(mark):
            _check(stream, name)
            return name, ""
    if name := _unmarked_utf_16(beginning):
        _check(stream, name)
        return name, f"The file has no byte order mark; it was read as UTF-16 ({'little' if name.endswith('le') else 'big'}-endian)."
    if len(_BINARY.findall(beginning)) > len(beginning) // 10:
        raise BadRoster("The file is neither text nor a workbook.", "Save the users as CSV UTF-8, or as XLSX.")
    bad = _first_bad(stream, "utf-8")
    if bad is None:
        return "utf-8", ""
    line, octet = bad
    if _holds_utf_8(stream):
        raise _damaged("UTF-8", line, octet)
    if _first_bad(stream, "cp1252"):
        raise _damaged("UTF-8, and not Windows-1252 either", line, octet)
    return "cp1252", f"The file is not UTF-8 (line {line}); it was read as Windows-1252. Look whether names with accents are right."


def read_lines(stream: BinaryIO, encoding: str) -> Iterator[Cells]:
    """The rows of the text. Raises BadRoster where it cannot be read."""
    beginning = _text(stream, encoding).read(_SAMPLE)
    said = _SEPARATOR_LINE.match(beginning)
    if said and said.group(1) in DELIMITERS:
        lines = _lines(stream, encoding)
        next(lines)
        return read_text(lines, said.group(1), 1)
    return read_text(_lines(stream, encoding), delimiter_of(beginning))


def _text(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    stream.seek(0)
    return _Kept(stream, encoding=encoding, newline="")


class _Kept(io.TextIOWrapper):
    """Does not close the file with itself: it is read several times."""

    def __del__(self) -> None:
        if not self.closed:
            self.detach()


def _lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    text, number = _text(stream, encoding), 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise BadRoster(f"Line {number} of the file is longer than {LONGEST_LINE} letters.", "Is it a user file at all?")
        yield line


def _given(name: str) -> str:
    try:
        "".encode(name).decode(name)  # refuses what is no encoding of texts
        return codecs.lookup(name).name
    except (LookupError, UnicodeError, TypeError):
        raise WrongUse(
            f"{name[:40]!r} is no encoding.", "It may be utf-8, utf-16, windows-1252, iso-8859-15, mac-roman, ..."
        ) from None


def _unmarked_utf_16(beginning: bytes) -> str:
    """Where every second octet of a text is zero, its letters have two octets each."""
    first = beginning[:200]
    half = len(first) // 2
    low, high = first[::2].count(0), first[1::2].count(0)
    if half and high * 2 > half and not low:
        return "utf-16-le"
    return "utf-16-be" if half and low * 2 > half and not high else ""


def _check(stream: BinaryIO, encoding: str) -> None:
    bad = _first_bad(stream, encoding)
    if bad is not None:
        raise _damaged(_NAMES.get(encoding, encoding), *bad)


def _damaged(name: str, line: int, octet: str) -> BadRoster:
    problem = RowProblem(line, "-", octet, f"is no {name}")
    return BadRoster(f"Line {line} of the file is not {name}.", "Save it again as CSV UTF-8, or say --encoding.", (problem,))


def _first_bad(stream: BinaryIO, encoding: str) -> tuple[int, str] | None:
    """Line and octet of the first place that this encoding has no letter for."""
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    line, ended = 1, ""
    while True:
        octets = stream.read(CHUNK)
        try:
            text = decoder.decode(octets, final=not octets)
        except UnicodeDecodeError as error:
            width = 4 if "32" in encoding else 2 if "16" in encoding else 1
            # what stands before the place is whole letters: it decodes
            before = ended + error.object[: error.start - error.start % width].decode(encoding, "replace")
            return line + _line_ends(before), error.object[error.start : error.start + 1].hex()
        if not octets:
            return None
        text = ended + text
        ended = "\r" if text.endswith("\r") else ""  # a line end may be cut in two
        line += _line_ends(text.removesuffix("\r"))


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _holds_utf_8(stream: BinaryIO) -> bool:
    """Whether a file that is not UTF-8 throughout has letters that can be nothing else: then it is damaged, not of another kind."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    stream.seek(0)
    while octets := stream.read(CHUNK):
        if any(letter > "\x7f" and not "\udc80" <= letter <= "\udcff" for letter in set(decoder.decode(octets))):
            return True
    return False
