"""Whose exported codes are: one user, one code, or an error that names the files and users."""

from __future__ import annotations

import pytest

from station.assembly.exported import Found, owners, read_map
from station.domain.called import People, Person
from station.domain.errors import BadRoster
from station.domain.policy import Mode
from tests.unit.station.assembly.exports import content

ANNA = Person("u_1", "Anna Meier", "anna@example.org")
BEN = Person("u_2", "Ben Otto", "ben@example.org")
PEOPLE = People([ANNA, BEN])


def found(file: str, who: str, *labels: str, part: str | None = None) -> Found:
    return Found(file, content(who), labels or (file.rsplit(".", 1)[0],), part)


def test_each_code_goes_to_the_user_its_file_names() -> None:
    good, refused = owners([found("anna@example.org.png", "a"), found("otto_ben.png", "b")], PEOPLE)
    assert [(one.person.id, one.found.file, one.kind) for one in good] == [
        ("u_1", "anna@example.org.png", "provisioning"),
        ("u_2", "otto_ben.png", "provisioning"),
    ]
    assert refused == []


def test_the_first_label_that_names_anybody_decides() -> None:
    good, _ = owners([found("qr.png", "a", "qr", "Anna Meier")], PEOPLE)
    assert good[0].person == ANNA


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (found("scan17.png", "a"), "No user is called so"),
        (found("anna meier ben otto.png", "a"), "It may be the code of Anna Meier <anna@example.org>, Ben Otto <ben@example.org>"),
        (Found("anna meier.png", "https://example.org", ("anna meier",)), "web address only"),
    ],
)
def test_what_cannot_be_matched_or_used_is_said_with_its_file(one: Found, says: str) -> None:
    good, refused = owners([one, found("ben otto.png", "b")], PEOPLE)
    assert [one.person for one in good] == [BEN]
    assert [problem.source for problem in refused] == [one.file]
    assert says in str(refused[0])


def test_the_same_code_for_two_users_is_an_error_that_names_both() -> None:
    good, refused = owners([found("anna meier.png", "x"), found("ben otto.png", "x")], PEOPLE)
    assert good == []
    assert {problem.source for problem in refused} == {"anna meier.png", "ben otto.png"}
    for problem in refused:
        assert "Anna Meier <anna@example.org> (anna meier.png) and Ben Otto <ben@example.org> (ben otto.png)" in problem.reason


def test_two_codes_of_one_user_are_an_error_and_the_same_one_twice_is_none() -> None:
    good, refused = owners([found("anna meier.png", "x"), found("anna meier wpco.png", "y")], PEOPLE)
    assert good == []
    assert "has 2 different codes: anna meier.png, anna meier wpco.png" in str(refused[0])
    good, refused = owners([found("anna meier.png", "x"), found("anna@example.org.pdf", "x")], PEOPLE)
    assert (len(good), refused) == (1, [])


def test_a_mode_that_the_codes_are_for_is_held_against_each() -> None:
    _, refused = owners([found("anna meier.png", "x")], PEOPLE, mode=Mode.WORK_PROFILE)
    assert "by a link" in str(refused[0])


# --- by a map ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["scan.pdf#3", "SCAN.PDF#3", "x/scan.pdf#3", "./x/scan.pdf#3", "x\\scan.pdf#3"])
def test_a_map_names_pages_with_or_without_folders(name: str) -> None:
    good, refused = owners([found("x/scan.pdf", "a", "ben otto", part="3")], PEOPLE, said={name: "ANNA@example.org"})
    assert [one.person for one in good] == [ANNA]
    assert refused == []


def test_what_the_map_does_not_name_goes_by_its_file_s_name() -> None:
    good, _ = owners([found("1.png", "a"), found("ben otto.png", "b")], PEOPLE, said={"1.png": "Anna Meier"})
    assert [one.person for one in good] == [ANNA, BEN]


def test_a_map_that_names_nobody_or_no_file_is_said() -> None:
    _, refused = owners([found("1.png", "a")], PEOPLE, said={"1.png": "Carla", "2.png": "Ben Otto"})
    assert [str(problem).split(".", 2)[:2] for problem in refused] == [
        ["1", "png: No user is called 'Carla'"],
        ["2", "png: The map names a file that is not there"],
    ]


def test_a_map_is_read_by_its_columns() -> None:
    assert read_map([(1, ["No.", "User", "File"]), (2, ["1", "anna", "a.png"]), (4, []), (5, ["", '="ben"', " b.png "])]) == {
        "a.png": "anna",
        "b.png": "ben",
    }


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "file and user"),
        ([(1, ["a", "b"])], "file and user"),
        ([(1, ["file", "user"]), (2, ["a.png"])], "Line 2: a row of the map needs"),
        ([(1, ["file", "user"]), (2, ["a.png", "x"]), (3, ["a.png", "y"])], "Line 3: the map names a.png twice"),
    ],
)
def test_a_map_that_cannot_be_used_is_refused_with_its_line(rows: list[tuple[int, list[str]]], says: str) -> None:
    with pytest.raises(BadRoster, match=says):
        read_map(rows)
