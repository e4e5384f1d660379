"""The witness: frames in, sightings out, in a thread of its own; cameras that come and go."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hardware.camera import Camera
from hardware.errors import DeviceLost, DeviceNotOpened
from hardware.readings import Frame, Sighting
from hardware.witness import Witness
from tests.unit.hardware.benchpicture import Bench, DrawnSymbol, PhonePicture, attached, off, symbol, viewfinder

PATIENCE = 20.0
QUICK = (0.01, 0.02)


class Slides:
    """A camera that shows the picture it is handed, when it is handed one: `DeviceLost` as a picture unplugs it."""

    def __init__(self, simulated: bool = False) -> None:
        self.simulated = simulated
        self.closed = 0
        self.reads = 0
        self._number = 0
        self._tray: queue.Queue[Any] = queue.Queue()

    def hand(self, picture: object) -> None:
        self._tray.put(picture)

    def read(self) -> Frame:
        self.reads += 1
        picture = self._tray.get(timeout=PATIENCE)
        if isinstance(picture, Exception):
            raise picture
        self._number += 1
        return Frame(self._number, self._number * 0.1, picture)

    def close(self) -> None:
        self.closed += 1
        self._tray.put(DeviceLost("it was closed"))


class Notes:
    """What the witness says, in the order in which it says it."""

    def __init__(self) -> None:
        self._said: queue.Queue[Any] = queue.Queue()
        self.threads: set[str] = set()

    def take(self, word: object) -> None:
        self.threads.add(threading.current_thread().name)
        self._said.put(word)

    def back(self) -> None:
        self.take("back")

    def next(self) -> Any:
        return self._said.get(timeout=PATIENCE)

    def sighting(self) -> Sighting:
        said = self.next()
        assert isinstance(said, Sighting)
        return said

    def quiet(self) -> bool:
        return self._said.empty()


Start = Callable[..., tuple[Witness, Notes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts witnesses, and closes them in the end: `start(factory, memory=...)`."""
    running: list[Witness] = []

    def begin(factory: Callable[[], Camera], memory: Path | None = None, heard: Callable[[Sighting], None] | None = None) -> Any:
        witness, notes = Witness(factory, memory=memory, backoff=QUICK), Notes()
        running.append(witness)
        witness.start(heard or notes.take, notes.take, notes.back)
        return witness, notes

    yield begin
    for witness in running:
        witness.close()


def on_stand(shown: DrawnSymbol | None, seen: DrawnSymbol | None = None, seed: int = 0) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return Bench(shown, [PhonePicture(viewfinder(attached(seen or shown)))], seed=seed).picture()


EMPTY = Bench().picture()


def test_every_frame_is_heard_of_in_the_witnesss_own_thread(start: Start) -> None:
    camera = Slides()
    witness, notes = start(lambda: camera)
    witness.expect((symbol(7),))
    for picture in (EMPTY, Bench(symbol(7)).picture(), on_stand(symbol(7))):
        camera.hand(picture)
    seen = [notes.sighting() for _ in range(3)]
    assert [(one.number, one.stand, one.screen) for one in seen] == [(1, "empty", "none"), (2, "empty", "none"), (3, "phone", "code")]
    assert seen[2].at == pytest.approx(0.3)
    assert seen[2].milliseconds > 0
    assert notes.threads == {"witness"}
    assert not witness.simulated


def test_a_frames_callback_has_returned_before_the_next_frame_is_read(start: Start) -> None:
    camera, reads = Slides(), []
    done = threading.Semaphore(0)

    def heard(sighting: Sighting) -> None:
        reads.append(camera.reads)
        done.release()

    start(lambda: camera, heard=heard)
    for _ in range(3):
        camera.hand(EMPTY)
    for _ in range(3):
        assert done.acquire(timeout=PATIENCE)
    assert reads == [1, 2, 3]


def test_a_new_symbol_counts_for_every_sighting_begun_after_it_was_told(start: Start) -> None:
    camera = Slides()
    witness, notes = start(lambda: camera)
    for expected, screen in ((symbol(7), "code"), (symbol(8), "viewfinder"), (None, "viewfinder"), (symbol(7), "code")):
        witness.expect((expected,) if expected else ())
        camera.hand(on_stand(symbol(7)))
        assert notes.sighting().screen == screen


def test_a_frame_under_judgement_is_judged_again_for_a_symbol_told_meanwhile(start: Start) -> None:
    """A sighting of the last user's code must never be heard after the next user's was told."""
    told = threading.Event()

    class Interrupted(Slides):
        def read(self) -> Frame:
            frame = super().read()
            witness.expect((symbol(8),))  # between the frame's arrival and its judgement
            told.set()
            return frame

    camera = Interrupted()
    witness, notes = start(lambda: camera)
    witness.expect((symbol(7),))
    camera.hand(on_stand(symbol(7)))
    assert notes.sighting().screen == "viewfinder"
    assert told.is_set()


