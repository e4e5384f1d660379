"""The kiosk as an operator has it: presses on the panel, codes on the attached screen."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from tests.system.kiosk.bench import code_up, now, token_of
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
