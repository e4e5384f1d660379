from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hardware.simulated.attached import SCREEN_MM
from hardware.simulated.lens import HEIGHT, WIDTH, Lens
from hardware.simulated.symbol import read

if TYPE_CHECKING:
    from tests.unit.hardware.simulated.conftest import Panel

PITCH = SCREEN_MM / 1920
HORSE = "correct horse"


def lens(number: int) -> Lens:
    return Lens.drawn(random.Random(number))


@pytest.mark.parametrize("number", range(12))
def test_every_drawn_lens_reads_a_usual_code_off_the_screen(panel: Panel, code: Callable[..., str], number: int) -> None:
    panel.show(code(WIFI_SSID="depot", WIFI_SECURITY_TYPE="WPA", WIFI_PASSWORD=HORSE, LOCALE="en_US"))
    picture = lens(number).view(panel.pixels, PITCH)
    assert picture.shape == (HEIGHT, WIDTH)
    assert read(picture) == read(panel.pixels)


def test_a_tall_screen_is_seen_as_well(tall_panel: Panel, code: Callable[..., str]) -> None:
    tall_panel.show(code())
    assert read(lens(1).view(tall_panel.pixels, PITCH)) == code()


def test_a_blank_screen_reads_as_nothing(panel: Panel) -> None:
    assert read(lens(1).view(panel.pixels, PITCH)) is None


def test_blur_distance_and_a_wrong_aim_each_make_it_unreadable(panel: Panel, code: Callable[..., str]) -> None:
    panel.show(code())
    sharp = lens(1)
    assert read(sharp.view(panel.pixels, PITCH)) == code()
    for worse in (replace(sharp, blur=5.0), replace(sharp, distance=1400.0), replace(sharp, across=130.0)):
        assert read(worse.view(panel.pixels, PITCH)) is None


def test_a_module_has_the_size_that_geometry_gives_it(panel: Panel) -> None:
    # a plain square of 400 screen pixels, seen straight on, must measure 400 x scale picture pixels
    panel.pixels[340:740, 760:1160] = 0
    straight = replace(lens(1), yaw=0.0, pitch=0.0, roll=0.0, across=0.0, along=0.0, noise=0.0)
    dark = straight.view(panel.pixels, PITCH)[HEIGHT // 2, 60:-60] < 98
    assert np.count_nonzero(dark) == pytest.approx(400 * straight.scale(PITCH), abs=2)


def test_the_same_lens_sees_the_same_bytes_and_another_one_does_not(panel: Panel, code: Callable[..., str]) -> None:
    panel.show(code())
    first = lens(1).view(panel.pixels, PITCH)
    assert np.array_equal(first, lens(1).view(panel.pixels, PITCH))
    assert not np.array_equal(first, lens(2).view(panel.pixels, PITCH))
