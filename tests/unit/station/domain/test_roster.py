"""User files as people make them: what is read, and where exactly it says what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.policy import Mode
from station.domain.roster import LONGEST, Roster, Row, RowProblem, check_row, read_roster

STEADY = settings(deadline=None, derandomize=True, max_examples=150)


def where(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in read_roster(text).problems]


def names(text: str) -> list[str]:
    return [row.name for row in read_roster(text).rows]


# --- files that are read -------------------------------------------------------------------------------------------------


def test_a_full_row_is_read_whole() -> None:
    text = "name,email,policy,mode,group\nAnna Svensson,anna@example.com,sales,wpco,Picking\n"
    assert read_roster(text) == Roster((Row(2, "Anna Svensson", "anna@example.com", "sales", "wpco", "Picking"),), ())


def test_columns_come_in_any_order_and_only_the_name_is_needed() -> None:
    assert read_roster("group,name\nPicking,Anna\n").rows == (Row(2, "Anna", group="Picking"),)
    assert read_roster("name\nAnna\n").rows == (Row(2, "Anna"),)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_of_the_header(delimiter: str) -> None:
    text = f'name{delimiter}email\n"Svensson, Anna; née\u00a0Berg"{delimiter}anna@example.com\n'
    assert read_roster(text).rows == (Row(2, "Svensson, Anna; née\u00a0Berg", "anna@example.com"),)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_any_system_ends_them(end: str) -> None:
    text = end.join(("name;email", "A, B;a@example.com", ";b@example.com", "C;c@example.com", ""))
    assert names(text) == ["A, B", "C"]
    assert where(text) == [(3, "name")]


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
        "\ufeffname,email\nAnna,a@example.com\n",
    ],
)
def test_what_spreadsheets_leave_around_the_rows_does_no_harm(text: str) -> None:
    roster = read_roster(text)
    assert [(row.name, row.email) for row in roster.rows] == [("Anna", "a@example.com")]
    assert roster.problems == ()


def test_a_row_may_end_before_its_last_columns() -> None:
    assert read_roster("email,name,group\na@example.com,Anna\n").rows == (Row(2, "Anna", "a@example.com"),)
    assert where("email,name,group\na@example.com\n") == [(2, "name")]


@pytest.mark.parametrize(
    "name",
    [
        "محمد بن سلمان",
        "דָּוִד",
        "علی\u200cرضا",
        "\u200fأحمد",
        "山田 太郎",
        "Ñandú Ærø",
        "O'Neil-Smith",
        "👩‍🔧 Zoë",
        "<b>Bobby</b>",
        "=1+1",
    ],
)
def test_names_of_any_script_come_through(name: str) -> None:
    assert names(f"name,email\n{name},x@example.com\n") == [name]


def test_letters_are_composed_so_that_the_same_name_is_the_same_text() -> None:
    assert names("name\nZoe\u0308\n") == ["Zoë"]


def test_a_file_with_a_header_only_has_no_rows_and_no_problems() -> None:
    for text in ("name,email", "name,email\n", "name,email\r\n\r\n,\r\n"):
        assert read_roster(text) == Roster((), ())


# --- rows ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        (",a@example.com,,,", "name", "needs a name"),
        ('"   ",,sales,,', "name", "needs a name"),
        ("x" * (LONGEST + 1) + ",,,,", "name", "longer than 200"),
        ("Anna,,,," + "g" * (LONGEST + 1), "group", "longer than 200"),
        ("An\x07na,,,,", "name", "control characters"),
        ("An\x00na,,,,", "name", "control characters"),
        ("An\x1b[2Jna,,,,", "name", "control characters"),
        ('"An\tna",,,,', "name", "control characters"),
        ('"An\nna",,,,', "name", "control characters"),
        ("An\u2028na,,,,", "name", "control characters"),
        ("An\x85na,,,,", "name", "control characters"),
        ("An\ud800na,,,,", "name", "control characters"),
        ("Anna,,,,Pick\x7fing", "group", "control characters"),
        *((f"Anna,{mail},,,", "email", "no e-mail address") for mail in ("anna", "a@b", "@b.com", "a@b.", "a b@c.com", "a@b@c.de")),
        *((f'Anna,"{mail}",,,', "email", "no e-mail address") for mail in ("a@x.de,b@x.de", "A <a@x.de>", "a@x..de", "a@.x.de")),
        ("Anna,,two words,,", "policy", "no policy name"),
        ("Anna,,sales/kiosk,,", "policy", "no policy name"),
        ("Anna,,..,,", "policy", "no policy name"),
        ("Anna,,,WPCO,", "mode", "wpco, work_profile"),
        ("Anna,,,byod,", "mode", "no mode"),
        ("Anna,,,,Picking,extra", "6", "5 columns only"),
        ("Anna,,,,Picking,, ,extra", "8", "5 columns only"),
    ],
)
def test_a_bad_cell_is_told_with_line_column_and_reason(cells: str, column: str, reason: str) -> None:
    roster = read_roster(f"name,email,policy,mode,group\nFirst,,,,\n{cells}\nLast,,,,\n")
    (problem,) = roster.problems
    assert (problem.line, problem.column) == (3, column)
    assert reason in problem.reason
    assert str(problem).startswith(f"line 3, column {column}: ")
    assert str(problem).isprintable()
    assert len(problem.value) <= 80
    assert [row.name for row in roster.rows] == ["First", "Last"]
    assert roster.rows[1].line == 3 + cells.count("\n") + 1


def test_every_bad_cell_of_a_row_is_told() -> None:
    assert where("name,email,policy,mode\n,nobody,a b,x\n") == [(2, "name"), (2, "email"), (2, "policy"), (2, "mode")]


def test_lines_are_those_of_the_file_although_fields_hold_line_breaks() -> None:
    text = 'name,group\n"A\nB\nC",one\n\n"D\r\nE","two\n\nlines"\nF,good\nG,too,many\n"H",\n'
    roster = read_roster(text)
    assert where(text) == [(2, "name"), (6, "name"), (6, "group"), (11, "3")]
    assert [(row.line, row.name) for row in roster.rows] == [(10, "F"), (12, "H")]
    lines = text.replace("\r\n", "\n").split("\n")
    assert (lines[9], lines[10]) == ("F,good", "G,too,many")


@pytest.mark.parametrize("tail", ['"Bob,b@example.com\nCarl,c@example.com\n', '"Bob"by,b@example.com\n', '"Bob', '"Bob" ,x\n'])
def test_an_unbalanced_quotation_mark_is_told_with_the_line_where_its_row_begins(tail: str) -> None:
    roster = read_roster(f'name,email\n"An\nna",a@example.com\nEva,e@example.com\n{tail}')
    assert [(problem.line, problem.column) for problem in roster.problems] == [(2, "name"), (5, "-")]
    assert "cannot be read as CSV" in roster.problems[1].reason
    assert [row.name for row in roster.rows] == ["Eva"]


def test_a_quotation_mark_within_a_cell_is_a_letter_like_any_other() -> None:
    assert names('name\nAnna "Annie" Berg\n"Bob ""Bobby"" Hope"\n') == ['Anna "Annie" Berg', 'Bob "Bobby" Hope']


def test_a_cell_of_endless_length_is_told_and_ends_the_file() -> None:
    roster = read_roster("name\nAnna\n" + "x" * 200_000 + "\nEva\n")
    assert [problem.line for problem in roster.problems] == [3]
    assert [row.name for row in roster.rows] == ["Anna"]


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_may_be_named(mode: Mode) -> None:
    assert check_row(Row(1, "Anna", mode=mode.value)) == []


@STEADY
@given(st.lists(st.tuples(st.text('abc é"\n,;', max_size=6), st.booleans()), max_size=12))
def test_the_line_told_is_the_line_where_the_row_begins(rows: list[tuple[str, bool]]) -> None:
    """Rows of a known number of lines each: a group, and a name or none."""
    text, line, expected = "group,name\n", 2, []
    for number, (group, named) in enumerate(rows):
        stripped, quoted = group.strip(), group.replace('"', '""')
        if "\n" in stripped or (stripped and not named):  # a row without both is passed over
            expected.append(line)
        text += f'"{quoted}",{f"name {number}" if named else ""}\n'
        line += group.count("\n") + 1
    assert sorted({problem.line for problem in read_roster(text).problems}) == expected


# --- the same user twice -----------------------------------------------------------------------------------------------------


def test_a_user_given_twice_is_told_with_the_line_of_the_first() -> None:
    text = 'name,email\n"Anna",anna@example.com\n\nEva,eva@example.com\nAnn,Anna@Example.com\nEva,eva@example.com\n'
    roster = read_roster(text)
    assert roster.problems == (
        RowProblem(5, "email", "Anna@Example.com", "is on line 2 already"),
        RowProblem(6, "email", "eva@example.com", "is on line 4 already"),
    )
    assert [row.line for row in roster.rows] == [2, 4]


def test_people_of_the_same_name_are_told_apart_by_their_mail_address() -> None:
    assert where("name,email\nAnna,a@example.com\nAnna,b@example.com\nAnna,\n") == []
    assert where("name,email\nAnna,\nANNA,\nanna,a@example.com\n") == [(3, "name")]
    assert where("name\nZoe\u0308\nZoë\n") == [(3, "name")]