def test_a_symbol_of_the_wrong_length_is_refused_at_once(start: Start) -> None:
    witness, _ = start(Slides)
    with pytest.raises(ValueError, match="needs 6561 modules"):
        witness.expect((replace(symbol(7), modules=b"\0", varies=b"\0"),))


def test_a_camera_that_is_lost_is_said_once_and_opened_again(start: Start) -> None:
    cameras = [Slides(), Slides()]
    tries = iter([cameras[0], None, None, cameras[1]])

    def factory() -> Camera:
        camera = next(tries)
        if camera is None:
            raise DeviceNotOpened("camera: not there")
        return camera

    _, notes = start(factory)
    cameras[0].hand(EMPTY)
    assert notes.sighting().stand == "empty"
    cameras[0].hand(DeviceLost("camera: unplugged"))
    assert notes.next() == "camera: unplugged"
    cameras[1].hand(EMPTY)
    assert notes.next() == "back"
    assert notes.sighting().stand == "empty"
    assert cameras[0].closed
    assert notes.quiet()


def test_a_camera_that_appears_later_is_found(start: Start) -> None:
    camera, there = Slides(simulated=True), threading.Event()

    def factory() -> Camera:
        if not there.is_set():
            raise DeviceNotOpened("camera: no such device; is it plugged in?")
        return camera

    witness, notes = start(factory)
    assert "plugged in" in notes.next()
    assert not witness.simulated
    there.set()
    camera.hand(EMPTY)
    assert notes.next() == "back"
    assert notes.sighting().stand == "empty"
    assert witness.simulated


def test_a_frame_that_cannot_be_judged_is_said_and_the_next_one_is_judged(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    camera = Slides()
    opened: list[Slides] = []

    def factory() -> Camera:
        opened.append(Slides() if opened else camera)
        opened[-1].hand(EMPTY)
        return opened[-1]

    camera.hand(np.zeros((0, 0), np.uint8))
    _, notes = start(factory)
    assert "the witness failed on a frame" in notes.next()
    assert notes.next() == "back"
    assert notes.sighting().stand == "empty"
    assert "the witness failed" in caplog.text


def test_closing_ends_a_wait_for_a_frame_and_nothing_is_heard_after_it(start: Start) -> None:
    camera = Slides()
    witness, notes = start(lambda: camera)
    camera.hand(EMPTY)
    notes.sighting()
    witness.close()
    assert camera.closed
    assert notes.quiet()
    witness.close()


def test_a_witness_may_be_closed_from_its_own_callback() -> None:
    camera, closed = Slides(), threading.Event()
    witness = Witness(lambda: camera, memory=None)

    def heard(sighting: Sighting) -> None:
        witness.close()
        closed.set()

    witness.start(heard, lambda reason: None, lambda: None)
    camera.hand(EMPTY)
    assert closed.wait(PATIENCE)
    witness.close()


def test_the_empty_stand_is_remembered_in_a_file_of_one_grey_picture(start: Start, tmp_path: Path) -> None:
    memory, camera = tmp_path / "stand", Slides()
    witness, notes = start(lambda: camera, memory)
    for seed in range(3):
        camera.hand(Bench(seed=seed).picture())
        notes.sighting()
    witness.close()
    kept = cv2.imdecode(np.frombuffer(memory.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert kept is not None
    assert kept.shape == (180, 320)
    assert [path.name for path in tmp_path.iterdir()] == ["stand"]
    again = Slides()
    _, notes = start(lambda: again, memory)
    again.hand(Bench(phones=[PhonePicture(off())]).picture())
    assert notes.sighting().stand == "phone"
    again.hand(EMPTY)
    assert notes.sighting().stand == "empty"


@pytest.mark.parametrize("content", [b"", b"nonsense"])
def test_a_damaged_memory_is_learned_anew(start: Start, tmp_path: Path, content: bytes) -> None:
    memory, camera = tmp_path / "stand", Slides()
    memory.write_bytes(content)
    _, notes = start(lambda: camera, memory)
    for seed in range(4):
        camera.hand(Bench(seed=seed).picture())
        assert notes.sighting().stand == "empty"
    assert len(memory.read_bytes()) > 100


def test_a_memory_that_cannot_be_written_stops_nothing(start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    camera = Slides()
    _, notes = start(lambda: camera, tmp_path / "missing" / "stand")
    for seed in range(4):
        camera.hand(Bench(seed=seed).picture())
        assert notes.sighting().stand == "empty"
    assert "could not be kept" in caplog.text


def test_the_last_two_seconds_are_kept(start: Start) -> None:
    camera = Slides()
    witness, notes = start(lambda: camera)
    for _ in range(25):
        camera.hand(EMPTY)
        notes.sighting()
    recent = witness.recent()
    assert [frame.number for frame, _ in recent] == list(range(5, 26))
    assert all(frame.number == sighting.number for frame, sighting in recent)
    assert recent[-1][0].pixels is EMPTY
