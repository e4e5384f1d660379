from __future__ import annotations

import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from hardware.display.drawing import BLANK, Matrix, NotDrawn, blank, caption_boxes, code_box, draw, pixels_per_module, plain

PAYLOAD = '{"android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME":"com.example/.Admin","name":"Łukasz"}' * 6


def symbol(text: str = PAYLOAD, error: str = "l") -> Matrix:
    rows = segno.make_qr(text, error=error, encoding="utf-8").matrix
    return Matrix(len(rows), b"".join(bytes(row) for row in rows))


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920), (1280, 720), (721, 803)])
def test_an_independent_reader_reads_the_drawn_code(width: int, height: int) -> None:
    picture = draw(symbol(), width, height)
    assert picture.shape == (height, width)
    assert picture.dtype == np.uint8
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == PAYLOAD


def test_a_code_is_centred_black_on_white_with_the_largest_whole_pixels() -> None:
    drawn = symbol()
    picture = draw(drawn, 1920, 1080)
    scale = 1080 // (drawn.size + 8)
    assert pixels_per_module(drawn.size, 1920, 1080) == scale
    assert set(np.unique(picture)) == {0, 255}
    x, y, side, _ = code_box(drawn.size, 1920, 1080)
    dark_rows, dark_columns = np.nonzero(picture == 0)
    assert (dark_columns.min(), dark_columns.max()) == (x, x + side - 1)
    assert (dark_rows.min(), dark_rows.max()) == (y, y + side - 1)
    assert abs((1920 - side) / 2 - x) <= 0.5
    sampled = picture[y + scale // 2 : y + side : scale, x + scale // 2 : x + side : scale]
    assert ((sampled == 0).astype(np.uint8).tobytes()) == drawn.modules


@given(st.integers(1, 40), st.integers(30, 800), st.integers(30, 800))
def test_every_code_keeps_its_quiet_zone_or_is_refused(version: int, width: int, height: int) -> None:
    size = 17 + 4 * version
    drawn = Matrix(size, b"\1" * size**2)
    if min(width, height) < size + 8:
        with pytest.raises(NotDrawn, match="larger"):
            draw(drawn, width, height)
        return
    picture = draw(drawn, width, height)
    scale = min(width, height) // (size + 8)
    x, y, side, _ = code_box(size, width, height)
    assert int((picture == 0).sum()) == (size * scale) ** 2
    assert min(x, y, width - x - side, height - y - side) >= 4 * scale


@pytest.mark.parametrize(("size", "modules"), [(22, b"\0" * 484), (21, b"\0" * 440), (21, b"\2" * 441), (17, b"\0" * 289)])
def test_what_is_no_qr_symbol_is_refused(size: int, modules: bytes) -> None:
    with pytest.raises(NotDrawn):
        Matrix(size, modules)


def test_a_blank_screen_is_light_grey() -> None:
    assert blank(7, 5).shape == (5, 7)
    assert set(np.unique(blank(7, 5))) == {BLANK} == {200}


def test_a_symbol_is_not_in_its_repr() -> None:
    assert repr(Matrix(21, b"\1" * 441)) == "Matrix(size=21)"


@given(st.integers(1, 40), st.integers(200, 2000), st.integers(200, 2000), st.integers(1, 2))
def test_no_text_touches_the_code_or_its_quiet_zone_or_another_text(version: int, width: int, height: int, lines: int) -> None:
    size = 17 + 4 * version
    picture = draw(Matrix(size, b"\1" * size**2), width, height)
    quiet = 4 * pixels_per_module(size, width, height)
    taken = np.zeros((height, width), np.uint8)
    for x, y, wide, high in caption_boxes(size, width, height, lines):
        assert 0 <= x < x + wide <= width
        assert 0 <= y < y + high <= height
        grown = picture[max(0, y - quiet) : y + high, max(0, x - quiet) : x + wide + quiet]
        assert (grown == 255).all()
        taken[y : y + high, x : x + wide] += 1
    assert taken.max(initial=0) <= 1


def test_texts_have_room_on_a_wide_and_on_a_tall_screen_and_beside_a_terminal() -> None:
    for lines in (1, 2):
        for screen in ((1920, 1080), (1080, 1920), (640, 800)):
            assert len(caption_boxes(97, *screen, lines)) == lines
    (name, step) = caption_boxes(97, 640, 800, 2)
    assert name[1] + name[3] <= step[1], "the name stands above the step"
    assert caption_boxes(97, 840, 840) == ()


def test_control_and_direction_characters_are_stripped_from_a_caption() -> None:
    assert plain("Anna \x1b[31mB\u202eo\nb\x00 Łęcka") == "Anna [31mBob Łęcka"
    assert len(plain("x" * 1000)) == 120
