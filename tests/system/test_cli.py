"""`sixtap` before a running service: what it does, what it prints, how it ends."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlite_utils

from hardware.display.calibration import calibration
from hardware.display.drawing import blank
from station.cli.printing import DONE, FAILED, WRONG_USE
from station.domain.audit import Chain
from station.domain.policy import Mode
from station.ports import BENCH, Batch, Change, Fact
from tests.system.service import Service

PEOPLE = ("Anna", "דנה", "[bold]Ben[/bold]", "=1+1", "Łukasz 李")
HOSTILE = "[red]B[/] \x1b[2J\nBatch other runs.\u202e"
SHOWN = "[red]B[/] \\x1b[2J\\x0aBatch other runs.\\x202e"
PHONE = {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a", "serialNumber": "=S1", "imei": "004999010640000"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with Service(tmp_path) as running:
        yield running


def started(service: Service, batch: str) -> str:
    """What the first start of a batch printed, besides its one note: that its mode is for good."""
    ran = service.sixtap("batch", "start", batch)
    assert (ran.code, ran.err) == (DONE, "Note: Once a phone is enrolled as WPCO, only a factory reset changes that.\n")
    return ran.out


def done(service: Service, *arguments: str) -> str:
    """What a command printed that must succeed."""
    ran = service.sixtap(*arguments)
    assert (ran.code, ran.err) == (DONE, ""), ran
    assert all(letter.isprintable() or letter in "\n\t" for letter in ran.out), ran.out
    return ran.out


def read(service: Service, *arguments: str) -> Any:
    return json.loads(done(service, *arguments, "--json"))


def imported(service: Service, folder: Path, names: tuple[str, ...] = PEOPLE) -> None:
    with (folder / "users.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("name", "email"), *((name, f"user{number}@example.org") for number, name in enumerate(names))])
    assert done(service, "users", "import", str(folder / "users.csv")) == f"{len(names)} users added, 0 changed, 0 as they were.\n"


def verified(service: Service) -> str:
    """The batch's first unit, shown, attested and enrolled; its id."""
    service.until(lambda status: status["parts"]["display"]["state"] == "ok")
    done(service, "unit", "stand-empty")
    status = service.until(lambda status: status["question"] is not None)
    assert "question" in done(service, "status")
    assert done(service, "unit", "answer", "scanned") == "Done.\n"
    attempts = read(service, "unit", "show", status["unit"]["enrollment"])["attempts"]
    token = service.emulator.tokens._by_name[attempts[-1]["token"]].value
    made = service.tell("phones/enroll", token=token, path="setup_wizard", androidVersion="14", apiLevel=34, hardware=PHONE)
    service.tell("phones/report", device=made["device"], phase="applied")
    service.until(lambda status: status["batch"]["users"]["verified"] == 1)
    return str(status["unit"]["enrollment"])


# --- a batch's life -------------------------------------------------------------------------------------------------------


def test_a_batch_from_the_file_of_users_to_the_files_of_its_record(service: Service, tmp_path: Path) -> None:
    imported(service, tmp_path)
    assert [user["name"] for user in read(service, "users", "list")] == list(PEOPLE)
    assert "\tדנה\tuser1@example.org\t" in done(service, "users", "list")
    assert done(service, "users", "import", str(tmp_path / "users.csv")) == f"0 users added, 0 changed, {len(PEOPLE)} as they were.\n"

    made = read(service, "batch", "create", "Monday", "--policy", "default", "--attestation", "operator")
    assert read(service, "batch", "list")[0]["id"] == made["batch"]
    assert done(service, "batch", "list").splitlines()[1].startswith("Monday\tready\twpco\tdefault\t5\t0\t0\t5\tb_")
    assert started(service, "Monday") == "Batch Monday runs.\n"
    unit = verified(service)

    shown = done(service, "batch", "show", made["batch"]).splitlines()
    assert shown[0] == "Monday: running, wpco, policy default, SIMULATED"
    assert shown[1] == "users 5 = 1 verified + 0 held + 0 failed + 0 skipped + 4 open"
    assert shown[2] == "phones 1 = 1 verified + 0 in rack + 0 set aside + 0 failed"
    assert shown[6].split("\t")[:3] == ["3", "[bold]Ben[/bold]", "queued"]
    assert read(service, "batch", "show", "Monday")["units"][0]["state"] == "verified"
    story = done(service, "unit", "show", unit).splitlines()
    assert story[0] == "Anna: verified"
    assert [line.split(": ", 1)[1] for line in story if "ScanAttested" in line] == ["ScanAttested -> scanned"]
    assert done(service, "batch", "pause", "Monday") == "Batch Monday is paused.\n"
    exported(service, tmp_path, unit)


