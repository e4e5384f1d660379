from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.display.drawing import NotDrawn
from hardware.display.legibility import LEAST_MM, LEAST_PIXELS, Legibility, Screen, by_long_side, legibility


def test_a_code_on_a_usual_screen_is_large_enough() -> None:
    found = legibility(73, Screen(1920, 1080, 344.0, 193.5))
    assert found.pixels == 13
    assert found.mm == pytest.approx(13 * 344 / 1920)
    assert not found.too_small


def test_few_pixels_are_too_small_where_the_millimetres_are_not_known() -> None:
    found = legibility(117, Screen(640, 480))
    assert found == Legibility(3, None)
    assert found.too_small
    assert not legibility(105, Screen(640, 480)).too_small


def test_small_modules_of_many_pixels_are_too_small() -> None:
    found = legibility(73, Screen(2560, 1440, 180.0, 50.0))
    assert found.pixels == 17
    assert found.mm == pytest.approx(17 * 50 / 1440), "the shorter side of a module counts"
    assert found.too_small


def test_a_code_that_does_not_fit_is_not_drawn() -> None:
    with pytest.raises(NotDrawn):
        legibility(177, Screen(100, 100))


@pytest.mark.parametrize(
    ("pixels", "mm", "too_small"),
    [
        (LEAST_PIXELS, LEAST_MM, False),
        (LEAST_PIXELS - 1, 5.0, True),
        (LEAST_PIXELS, LEAST_MM - 0.01, True),
        (LEAST_PIXELS, None, False),
    ],
)
def test_the_least_that_is_enough_is_enough(pixels: int, mm: float | None, too_small: bool) -> None:
    assert Legibility(pixels, mm).too_small is too_small


@given(st.integers(1, 8000), st.integers(1, 8000), st.floats(10, 10_000))
def test_a_screen_measured_by_its_long_side_has_square_pixels(width: int, height: int, long_side: float) -> None:
    across, down = by_long_side(width, height, long_side)
    assert max(across, down) == pytest.approx(long_side)
    assert across / width == pytest.approx(down / height)
