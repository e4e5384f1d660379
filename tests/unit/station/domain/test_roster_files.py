"""User files as a whole: their encoding, their header, and anything that is no user file at all."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from station.domain.errors import BadRoster
from station.domain.roster import COLUMNS, Row, RowProblem, check_row, decode, read_roster

STEADY = settings(deadline=None, derandomize=True, max_examples=150)


def refused(text: str) -> BadRoster:
    with pytest.raises(BadRoster) as caught:
        read_roster(text)
    assert caught.value.remedy
    return caught.value


def problems_of(error: BadRoster) -> list[RowProblem]:
    return [problem for problem in error.problems if isinstance(problem, RowProblem)]


# --- encodings -------------------------------------------------------------------------------------------------------------

TEXT = "name,group\nZoë 📱,مخزن\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    ],
)
def test_a_file_is_read_in_the_encodings_that_spreadsheets_write(data: bytes) -> None:
    assert decode(data) == TEXT
    assert read_roster(decode(data)).rows == (Row(2, "Zoë 📱", group="مخزن"),)


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_file_in_another_encoding_is_refused_with_line_and_octet(mark: bytes, end: bytes) -> None:
    with pytest.raises(BadRoster, match=r"Line 3 of the file is not UTF-8 text\. Save it as CSV UTF-8") as caught:
        decode(mark + end.join((b"name", b"Anna", b"\xe9va", b"")))
    assert problems_of(caught.value) == [RowProblem(3, "-", "e9", "is no UTF-8")]


@pytest.mark.parametrize("data", [codecs.BOM_UTF16_LE + b"a", codecs.BOM_UTF16_BE + b"\xd8\x00\x00a"])
def test_a_damaged_utf_16_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadRoster, match="UTF-16"):
        decode(data)


def test_utf_16_without_its_mark_is_no_usable_header() -> None:
    refused(decode("name\nAnna\n".encode("utf-16-le")))


# --- headers ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n\n", " \r\n,,\n", "\ufeff", "\t\t\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert "The file is empty" in str(refused(text))
    assert all(column in str(refused(text)) for column in COLUMNS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("email\na@example.com\n", [(1, "name", "")]),
        ("Anna,a@example.com\n", [(1, "name", ""), (1, "1", "anna"), (1, "2", "a@example.com")]),
        ("name,phone\n", [(1, "2", "phone")]),
        ("name,,email\n", [(1, "2", "")]),
        ("name,email,Name\n", [(1, "3", "name")]),
        ("\n\nname,colour\n", [(3, "2", "colour")]),
        ("sep=;\nname;email\n", [(1, "name", ""), (1, "1", "sep=")]),
        ("name|email\n", [(1, "name", ""), (1, "1", "name|email")]),
        ("name,\x1b[31mred\n", [(1, "2", "\x1b[31mred")]),
    ],
)
def test_a_header_that_cannot_be_used_is_refused_with_each_place(text: str, expected: list[tuple[int, str, str]]) -> None:
    error = refused(text)
    assert [(problem.line, problem.column, problem.value) for problem in problems_of(error)] == expected
    assert "needs name" in str(error)
    assert all(str(problem).isprintable() for problem in problems_of(error))


def test_a_header_of_nothing_but_rubbish_is_told_in_part_only() -> None:
    error = refused("x" * 5000 + ",y" * 5000)
    assert len(problems_of(error)) == 10
    assert all(len(str(problem)) < 200 for problem in problems_of(error))


@pytest.mark.parametrize("text", ['"name,email\nAnna,a@example.com\n', '"name"x,email\n', '\n"'])
def test_a_header_with_a_stray_quotation_mark_is_not_taken_for_an_empty_file(text: str) -> None:
    error = refused(text)
    assert "cannot be read" in str(error)
    assert "quotation mark" in error.remedy
    assert problems_of(error)[0].line == text.count("\n", 0, text.index('"')) + 1


# --- much, and anything ------------------------------------------------------------------------------------------------------


def test_a_hundred_thousand_rows_are_read_in_seconds() -> None:
    text = "name,email,policy,mode,group\n" + "".join(f"Zoë {n},user{n}@example.com,sales,wpco,Line {n % 9}\n" for n in range(100_000))
    began = time.process_time()
    roster = read_roster(text)
    assert time.process_time() - began < 8
    assert (len(roster.rows), roster.problems) == (100_000, ())
    assert roster.rows[-1].line == 100_001


@STEADY
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | st.text(max_size=40).map(lambda text: text.encode("utf-16")))
@example(codecs.BOM_UTF8 + b"name\n\xff")
@example(codecs.BOM_UTF32_LE + "name\nAnna".encode("utf-32-le"))
def test_any_octets_are_a_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except BadRoster:
        return
    assert all_accounted_for(text)


CELLS = st.text(st.sampled_from('ab@.,;\t"\n\r \x00\x1b\u2028é'), max_size=9) | st.text(max_size=6)


@STEADY
@given(
    header=st.sampled_from(("name,email,policy,mode,group\n", "name;email\r\n", '"name"\tgroup\n', "email,name\r", "")),
    cells=st.lists(st.lists(CELLS, max_size=6), max_size=6),
    delimiter=st.sampled_from(",;\t"),
)
def test_any_text_is_read_or_refused(header: str, cells: list[list[str]], delimiter: str) -> None:
    assert all_accounted_for(header + "\n".join(delimiter.join(row) for row in cells))


def all_accounted_for(text: str) -> bool:
    """Whether each row of a text that can be read is good or told of, at a line of the file, in print."""
    try:
        roster = read_roster(text)
    except BadRoster as why:
        found = problems_of(why)
    else:
        found = list(roster.problems)
        assert not any(check_row(row) for row in roster.rows)
        assert {row.line for row in roster.rows}.isdisjoint(problem.line for problem in found)
    last = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return all(1 <= problem.line <= last and str(problem).isprintable() for problem in found)
