from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.display.writing import Writing, fonts, writing


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("Łukasz Żółć 2", Writing("Łukasz Żółć 2")),
        ("Mª Ñandú O\u2019Connor", Writing("Mª Ñandú O\u2019Connor")),
        ("Rene\u0301", Writing("René")),
        ("李小龍 ブルース", Writing("李小龍 ブルース")),
        ("समीर Sam", Writing("समीर Sam", "Deva")),
        ("محمد علي", Writing("محمد علي", "Arab", leftward=True)),
        ("דוד לוי", Writing("דוד לוי", "Hebr", leftward=True)),
    ],
)
def test_a_name_is_written_by_the_rules_of_its_script(name: str, how: Writing) -> None:
    assert writing(name) == how


@pytest.mark.parametrize("name", ["", "  ", "אבג Anna", "דוד 2", "محمد ٣", "محمد דוד", "समीर สมชาย", "ܐܒܓ", "ᠮᠣᠩ"])
def test_a_name_that_would_be_written_wrongly_is_not_written(name: str) -> None:
    assert writing(name) is None


@given(st.text())
def test_nothing_that_is_a_text_makes_it_fail(text: str) -> None:
    writing(text)


def test_fonts_are_found_in_folders_within_folders_the_best_first(tmp_path: Path) -> None:
    for name in ("noto/NotoSansThai-Regular.ttf", "noto/NotoSans-Regular.ttf", "dejavu/DejaVuSans.ttf", "x/DejaVuSans-Bold.ttf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [path.name for path in fonts((tmp_path / "none", tmp_path))]
    assert found == ["DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansThai-Regular.ttf"]
    assert fonts((tmp_path / "none",)) == []
