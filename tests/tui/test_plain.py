from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.plain import JOINERS, MARKS_IN_A_ROW, STEERING, plain, signs


@pytest.mark.parametrize("name", ["Anna Schmidt", "Zoë Čapek", "李小龍", "محمد", "Nguyễn Thị Hằng", "می‌خواهم", "O'Brien-Łoś", "👩‍🔧"])
def test_leaves_names_of_every_script_as_they_are(name: str) -> None:
    assert plain(name) == name


@pytest.mark.parametrize(
    ("steers", "shown"),
    [("\x1b[2J", "␛[2J"), ("a\nb", "a␊b"), ("a\x00b", "a␀b"), ("\x7f", "␡"), ("\u202eevil", "⟨202E⟩evil"), ("\x9b", "⟨009B⟩")],
)
def test_shows_what_would_steer_the_terminal(steers: str, shown: str) -> None:
    assert plain(steers) == shown


def test_shows_a_lone_surrogate_instead_of_failing_on_it() -> None:
    assert plain("\ud800") == "⟨D800⟩"


def test_a_field_shows_one_sign_for_each_character() -> None:
    assert signs("a\x1b[2J\u202eb\ud800") == "a␛[2J\ufffdb\ufffd"
    assert signs("x" * 500) == "x" * 500


def test_cuts_long_text_and_says_so() -> None:
    assert plain("a" * 500, 10) == "a" * 10 + "…"


def test_takes_a_tower_of_accents_down_to_what_scripts_use() -> None:
    assert plain("a" + "\u0301" * 50) == "a" + "\u0301" * MARKS_IN_A_ROW


@given(st.text())
def test_whatever_comes_in_nothing_steers_afterwards(text: str) -> None:
    shown = plain(text, 1000)
    assert not any(unicodedata.category(letter) in STEERING for letter in shown if letter not in JOINERS)
    assert len(shown.splitlines()) <= 1
