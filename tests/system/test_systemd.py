"""The installed units, judged by the systemd of this machine (252 on Debian 12, 257 on Debian 13)."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from station.cli.install import install

SOURCE = Path(__file__).parents[2] / "systemd"
UNITS = sorted(path.name for path in SOURCE.glob("*.service"))
EXPOSURE = {  # the most that `systemd-analyze security` may say, 0 safe to 10 exposed
    "sixtap.service": 1.5,  # 1.2 with PrivateUsers= and ProcSubset=, which the unit's last lines rule out
    "sixtap-display.service": 0.8,
    "sixtap-tui.service": 0.8,
}

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def analyze() -> str:
    """The command; its absence fails the tests where the environment promises it."""
    found = shutil.which("systemd-analyze")
    if found is None:
        if os.environ.get("SIXTAP_REQUIRE_SYSTEM"):
            pytest.fail("SIXTAP_REQUIRE_SYSTEM is set and there is no systemd-analyze: install systemd")
        pytest.skip("no systemd-analyze on this machine")
    return found


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the product's files, and the programs that the units start, so that their paths exist."""
    made = tmp_path_factory.mktemp("root")
    install(made, SOURCE)
    for unit in UNITS:
        for command in re.findall(r"^ExecStart=(\S+)", (SOURCE / unit).read_text(), re.MULTILINE):
            program = made / command.removeprefix("/")
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text("#!/bin/sh\n")
            program.chmod(0o755)
    return made


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_COLORS": "0"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_nothing_wrong_with_an_installed_unit(analyze: str, root: Path, unit: str) -> None:
    verified = run(analyze, "verify", "--man=no", f"--root={root}", unit)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_systemd_would_find_a_mistake(analyze: str, root: Path, tmp_path: Path) -> None:
    spoilt = shutil.copytree(root, tmp_path / "root")
    unit = spoilt / "usr/local/lib/systemd/system/sixtap.service"
    unit.write_text(unit.read_text().replace("WatchdogSec=30s", "WatchdogSecs=30s"))
    assert "WatchdogSecs" in run(analyze, "verify", "--man=no", f"--root={spoilt}", "sixtap.service").stderr


@pytest.mark.parametrize("unit", EXPOSURE)
def test_a_unit_is_exposed_no_more_than_stated(analyze: str, root: Path, unit: str) -> None:
    threshold = round(EXPOSURE[unit] * 10)
    judged = run(analyze, "security", "--offline=true", f"--root={root}", f"--threshold={threshold}", "--no-pager", unit)
    assert judged.returncode == 0, judged.stdout[-400:] + judged.stderr
    assert "Overall exposure level" in judged.stdout


def test_every_unit_has_a_stated_exposure_but_the_session_that_needs_the_seat() -> None:
    assert set(UNITS) - set(EXPOSURE) == {"sixtap-kiosk.service"}


@pytest.mark.parametrize("kind", ["sysusers", "tmpfiles"])
def test_users_and_folders_can_be_made(root: Path, kind: str) -> None:
    command = shutil.which(f"systemd-{kind}")
    if command is None:
        pytest.skip(f"no systemd-{kind} on this machine")
    if kind == "tmpfiles":
        assert run("systemd-sysusers", f"--root={root}").returncode == 0
    made = run(command, f"--root={root}", *(["--create"] if kind == "tmpfiles" else []))
    if os.geteuid() == 0:
        assert (made.returncode, made.stderr.replace("Creating", "")) is not None
    assert "Failed to parse" not in made.stderr


def test_the_programs_that_units_and_session_name_are_installed_files(root: Path) -> None:
    for unit in UNITS:
        for path in re.findall(r"(/usr/local/\S+|/etc/sixtap/\S+)", (SOURCE / unit).read_text()):
            assert (root / path.removeprefix("/")).is_file(), f"{unit} names {path}"
    for path in re.findall(r"^include (\S+)", (SOURCE / "kiosk" / "sway.conf").read_text(), re.MULTILINE):
        assert (root / path.removeprefix("/")).is_file()


def test_no_key_of_the_session_does_anything() -> None:
    assert not re.search(r"^\s*bind(sym|code|switch|gesture)", (SOURCE / "kiosk" / "sway.conf").read_text(), re.MULTILINE)
    terminal = configparser.ConfigParser()
    terminal.read(SOURCE / "kiosk" / "foot.ini")
    bound = {key: value for part in ("key-bindings", "mouse-bindings") for key, value in terminal[part].items()}
    assert "spawn-terminal" in bound
    assert set(bound.values()) == {"none"}
