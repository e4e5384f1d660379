"""The kiosk as an operator has it: presses on the panel, codes on the attached screen."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from tests.system.kiosk.bench import code_up, done, given_out, now, token_of
from tests.system.kiosk.places import CONSENT, PRIMARY, STAND_IS_EMPTY
from tests.system.kiosk.session import Kiosk, Shot
from tests.system.kiosk.stage import ATTACHED, PANEL
from tests.system.service import Service

pytestmark = pytest.mark.system

QUIET = 4  # modules


def test_a_press_on_start_batch_brings_the_code_up_whole_and_sharp_on_the_attached_screen(service: Service, kiosk: Kiosk) -> None:
    for output, (width, height) in ((kiosk.panel, PANEL), (kiosk.attached, ATTACHED)):
        assert kiosk.shot(output).shape == (height, width, 3)
    assert token_of(kiosk.shot(kiosk.attached)) is None
    kiosk.press_until(*PRIMARY, lambda: "Choose a batch" in kiosk.said)
    kiosk.press_until(*PRIMARY, lambda: "Before Monday starts" in kiosk.said)
    kiosk.press_until(*CONSENT, lambda: now(service).batch)
    kiosk.press_until(*STAND_IS_EMPTY, lambda: now(service).code_up)
    code_up(service, kiosk)
    whole_and_sharp(kiosk.shot(kiosk.attached))
    assert token_of(kiosk.shot(kiosk.panel)) is None


def test_on_a_bench_with_one_screen_the_code_stands_beside_the_terminal_and_goes_to_a_second_screen(
    service: Service, alone: Kiosk
) -> None:
    done(service, "batch", "start", "Monday")
    done(service, "unit", "stand-empty")
    alone.until(lambda: now(service).code_up)
    token = given_out(service)
    alone.until(lambda: token_of(alone.shot(alone.panel)) == token and terminal_beside(alone.shot(alone.panel)))
    both = alone.shot(alone.panel)
    height, width, _ = both.shape
    code, terminal = (both[: height // 2], both[height // 2 :]) if height > width else (both[:, : width // 2], both[:, width // 2 :])
    whole_and_sharp(code)
    assert as_large_as_fits(code)
    assert token_of(terminal) is None
    alone.until(lambda: "The camera is not there" in alone.said)
    alone.press(0.25, 0.25)  # on the code
    alone.until(lambda: alone.keys_go_to == "sixtap-tui")
    second = alone.plug_in_screen()
    alone.until(lambda: token_of(alone.shot(second)) == token)
    alone.until(lambda: token_of(alone.shot(alone.panel)) is None)
    if alone.pull_out_screen(second):
        alone.until(lambda: token_of(alone.shot(alone.panel)) == token)


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
