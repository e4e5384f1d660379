"""From a file's cells to rows: what is read, and where exactly it says what is wrong."""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.columns import Columns, read_maps
from station.domain.errors import BadRoster
from station.domain.roster import LONGEST, Row, RowProblem, check_row
from station.domain.rosterrows import BadRow, delimiter_of, read_rows, read_text

STEADY = settings(deadline=None, derandomize=True, max_examples=150)
TEN = "Anna;anna@example.com;Sales;anna.s;0;1;1;x;;"


class Read:
    """A text that was read: its columns, rows, bad rows, and why it ended early."""

    def __init__(self, text: str, *maps: str) -> None:
        self.rows: list[Row] = []
        self.bad: list[BadRow] = []
        self.broken: BadRoster | None = None
        lines = io.StringIO(text, newline="")
        self.columns, rows = read_rows(read_text(lines, delimiter_of(text)), read_maps(maps))
        try:
            for row in rows:
                self.bad.append(row) if isinstance(row, BadRow) else self.rows.append(row)
        except BadRoster as why:
            self.broken = why

    @property
    def problems(self) -> list[RowProblem]:
        last = [one for one in self.broken.problems if isinstance(one, RowProblem)] if self.broken else []
        return [problem for bad in self.bad for problem in bad.problems] + last

    @property
    def places(self) -> list[tuple[int, str]]:
        return [(problem.line, problem.column) for problem in self.problems]

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.rows]


# --- files that are read -------------------------------------------------------------------------------------------------


def test_a_full_row_is_read_whole() -> None:
    header = "language;custom3;custom2;custom1;mode;policy;wpco;send_email;anonymous;directory;group;email;name"
    read = Read(f"{header}\nfr_CA;c;b;a;WPCO;sales;1;1;0;anna.s;Picking;anna@example.com;Anna\n")
    row = Row(2, "Anna", "anna@example.com", "sales", "wpco", "Picking", "anna.s", False, True, ("a", "b", "c"), "fr-CA")
    assert (read.rows, read.bad) == ([row], [])


def test_a_file_of_tinymdms_console_is_read_with_its_flags() -> None:
    text = f'{TEN}\nDoor;;Sales;door.1;1;;0;;;\n;;;door.2;1;0;0;;;=""\nBen;ben@example.com;;;0;0;0;;;\n'
    assert Read(text).rows == [
        Row(1, "Anna", "anna@example.com", "", "wpco", "Sales", "anna.s", False, True, ("x", "", "")),
        Row(2, "Door", "", "", "", "Sales", "door.1", True),
        Row(3, "door.2", "", "", "", "", "door.2", True),  # an anonymous user may be called as the directory does
        Row(4, "Ben", "ben@example.com"),
    ]


