from __future__ import annotations

import itertools

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.display.calibration import calibration
from hardware.display.drawing import NotDrawn, Picture
from hardware.display.lettering import lettering

SIZES = [(1920, 1080), (1080, 1920), (640, 480), (3840, 2160)]


def ticks(page: Picture, row: int) -> list[int]:
    """Columns that are dark in this row and light beside, the edge left out."""
    dark = np.flatnonzero(page[row, 1:-1] == 0) + 1
    return [int(column) for column in dark if page[row, column - 1] == page[row, column + 1] == 255]


def ruler_row(page: Picture) -> int:
    """The row of the ruler's line: the last in which more is dark than its ticks."""
    runs = (page[:-10, 5:-5] == 0).sum(axis=1)
    return int(np.flatnonzero(runs > page.shape[1] // 6)[-1])


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_is_black_on_white_marked_at_every_edge_and_holds_no_code(width: int, height: int) -> None:
    page = calibration(width, height, (344.0, 193.5))
    assert page.shape == (height, width)
    assert page.dtype == np.uint8
    assert set(np.unique(page)) == {0, 255}
    for turned in (page, page[::-1], page[:, ::-1], page[::-1, ::-1]):
        assert (turned[0] == 0).all()
        assert (turned[:, 0] == 0).all()
        assert (turned[:4, :48] == 0).all()
        assert (turned[6:60, 6:60] == 255).all()
    assert not zxingcpp.read_barcodes(page)
    assert (page == 255).mean() > 0.75, "bright"


def test_the_ruler_is_as_long_as_the_millimetres_say() -> None:
    page = calibration(1920, 1080, (384.0, 216.0))  # 5 pixels a millimetre
    row = ruler_row(page)
    assert (page[row] == 0).sum() == 501 + 2
    below = ticks(page, row + 5)
    assert len(below) == 101
    assert {b - a for a, b in itertools.pairwise(below)} == {5}
    assert len(ticks(page, row + 20)) == 11


def test_the_ruler_has_fewer_centimetres_on_a_small_screen_and_is_left_out_where_nothing_is_known() -> None:
    small = calibration(640, 480, (100.0, 75.0))
    assert len(ticks(small, ruler_row(small) + 20)) == 10
    known, unknown = calibration(640, 480, (100.0, 75.0)), calibration(640, 480)
    assert (known == 0).sum() > (unknown == 0).sum()
    assert np.array_equal(calibration(1920, 1080, (5000.0, 2800.0)), calibration(1920, 1080)), "its ticks would run together"


def test_the_grid_has_a_line_of_one_pixel_every_ten() -> None:
    page = calibration(1920, 1080)
    rows = np.flatnonzero((page[:, 40:-40] == 0).all(axis=1))[1:-1]
    assert len(rows) == 13
    assert set(np.diff(rows)) == {10}
    columns = ticks(page, int(rows[0]) + 5)
    assert set(np.diff(columns)) == {10}
    assert len(columns) == 1850 // 10 + 1


def test_modules_of_each_size_are_on_the_page() -> None:
    page = calibration(1920, 1080)
    grid = int(np.flatnonzero((page[:, 40:-40] == 0).all(axis=1))[1])
    base = grid - 40
    left = (1920 - sum(16 * scale + 16 for scale in (2, 3, 4, 6, 8)) + 16) // 2
    samples = []
    for scale in (2, 3, 4, 6, 8):
        side = 16 * scale
        sample = page[base - side : base, left : left + side]
        once = sample[::scale, ::scale]
        assert np.array_equal(sample, once.repeat(scale, 0).repeat(scale, 1))
        assert 0.35 < (once == 0).mean() < 0.65
        samples.append(once)
        left += side + 16
    assert all(np.array_equal(samples[0], other) for other in samples)


@given(st.integers(1, 1200), st.integers(1, 1200), st.none() | st.tuples(st.floats(1, 5000), st.floats(1, 5000)))
@settings(deadline=None)
def test_every_screen_gets_the_page_or_is_too_small_for_it(width: int, height: int, mm: tuple[float, float] | None) -> None:
    if width < 512 or height < 424:
        with pytest.raises(NotDrawn, match=f"{width} x {height}"):
            calibration(width, height, mm)
    else:
        assert calibration(width, height, mm).shape == (height, width)


def test_every_sign_is_another_and_as_large_as_asked() -> None:
    drawn = {sign: lettering(sign, 2) for sign in "0123456789mpx"}
    assert {one.shape[0] for one in drawn.values()} == {10}
    assert len({(one.shape, one.tobytes()) for one in drawn.values()}) == len(drawn)
    assert lettering("10", 1).shape == (5, 7)
