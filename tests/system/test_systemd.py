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
from station.config import Emm, Roles, load_config

SOURCE = Path(__file__).parents[2] / "systemd"
UNITS = sorted(path.name for path in SOURCE.glob("*.service"))
OWN_UNITS = Path("usr/local/lib/systemd/system")
SYSTEM_UNITS = Path("/usr/lib/systemd/system")
EXPOSURE = {  # the most that `systemd-analyze security` may say: 0 safe, 10 exposed
    "sixtap.service": 1.4,  # the unit's last lines say what a lower figure would break
    "sixtap-display.service": 0.7,
    "sixtap-tui.service": 0.7,
    "sixtap-kiosk.service": 3.5,  # holds the seat: screens, keyboard, touch
}

pytestmark = pytest.mark.system


def needed(command: str) -> str:
    """Where the command is. Its absence skips the test, or fails it where the environment promises the command."""
    found = shutil.which(command)
    if found is None:
        if os.environ.get("SIXTAP_REQUIRE_SYSTEM"):
            pytest.fail(f"SIXTAP_REQUIRE_SYSTEM is set and there is no {command}: install it")
        pytest.skip(f"no {command} on this machine")
    return found


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_COLORS": "0"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the system's own units, the product's files, and the programs that its units start."""
    made = tmp_path_factory.mktemp("root")
    if SYSTEM_UNITS.is_dir():
        shutil.copytree(SYSTEM_UNITS, made / SYSTEM_UNITS.relative_to("/"), symlinks=True)
    install(made, SOURCE)
    for unit in UNITS:
        for command in re.findall(r"^ExecStart(?:Pre)?=(\S+)", (SOURCE / unit).read_text(), re.MULTILINE):
            program = made / command.removeprefix("/")
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text("#!/bin/sh\n")
            program.chmod(0o755)
    return made


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_nothing_wrong_with_an_installed_unit(root: Path, unit: str) -> None:
    verified = run(needed("systemd-analyze"), "verify", "--man=no", f"--root={root}", unit)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_systemd_would_find_a_mistake(root: Path, tmp_path: Path) -> None:
    spoilt = shutil.copytree(root, tmp_path / "root", symlinks=True)
    unit = spoilt / OWN_UNITS / "sixtap.service"
    unit.write_text(unit.read_text().replace("WatchdogSec=30s", "WatchdogSecs=30s"))
    verified = run(needed("systemd-analyze"), "verify", "--man=no", f"--root={spoilt}", "sixtap.service")
    assert "WatchdogSecs" in verified.stderr


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_exposed_no_more_than_stated(root: Path, unit: str) -> None:
    threshold = round(EXPOSURE[unit] * 10)
    options = ("--offline=true", f"--root={root}", f"--threshold={threshold}", "--no-pager")
    judged = run(needed("systemd-analyze"), "security", *options, unit)
    assert judged.returncode == 0, judged.stdout[-400:] + judged.stderr
    assert "Overall exposure level" in judged.stdout


def test_users_and_folders_of_the_installation_can_be_made(root: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("folders of other users can be made by root alone")
    for command in (("systemd-sysusers",), ("systemd-tmpfiles", "--create")):
        made = run(needed(command[0]), *command[1:], f"--root={root}")
        assert made.returncode == 0, made.stderr
    users = {line.split(":")[0]: line.split(":") for line in (root / "etc/passwd").read_text().splitlines()}
    folder = (root / "var/lib/sixtap-kiosk").stat()
    assert str(folder.st_uid) == users["sixtap-kiosk"][2]
    assert folder.st_mode & 0o777 == 0o700
    groups = {line.split(":")[0]: line.split(":")[3].split(",") for line in (root / "etc/group").read_text().splitlines()}
    holders = {name: set(members) - {""} for name, members in groups.items()}
    assert holders["sixtap"] == holders["sixtap-operator"] == {"sixtap-kiosk"}
    assert holders["sixtap-parts"] == {"sixtap"}
    assert holders["sixtap-lead"] == holders["sixtap-admin"] == set()


def test_every_account_and_group_that_is_named_is_made() -> None:
    lines = [line.split() for line in (SOURCE / "sysusers.d" / "sixtap.conf").read_text().splitlines()]
    users = {line[1] for line in lines if line[:1] == ["u"]}
    groups = users | {line[1] for line in lines if line[:1] == ["g"]}
    units = "\n".join((SOURCE / unit).read_text() for unit in UNITS)
    assert set(re.findall(r"^User=(\S+)", units, re.MULTILINE)) == users
    assert set(re.findall(r"^Group=(\S+)", units, re.MULTILINE)) <= groups
    assert set(re.findall(r'GROUP="([^"]+)"', (SOURCE / "udev" / "72-sixtap.rules").read_text())) == {"sixtap-parts"} <= groups
    roles = Roles()
    assert {*roles.operator, *roles.lead, *roles.admin} <= groups


def test_the_files_that_units_and_session_name_are_installed(root: Path) -> None:
    for unit in UNITS:
        for path in re.findall(r"(?:/usr/local|/etc/sixtap)/\S+", (SOURCE / unit).read_text()):
            assert (root / path.removeprefix("/")).is_file(), f"{unit} names {path}"
    for path in re.findall(r"^include (\S+)", (SOURCE / "kiosk" / "sway.conf").read_text(), re.MULTILINE):
        assert (root / path.removeprefix("/")).is_file()


def test_the_service_accepts_the_sample_and_meets_the_window_at_one_socket(root: Path) -> None:
    config = load_config(root / "etc/sixtap/sixtap.toml")
    window = (root / OWN_UNITS / "sixtap-display.service").read_text()
    assert f"--socket {config.hardware.display}\n" in window
    assert all(f"User={user}\n" in window for user in config.hardware.display_users)
    assert config.hardware.display_users
    service = (root / OWN_UNITS / "sixtap.service").read_text()
    assert config.socket.parent == config.hardware.display.parent == Path("/run/sixtap")
    assert config.state == Path("/var/lib/sixtap")
    assert isinstance(config.emm, Emm)
    assert config.emm.key is not None
    assert config.emm.key.parent == Path("/run/credentials/sixtap.service")
    assert f"LoadCredential={config.emm.key.name}\n" in service


def test_no_key_of_the_session_does_anything() -> None:
    assert not re.search(r"^\s*bind(sym|code|switch|gesture)", (SOURCE / "kiosk" / "sway.conf").read_text(), re.MULTILINE)
    terminal = configparser.ConfigParser()
    terminal.read(SOURCE / "kiosk" / "foot.ini")
    bound = {key: value for part in ("key-bindings", "mouse-bindings") for key, value in terminal[part].items()}
    assert "spawn-terminal" in bound
    assert set(bound.values()) == {"none"}
