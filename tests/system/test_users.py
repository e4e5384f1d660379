"""`sixtap users` before a running service: the roster, filled from files and changed one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from station.cli.printing import DONE, FAILED, WRONG_USE
from tests.system.service import Service
from tests.unit.station.outbox.postoffice import PostOffice

TEN = (
    "Anna Berg;anna@example.org;Sales;anna.b;0;0;1;x;;\n"
    '"Ben ""B"" Cole";ben@example.org;Stock;ben.c;0;0;0;;;=""\n'
    "Door;;Sales;door.1;1;0;0;;;\n"
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service"), screen=False) as service:
        yield service


@pytest.fixture
def service(running: Service) -> Iterator[Service]:
    """The one service of this file, with nobody in its roster."""
    yield running
    for user in read(running, "list"):
        assert running.sixtap("users", "remove", user["id"]).code == DONE


def done(service: Service, *arguments: str) -> str:
    ran = service.sixtap("users", *arguments)
    assert ran.code == DONE, ran
    assert all(letter.isprintable() or letter in "\n\t" for letter in ran.out), ran.out
    return ran.out


def read(service: Service, *arguments: str) -> Any:
    return json.loads(done(service, *arguments, "--json"))


def refused(service: Service, *arguments: str) -> str:
    ran = service.sixtap("users", *arguments)
    assert (ran.code, ran.out) == (WRONG_USE, ""), ran
    return ran.err


def file(folder: Path, text: str) -> str:
    (folder / "users.csv").write_text(text, encoding="utf-8", newline="")
    return str(folder / "users.csv")


def names(service: Service, *arguments: str) -> list[str]:
    return [user["name"] for user in read(service, "list", *arguments)]


# --- files -------------------------------------------------------------------------------------------------------------------


def test_tinymdms_file_fills_the_roster_and_fills_it_once(service: Service, tmp_path: Path) -> None:
    assert done(service, "import", file(tmp_path, TEN)) == "3 users added, 0 changed, 0 as they were.\n"
    anna, ben, door = read(service, "list")
    assert {**anna, "id": ""} == {
        "id": "",
        "name": "Anna Berg",
        "email": "anna@example.org",
        "policy": "",
        "mode": "wpco",
        "group": "Sales",
        "directory": "anna.b",
        "anonymous": False,
        "language": "",
        "custom": ["x", "", ""],
        "account": "",
    }
    assert (ben["name"], ben["mode"], door["anonymous"], door["directory"]) == ('Ben "B" Cole', None, True, "door.1")
    assert done(service, "import", file(tmp_path, TEN)) == "0 users added, 0 changed, 3 as they were.\n"
    changed = read(service, "import", file(tmp_path, TEN.replace("Stock", "Sales") + "Ben;no;;;0;0;0;;;\n"), "--skip-bad")
    counts = {name: changed[name] for name in ("added", "changed", "same", "invited", "refused", "skipped")}
    assert counts == {"added": 0, "changed": 1, "same": 2, "invited": 0, "refused": [], "skipped": 1}


def test_a_dry_run_shows_what_would_change_and_changes_nothing(service: Service, tmp_path: Path) -> None:
    done(service, "import", file(tmp_path, TEN))
    text = TEN.replace("Stock", "Office") + "Cai;cai@example.org;;;0;1;0;;;\nCai;CAI@example.org;;;0;0;0;;;\nDan;d;;;0;0;0;;;\n"
    before = service.do(service.ledger.head())
    ran = service.sixtap("users", "import", file(tmp_path, text), "--dry-run")
    assert ran.code == WRONG_USE
    rows = ran.out.split("\n\n")[1].splitlines()
    assert rows == [
        "line\tis\tname\temail\tchanges",
        '2\tchanged\tBen "B" Cole\tben@example.org\tgroup',
        "4\tnew\tCai\tcai@example.org\t",
    ]
    counts = dict(line.split("\t") for line in ran.out.splitlines()[-7:])
    assert counts == {"rows": "count", "new": "1", "changed": "1", "same": "2", "duplicate": "1", "bad": "1", "to be invited": "1"}
    assert "line 6, column 2 (email): 'd': is no e-mail address" in ran.err
    document = json.loads(service.sixtap("users", "import", file(tmp_path, text), "--dry-run", "--json").out)
    assert (document["compared"], document["new"], document["changed"], document["more_changes"]) == (True, 1, 1, 0)
    assert [(one["line"], one["what"], one["columns"]) for one in document["changes"]] == [(2, "changed", ["group"]), (4, "new", [])]
    assert service.do(service.ledger.head()) == before
    assert "new\t3" not in done(service, "import", file(tmp_path, TEN), "--dry-run")


def test_a_workbook_of_many_rows_comes_in_in_parts_and_in_order(service: Service, tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Équipe")
    sheet.append(("Courriel", "Prénom", "Nom"))
    for number in range(1100):
        sheet.append((f"u{number}@example.org", "Zoé", f"N {number:04}"))
    book.save(tmp_path / "users.xlsx")
    ran = service.sixtap("users", "import", str(tmp_path / "users.xlsx"), "--sheet", "Équipe")
    assert (ran.code, ran.out) == (DONE, "1100 users added, 0 changed, 0 as they were.\n")
    assert names(service) == [f"Zoé N {number:04}" for number in range(1100)]
    service.do(_forget(service))


async def _forget(service: Service) -> None:
    from station.ports import BENCH, Change

    users = await service.ledger.users(limit=2000)
    await service.ledger.commit(Change(BENCH, forget=tuple(user.id for user in users)))


# --- one by one --------------------------------------------------------------------------------------------------------------


def test_a_user_is_added_found_changed_and_removed(service: Service) -> None:
    added = read(service, "add", "Åsa Berg", "--email", "asa@example.org", "--group", "Picking", "--language", "fr", "--custom", "a")
    assert added == {"user": added["user"], "invited": False, "refused": ""}
    assert "is there already" in refused(service, "add", "Another", "--email", "ASA@example.org")
    assert done(service, "add", "Door", "--anonymous", "--directory", "door.1").startswith("User u_")
    assert names(service, "--group", "Picking") == names(service, "--search", "sa@ex") == ["Åsa Berg"]
    assert names(service, "--search", "%") == []

    assert read(service, "edit", "åsa berg", "--name", "Åsa Lind", "--group", "", "--mode", "dedicated") == {
        "changed": ["name", "mode", "group"]
    }
    assert done(service, "edit", "asa@example.org", "--name", "Åsa Lind") == "Nothing changed.\n"
    (user,) = read(service, "list", "--search", "Åsa")
    assert (user["name"], user["group"], user["mode"], user["custom"]) == ("Åsa Lind", "", "dedicated", ["a", "", ""])

    assert done(service, "remove", "Åsa Lind", "Door") == "Åsa Lind was removed.\nDoor was removed.\n"
    assert read(service, "list") == []


def _removed(service: Service) -> str:
    events = service.do(service.ledger.events(limit=1000))
    return str([event.body["user"] for event in events if event.kind == "UserRemoved"][-1])


def test_what_cannot_be_is_refused_with_the_reason(service: Service) -> None:
    done(service, "add", "Ben", "--email", "b1@example.org")
    done(service, "add", "Ben", "--email", "b2@example.org")
    assert "2 users are named 'Ben'" in refused(service, "edit", "Ben", "--group", "x")
    assert "No user has the id, e-mail or name 'Cai'" in refused(service, "remove", "Cai")
    assert "Another user has this e-mail" in refused(service, "edit", "b1@example.org", "--email", "b2@example.org")
    assert "Say what changes" in refused(service, "edit", "b1@example.org")
    assert "is no e-mail address" in refused(service, "add", "Cai", "--email", "cai")
    assert "needs a directory name" in refused(service, "add", "Cai", "--anonymous")
    assert "no management mode" in refused(service, "edit", "b1@example.org", "--mode", "kiosk")
    assert "Say who" in refused(service, "assign", "--policy", "kiosk")
    assert "Say who" in refused(service, "assign", "--policy", "kiosk", "--all", "--group", "x")
    assert "three custom fields" in refused(service, "add", "Cai", *(("--custom", "x") * 4))
    ran = service.sixtap("users", "remove", "b1@example.org", "Cai")
    assert (ran.code, ran.out.count("was removed")) == (FAILED, 1)
    assert names(service) == ["Ben"]


def test_a_policy_is_assigned_to_some_to_a_group_and_to_all(service: Service, tmp_path: Path) -> None:
    done(service, "import", file(tmp_path, TEN))
    assert done(service, "assign", "--policy", "kiosk", "anna@example.org", "Door") == (
        "2 users have the policy kiosk; 2 of them changed.\n"
    )
    assert read(service, "assign", "--policy", "sales", "--mode", "dedicated", "--group", "Sales") == {"assigned": 2, "changed": 2}
    assert read(service, "assign", "--policy", "sales", "--all") == {"assigned": 3, "changed": 1}
    assert [(user["policy"], user["mode"]) for user in read(service, "list")] == [
        ("sales", "dedicated"),
        ("sales", None),
        ("sales", "dedicated"),
    ]
    assert "No user is in the group" in refused(service, "assign", "--policy", "sales", "--group", "Nobody")


def test_the_record_hears_ids_and_never_a_name(service: Service, tmp_path: Path) -> None:
    done(service, "import", file(tmp_path, TEN))
    done(service, "edit", "Anna Berg", "--name", "Anna Lind")
    done(service, "remove", "Anna Lind")
    events = service.do(service.ledger.events(limit=1000))
    assert not any(word in str(event.body) for event in events for word in ("Anna", "example.org", "Sales", "door.1"))
    kinds = {event.kind for event in events}
    assert {"UsersImported", "UserEdited", "UserRemoved"} <= kinds
    assert json.loads(service.sixtap("audit", "verify", "--json").out)["flaw"] is None


# --- mail --------------------------------------------------------------------------------------------------------------------


def test_whom_a_file_wants_mailed_is_invited_after_the_import_and_so_is_who_is_added_so(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    with PostOffice() as office:
        mail = {"host": "127.0.0.1", "port": office.port, "security": "none", "from": "IT <it@example.org>"}
        with Service(tmp_path / "s", screen=False, mail=mail) as service:
            text = "Anna;anna@example.org;;;0;1;1;;;\nBen;ben@example.org;;;0;0;0;;;\nDoor;door@example.org;;d;1;1;0;;;\n"
            ran = service.sixtap("users", "import", file(tmp_path, text))
            assert (ran.code, office.recipients) == (FAILED, [])
            assert "anna@example.org was not invited: " in ran.err  # nobody has a policy yet
            assert names(service) == ["Anna", "Ben", "Door"]

            done(service, "assign", "--policy", "default", "--all")
            again = read(service, "import", file(tmp_path, text))
            assert (again["same"], again["invited"], again["refused"], office.recipients) == (3, 1, [], ["anna@example.org"])
            third = read(service, "import", file(tmp_path, text))
            assert (third["invited"], third["had_a_code"], third["refused"], len(office.recipients)) == (0, 1, [], 1)
            unit = json.loads(service.sixtap("batch", "show", "desk", "--json").out)["units"][0]
            assert service.sixtap("unit", "hold", unit["enrollment"]).code == DONE
            assert service.sixtap("unit", "skip", unit["enrollment"]).code == DONE
            third = read(service, "import", file(tmp_path, text))  # a user whose place is settled gets no second one
            assert (third["invited"], third["had_a_code"], third["refused"], len(office.recipients)) == (0, 1, [], 1)

            added = read(service, "add", "Eve", "--email", "eve@example.org", "--policy", "default", "--send-email")
            assert (added["invited"], office.recipients) == (True, ["anna@example.org", "eve@example.org"])


def test_users_are_in_the_roster_whatever_becomes_of_their_invitations(service: Service, tmp_path: Path) -> None:
    ran = service.sixtap("users", "import", file(tmp_path, "Anna;anna@example.org;;;0;1;1;;;\n"))
    assert (ran.code, ran.out) == (FAILED, "1 users added, 0 changed, 0 as they were.\n")
    assert "Nobody was invited from there on: This bench has no mail server." in ran.err
    ran = service.sixtap("users", "add", "Ben", "--email", "ben@example.org", "--send-email")
    assert (ran.code, ran.out.startswith("User u_")) == (FAILED, True)
    assert "The user was not invited: This bench has no mail server." in ran.err
    assert names(service) == ["Anna", "Ben"]