def test_first_and_last_names_make_a_name() -> None:
    assert Read("Prénom;Nom\nZoë;van Berg\n;Prince\nCher;\n").names == ["Zoë van Berg", "Prince", "Cher"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_of_the_first_row(delimiter: str) -> None:
    text = f'name{delimiter}email\n"Svensson, Anna; née\u00a0|Berg"{delimiter}anna@example.com\n'
    assert Read(text).rows == [Row(2, "Svensson, Anna; née\u00a0|Berg", "anna@example.com")]
    quoted = f'"Nom, prénom; surnom|\t"{delimiter}Courriel{delimiter}Nom\nx{delimiter}anna@example.com{delimiter}Anna\n'
    assert Read(quoted).names == ["Anna"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_any_system_ends_them(end: str) -> None:
    text = end.join(("name;email", "A, B;a@example.com", ";b@example.com", "C;c@example.com", ""))
    assert Read(text).names == ["A, B", "C"]
    assert Read(text).places == [(3, "name")]


@pytest.mark.parametrize(
    "text",
    [
        "name,email\nAnna,a@example.com\n\n\n\r\n",  # empty lines at the end
        "\n\r\n  \nname,email\n\nAnna,a@example.com",  # and elsewhere
        "name,email\nAnna,a@example.com\n,\n , \n",  # rows of a spreadsheet that were emptied
        "name,email,\nAnna,a@example.com,\n",  # a delimiter too many
        "name,email,,,\nAnna,a@example.com,, ,\n",
        "name,email\nAnna,a@example.com,,\n",
        " Name , EMAIL \n Anna , a@example.com \n",  # spaces, capital letters
        "name\u00a0,email\nAnna\u00a0,\u2003a@example.com\n",
        '"name","email"\n"Anna","a@example.com"\n',
        'name,email\n="Anna","=""a@example.com"""\n',  # Excel's texts
        'name,email,group\nAnna,a@example.com,=""\n',
        "email,name,phone\na@example.com,Anna\n",  # a row may end before its last columns
        'name,email\n"An\r\n\tna",a@example.com\n'.replace("An\r\n\tna", " Anna\r\n"),  # line breaks around a text
    ],
)
def test_what_spreadsheets_leave_around_the_rows_does_no_harm(text: str) -> None:
    read = Read(text)
    assert [(row.name, row.email) for row in read.rows] == [("Anna", "a@example.com")]
    assert read.problems == []


def test_a_line_break_within_a_text_is_a_space() -> None:
    assert Read('name,group\n"Anna \r\n  Berg","Picking\tand\n\nPacking"\n').rows == [Row(2, "Anna Berg", group="Picking and Packing")]


def test_letters_are_composed_so_that_the_same_name_is_the_same_text() -> None:
    assert Read("name\nZoe\u0308\n").names == ["Zoë"]


def test_a_file_with_a_header_only_has_no_rows_and_no_problems() -> None:
    for text in ("name,email", "name,email\n", "name,email\r\n\r\n,\r\n"):
        assert (Read(text).rows, Read(text).problems) == ([], [])


@pytest.mark.parametrize("text", ["", "\n\n", " \r\n,,\n", "\t\t\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    with pytest.raises(BadRoster, match="The file is empty"):
        Read(text)


@pytest.mark.parametrize(
    ("mode", "read"),
    [("WPCO", "wpco"), ("Fully managed", "fully_managed"), ("fully-managed", "fully_managed"), ("Work Profile", "work_profile")],
)
def test_modes_are_read_as_people_write_them(mode: str, read: str) -> None:
    assert Read(f"name,mode\nAnna,{mode}\n").rows == [Row(2, "Anna", mode=read)]


@pytest.mark.parametrize(
    ("language", "read"), [("FR", ""), ("fr", "fr"), ("Français", "fr"), ("anglais", "en"), ("de_CH", "de-CH"), ("", "")]
)
def test_languages_are_read_as_people_write_them(language: str, read: str) -> None:
    found = Read(f"name,language\nAnna,{language}\n")
    assert [row.language for row in found.rows] == ([read] if read or not language else [])


@pytest.mark.parametrize("yes", ["1", "yes", "Oui", "VRAI", "true", "x"])
@pytest.mark.parametrize("no", ["0", "", "no", "NON", "faux"])
def test_flags_are_read_in_both_languages(yes: str, no: str) -> None:
    (row,) = Read(f"name,directory,anonyme,wpco\nDoor,d,{yes},{no}\n").rows
    assert (row.anonymous, row.mode) == (True, "")


def test_an_anonymous_user_is_sent_no_mail() -> None:
    (row,) = Read("name;directory;anonymous;send_email\nDoor;d;1;1\n").rows
    assert not row.send_email


# --- rows that are bad -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        (",a@example.com,,,", "name", "needs a name"),
        ('"   ",,sales,,', "name", "needs a name"),
        ("x" * (LONGEST + 1) + ",,,,", "name", "longer than 200"),
        ("An\x07na,,,,", "name", "control characters"),
        ("An\x00na,,,,", "name", "control characters"),
        ("An\x1b[2Jna,,,,", "name", "control characters"),
        ("An\u2028na,,,,", "name", "control characters"),
        ("An\x85na,,,,", "name", "control characters"),
        ("Anna,nowhere,,,", "email", "no e-mail address"),
        ("Anna,,two words,,", "policy", "no policy name"),
        ("Anna,,,byod,", "mode", "no mode"),
        ("Anna,,,,Picking,extra", "6", "5 columns only"),
        ("Anna,,,,Picking,, ,extra", "8", "5 columns only"),
    ],
)
def test_a_bad_cell_is_told_with_line_column_and_reason(cells: str, column: str, reason: str) -> None:
    read = Read(f"name,email,policy,mode,group\nFirst,,,,\n{cells}\nLast,,,,\n")
    (problem,) = read.problems
    assert (problem.line, problem.column) == (3, column)
    assert reason in problem.reason
    assert str(problem).startswith(f"line 3, column {column}: ")
    assert str(problem).isprintable()
    assert len(problem.value) <= 80
    assert [(row.line, row.name) for row in read.rows] == [(2, "First"), (4, "Last")]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("Anna;a@x.de;;;2;0;0;;;", "anonymous", "no flag"),
        ("Anna;a@x.de;;;0;maybe;0;;;", "send_email", "no flag"),
        ("Anna;;;;0;1;0;;;", "email", "there is no address"),
        ("Door;;;;1;0;0;;;", "directory", "directory name"),
        ("Anna;a@x.de;;;0;0;0;;;;more", "11", "10 columns only"),
    ],
)
def test_a_bad_row_of_tinymdms_order_is_told(row: str, column: str, reason: str) -> None:
    read = Read("\n".join((TEN, *("" for _ in range(60)), *(f"User {n};u{n}@x.de;;;0;0;0;;;" for n in range(60)), row)))
    (problem,) = read.problems
    assert (problem.line, problem.column) == (122, column)
    assert reason in problem.reason


