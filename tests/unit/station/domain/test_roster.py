"""What a user must hold, and by what one is known again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station.domain.policy import Mode
from station.domain.roster import LONGEST, Row, RowProblem, check_row, is_address, known_by, repeated

FULL = Row(7, "Anna", "anna@example.com", "sales", "wpco", "Picking", "anna.s", False, True, ("a", "b", "c"), "fr-CA")


def told(**changed: object) -> list[tuple[str, str]]:
    row = replace(FULL, **changed)  # type: ignore[arg-type]  # the cases name fields and fitting values
    problems = check_row(row)
    assert all(problem.line == 7 and len(problem.value) <= 80 and str(problem).isprintable() for problem in problems)
    return [(problem.column, problem.reason) for problem in problems]


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_may_be_named(mode: Mode) -> None:
    assert told(mode=mode.value) == []


def test_a_name_is_enough() -> None:
    assert check_row(Row(1, "Anna")) == []


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
        "née\u00a0Berg",
        "x" * LONGEST,
    ],
)
def test_names_of_any_script_are_names(name: str) -> None:
    assert told(name=name) == []


@pytest.mark.parametrize("column", ["name", "email", "policy", "group", "directory", "language"])
@pytest.mark.parametrize("letter", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\ud800", "\n", "\t"])
def test_no_text_may_move_a_cursor_or_break_a_line(column: str, letter: str) -> None:
    assert told(**{column: f"a{letter}b"}) == [(column, "holds control characters")]


@pytest.mark.parametrize("column", ["name", "group", "directory"])
def test_a_text_has_an_end(column: str) -> None:
    assert told(**{column: "x" * (LONGEST + 1)}) == [(column, f"is longer than {LONGEST} characters")]


def test_custom_fields_are_told_apart() -> None:
    assert told(custom=("a", "b\x07", "c" * 201)) == [
        ("custom2", "holds control characters"),
        ("custom3", f"is longer than {LONGEST} characters"),
    ]


@pytest.mark.parametrize(
    ("changed", "column", "reason"),
    [
        ({"name": ""}, "name", "needs a name"),
        ({"name": "#N/A"}, "name", "spreadsheet's error"),
        ({"name": "#NOM?"}, "name", "spreadsheet's error"),
        ({"policy": "two words"}, "policy", "no policy name"),
        ({"policy": "sales/kiosk"}, "policy", "no policy name"),
        ({"policy": ".."}, "policy", "no policy name"),
        ({"mode": "byod"}, "mode", "wpco, work_profile"),
        ({"anonymous": True, "directory": ""}, "directory", "anonymous user needs a directory name"),
        ({"email": ""}, "email", "there is no address"),
        ({"language": "French"}, "language", "no language tag"),
        ({"language": "f"}, "language", "no language tag"),
    ],
)
def test_what_does_not_fit_is_told_with_its_column(changed: dict[str, object], column: str, reason: str) -> None:
    ((where, why),) = told(**changed)
    assert where == column
    assert reason in why


def test_an_anonymous_user_needs_no_address_for_a_mail_that_is_not_sent() -> None:
    assert told(anonymous=True, email="") == []


@pytest.mark.parametrize(
    "text", ["anna", "a@b", "@b.com", "a@b.", "a b@c.com", "a@b@c.de", "a@x.de,b@x.de", "A <a@x.de>", "a@x..de", ""]
)
def test_what_is_no_address_is_told(text: str) -> None:
    assert not is_address(text)
    assert told(email=text or "x") == [("email", "is no e-mail address")]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    problems = check_row(Row(3, "", "nobody", "a b", "x"))
    assert [problem.column for problem in problems] == ["name", "email", "mode", "policy"]


def test_a_user_given_twice_is_told_with_the_line_of_the_first() -> None:
    seen: dict[str, int] = {}
    assert repeated(Row(2, "Anna", "anna@example.com"), seen) == []
    assert repeated(Row(4, "Ann", "ANNA@example.com"), seen) == [RowProblem(4, "email", "ANNA@example.com", "is on line 2 already")]
    assert repeated(Row(5, "Anna", "other@example.com"), seen) == []
    assert repeated(Row(6, "Anna"), seen) == []
    assert repeated(Row(7, "ANNA"), seen) == [RowProblem(7, "name", "ANNA", "is on line 6 already")]
    assert repeated(Row(8, "Anna", directory="desk.1"), seen) == []


def test_an_address_and_a_name_are_never_taken_for_each_other() -> None:
    assert len({known_by("a@x.de", "n", "d"), known_by("", "a@x.de", "d"), known_by("", "n", "d"), known_by("", "n", "")}) == 4
    assert known_by("A@x.de", "n", "d") == known_by("a@X.de", "m", "e")


def test_the_wire_hears_of_everything_but_the_line() -> None:
    values = FULL.values()
    assert Row(7, **{**values, "mode": values["mode"] or ""}) == FULL  # type: ignore[arg-type]  # they are its own values
    assert Row(1, "Anna").values()["mode"] is None
