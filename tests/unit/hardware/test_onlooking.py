"""What is taken from the frames that the witness judges, for a self-test and for a taught screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.errors import NoView
from hardware.onlooking import FACES, SETTLED, Lesson, SelfTest
from hardware.readings import Frame, Sighting
from hardware.vision.geometry import points
from hardware.vision.taught import Library, face
from tests.unit.hardware.benchpicture import ON_STAND, Bench, PhonePicture, attached, failed, setup, symbol, viewfinder

Grey = NDArray[np.uint8]
LIT = Sighting(1, 1.0, "phone", "other", 1, quad=ON_STAND)
FAILED = Bench(phones=[PhonePicture(failed())]).picture()


def film(lesson: Lesson, picture: Grey, sighting: Sighting, frames: int = 1) -> list[bool]:
    return [lesson.saw(Frame(number, number / 10, picture), sighting) for number in range(frames)]


def test_a_screen_is_learned_from_several_frames(tmp_path: Path) -> None:
    library, lesson = Library(tmp_path), Lesson()
    assert film(lesson, FAILED, LIT, FACES) == [False] * (FACES - 1) + [True]
    lesson.teach(library, "error", "cannot")
    found = library.recognised(face(Bench(phones=[PhonePicture(failed())], seed=4, blur=1.2).picture(), points(ON_STAND)))
    assert found is not None
    assert found[0] == "error:cannot"


@pytest.mark.parametrize(
    ("sighting", "why"),
    [
        (replace(LIT, stand="empty", screen="none", phones=0, quad=None), "no phone is seen"),
        (replace(LIT, phones=2), "two phones"),
        (replace(LIT, screen="dark", phones=0), "display is dark"),
        (replace(LIT, screen="viewfinder"), "never kept"),
        (replace(LIT, screen="code"), "never kept"),
    ],
)
def test_what_is_no_screen_is_not_learned(tmp_path: Path, sighting: Sighting, why: str) -> None:
    library, lesson = Library(tmp_path), Lesson()
    film(lesson, FAILED, LIT, 3)
    film(lesson, FAILED, sighting)
    assert lesson.frames == 0
    with pytest.raises(NoView, match=why):
        lesson.teach(library, "error", "cannot")
    assert not list(tmp_path.iterdir())


def test_a_code_that_the_sighting_missed_is_found_and_never_kept(tmp_path: Path) -> None:
    lesson = Lesson()
    film(lesson, FAILED, LIT, 2)
    film(lesson, Bench(phones=[PhonePicture(viewfinder(attached(symbol(5)), zoom=1.2))]).picture(), LIT)
    with pytest.raises(NoView, match="never kept"):
        lesson.teach(Library(tmp_path), "error", "cannot")


def test_a_phone_that_is_moved_begins_the_lesson_anew(tmp_path: Path) -> None:
    lesson = Lesson()
    film(lesson, FAILED, LIT, FACES - 1)
    elsewhere = tuple((x + 60, y + 20) for x, y in ON_STAND)
    moved = Bench(phones=[PhonePicture(setup()).moved(60, 20)]).picture()
    assert film(lesson, moved, replace(LIT, quad=elsewhere)) == [False]  # type: ignore[arg-type]  # four corners
    assert lesson.frames == 1


def test_without_pictures_nothing_is_learned_or_examined(tmp_path: Path) -> None:
    with pytest.raises(NoView, match="sends no pictures"):
        Lesson().teach(Library(tmp_path), "error", "cannot")
    with pytest.raises(NoView, match="sends no pictures"):
        SelfTest(symbol(7), 0.0).reading()


def test_frames_from_before_the_code_was_up_do_not_count() -> None:
    test, empty = SelfTest(symbol(7), 10.0), replace(LIT, stand="empty", screen="none", phones=0, quad=None)
    blank, code = Bench().picture(), Bench(shown=symbol(7), gain=0.8).picture()
    assert not test.saw(Frame(1, 9.9, blank), empty)
    assert not test.saw(Frame(2, 10.0 + SETTLED / 2, blank), empty)
    assert test.frames == 0
    assert [test.saw(Frame(number, 10.5 + number, code), empty) for number in range(8)] == [False] * 7 + [True]
    reading = test.reading()
    assert reading.seen
    assert not reading.phone
    assert reading.frames == 8