def exported(service: Service, folder: Path, unit: str) -> None:
    files = [folder / name for name in ("u.csv", "u.jsonl", "u.db")]
    options = [word for kind, file in zip(("--csv", "--jsonl", "--sqlite"), files, strict=True) for word in (kind, str(file))]
    printed = done(service, "batch", "export", "Monday", *options).splitlines()
    head = json.loads(done(service, "audit", "verify", "--json"))["head"]
    assert [line.split(": ")[0] for line in printed] == [str(file) for file in files]
    assert all(line.endswith(f" {head}") for line in printed)

    with files[0].open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["user"] for row in rows] == ["Anna", "דנה", "[bold]Ben[/bold]", "'=1+1", "Łukasz 李"]
    assert (rows[0]["enrollment"], rows[0]["state"], rows[0]["serial"], rows[0]["model"]) == (unit, "verified", "'=S1", "Pixel 8a")
    assert {(row["head"], row["simulated"]) for row in rows} == {(head, "true")}

    lines = [json.loads(line) for line in files[1].read_text(encoding="utf-8").splitlines()]
    assert (lines[0]["name"], lines[0]["users_verified"], lines[-1]["hash"]) == ("Monday", 1, head)
    assert [line["user"] for line in lines[1:-1]] == list(PEOPLE)

    database = sqlite_utils.Database(files[2])
    chain = Chain()
    chain.feed([{**event, "body": json.loads(event["body"])} for event in database["events"].rows], expected=head)
    assert chain.finish(head) is None
    assert [(one["seq"], one["hash"]) for one in database["heads"].rows] == [(chain.length, head)]
    assert [one["serial"] for one in database["units"].rows_where("state = 'verified'")] == ["=S1"]
    assert next(database["batch"].rows)["name"] == "Monday"
    database.close()


def test_a_batch_without_users_can_be_looked_at_and_exported(service: Service, tmp_path: Path) -> None:
    nobody = Batch("b_0", "Nobody", Mode.WPCO, "default", simulated=True)
    service.do(service.ledger.commit(Change(BENCH, batches=(nobody,), facts=(Fact("Noted"),) * 2100)))  # some pages of record
    assert read(service, "batch", "show", "Nobody")["units"] == []
    assert done(service, "batch", "show", "Nobody").splitlines()[1].startswith("users 0 = 0 verified")
    files = {kind: tmp_path / f"out{kind}" for kind in ("--csv", "--jsonl", "--sqlite")}
    for kind, file in files.items():
        assert ": 0 units. Head 2100 " in done(service, "batch", "export", "Nobody", kind, str(file))
    assert files["--csv"].read_text().startswith('"position","user","state"')
    assert len(files["--jsonl"].read_text().splitlines()) == 2
    database = sqlite_utils.Database(files["--sqlite"])
    assert (database["units"].count, database["events"].count, database["heads"].count) == (0, 2100, 1)
    assert next(database["heads"].rows)["hash"] == read(service, "audit", "verify")["head"]
    database.close()


def test_a_page_for_people_is_shown_and_taken_down_or_it_is_said_why_not(service: Service) -> None:
    assert "calibration or blank" in service.sixtap("screen", "rainbow").err
    service.until(lambda status: status["parts"]["display"]["state"] == "ok")
    assert "too small for the calibration page" in service.sixtap("screen", "calibration").err
    window = service.window
    assert window is not None
    window.pixels = blank(800, 600)
    assert done(service, "screen", "calibration").startswith("The calibration page is up")
    assert np.array_equal(window.pixels, calibration(800, 600))
    assert done(service, "screen", "blank") == "The attached screen is blank.\n"
    assert np.array_equal(window.pixels, blank(800, 600))


def test_without_a_window_no_page_is_said_to_be_up(tmp_path: Path) -> None:
    with Service(tmp_path, screen=False) as service:
        ran = service.sixtap("screen", "calibration")
        assert (ran.code == DONE, ran.out) == (False, "")
        assert "No window of the attached screen is there." in ran.err


def test_names_stand_beside_the_codes_only_of_a_batch_that_says_so(service: Service, tmp_path: Path) -> None:
    imported(service, tmp_path, ("Anna",))
    done(service, "batch", "create", "Monday", "--policy", "default", "--names")
    assert read(service, "batch", "show", "Monday")["batch"]["names"] is True
    assert "names beside the codes" in done(service, "batch", "show", "Monday").splitlines()[0]
    done(service, "users", "add", "Bogdan", "--email", "bogdan@example.org")
    done(service, "batch", "create", "Tuesday", "--policy", "default")
    assert read(service, "batch", "show", "Tuesday")["batch"]["names"] is False


