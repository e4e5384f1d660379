"""Frames that were kept are judged again when the code was missed; what may be shown of them afterwards."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.judging import Judge
from hardware.livecamera import LiveCamera
from hardware.readings import Frame, Sighting
from hardware.vision.sighter import Sighter
from hardware.witness import Witness
from tests.unit.hardware.benchpicture import Bench, PhonePicture, attached, off, setup, symbol, viewfinder, welcome

PATIENCE = 20.0
OURS, THEIRS = symbol(7), symbol(8)
EMPTY = Bench().picture()
CODE_UP = Bench(OURS).picture()
FIRST_SCREEN = Bench(OURS, [PhonePicture(welcome())]).picture()
THEIR_CODE = Bench(OURS, [PhonePicture(viewfinder(attached(THEIRS)))]).picture()
CODE = Bench(OURS, [PhonePicture(viewfinder(attached(OURS)))]).picture()
SETUP = Bench(OURS, [PhonePicture(setup())]).picture()
OFF = Bench(OURS, [PhonePicture(off())]).picture()


class Bystander:
    """A judge before whom a test lets things happen, ten frames a second; `missed` ones are kept and not judged."""

    def __init__(self) -> None:
        self.judge = Judge(Sighter())
        self.kept: list[Frame] = []
        self.searched = 0
        self.changed = False
        self._number = 0

    def frame(self, picture: NDArray[np.uint8]) -> Frame:
        self._number += 1
        return Frame(self._number, self._number / 10, picture)

    def missed(self, *pictures: NDArray[np.uint8]) -> None:
        self.kept += [self.frame(picture) for picture in pictures]

    def see(self, *pictures: NDArray[np.uint8]) -> list[Sighting]:
        """What is heard upon the last of them."""
        heard: list[Sighting] = []
        for picture in pictures:
            frame = self.frame(picture)
            self.kept.append(frame)
            heard = self.judge.judge(frame, self._asked_for, lambda: self.changed)
            self.judge.keep(frame, heard[-1])
        return heard

    def _asked_for(self) -> Sequence[Frame]:
        self.searched += 1
        return self.kept[-64:]


def aimed() -> Bystander:
    """A phone stands there with its viewfinder open on a screen that shows no code yet; then ours comes up."""
    there = Bystander()
    there.see(EMPTY, EMPTY, EMPTY)
    there.see(THEIR_CODE, THEIR_CODE)
    there.judge.expect([OURS])
    there.see(THEIR_CODE)
    return there


@pytest.mark.parametrize("now", [SETUP, OFF], ids=["setup", "off"])
def test_a_code_that_came_and_went_between_two_judged_frames_is_found_afterwards(now: NDArray[np.uint8]) -> None:
    there = aimed()
    there.missed(CODE, CODE, CODE, THEIR_CODE)
    heard = there.see(now)
    assert [one.screen for one in heard[:-1]] == ["code", "code"]
    assert [one.number for one in heard[:-1]] == [8, 9]  # the newest two of the three
    assert [one.at for one in heard] == sorted(one.at for one in heard)
    assert all(one.score > 0.8 and one.stand == "phone" and one.quad is not None for one in heard[:-1])
    assert heard[-1].screen != "code"


def test_what_was_found_once_is_not_searched_for_again() -> None:
    there = aimed()
    there.missed(CODE)
    assert len(there.see(SETUP)) == 2
    assert len(there.see(OFF, SETUP, OFF)) == 1
    assert there.searched == 1


def test_a_code_that_was_seen_in_time_needs_no_search() -> None:
    there = aimed()
    there.see(CODE)
    there.missed(CODE)
    assert len(there.see(SETUP)) == 1
    assert there.searched == 0


def test_another_users_code_in_kept_frames_is_not_ours() -> None:
    there = aimed()
    there.missed(THEIR_CODE, THEIR_CODE)
    assert [one.screen for one in there.see(SETUP)] == ["other"]
    assert there.searched == 1


def test_frames_from_before_the_code_came_up_are_not_of_this_watch() -> None:
    there = Bystander()
    there.see(EMPTY, EMPTY, EMPTY)
    there.judge.expect([OURS])
    there.see(CODE, CODE)
    there.judge.expect(())
    there.see(THEIR_CODE)
    there.judge.expect([OURS])
    there.see(THEIR_CODE)
    assert len(there.see(SETUP)) == 1
    assert there.searched == 1


def test_frames_from_before_this_phone_came_are_not_searched() -> None:
    there = Bystander()
    there.see(EMPTY, EMPTY, EMPTY)
    there.judge.expect([OURS])
    there.see(THEIR_CODE)
    there.missed(CODE)
    there.see(CODE_UP, CODE_UP, CODE_UP)
    assert len(there.see(FIRST_SCREEN)) == 1


def test_without_a_code_up_nothing_is_searched() -> None:
    there = aimed()
    there.judge.expect(())
    there.see(THEIR_CODE)
    there.missed(CODE)
    assert len(there.see(SETUP)) == 1
    assert there.searched == 0


def test_the_search_ends_when_something_else_is_expected_and_when_it_takes_too_long() -> None:
    for ends in ("changed", "patience"):
        there = aimed()
        there.missed(CODE)
        there.changed = ends == "changed"
        there.judge.patience = 0.0 if ends == "patience" else None
        assert [one.screen for one in there.see(SETUP)] == ["other"]


def test_at_rest_a_frame_without_changes_is_not_judged_again() -> None:
    judge = Judge(Sighter())
    for number in range(3):
        frame = Frame(number, number / 2, Bench(seed=number).picture())
        heard = judge.judge(frame, list, lambda: False)
        judge.keep(frame, heard[-1])
    full = judge.at_rest(Frame(3, 1.5, Bench(seed=3).picture()))
    again = judge.at_rest(Frame(4, 2.0, Bench(seed=4).picture()))
    assert (again.number, again.at, again.stand, again.screen) == (4, 2.0, full.stand, full.screen)
    came = judge.at_rest(Frame(5, 2.5, Bench(phones=[PhonePicture(off())]).picture()))
    assert came.stand == "phone"
    assert judge.at_rest(Frame(6, 3.0, Bench(phones=[PhonePicture(off())], seed=9).picture())).stand == "phone"
    assert judge.at_rest(Frame(7, 3.5, Bench(phones=[PhonePicture(welcome())]).picture())).screen == "other"
    assert judge.at_rest(Frame(8, 4.0, EMPTY)).stand == "empty"


# --- all of it, at a camera that does not wait ---------------------------------------------------------------------------------


class Film:
    """A source that sends what it is handed; each picture is a twentieth of a second later than the one before."""

    def __init__(self) -> None:
        self.now = 0.0
        self._tray: queue.Queue[Any] = queue.Queue()
        self._picture: Any = None

    def send(self, *pictures: object) -> None:
        for picture in pictures:
            self._tray.put(picture)

    def grab(self) -> bool:
        self._picture = self._tray.get(timeout=PATIENCE)
        self.now += 0.05
        return self._picture is not None

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        return True, self._picture

    def release(self) -> None:
        pass


def test_what_a_live_camera_sent_while_the_witness_was_busy_is_found_in_what_it_kept() -> None:
    film, heard, free = Film(), queue.Queue[Sighting](), threading.Semaphore(0)
    camera = LiveCamera(film, "camera", lambda: film.now)

    def hear(sighting: Sighting) -> None:
        heard.put(sighting)
        if not sighting.code:
            assert free.acquire(timeout=PATIENCE)  # the witness is busy until the test lets it go on

    def judged(picture: NDArray[np.uint8]) -> Sighting:
        while True:
            film.send(picture)
            try:
                return heard.get(timeout=0.2)
            except queue.Empty:
                continue  # nobody had asked for that one

    witness = Witness(lambda: camera, memory=None)
    witness.start(hear, lambda why: None, lambda: None)
    for picture in (EMPTY, EMPTY, EMPTY, THEIR_CODE):
        judged(picture)
        free.release()
    witness.expect([OURS])
    judged(THEIR_CODE)
    free.release()
    assert judged(THEIR_CODE).screen == "viewfinder"
    began = len(camera.kept())
    film.send(CODE, CODE, CODE, SETUP)
    while len(camera.kept()) < began + 4:
        pass
    free.release()
    assert [heard.get(timeout=PATIENCE).screen for _ in range(3)] == ["code", "code", "other"]
    free.release(100)
    film.send(None)
    witness.close()
    assert witness.figures().passed_over >= 3
    assert witness.figures().looked_back == 2


# --- pictures --------------------------------------------------------------------------------------------------------------------


def test_there_are_pictures_from_before_and_after_the_code_gave_way() -> None:
    there = aimed()
    assert there.judge.pictures() == (None, None)
    there.see(CODE)
    before, after = there.judge.pictures()
    assert before is not None
    assert after is None
    there.see(CODE, SETUP)
    before, after = there.judge.pictures()
    assert before is not None
    assert after is not None
    assert before != after
    there.judge.expect(())
    assert there.judge.pictures() == (before, after)
    there.judge.expect([THEIRS])
    assert there.judge.pictures() == (None, None)


def test_there_are_pictures_of_a_code_that_was_found_afterwards() -> None:
    there = aimed()
    there.missed(CODE)
    there.see(SETUP)
    assert None not in there.judge.pictures()
