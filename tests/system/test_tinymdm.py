"""TinyMDM through the command line: a file of its own format, users with their flags, exported codes, and the whole demo."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station.assembly.twinclouds import POLICY_ID, PUBLIC_KEY, SECRET_KEY, tinymdm_section
from station.emm.tinymdm_standin import Console, Keys, StandIn, serve
from tests.system.service import PATIENCE, Service
from tests.unit.station.cli.sixtap import sixtap

FILE = """\
Zoë Öz;zoe@example.com;Picking;;0;1;1;Site 1;;
Ben;ben@example.com;Picking;;0;0;0;;;Night
Dock 7;;;dock-7;1;0;1;;;
"""


@contextmanager
def standin_of(folder: Path) -> Iterator[tuple[StandIn, dict[str, object]]]:
    """A stand-in on a loop of its own, and the section of the configuration that leads to it."""
    standin, up, ended = StandIn(5, per_second=None), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def live() -> None:
        async with serve(standin):
            up.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(live(),))
    thread.start()
    try:
        assert up.wait(PATIENCE)
        Console(standin).policy("default", POLICY_ID)
        (folder / PUBLIC_KEY).write_text(standin.keys.public, encoding="utf-8")
        (folder / SECRET_KEY).write_text(standin.keys.secret, encoding="utf-8")
        yield standin, tinymdm_section(folder, standin.url, "default") | {"requests_per_second": 50}
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(PATIENCE)
        loop.close()


def test_a_file_of_tinymdms_makes_users_there_with_their_flags_and_their_exported_codes_come_in(tmp_path: Path) -> None:
    users = tmp_path / "users.csv"
    users.write_text(FILE, encoding="utf-8")
    with standin_of(tmp_path) as (standin, section), Service(tmp_path, emm=section) as service:
        done = service.sixtap("users", "import", str(users))
        assert (done.code, "1 user was mailed by the management service itself" in done.out) == (0, True), done
        made = list(standin.people.users.values())
        assert [(one.name, one.email, one.anonymous, one.mailed) for one in made] == [
            ("Zoë Öz", "zoe@example.com", False, 1),
            ("Ben", "ben@example.com", False, 0),
            ("dock-7", "", True, 0),
        ]
        assert [one.custom for one in made] == [{"custom_field_1": "Site 1"}, {"custom_field_3": "Night"}, {}]
        assert [standin.people.groups[one.group].name if one.group else "" for one in made] == ["Picking", "Picking", ""]
        listed = json.loads(service.sixtap("users", "list", "--json").out)
        assert [one["account"] for one in listed] == [one.id for one in made]

        Console(standin).assign_all(POLICY_ID)
        Console(standin).export(tmp_path / "exported", wpco=["zoe@example.com", "dock-7"])
        done = service.sixtap("codes", "import", str(tmp_path / "exported"))
        assert (done.code, "3 codes are kept" in done.out) == (0, True), done
        again = service.sixtap("users", "import", str(users))
        assert (again.code, len(standin.people.users), "1 user was not mailed" in again.err) == (0, 3, True), again

        added = service.sixtap("users", "add", "Ana", "--email", "ana@example.com", "--send-email")
        assert added.code == 0, added
        assert [one.mailed for one in standin.people.users.values()] == [1, 0, 0, 1]


def test_users_who_cannot_be_made_known_there_are_told_of_and_the_import_stands(tmp_path: Path) -> None:
    users = tmp_path / "users.csv"
    users.write_text(FILE, encoding="utf-8")
    with standin_of(tmp_path) as (standin, section), Service(tmp_path, emm=section) as service:
        standin.people.create({"name": "Somebody else", "email": "other@example.com"})
        standin.keys = Keys("changed", "changed")
        done = service.sixtap("users", "import", str(users), "--json")
        facts = json.loads(done.out)
        assert [one["why"].split("(")[0] for one in facts["unknown_there"]] == [
            "Listing the users failed: TinyMDM does not accept the keys "
        ] * 3
        assert len(json.loads(service.sixtap("users", "list", "--json").out)) == 3
        assert "standin-secret" not in done.out + done.err


def test_a_batch_runs_on_exported_codes_twice_alike_to_the_byte(tmp_path: Path) -> None:
    users = tmp_path / "users.csv"
    users.write_text(FILE, encoding="utf-8")
    written = []
    for name in ("one.json", "two.json"):
        options = ("--headless", "--emm", "tinymdm", "--users", str(users), "--witness", "sim", "--report", name)
        command = [sys.executable, "-P", "-m", "station.cli", "demo", *options]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "3 verified + 0 held" in done.stdout
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("wrong", [("--emm", "jamf"), ("--emm", "tinymdm", "--pubsub")])
def test_a_management_service_that_the_demo_does_not_have_is_refused(wrong: tuple[str, ...]) -> None:
    done = sixtap("demo", "--headless", *wrong)
    assert (done.code, "--emm must be" in done.err) == (2, True)