def test_a_mode_and_a_flag_that_say_different_things_are_told() -> None:
    assert Read("name,mode,wpco\nAnna,dedicated,1\nBen,wpco,1\nCai,dedicated,0\n").places == [(2, "wpco")]


def test_lines_are_those_of_the_file_although_fields_hold_line_breaks() -> None:
    text = 'name,email\n"A\nB\nC",one\n\n"D\r\nE","two\n\nlines"\nF,f@x.de\nG,,many\n"H",\n'
    read = Read(text)
    assert read.places == [(2, "email"), (6, "email"), (11, "3")]
    assert [(row.line, row.name) for row in read.rows] == [(10, "F"), (12, "H")]


@pytest.mark.parametrize("tail", ['"Bob,b@example.com\nCarl,c@example.com\n', '"Bob"by,b@example.com\n', '"Bob', '"Bob" ,x\n'])
@pytest.mark.parametrize("before", [1, 200])
def test_from_a_stray_quotation_mark_on_nothing_is_taken_for_a_row(tail: str, before: int) -> None:
    rows = "".join(f'"Eva\n{number}",e{number}@example.com\n' for number in range(before))
    read = Read(f"name,email\n,nobody@example.com\n{rows}{tail}")
    assert read.places == [(2, "name"), (3 + 2 * before, "-")]
    assert f"From line {3 + 2 * before} on" in str(read.broken)
    assert len(read.rows) == before


@pytest.mark.parametrize("text", ['"name,email\nAnna,a@example.com\n', '"name"x,email\n', '\n"'])
def test_a_header_with_a_stray_quotation_mark_is_not_taken_for_an_empty_file(text: str) -> None:
    with pytest.raises(BadRoster, match="quotation mark") as caught:
        Read(text)
    (problem,) = caught.value.problems
    assert isinstance(problem, RowProblem)
    assert problem.line == text.count("\n", 0, text.index('"')) + 1


def test_a_quotation_mark_within_a_cell_is_a_letter_like_any_other() -> None:
    assert Read('name\nAnna "Annie" Berg\n"Bob ""Bobby"" Hope"\n').names == ['Anna "Annie" Berg', 'Bob "Bobby" Hope']


