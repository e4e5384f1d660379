"""The kiosk's two programs die while a code is up, and are started anew as their units order: no phone lost, no code shown twice."""

from __future__ import annotations

import configparser

import numpy as np
import pytest

from tests.system.kiosk.bench import code_up, next_code, now, started, token_of
from tests.system.kiosk.places import YES_IT_READ_THE_CODE
from tests.system.kiosk.session import Kiosk
from tests.system.kiosk.stage import CONFIGURED
from tests.system.service import Service

pytestmark = pytest.mark.system


@pytest.mark.parametrize("unit", ["sixtap-tui", "sixtap-display"])
def test_the_session_starts_a_program_anew_however_it_ended(unit: str) -> None:
    read = configparser.ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(CONFIGURED.parent / f"{unit}.service")
    assert (read["Service"]["Restart"], read["Unit"]["StartLimitIntervalSec"]) == ("always", "0")


def test_a_window_that_is_killed_is_said_and_its_code_comes_back_but_not_after_the_scan(service: Service, kiosk: Kiosk) -> None:
    token = started(service, kiosk)
    kiosk.kill("window")
    kiosk.until(lambda: "The attached screen went away, and the code with it." in kiosk.said)
    assert "plug and power." in kiosk.said
    status = now(service)
    assert (status.step.args, status.code_up, token_of(kiosk.shot(kiosk.attached))) == ({"screen": "lost"}, False, None)
    kiosk.start("window")
    assert code_up(service, kiosk) == token
    kiosk.press_until(*YES_IT_READ_THE_CODE, lambda: now(service).step.id == "to_tray")
    assert token_of(kiosk.shot(kiosk.attached)) is None
    kiosk.kill("window")
    kiosk.start("window")
    kiosk.until(lambda: now(service).parts["display"].state == "ok")
    kiosk.until(lambda: "sixtap-display" in kiosk.windows())
    assert (now(service).code_up, token_of(kiosk.shot(kiosk.attached))) == (False, None)
    assert next_code(service, kiosk) != token


def test_a_terminal_that_is_killed_stands_where_it_was_and_the_unit_does_not_notice(service: Service, kiosk: Kiosk) -> None:
    token = started(service, kiosk)
    kiosk.until(lambda: "The camera is not there to see the scan." in kiosk.said)
    before, picture = now(service), kiosk.still(kiosk.panel)
    kiosk.kill("terminal")
    assert (token_of(kiosk.shot(kiosk.attached)), now(service)) == (token, before)
    kiosk.start("terminal")
    kiosk.until(lambda: np.array_equal(kiosk.shot(kiosk.panel), picture))
    assert (token_of(kiosk.shot(kiosk.attached)), now(service)) == (token, before)
