"""Every command without a service: how it ends, and what it says then."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from station.cli.app import app
from station.cli.printing import DONE, UNREACHABLE, WRONG_USE
from tests.unit.station.cli.sixtap import Ran, sixtap

GOOD = "name,email\nAnna,anna@example.org\nBen,\n"

# What each command needs, besides a socket; None for commands that speak to no service.
LEAVES: dict[str, tuple[str, ...] | None] = {
    "audit verify": (),
    "barcodes": None,
    "batch create": ("Monday",),
    "batch export": ("Monday", "--csv", "/nowhere/x.csv"),
    "batch list": (),
    "batch pause": ("Monday",),
    "batch report": ("Monday",),
    "batch show": ("Monday",),
    "batch start": ("Monday",),
    "batch check": ("Monday",),
    "calibrate": (),
    "staff add": ("Lea",),
    "staff edit": ("Lea",),
    "staff list": (),
    "staff remove": ("Lea",),
    "codes confirm": ("e_1",),
    "codes devices": ("users.csv",),
    "codes import": ("codes.zip",),
    "codes list": (),
    "codes purge": ("--all",),
    "device return": ("SN123",),
    "qr": ("anna@example.org",),
    "demo": None,
    "doctor": (),
    "emulator": None,
    "install": None,
    "invite": ("anna@example.org",),
    "policies check": ("default",),
    "policies diff": ("default",),
    "policies import": ("policy.json",),
    "policies list": (),
    "policies matrix": None,
    "policies push": ("default",),
    "policies show": ("default",),
    "screen": ("calibration",),
    "self-test": (),
    "settings": (),
    "serve": None,
    "status": (),
    "teach": ("no-network",),
    "tui": None,
    "unit answer": ("scanned",),
    "unit attest": ("e_1",),
    "unit fail": ("e_1",),
    "unit hold": ("e_1",),
    "unit label": ("SN123",),
    "unit move": ("e_1",),
    "unit reassign": ("e_1", "--to", "Anna"),
    "unit pictures": ("e_1", "--out", "pictures"),
    "unit release": ("e_1",),
    "unit retry": ("e_1",),
    "unit set-aside": ("e_1",),
    "unit show": ("e_1",),
    "unit skip": ("e_1",),
    "unit stand-empty": (),
    "users add": ("Anna",),
    "users assign": ("--policy", "default", "--all"),
    "users edit": ("Anna", "--group", "Picking"),
    "users import": ("users.csv",),
    "users remove": ("Anna",),
    "witness": None,
    "users list": (),
}


def leaves(command: object, path: tuple[str, ...] = ()) -> list[str]:
    children = getattr(command, "commands", {})
    return [leaf for name, child in children.items() for leaf in leaves(child, (*path, name))] if children else [" ".join(path)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a user file in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "users.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "policy.json").write_text("{}", encoding="utf-8")
    return tmp_path


def test_the_table_names_every_command() -> None:
    assert sorted(leaves(typer.main.get_command(app))) == sorted(LEAVES)


@pytest.mark.parametrize("command", ["", "audit", "batch", "codes", "policies", "unit", "users", *LEAVES])
def test_help_is_printed_for_every_command(command: str) -> None:
    ran = sixtap(*command.split(), "--help")
    assert (ran.code, ran.err) == (DONE, "")
    assert re.match(rf"Usage: .*{command} \[OPTIONS\]", ran.out)
    assert not re.search(r"\x1b|\(dynamic\)", ran.out)


@pytest.mark.parametrize("command", [name for name, needs in LEAVES.items() if needs is not None])
@pytest.mark.parametrize("by_variable", [False, True])
def test_without_a_service_a_command_ends_with_3_and_says_which_socket(
    here: Path, monkeypatch: pytest.MonkeyPatch, command: str, by_variable: bool
) -> None:
    socket = here / "no.sock"
    needs = LEAVES[command] or ()
    if by_variable:
        monkeypatch.setenv("SIXTAP_SOCKET", str(socket))
        ran = sixtap(*command.split(), *needs)
    else:
        ran = sixtap(*command.split(), *needs, "--socket", str(socket))
    assert ran == Ran(UNREACHABLE, "", f"No service answers at {socket}. Start it with: sixtap serve\n")
    assert sorted(path.name for path in here.iterdir()) == ["policy.json", "users.csv"]


WRONG: list[tuple[tuple[str, ...], str]] = [
    (("nonsense",), "No such command 'nonsense'"),
    (("status", "--verbose"), "No such option"),
    (("unit", "hold"), "Missing argument"),
    (("batch", "create", "B", "--attestation", "maybe"), "--attestation must be never, lead or operator."),
    (("batch", "create", "B", "--minimum-android", "new"), "--minimum-android"),
    (("batch", "export", "B"), "Say where to: --csv FILE, --jsonl FILE or --sqlite FILE."),
    (("unit", "set-aside", "e_1", "--reason", "because"), "--reason must be one of flat, updating"),
    (("unit", "answer", "perhaps"), "The answer must be one of scanned"),
    (("audit", "verify", "--head", "42"), "--head must be the 64 letters and digits"),
    (("audit", "verify", "--head", "g" * 64), "--head must be the 64 letters and digits"),
    (("users", "import", "/nowhere/users.csv"), "/nowhere/users.csv cannot be read: No such file or directory."),
    (("users", "import", "/"), "/ cannot be read: Is a directory."),
    (("demo", "--witness", "crystal ball"), "--witness must be pixels or sim."),
    (("demo", "--faults", "back,gremlins"), "The twin knows no fault named 'gremlins'. It knows: never_scans, "),
    (("demo", "--users", "/nowhere/users.csv"), "/nowhere/users.csv cannot be read"),
    (("demo", "--devices", "0"), "--devices"),
    (("emulator", "--port", "70000"), "--port"),
    (("codes", "import", "x.png", "--mode", "tablet"), "--mode: 'tablet' is no management mode"),
    (("codes", "import", "x.png", "--expires", "soon"), "--expires must be a day such as 2027-01-31."),
    (("codes", "import", "x.png", "--map", "users.csv"), "(line 1) must name the columns file and user."),
    (("codes", "import", "x.png", "--map", "/nowhere/map.csv"), "/nowhere/map.csv cannot be read: No such file"),
    (("codes", "purge"), "Say whose: USER... or --all."),
    (("codes", "purge", "anna", "--all"), "Say whose: USER... or --all."),
    (("codes", "devices", "/nowhere/devices.csv"), "/nowhere/devices.csv cannot be read: No such file"),
    (("codes", "devices", "users.csv", "--zone", "Mars/Base"), "--zone: 'Mars/Base' is no time zone"),
    (("emulator", "--port", "0", "--subscription", "bench"), "--subscription: 'bench' is no subscription"),
    (("unit", "reassign", "e_1"), "Say who gets the place: --to USER, or --back."),
    (("unit", "reassign", "e_1", "--to", "Anna", "--back"), "Say who gets the place"),
    (("settings", "--set", "times.scan"), "--set wants KEY=VALUE"),
    (("settings", "--set", "times.scan=9", "--reset", "times.idle"), "--set and --reset are two orders: give one."),
    (("teach",), "Say the screen's name, or --list."),
    (("teach", "../up"), "letters, digits and dashes"),
    (("teach", "done", "--as", "finished"), "--as is one of setup, error, before"),
    (("serve", "--config", "/nowhere/sixtap.toml"), "The configuration /nowhere/sixtap.toml cannot be read: No such file"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG)
def test_wrong_use_ends_with_2_before_any_service_is_asked(
    here: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], says: str
) -> None:
    monkeypatch.setenv("SIXTAP_SOCKET", str(here / "no.sock"))
    ran = sixtap(*arguments)
    assert (ran.code, ran.out) == (WRONG_USE, "")
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_the_system_s_files_are_put_in_place(here: Path) -> None:
    ran = sixtap("install", "--root", str(here / "root"))
    assert (ran.code, ran.err) == (DONE, "")
    written = [Path(line) for line in ran.out.splitlines()]
    assert here / "root/usr/local/lib/systemd/system/sixtap.service" in written
    assert all(path.is_file() for path in written)
    (here / "file").touch()
    assert sixtap("install", "--root", str(here / "file")).code == WRONG_USE
