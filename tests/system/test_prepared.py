"""Codes that a console exported, from the files to verified units, by the public commands; what lies on the disk meanwhile."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from station.assembly.exported.pictures import codes
from station.cli.printing import DONE, FAILED, WRONG_USE
from tests.system.service import Service
from tests.unit.station.assembly.exports import content, drawn, drawn_by_opencv, drawn_by_zxing, file_of, sheet

PEOPLE = {"anna@example.org": "Anna Meier", "ben@example.org": "Ben Otto", "carla@example.org": "Carla Núñez"}
SECRET = "0123456789abcdef"  # noqa: S105 - part of every user's code


class Bench:
    """A service that hands out prepared codes, and the commands that are given to it."""

    def __init__(self, folder: Path, confirm: str) -> None:
        self.folder = folder
        self.service = Service(folder, emm={"kind": "prepared", "confirm": confirm})

    def says(self, *arguments: str, code: int = DONE) -> str:
        ran = self.service.sixtap(*arguments)
        assert ran.code == code, ran
        assert SECRET not in ran.out + ran.err
        return ran.out + ran.err

    def read(self, *arguments: str) -> Any:
        return json.loads(self.says(*arguments, "--json"))

    def started(self, *options: str) -> None:
        """Users, their codes, and a batch that runs."""
        with (self.folder / "users.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("name", "email"), *((name, email) for email, name in PEOPLE.items())])
        self.says("users", "import", str(self.folder / "users.csv"))
        self.says("batch", "create", "Monday", "--policy", "default", *options)
        first = next(iter(PEOPLE.values()))
        missing = f"{len(PEOPLE)} users have no prepared code, the first of them {first}. Import theirs: sixtap codes import PATH"
        assert f"STOP  {missing}\n" in self.says("batch", "check", "Monday", code=FAILED)
        self.says("codes", "import", str(exported(self.folder)))
        self.says("batch", "start", "Monday")
        self.service.until(lambda status: status["parts"]["display"]["state"] == "ok")

    def code_up(self) -> None:
        """The next code is on the attached screen."""
        self.service.until(lambda status: status["code_up"] or status["step"]["id"] == "clear_stand")
        if not self.read("status")["code_up"]:
            self.says("unit", "stand-empty")
        self.service.until(lambda status: status["code_up"])

    def scanned(self) -> str:
        """The code that is up is scanned, as a person says; its unit."""
        self.code_up()
        status = self.service.until(lambda status: status["question"] is not None)
        self.says("unit", "answer", "scanned")
        return str(status["unit"]["enrollment"])

    def devices(self, *rows: tuple[str, ...]) -> str:
        table = io.StringIO()
        csv.writer(table, delimiter=";").writerows([("Serial number", "User", "Enrolment date", "Type", "OS version"), *rows])
        (self.folder / "devices.csv").write_text(table.getvalue(), encoding="utf-8")
        return self.says("codes", "devices", str(self.folder / "devices.csv"), "--zone", "UTC")

    def shown(self) -> list[str]:
        """What the attached screen shows, read by who did not draw it."""
        assert self.service.window is not None
        return [one.content for one in codes([np.array(self.service.window.pixels, np.uint8)])]


def exported(folder: Path) -> Path:
    """The console's export: pictures of three encoders, each named after its user in another way."""
    export = folder / "export"
    export.mkdir(exist_ok=True)
    (export / "anna@example.org.png").write_bytes(file_of(drawn(content("anna"), 3, 0)))
    (export / "Otto Ben (1).png").write_bytes(file_of(drawn_by_opencv(content("ben"))))
    (export / "carla_nunez.jpg").write_bytes(file_of(drawn_by_zxing(content("carla")), ".jpg"))
    return export


def now(minutes: float = 0.0) -> str:
    return f"{datetime.now(UTC) + timedelta(minutes=minutes):%d/%m/%Y %H:%M:%S}"