@pytest.mark.parametrize("kind", ["--csv", "--jsonl", "--sqlite"])
def test_an_export_that_cannot_be_written_says_why(service: Service, tmp_path: Path, kind: str) -> None:
    imported(service, tmp_path, ("Anna",))
    done(service, "batch", "create", "Monday", "--policy", "default")
    ran = service.sixtap("batch", "export", "Monday", kind, str(tmp_path / "nowhere" / "file"))
    assert (ran.code, ran.out) == (WRONG_USE, "")
    assert ran.err.startswith(f"The export is not complete: {tmp_path}/nowhere/file cannot be written: ")
    assert len(ran.err.splitlines()) == 1


def test_an_import_of_many_is_sent_in_parts_and_its_json_stays_json(service: Service, tmp_path: Path) -> None:
    (tmp_path / "many.csv").write_text("name\n" + "\n".join(f"User {number}" for number in range(1201)), encoding="utf-8")
    ran = service.sixtap("users", "import", str(tmp_path / "many.csv"), "--json")
    found = json.loads(ran.out)
    assert (ran.code, found["added"], found["changed"]) == (DONE, 1201, 0)
    assert len(read(service, "users", "list")) == 1201


# --- decisions ------------------------------------------------------------------------------------------------------------


def test_a_unit_goes_where_a_person_sends_it(service: Service, tmp_path: Path) -> None:
    imported(service, tmp_path, ("Anna", "Ben", "Carla"))
    done(service, "batch", "create", "Monday", "--policy", "default")
    anna, ben, carla = (unit["enrollment"] for unit in read(service, "batch", "show", "Monday")["units"])

    def state(unit: str) -> tuple[str, str | None, str]:
        brief = read(service, "unit", "show", unit)["unit"]
        return brief["state"], brief["reason"], brief["detail"]

    assert done(service, "unit", "hold", anna, "--detail", HOSTILE) == "Done.\n"
    assert state(anna) == ("held", "by-operator", HOSTILE)
    assert done(service, "unit", "show", anna).splitlines()[0] == f"Anna: held (by-operator: {SHOWN})"
    assert done(service, "unit", "release", anna) == "Done.\n"
    assert state(anna) == ("queued", None, "")
    assert done(service, "unit", "move", carla) == done(service, "unit", "move", anna, "--before", ben) == "Done.\n"
    assert [unit["enrollment"] for unit in read(service, "batch", "show", "Monday")["units"]] == [carla, anna, ben]
    assert done(service, "unit", "skip", ben, "--reason", "on leave") == "Done.\n"
    done(service, "unit", "hold", carla)
    assert done(service, "unit", "fail", carla) == "Done.\n"
    assert [state(unit)[0] for unit in (ben, carla)] == ["skipped", "failed"]
    for refused in (("release", ben), ("retry", anna), ("set-aside", anna), ("attest", anna), ("label", "SN12345")):
        ran = service.sixtap("unit", *refused)
        assert (ran.code, ran.out) == (WRONG_USE, ""), refused
        assert len(ran.err.splitlines()) == 1
    counted = {"received": 3, "verified": 0, "held": 0, "failed": 1, "skipped": 1, "open": 1}
    assert read(service, "batch", "list")[0]["users"] == counted


WRONG: list[tuple[tuple[str, ...], str]] = [
    *((("unit", act, "e_none"), "There is no enrollment e_none.") for act in ("show", "release", "retry", "hold", "move", "skip")),
    *((("unit", act, "e_none"), "There is no enrollment e_none.") for act in ("fail", "attest", "set-aside")),
    (("unit", "show", HOSTILE), f"There is no enrollment {SHOWN}."),
    (("unit", "hold", "\udcff"), "lone leading surrogate"),
    (("unit", "answer", "scanned"), "The bench asks nothing now."),
    (("unit", "answer", "scanned", "--question", "q_old"), "This question is no longer open."),
    (("unit", "label", "12345678"), "No label is asked for now."),
    (("batch", "create", "Monday", "--policy", "default"), "There are no users for this batch."),
    (("batch", "create", " "), "A batch needs a name"),
    (("batch", "create", "x" * 101), "A batch needs a name"),
    (("batch", "create", "half \udcff"), "lone leading surrogate"),
    (("batch", "create", "B", "--mode", "kiosk"), "'kiosk' is no management mode."),
    *((("batch", act, HOSTILE), f"There is no batch {SHOWN}.") for act in ("show", "start", "pause")),
    (("batch", "export", "none", "--csv", "/nowhere/x"), "There is no batch none."),
]


