"""A camera that sends by itself: nothing queues, nothing is decoded that nobody wants, the newest frames are kept when told to."""

from __future__ import annotations

import queue
import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.errors import DeviceLost
from hardware.livecamera import KEPT_FRAMES, LiveCamera
from hardware.readings import Frame

PATIENCE = 20.0
STEP = 1 / 30


class Reel:
    """A source that has the next picture when it is handed one: a level, or None for one that cannot be decoded. Its clock
    goes on by STEP with each picture."""

    def __init__(self) -> None:
        self.decoded: list[int] = []
        self.released = threading.Event()
        self.now = 100.0
        self._tray: queue.Queue[int | bool | None] = queue.Queue()
        self._taken = threading.Semaphore(0)
        self._picture: int | bool | None = None

    def hand(self, *levels: int | None) -> None:
        """Returns when all were taken off the line, and what was to be done with all but the last has been."""
        for level in levels:
            self._tray.put(level)
        for _ in levels:
            assert self._taken.acquire(timeout=PATIENCE)

    def end(self) -> None:
        self._tray.put(False)

    def grab(self) -> bool:
        self._picture = self._tray.get(timeout=PATIENCE)
        self.now += STEP
        self._taken.release()
        return self._picture is not False

    def retrieve(self) -> tuple[bool, NDArray[np.uint8] | None]:
        if not isinstance(self._picture, int):
            return False, None
        self.decoded.append(self._picture)
        return True, np.full((4, 6, 3), self._picture, np.uint8)

    def release(self) -> None:
        self.released.set()


@pytest.fixture
def reel() -> Reel:
    return Reel()


def camera_on(reel: Reel) -> LiveCamera:
    return LiveCamera(reel, "camera reel:", lambda: reel.now)


def ended(camera: LiveCamera, reel: Reel) -> None:
    reel.end()
    camera.close()
    assert reel.released.wait(PATIENCE)


class Reading:
    """A `read` under way in another thread."""

    def __init__(self, camera: LiveCamera) -> None:
        self._frames: queue.Queue[Frame | DeviceLost] = queue.Queue()
        self._camera = camera
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        while not camera._waiting:
            assert self._thread.is_alive() or not self._frames.empty()
            if not self._frames.empty():
                break

    def _read(self) -> None:
        try:
            self._frames.put(self._camera.read())
        except DeviceLost as why:
            self._frames.put(why)

    def level(self) -> int:
        frame = self._frames.get(timeout=PATIENCE)
        assert isinstance(frame, Frame), frame
        return int(frame.pixels[0, 0])

    def error(self) -> str:
        why = self._frames.get(timeout=PATIENCE)
        assert isinstance(why, DeviceLost)
        return str(why)

    def waits(self) -> bool:
        return self._frames.empty()


def test_pictures_that_nobody_asks_for_are_never_decoded(reel: Reel) -> None:
    camera = camera_on(reel)
    reel.hand(1, 2, 3)
    reading = Reading(camera)
    reel.hand(4)
    assert reading.level() == 4
    reel.hand(5, 6)
    assert reel.decoded == [4]
    assert camera.kept() == []
    ended(camera, reel)


def test_numbers_tell_what_was_passed_over_and_times_when_it_came(reel: Reel) -> None:
    camera = camera_on(reel)
    camera.attend("keep")
    reel.hand(1, 2, 3, 4)
    first = camera.read()
    while first.pixels[0, 0] < 4:  # the last one may still be under way
        first = camera.read()
    assert first.number == 3
    assert first.at == pytest.approx(100 + 4 * STEP)
    assert first.pixels.shape == (4, 6)
    ended(camera, reel)


def test_all_frames_of_the_last_two_seconds_are_kept_when_told_to(reel: Reel) -> None:
    camera = camera_on(reel)
    camera.attend("keep")
    reel.hand(*range(1, 101))
    reel.hand(101)
    kept = camera.kept()
    assert 58 <= len(kept) <= KEPT_FRAMES
    assert [frame.number for frame in kept] == list(range(kept[0].number, kept[-1].number + 1))
    assert kept[-1].number >= 99
    assert kept[-1].at - kept[0].at <= 2.0
    assert camera.read().number >= 99
    camera.attend("watch")
    assert camera.kept() == []
    ended(camera, reel)


def test_what_is_kept_of_a_fast_camera_is_bounded(reel: Reel) -> None:
    camera = LiveCamera(reel, "camera reel:", lambda: 100.0 + (reel.now - 100.0) / 10)
    camera.attend("keep")
    reel.hand(*range(1, 101))
    assert len(camera.kept()) <= KEPT_FRAMES
    ended(camera, reel)


def test_at_rest_a_frame_is_given_now_and_then(reel: Reel) -> None:
    camera = camera_on(reel)
    camera.attend("rest")
    reading = Reading(camera)
    reel.hand(1)
    assert reading.level() == 1
    reading = Reading(camera)
    reel.hand(*range(2, 15), 15)  # less than half a second later
    assert reading.waits()
    reel.hand(16, 17)
    assert reading.level() in (16, 17)
    assert len(reel.decoded) == 2
    ended(camera, reel)


@pytest.mark.parametrize("attention", ["watch", "keep"])
def test_it_is_awake_with_the_next_picture(reel: Reel, attention: str) -> None:
    camera = camera_on(reel)
    camera.attend("rest")
    reading = Reading(camera)
    reel.hand(1)
    reading.level()
    reading = Reading(camera)
    reel.hand(2)
    assert reading.waits()
    camera.attend(attention)  # type: ignore[arg-type]  # one of its words
    reel.hand(3)
    assert reading.level() == 3
    ended(camera, reel)


def test_a_picture_that_cannot_be_decoded_is_passed_over(reel: Reel) -> None:
    camera = camera_on(reel)
    reading = Reading(camera)
    reel.hand(None, 7)
    assert reading.level() == 7
    ended(camera, reel)


def test_the_end_of_the_pictures_is_said_to_who_waits(reel: Reel) -> None:
    camera = camera_on(reel)
    reading = Reading(camera)
    reel.end()
    assert "sends no more pictures" in reading.error()
    assert reel.released.wait(PATIENCE)


def test_what_it_may_be_told_from_its_own_readers_thread_does_not_lock_it(reel: Reel) -> None:
    camera = camera_on(reel)
    camera.attend("keep")
    reel.hand(1, 2)
    camera.read()
    camera.attend("rest")
    camera.attend("keep")
    assert camera.kept() == []
    reel.hand(3, 4)
    assert camera.kept()
    ended(camera, reel)