@pytest.fixture
def bench(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = Bench(tmp_path, getattr(request, "param", "list"))
    with made.service:
        yield made


def test_exported_codes_are_shown_confirmed_by_the_console_s_list_and_purged(bench: Bench) -> None:
    bench.started()
    assert {one["name"] for one in bench.read("codes", "list")} == set(PEOPLE.values())
    bench.code_up()
    assert [json.loads(one) for one in bench.shown()] == [json.loads(content("anna"))]
    first = bench.scanned()
    files = [path for path in (bench.folder / "state").rglob("*") if path.is_file()]
    assert len(files) > 8
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []
    assert "1 devices of users of this roster; 1 rows of others" in bench.devices(
        ("S1", "Anna Meier", now(), "WPCO", "14"), ("S9", "somebody@else.example", now(), "WPCO", "14")
    )
    bench.service.until(lambda status: status["batch"]["users"]["verified"] == 1)
    unit = bench.read("unit", "show", first)
    assert (unit["device"]["serial"], unit["device"]["state"], unit["device"]["management_mode"]) == ("S1", "LISTED", "PROFILE_OWNER")
    assert [one["kind"] for one in unit["evidence"]] == ["attestation", "device_record"]
    assert unit["attempts"][-1]["expires"] is None
    bench.service.until(lambda codes: len(codes) == 2, "codes", "list")
    assert {path.stem for path in (bench.folder / "state" / "codes").glob("*.code")} == {
        user["id"] for user in bench.read("users", "list") if user["name"] != "Anna Meier"
    }
    bench.says("batch", "export", "Monday", "--csv", str(bench.folder / "out.csv"))
    with (bench.folder / "out.csv").open(encoding="utf-8", newline="") as file:
        assert [row["confirmation"] for row in csv.DictReader(file)] == ["list", "", ""]


@pytest.mark.parametrize("bench", ["attestation"], indirect=True)
def test_a_lead_s_word_confirms_where_bench_and_batch_take_it_and_the_record_names_them(bench: Bench) -> None:
    bench.started()
    unit = bench.scanned()
    assert "is confirmed by your word" in bench.says("codes", "confirm", unit, "--serial", "S77")
    bench.service.until(lambda status: status["batch"]["users"]["verified"] == 1)
    story = bench.read("unit", "show", unit)
    proof = story["evidence"][-1]
    assert (proof["kind"], proof["facts"]["state"], story["device"]["serial"]) == ("device_record", "ATTESTED", "S77")
    assert proof["actor"] not in {"management service", "bench"}
    assert "DeviceAttested" in [event["kind"] for event in story["events"]]
    bench.says("batch", "export", "Monday", "--jsonl", str(bench.folder / "out.jsonl"))
    lines = [json.loads(line) for line in (bench.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["confirmation"] for line in lines if "confirmation" in line] == ["attested", None, None]


def test_bad_exports_are_refused_whole_and_nothing_is_kept(bench: Bench) -> None:
    bench.started()
    bench.says("codes", "purge", "--all")
    (bench.folder / "Ben Otto.png").write_bytes(file_of(drawn(content("anna"))))
    said = bench.says("codes", "import", str(bench.folder / "Ben Otto.png"), code=WRONG_USE)
    assert "The code for Ben Otto" in said
    assert "is the code of Anna Meier" in said
    bad = bench.folder / "bad"
    bad.mkdir()
    (bad / "Anna Meier.png").write_bytes(file_of(drawn(content("new"))))
    (bad / "Ben Otto.png").write_bytes(file_of(drawn("https://tinymdm.example/app")))
    (bad / "nobody.pdf").write_bytes(sheet({"Nobody Known": content("x")}, columns=1))
    said = bench.says("codes", "import", str(bad), code=WRONG_USE)
    assert "Ben Otto.png: The code is a web address only" in said
    assert "nobody.pdf#1: No user is called so." in said
    assert "2 bad, 1 good. Nothing was imported." in said
    assert bench.read("codes", "list") == []
    assert "1 codes are kept" in bench.says("codes", "import", str(bad), "--skip-bad", code=FAILED)
    [(name, kind)] = [(one["name"], one["kind"]) for one in bench.read("codes", "list")]
    assert (name, kind) == ("Anna Meier", "provisioning")
    bench.says("codes", "purge", "anna@example.org")
    (bench.folder / "sheet.pdf").write_bytes(sheet({"first": content("ben")}, columns=1))
    (bench.folder / "map.csv").write_text("file,user\nsheet.pdf#1,BEN@example.org\n", encoding="utf-8")
    files = (str(bench.folder / "sheet.pdf"), "--map", str(bench.folder / "map.csv"), "--mode", "wpco", "--expires", "2030-01-31")
    (one,) = bench.read("codes", "import", *files, "--dry-run")["codes"]
    assert (one["file"], one["what"]) == ("sheet.pdf#1", "new")
    assert bench.read("codes", "list") == []
    bench.says("codes", "import", *files)
    (kept,) = bench.read("codes", "list")
    assert (kept["name"], kept["mode"], kept["expires"] > 1.89e9) == ("Ben Otto", "wpco", True)
    assert bench.read("codes", "import", *files)["codes"][0]["what"] == "same"
