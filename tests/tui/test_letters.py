from __future__ import annotations

import pytest

from station.words import languages, words
from tui.letters import HEIGHT, ROWS, SHAPES, half_blocks, large
from tui.text import ARGUED, STEPS, TONE_SIGN, Words
from tui.widgets.bigwords import BigWords


def test_draws_a_letter_as_its_pixels() -> None:
    assert large("L") == ("▄  ", "█  ", "█▄▄")


def test_puts_the_accent_above_the_letter() -> None:
    assert large("Ü") == ("█ ▀▄", "█  █", "▀▄▄▀") == large("u\u0308")
    assert large("U") == ("▄  ▄", "█  █", "▀▄▄▀")
    assert len({large("É"), large("È"), large("Ë"), large("Ê"), large("E")}) == 5
    assert large("ç") not in (None, large("C"))


@pytest.mark.parametrize("name", ["Groß", "Čapek", "李小龍", "Łoś", "[x]"])
def test_respells_no_name_that_it_cannot_draw(name: str) -> None:
    assert large(name) is None


def test_letters_of_one_line_are_equally_high_and_never_touch() -> None:
    rows = large("MMII88") or ()
    assert len(rows) == ROWS
    assert len({len(row) for row in rows}) == 1
    gaps = [at for at, column in enumerate(zip(*rows, strict=True)) if set(column) == {" "}]
    assert gaps == [5, 11, 13, 15, 20]


def test_twice_the_scale_is_twice_as_high_and_wide() -> None:
    once, twice = large("TRAY 4") or (), large("TRAY 4", 2) or ()
    assert (len(twice), len(twice[0])) == (2 * len(once), 2 * len(once[0]))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("said", [*STEPS.values(), *ARGUED.values()], ids=lambda said: said.head)
def test_every_head_is_large_on_the_smallest_terminal(said: Words, language: str) -> None:
    head = words(language)(said.head, tray=99)
    rows = large(head)
    assert rows is not None, head
    assert len(rows[0]) + BigWords.GAP + 8 <= 80 - 3, head
    assert len(head.replace(" ", "")) <= 14


def test_every_tone_has_a_shape_of_its_own() -> None:
    assert set(SHAPES) == set(TONE_SIGN)
    drawn = {half_blocks(shape) for shape in SHAPES.values()}
    assert len(drawn) == len(SHAPES)
    assert all(len(shape) == HEIGHT and len({len(row) for row in shape}) == 1 for shape in SHAPES.values())