def test_a_cell_of_endless_length_ends_the_file() -> None:
    read = Read("name\nAnna\n" + "x" * 200_000 + "\nEva\n")
    assert (read.names, read.places) == (["Anna"], [(3, "-")])


def test_a_user_given_twice_is_a_duplicate_and_not_bad() -> None:
    text = 'name,email\n"Anna",anna@example.com\n\nEva,eva@example.com\nAnn,Anna@Example.com\nEva,eva@example.com\nEva,no\n'
    read = Read(text)
    assert [(bad.line, bad.duplicate) for bad in read.bad] == [(5, True), (6, True), (7, False)]
    assert read.problems[0] == RowProblem(5, "email", "Anna@Example.com", "is on line 2 already")
    assert [row.line for row in read.rows] == [2, 4]


def test_people_of_the_same_name_are_told_apart_by_their_mail_address() -> None:
    assert Read("name,email\nAnna,a@example.com\nAnna,b@example.com\nAnna,\n").places == []
    assert Read("name,email\nAnna,\nANNA,\nanna,a@example.com\n").places == [(3, "name")]
    assert Read("name\nZoe\u0308\nZoë\n").places == [(3, "name")]


# --- much, and anything ------------------------------------------------------------------------------------------------------


def test_many_rows_are_read_quickly_and_none_is_kept() -> None:
    def lines(number: int) -> Iterator[str]:
        yield "name,email,policy,mode,group\n"
        for one in range(number):
            yield f"Zoë {one},user{one}@example.com,sales,wpco,Line {one % 9}\n"

    began = time.process_time()
    columns, rows = read_rows(read_text(lines(20_000), ","), {})
    assert sum(isinstance(row, Row) for row in rows) == 20_000
    assert columns.evident
    assert time.process_time() - began < 3
    _, rows = read_rows(read_text(lines(3000), ","), {})
    tracemalloc.start()
    try:
        for _ in rows:
            pass
        assert tracemalloc.get_traced_memory()[1] < 800_000  # what users are known again by, and nothing else
    finally:
        tracemalloc.stop()


@STEADY
@given(st.lists(st.tuples(st.text('abc é"\n,;', max_size=6), st.booleans()), max_size=12))
def test_the_line_told_is_the_line_where_the_row_begins(rows: list[tuple[str, bool]]) -> None:
    """Rows of a known number of lines each: a group, and a name or none."""
    text, line, expected = "group,name\n", 2, []
    for number, (group, named) in enumerate(rows):
        quoted = group.replace('"', '""')
        if group.strip() and not named:  # a row without both is passed over
            expected.append(line)
        text += f'"{quoted}",{f"name {number}" if named else ""}\n'
        line += group.count("\n") + 1
    assert sorted({one.line for one in Read(text).problems}) == expected


CELLS = st.text(st.sampled_from('ab@.,;|\t"\n\r \x00\x1b\u2028é01='), max_size=9) | st.text(max_size=6)


@STEADY
@given(
    header=st.sampled_from(
        ("name,email,policy,mode,group\n", "nom;courriel;oui\r\n", '"name"\tgroup\n', "email|name\r", f"{TEN}\n", "")
    ),
    cells=st.lists(st.lists(CELLS, max_size=6), max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    maps=st.sampled_from(((), ("1=name",), ("2=-",))),
)
def test_any_text_is_read_or_refused(header: str, cells: list[list[str]], delimiter: str, maps: tuple[str, ...]) -> None:
    """Each row of a text that can be read is good or told of, once, at a line of the file, in print."""
    text = header + "\n".join(delimiter.join(row) for row in cells)
    try:
        read = Read(text, *maps)
    except BadRoster as why:
        found = [problem for problem in why.problems if isinstance(problem, RowProblem)]
    else:
        found = read.problems
        assert isinstance(read.columns, Columns)
        assert not any(check_row(row) for row in read.rows)
        assert {row.line for row in read.rows}.isdisjoint(bad.line for bad in read.bad)
        assert all(bad.problems for bad in read.bad)
    last = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert all(1 <= problem.line <= last and str(problem).isprintable() for problem in found)
