"""A touched kiosk of Debian 13, with a service that has a batch of users, and a finger."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.system.kiosk.bench import done, now
from tests.system.kiosk.session import Kiosk
from tests.system.service import Service
from tests.touch.finger import Finger, finger
from tests.touch.root import CannotBeMade, debian_13, stops
from tests.touch.stage import SERVICE, in_debian_13, touchscreen

USERS = 40


@pytest.fixture(scope="session")
def root() -> Path:
    if why := stops():
        absent(why)
    try:
        made = debian_13()
    except CannotBeMade as why:
        absent(f"no Debian 13 root: {why}")
    return made


def absent(why: str) -> NoReturn:
    if os.environ.get("SIXTAP_REQUIRE_SYSTEM"):
        pytest.fail(f"SIXTAP_REQUIRE_SYSTEM is set: {why}")
    pytest.skip(why)


@pytest.fixture
def service(root: Path, tmp_path: Path) -> Iterator[Service]:
    folder = root / SERVICE
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with Service(folder, screen=False) as running:
        rows = [f"User {number:02},user{number}@example.org" for number in range(1, USERS + 1)]
        (tmp_path / "users.csv").write_text("\n".join(["name,email", *rows, ""]))
        done(running, "users", "import", str(tmp_path / "users.csv"))
        done(running, "batch", "create", "Monday", "--policy", "default", "--attestation", "operator")
        yield running


@pytest.fixture
def panel(root: Path) -> Iterator[tuple[str, Path]]:
    with touchscreen(root) as found:
        yield found


@pytest.fixture
def touch(panel: tuple[str, Path]) -> Iterator[Finger]:
    with finger(panel[1]) as made:
        yield made


@pytest.fixture
def kiosk(root: Path, panel: tuple[str, Path], touch: Finger, service: Service, tmp_path: Path) -> Iterator[Kiosk]:
    with in_debian_13(root, panel[0]) as stage, Kiosk(stage, tmp_path) as session:
        session.start("window")
        session.start("terminal")
        session.until(lambda: now(service).parts["display"].state == "ok")
        session.until(lambda: "No batch is running. Choose one." in session.said)
        yield session