def test_what_cannot_be_done_ends_with_2_and_one_line_that_says_why(service: Service) -> None:
    for arguments, says in WRONG:
        ran = service.sixtap(*arguments)
        assert (ran.code, ran.out) == (WRONG_USE, ""), arguments
        assert says in ran.err, arguments
        assert len(ran.err.splitlines()) == 1, ran.err
        assert all(letter.isprintable() or letter == "\n" for letter in ran.err), arguments
    assert json.loads(service.sixtap("audit", "verify", "--json").out)["events"] == 0


def test_a_batch_s_name_is_text_wherever_it_is_printed(service: Service, tmp_path: Path) -> None:
    imported(service, tmp_path)
    assert "'a/b' is no policy name." in service.sixtap("batch", "create", "B", "--policy", "a/b").err
    assert done(service, "batch", "create", HOSTILE, "--policy", "default").startswith(f"Batch {SHOWN} is ready: b_")
    assert done(service, "batch", "list").splitlines()[1].startswith(f"{SHOWN}\tready")
    assert started(service, HOSTILE) == f"Batch {SHOWN} runs.\n"
    assert done(service, "batch", "show", HOSTILE).splitlines()[0].startswith(f"{SHOWN}: running")
    assert f"batch {SHOWN}: 0 verified" in done(service, "status")
    assert read(service, "status")["batch"]["name"] == HOSTILE
    assert f"A batch named {HOSTILE!r} exists already." in service.sixtap("batch", "create", HOSTILE, "--policy", "default").err


# --- looking on -----------------------------------------------------------------------------------------------------------


def test_status_and_doctor_tell_how_the_bench_is(service: Service) -> None:
    service.until(lambda status: status["parts"]["display"]["state"] == "ok")
    assert done(service, "status") == "bench b SIMULATED: no_batch\n"
    assert read(service, "status")["step"] == {"id": "no_batch", "args": {}}
    lines = done(service, "doctor").splitlines()
    assert {"ok   camera: absent", "ok   display: ok", "ok   bench: runs"} <= set(lines)
    found = read(service, "doctor")
    assert (found["good"], found["health"]["bench"], found["health"]["parts"]["display"]["state"]) == (True, "b", "ok")


def test_the_doctor_ends_with_1_when_something_is_wrong(tmp_path: Path) -> None:
    with Service(tmp_path, screen=False) as service:
        assert "display lost: no window is attached\n" in done(service, "status")
        ran = service.sixtap("doctor")
        assert (ran.code, ran.err) == (FAILED, "")
        assert "BAD  display: no window is attached" in ran.out.splitlines()
        ran = service.sixtap("doctor", "--json")
        assert (ran.code, json.loads(ran.out)["good"]) == (FAILED, False)


# --- the record -----------------------------------------------------------------------------------------------------------


def change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(statement)


def test_a_record_that_was_cut_or_changed_does_not_verify(tmp_path: Path) -> None:
    with Service(tmp_path) as service:
        assert read(service, "audit", "verify") == {"events": 0, "head": Chain().head, "flaw": None, "pictures": []}
        imported(service, tmp_path)
        early = read(service, "audit", "verify")["head"]
        done(service, "batch", "create", "Monday", "--policy", "default")
        late = read(service, "audit", "verify")["head"]
        assert done(service, "audit", "verify") == f"The record holds: 3 events, head {late}\n"
        for head in (early, late, late.upper(), f" {late} "):
            assert done(service, "audit", "verify", "--head", head).startswith("The record holds")
        ran = service.sixtap("audit", "verify", "--head", "0" * 64)
        assert (ran.code, ran.out) == (FAILED, "")
        assert ran.err.startswith("The record does not hold: the noted head is nowhere in the chain")
    change(service.ledger_file, "DELETE FROM events WHERE seq > 1")
    with Service(tmp_path) as service:
        assert read(service, "audit", "verify", "--head", early)["events"] == 1  # nothing in it tells of the cut
        ran = service.sixtap("audit", "verify", "--head", late, "--json")
        assert (ran.code, ran.err) == (FAILED, "")
        flaw = "the noted head is nowhere in the chain: it was rewritten or cut"
        assert json.loads(ran.out) == {"events": 1, "head": early, "flaw": flaw, "pictures": []}
    change(service.ledger_file, "UPDATE events SET actor = 'mallory' WHERE seq = 1")
    with Service(tmp_path) as service:
        ran = service.sixtap("audit", "verify")
        assert (ran.code, ran.err.split(".")[0]) == (FAILED, "The record does not hold: event 1 was changed after it was written")


def test_a_bench_without_a_camera_says_so_when_it_is_to_be_examined_or_taught(service: Service) -> None:
    for arguments in (("self-test",), ("calibrate",), ("teach", "no-network"), ("teach", "no-network", "--forget")):
        ran = service.sixtap(*arguments)
        assert ran.code == WRONG_USE
        assert "no camera that could be examined or taught" in ran.err
    assert read(service, "teach", "--list") == []
