"""`sixtap users import` without a service: what is told of a file, to people and to machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from station.cli import userimport
from station.cli.printing import DONE, UNREACHABLE, WRONG_USE
from tests.unit.station.cli.sixtap import Ran, sixtap

BAD = (
    "name,email,policy,mode,group\n"
    "Anna,anna@example.org,,,\n"
    ",nobody@example.org,,,\n"
    "Ben,not an address,,,\n"
    '"Ca\x1b[2Jrla",,,,\n'
    "Dora,,,tablet,\n"
    "Emil,ANNA@example.org,,,\n"
    "Fritz,,a/b,,,surplus\n"
)
REASONS = [
    "line 3, column name: '': a user needs a name",
    "line 4, column email: 'not an address': is no e-mail address",
    "line 5, column name: 'Ca\\x1b[2Jrla': holds control characters",
    "line 6, column mode: 'tablet': is no mode; it may be fully_managed, dedicated, wpco, work_profile",
    "line 7, column email: 'ANNA@example.org': is on line 2 already",
    "line 8, column 6: 'surplus': there are 5 columns only",
]
SUMMARY = "users.csv: 5 bad rows, 1 duplicate, 1 good. Nothing was imported. Correct the file, or leave bad rows out with --skip-bad."
ALONE = "users.csv: It was not compared with the roster: No service answers at no.sock. Start it with: sixtap serve"
TEN = "Anna;anna@example.org;Sales;anna.s;0;1;1;;;\nDoor;;;door.1;1;0;0;;;\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIXTAP_SOCKET", "no.sock")
    return tmp_path


def importing(content: str | bytes, *options: str) -> Ran:
    Path("users.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return sixtap("users", "import", "users.csv", *options)


def read(content: str | bytes, *options: str) -> dict[str, object]:
    document = json.loads(importing(content, "--dry-run", "--json", *options).out)
    assert isinstance(document, dict)
    return document


def test_a_bad_file_is_refused_whole_with_every_reason() -> None:
    ran = importing(BAD)
    assert (ran.code, ran.out) == (WRONG_USE, "")
    assert ran.err.splitlines() == [*REASONS, SUMMARY]


def test_a_dry_run_without_a_service_says_so_and_checks_all_the_same() -> None:
    ran = importing(BAD, "--dry-run")
    assert ran.code == WRONG_USE
    assert ran.err.splitlines() == [ALONE, *REASONS, SUMMARY]
    assert ran.out.splitlines()[-5:] == ["rows\tcount", "good\t1", "duplicate\t1", "bad\t5", "to be invited\t0"]
    ran = importing(TEN, "--dry-run")
    assert (ran.code, ran.err.splitlines()) == (DONE, [ALONE])
    assert "good\t2" in ran.out.splitlines()


def test_bad_rows_may_be_left_out() -> None:
    ran = importing(BAD, "--skip-bad")
    assert (ran.code, ran.out) == (UNREACHABLE, "")  # it would have been sent
    assert ran.err.splitlines()[:-1] == REASONS
    assert importing(BAD, "--skip-bad", "--dry-run").code == DONE


def test_a_file_that_breaks_off_is_not_imported_whatever_is_said() -> None:
    for options in (("--skip-bad",), ("--dry-run", "--skip-bad"), ()):
        ran = importing('name\nAnna\n"Ben\nCai\n', *options)
        assert ran.code == WRONG_USE
        assert "From line 3 on the file cannot be read." in ran.err
        assert "Nothing was imported." in ran.err


def test_so_many_problems_are_printed_and_the_others_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(userimport, "MOST_TOLD", 3)
    assert importing(BAD).err.splitlines() == [*REASONS[:3], "... and 3 more of this kind.", SUMMARY]
    assert len(read(BAD)["problems"]) == 6  # type: ignore[arg-type]  # it is a list


def test_how_the_columns_were_understood_is_shown_unless_it_is_evident() -> None:
    people = "Nom;Courriel;Téléphone;Équipe\nZoé;zoe@example.org;33;Été\n"
    assert importing(people, "--dry-run").out.splitlines()[:6] == [
        "column\theader\tis",
        "1\tNom\tname",
        "2\tCourriel\temail",
        "3\tTéléphone\t(left out)",
        "4\tÉquipe\tgroup",
        "",
    ]
    said = importing(people, "--map", "3=custom1", "--map", "Équipe=-").err.splitlines()
    assert said[0] == "users.csv: columns: Nom = name, Courriel = email, Téléphone = custom1, Équipe = - (change it with --map)"
    assert importing(TEN).err.splitlines()[0].startswith("users.csv: no header row; the 10 columns were read in TinyMDM's order")
    assert len(importing("name,email\nAnna,\n").err.splitlines()) == 1


def test_a_problem_is_told_with_the_files_own_header() -> None:
    ran = importing("Nom;Courriel\nZoé;zoe\n")
    assert ran.err.splitlines()[0] == "line 2, column 'Courriel' (email): 'zoe': is no e-mail address"
    assert importing(TEN + "Ben;ben;;;0;0;0;;;\n").err.splitlines()[0] == "line 3, column 2 (email): 'ben': is no e-mail address"


def test_machines_are_told_everything() -> None:
    document = read(TEN + ";;;;0;0;0;;;\n", "--map", "4=custom2", "--map", "9=directory")
    assert document["layout"] == "given"
    columns = document["columns"]
    assert isinstance(columns, list)
    assert columns[3] == {"column": 4, "header": "", "field": "custom2"}
    counted = {name: document[name] for name in ("good", "bad", "duplicate", "invite", "compared", "new", "more_problems")}
    assert counted == {"good": 1, "bad": 2, "duplicate": 0, "invite": 1, "compared": False, "new": 0, "more_problems": 0}
    reason = "an anonymous user needs a directory name"
    assert document["problems"] == [
        {"line": 2, "column": "directory", "value": "", "reason": reason},
        {"line": 3, "column": "name", "value": "", "reason": "a user needs a name"},
    ]


def test_a_bad_file_is_told_to_machines_too() -> None:
    ran = importing(BAD, "--json")
    assert (ran.code, json.loads(ran.out)["bad"]) == (WRONG_USE, 5)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--map", "name"), "'name' maps no column"),
        (("--map", "name=nickname"), "maps no column"),
        (("--map", "7=email"), "The file has no column '7'"),
        (("--encoding", "klingon"), "'klingon' is no encoding"),
    ],
)
def test_what_cannot_be_meant_is_wrong_use(options: tuple[str, ...], says: str) -> None:
    ran = importing("name,phone\nAnna,1\n", *options)
    assert (ran.code, ran.out) == (WRONG_USE, "")
    assert says in ran.err


NO_FILES: list[tuple[bytes, str]] = [
    (b"", "The file is empty."),
    (b"\n\n , \n", "The file is empty."),
    (b"\xff\xfen\x00a", "UTF-16"),
    (b"mail,age\nx,1\n", "No column holds the users' names"),
    (b"Anna\nBen\n", "Nothing names the columns"),
    (b'"name\nAnna\nBen\n', "quotation mark"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "The file is a picture."),
    (b"PK\x03\x04", "The workbook cannot be read"),
    (b"name,emial\n", "column 2: 'emial': is not known; is it email?"),
]


@pytest.mark.parametrize(("content", "says"), NO_FILES)
def test_what_is_no_user_file_is_refused_readably(content: bytes, says: str) -> None:
    for options in ((), ("--json",)):
        ran = importing(content, "--dry-run", *options)
        assert ran.code == WRONG_USE
        assert says in ran.err
        assert "Traceback" not in ran.err
        if options:
            assert json.loads(ran.out)["good"] == 0
