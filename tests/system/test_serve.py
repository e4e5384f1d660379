"""`sixtap serve` as a process: how it starts, how it ends, and what keeps it from starting."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station import wire
from station.cli.printing import WRONG_USE
from station.client import CannotReach, Client
from tests.system.service import PATIENCE, document
from tests.unit.station.cli.sixtap import Ran, sixtap

CLOSED = "http://127.0.0.1:9"  # no management service is needed to start


def configured(folder: Path, **changes: object) -> Path:
    """A configuration in `folder`. JSON's texts, numbers and lists are TOML's."""
    sections = {**document(folder, CLOSED), **changes}
    plain = [f"{name} = {json.dumps(value)}" for name, value in sections.items() if not isinstance(value, dict)]
    for name, section in sections.items():
        if isinstance(section, dict):
            plain += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in section.items())]
    path = folder / "sixtap.toml"
    path.write_text("\n".join(plain), encoding="utf-8")
    return path


@contextmanager
def manager(folder: Path) -> Iterator[socket.socket]:
    """A service manager's end of the notify socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(folder / "notify"))
        line.settimeout(PATIENCE)
        yield line


def test_a_service_starts_says_so_answers_and_ends_cleanly(tmp_path: Path) -> None:
    config = configured(tmp_path)
    environment = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
    command = [sys.executable, "-P", "-m", "station.cli", "serve", "--config", str(config)]
    with manager(tmp_path) as line:
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            first = line.recv(100)
            assert first == b"READY=1", process.communicate(timeout=PATIENCE)
            assert sixtap("status", "--socket", str(tmp_path / "sixtap.sock")).out.startswith("bench b SIMULATED: no_batch\n")
            assert line.recv(100) == b"WATCHDOG=1"
            second = sixtap("serve", "--config", str(config))
            asyncio.run(listen_until_it_ends(tmp_path / "sixtap.sock", process))
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
            process.communicate()
        said = set()
        while b"STOPPING=1" not in said:
            said.add(line.recv(100))
    assert (process.returncode, out, err) == (0, "", "")
    assert said <= {b"WATCHDOG=1", b"STOPPING=1"}
    assert (second.code, second.out) == (WRONG_USE, "")
    ledger = tmp_path / "state" / "ledger.db"
    assert second.err.startswith(f"The ledger {ledger} is in use by another process (number {process.pid}).")
    assert len(second.err.splitlines()) == 1


async def listen_until_it_ends(path: Path, process: subprocess.Popen[str]) -> None:
    """A client listens while the service is told to end."""
    async with Client(path) as client:
        events = client.events()
        assert isinstance(await anext(events), wire.Snapshot)
        process.send_signal(signal.SIGTERM)
        with pytest.raises(CannotReach):
            async for _ in events:
                pass


# --- what keeps it from starting ------------------------------------------------------------------------------------------


def refused(ran: Ran, *says: str) -> None:
    """One line on standard error, code 2."""
    assert (ran.code, ran.out) == (WRONG_USE, ""), ran
    assert len(ran.err.splitlines()) == 1, ran.err
    assert [one for one in says if one not in ran.err] == []


def test_a_configuration_with_mistakes_names_them_all(tmp_path: Path) -> None:
    config = configured(tmp_path, bench="no name", rack={"trays": -1, "shelves": 2})
    refused(sixtap("serve", "--config", str(config)), str(config), "bench: ", "rack.trays: ", "rack.shelves: ")


@pytest.mark.parametrize("place", ["file", "file/state"])
def test_a_state_folder_that_cannot_be_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    config = configured(tmp_path, state=str(tmp_path / place))
    refused(sixtap("serve", "--config", str(config)), f"The folder {tmp_path / place} cannot be made", "Set `state`")


def test_a_state_folder_of_another_account_is_named() -> None:
    with tempfile.TemporaryDirectory(prefix="sixtap-") as made:  # pytest's own folders are closed to other accounts
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "state").mkdir(mode=0o700)
        config = configured(folder)
        with without_rights(folder / "state"):
            ran = sixtap("serve", "--config", str(config))
    refused(ran, str(folder / "state"), "Permission denied")


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """In this block the folder cannot be written: root becomes another account, others lose their own right."""
    if os.getuid() != 0:
        folder.chmod(0)
        yield
        folder.chmod(0o700)
        return
    entry = pwd.getpwnam("nobody")
    groups, group = os.getgroups(), os.getegid()
    os.setgroups([])
    os.setegid(entry.pw_gid)
    os.seteuid(entry.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


def test_a_ledger_that_is_none_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    ledger = tmp_path / "state" / "ledger.db"
    ledger.write_bytes(b"this is no database" * 100)
    refused(sixtap("serve", "--config", str(configured(tmp_path))), str(ledger))
    assert ledger.read_bytes() == b"this is no database" * 100


def test_a_socket_s_place_that_is_taken_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "sixtap.sock").write_text("precious")
    refused(sixtap("serve", "--config", str(configured(tmp_path))), f"{tmp_path}/sixtap.sock is there already and is no socket.")
    assert (tmp_path / "sixtap.sock").read_text() == "precious"


def test_without_a_key_there_is_no_way_to_google(tmp_path: Path) -> None:
    config = configured(tmp_path, emm={"enterprise": "LC01"})
    refused(sixtap("serve", "--config", str(config)), "needs a key, and none is configured")


def test_a_world_that_is_not_there_is_named(tmp_path: Path) -> None:
    config = configured(tmp_path, twin={"folder": str(tmp_path)})
    refused(sixtap("serve", "--config", str(config)), "Start the twin's world first")
