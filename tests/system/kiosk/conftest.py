"""A service with a batch of two users, and the kiosk session beside it, its terminal and its window up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.kiosk.bench import done, now
from tests.system.kiosk.session import Kiosk
from tests.system.kiosk.stage import absent, here
from tests.system.service import Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    missing = absent()
    if missing and os.environ.get("SIXTAP_REQUIRE_SYSTEM"):
        pytest.fail(f"SIXTAP_REQUIRE_SYSTEM is set and there is no {', '.join(missing)}: install it")
    if missing:
        pytest.skip(f"no {', '.join(missing)} on this machine")
    with Service(tmp_path, screen=False) as running:
        (tmp_path / "users.csv").write_text("name,email\nAnna,anna@example.org\nBen,ben@example.org\n")
        done(running, "users", "import", str(tmp_path / "users.csv"))
        done(running, "batch", "create", "Monday", "--policy", "default", "--attestation", "operator")
        yield running


@pytest.fixture
def kiosk(service: Service, tmp_path: Path) -> Iterator[Kiosk]:
    with here(service.socket, tmp_path / "display.sock") as stage, Kiosk(stage, tmp_path) as session:
        session.plug_in()
        session.start("window")
        session.start("terminal")
        session.until(lambda: now(service).parts["display"].state == "ok")
        session.until(lambda: "No batch is running. Choose one." in session.said)
        yield session


@pytest.fixture(params=[(1280, 800), (720, 1280)], ids=["lying", "upright"])
def alone(service: Service, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Kiosk]:
    """A bench whose one screen is the operator's panel."""
    stage = here(service.socket, tmp_path / "display.sock", plugged=1, panel=request.param)
    with stage as found, Kiosk(found, tmp_path) as session:
        session.plug_in()
        session.start("window")
        session.start("terminal")
        session.until(lambda: now(service).parts["display"].state == "ok")
        session.until(lambda: "No batch is running. Choose one." in session.said)
        yield session
