"""The kiosk as an operator has it: presses on the panel, codes on the attached screen."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp

from station.cli.printing import DONE
from tests.system.kiosk.session import ATTACHED, MODES, PANEL, Kiosk, Shot, absent
from tests.system.service import Service

pytestmark = pytest.mark.system

TOKEN = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105 - the key of a token, not one
BUNDLE = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"
PRIMARY = (0.08, 0.92)  # the first of the big buttons at the panel's lower edge
STAND_IS_EMPTY = (0.44, 0.92)  # the third of them
CONSENT = (0.5, 0.7)  # the first button of the sheet before a batch
QUIET = 4  # modules


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
    with Kiosk(service.socket, tmp_path / "display.sock", tmp_path) as session:
        session.start("window")
        session.start("terminal")
        service.until(lambda status: status["parts"]["display"]["state"] == "ok")
        session.until(lambda: "No batch is running. Choose one." in session.said)
        yield session


@pytest.fixture(params=[(1280, 800), (720, 1280)], ids=["lying", "upright"])
def alone(service: Service, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Kiosk]:
    """A bench whose one screen is the operator's panel."""
    with Kiosk(service.socket, tmp_path / "display.sock", tmp_path, plugged=1, panel=request.param) as session:
        session.start("window")
        session.start("terminal")
        service.until(lambda status: status["parts"]["display"]["state"] == "ok")
        session.until(lambda: "No batch is running. Choose one." in session.said)
        yield session


def done(service: Service, *arguments: str) -> None:
    ran = service.sixtap(*arguments)
    assert ran.code == DONE, ran


def token_of(picture: Shot) -> str | None:
    """The enrollment token of the one code in the picture; None without a code."""
    found = zxingcpp.read_barcodes(picture)
    return str(json.loads(found[0].text)[BUNDLE][TOKEN]) if len(found) == 1 else None


def given_out(service: Service, status: dict[str, Any]) -> str:
    """The token that the management service made for the unit in hand."""
    ran = service.sixtap("unit", "show", status["unit"]["enrollment"], "--json")
    return service.emulator.tokens._by_name[json.loads(ran.out)["attempts"][-1]["token"]].value


def code_up(service: Service) -> dict[str, Any]:
    return service.until(lambda status: status["code_up"])


def test_a_press_on_start_batch_brings_the_code_up_whole_and_sharp_on_the_attached_screen(service: Service, kiosk: Kiosk) -> None:
    for output, (width, height) in MODES.items():
        assert kiosk.shot(output).shape == (height, width, 3)
    assert token_of(kiosk.shot(ATTACHED)) is None
    kiosk.press_until(*PRIMARY, lambda: "Choose a batch" in kiosk.said)
    kiosk.press_until(*PRIMARY, lambda: "Before Monday starts" in kiosk.said)
    kiosk.press_until(*CONSENT, lambda: json.loads(service.sixtap("status", "--json").out)["batch"])
    status = service.until(lambda status: status["step"]["id"] == "clear_stand" or status["code_up"])
    assert status["batch"]["name"] == "Monday"
    kiosk.press_until(*STAND_IS_EMPTY, lambda: json.loads(service.sixtap("status", "--json").out)["code_up"])
    token = given_out(service, code_up(service))
    kiosk.until(lambda: token_of(kiosk.shot(ATTACHED)) == token)
    whole_and_sharp(kiosk.shot(ATTACHED))
    assert token_of(kiosk.shot(PANEL)) is None


def test_on_a_bench_with_one_screen_the_code_stands_beside_the_terminal_and_goes_to_a_second_screen(
    service: Service, alone: Kiosk
) -> None:
    done(service, "batch", "start", "Monday")
    done(service, "unit", "stand-empty")
    token = given_out(service, code_up(service))
    alone.until(lambda: token_of(alone.shot(PANEL)) == token and terminal_beside(alone.shot(PANEL)))
    both = alone.shot(PANEL)
    height, width, _ = both.shape
    code, terminal = (both[: height // 2], both[height // 2 :]) if height > width else (both[:, : width // 2], both[:, width // 2 :])
    whole_and_sharp(code)
    assert as_large_as_fits(code)
    assert token_of(terminal) is None
    alone.until(lambda: "The camera is not there" in alone.said)
    alone.press(0.25, 0.25)  # on the code
    alone.until(lambda: alone.keys_go_to == "sixtap-tui")
    second = alone.plug_in()
    alone.until(lambda: token_of(alone.shot(second)) == token)
    alone.until(lambda: token_of(alone.shot(PANEL)) is None)
    if alone.pull_out(second):
        alone.until(lambda: token_of(alone.shot(PANEL)) == token)


def terminal_beside(picture: Shot) -> bool:
    """The terminal's dark ground has the other half, its large buttons included."""
    height, width, _ = picture.shape
    half = picture[height // 2 :] if height > width else picture[:, width // 2 :]
    return bool((half.max(axis=2) < 100).mean() > 0.7)


def as_large_as_fits(picture: Shot) -> bool:
    """No larger whole number of pixels for each module would leave the quiet zone."""
    position = zxingcpp.read_barcodes(picture)[0].position
    side = position.top_right.x - position.top_left.x
    grey = picture[:, :, 0]
    y, x = position.top_left.y + 2, position.top_left.x + 2
    pixels = round(int(np.argmax(grey[y, x : x + side] == 255)) / 7)
    modules = round(side / pixels)
    return bool((pixels + 1) * (modules + 2 * QUIET) > min(picture.shape[:2]) >= pixels * (modules + 2 * QUIET))


def whole_and_sharp(picture: Shot) -> None:
    """Every module is a square of whole pixels, black or white, and four modules around the code are white."""
    assert (picture == picture[:, :, :1]).all()
    grey = picture[:, :, 0]
    finder = zxingcpp.read_barcodes(picture)[0].position
    top, left = finder.top_left.y, finder.top_left.x
    bottom, right = finder.bottom_right.y, finder.bottom_right.x
    around = 12  # pixels; the reader's corners are near the code's, not on them
    inside = grey[top - around : bottom + around, left - around : right + around] < 128
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    y, x, side = top - around + int(rows[0]), left - around + int(columns[0]), int(rows[-1] - rows[0]) + 1
    assert side == columns[-1] - columns[0] + 1
    pixels, rest = divmod(int(np.argmax(grey[y, x : x + side] == 255)), 7)  # the finder's dark edge has seven modules
    assert (rest, side % pixels) == (0, 0)
    assert pixels >= 4
    code = grey[y : y + side, x : x + side]
    assert (code == np.kron(code[::pixels, ::pixels], np.ones((pixels, pixels), np.uint8))).all()
    assert set(np.unique(code)) == {0, 255}
    zone = QUIET * pixels
    assert min(y, x) >= zone
    framed = grey[y - zone : y + side + zone, x - zone : x + side + zone].copy()
    assert framed.shape == (side + 2 * zone, side + 2 * zone)
    framed[zone:-zone, zone:-zone] = 255
    assert (framed == 255).all()
