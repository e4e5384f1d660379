"""How long the matcher takes at 1280 x 720 with one thread, and how many frames a second the whole witness judges.

Milliseconds mean something only where nothing else runs on the machine.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import cv2
import numpy as np

from hardware.errors import DeviceLost
from hardware.readings import Frame, Sighting
from hardware.vision.locate import seeded, tracked
from hardware.vision.symbol import Pattern
from hardware.witness import Witness
from tests.benchmarks.vision.codes import MASKS, ORDERS, code, token_of
from tests.benchmarks.vision.frames import frame, plain
from tests.benchmarks.vision.ours import witnessed
from tests.benchmarks.vision.scenes import Shows, Stage
from tests.benchmarks.vision.work import CONSOLE

FRAMES = {"small": 24, "full": 150}
STREAM = {"small": 150, "full": 900}
PPMS = (1.0, 1.5, 2.0, 2.5, 3.0)
OFF = 1.5  # modules: how far the corners that are given to `seeded` lie from the truth
EMPTY, TURNS = 6, 48  # frames of an empty stand, and of two turns of the forms
STRAYED = 0.3  # modules: how far the code strayed from where it was tracked


def _milliseconds(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return (time.perf_counter() - started) * 1000


def single(seed: int, frames: str) -> dict[str, Any]:
    """Median milliseconds of one comparison, by how much is known of the place."""
    times: dict[str, list[float]] = {"tracked": [], "seeded": [], "search_found": [], "search_in_vain": [], "pattern": []}
    for number in range(FRAMES[frames]):
        one = seed * 1_000_000 + 900_000 + number
        made = frame(one, plain(one, PPMS[number % len(PPMS)], (number // 5) % 3 / 2))
        draw = np.random.default_rng(one)
        pixels, corners, ppm = made.pixels, made.quad, made.spec.ppm
        started = time.perf_counter()
        pattern = Pattern(made.symbol)
        times["pattern"].append((time.perf_counter() - started) * 1000)
        found = seeded(pattern, pixels, corners)
        last = found.place @ np.array([[1, 0, STRAYED], [0, 1, -STRAYED], [0, 0, 1.0]])
        start = corners + draw.uniform(-OFF, OFF, (4, 2)) * ppm
        tracked(pattern, pixels, last)  # once, so that no first use of anything is measured
        times["tracked"].append(_milliseconds(partial(tracked, pattern, pixels, last)))
        times["seeded"].append(_milliseconds(partial(seeded, pattern, pixels, start)))
        seen = witnessed(pixels, pattern, corners)
        times["search_found" if seen.placed else "search_in_vain"].append(seen.milliseconds)
        if number % 3 == 0:
            wrong = Pattern(code(token_of(-one), number % ORDERS, number % MASKS, made.spec.level, made.spec.length))
            times["search_in_vain"].append(witnessed(pixels, wrong, corners).milliseconds)
    return {f"{name}_ms": round(statistics.median(taken), 1) for name, taken in times.items() if taken} | {"frames": FRAMES[frames]}


class Reel:
    """A camera that has its frames as Motion JPEG and gives the next one whenever it is asked, like one that is never waited for."""

    simulated = True

    def __init__(self, packed: Sequence[bytes], frames: int) -> None:
        self._packed, self._frames, self._number = packed, frames, 0

    def read(self) -> Frame:
        """The next frame. DeviceLost after the last."""
        if self._number == self._frames:
            raise DeviceLost("the reel has run out")
        turn = self._number if self._number < EMPTY else EMPTY + (self._number - EMPTY) % TURNS
        data = np.frombuffer(self._packed[turn], np.uint8)
        pixels = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
        self._number += 1
        return Frame(self._number, self._number / 30, pixels)

    def close(self) -> None:
        """Nothing to close."""


def stream(seed: int, frames: str, shows: Shows) -> tuple[float, list[Sighting]]:
    """Frames a second from Motion JPEG to Sighting while a code is up in two forms and a phone shows this, and the sightings."""
    stage = Stage(seed)
    empty = [stage.picture(number / 30) for number in range(EMPTY)]
    stage.put_up(0.0)
    stage.place().shows = shows
    pictures = [*empty, *(stage.picture(0.5 + number / 30) for number in range(TURNS))]
    packed = [bytes(cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, 90))[1]) for picture in pictures]
    heard: list[Sighting] = []
    ended = threading.Event()
    witness = Witness(lambda: Reel(packed, EMPTY + STREAM[frames]), memory=None, simulated=True, backoff=(60.0, 60.0))
    witness.expect(stage.forms)
    started = time.perf_counter()
    witness.start(heard.append, lambda reason: ended.set(), lambda: None)
    ended.wait(600)
    seconds = time.perf_counter() - started
    witness.close()
    return len(heard) / seconds, heard[EMPTY:]


def streams(seed: int, frames: str) -> dict[str, Any]:
    """The whole witness, with a viewfinder that follows the code, and with a screen that holds none."""
    followed, heard = stream(seed, frames, "viewfinder")
    other, _ = stream(seed, frames, "welcome")
    return {
        "stream_code_per_second": round(followed, 1),
        "stream_other_per_second": round(other, 1),
        "stream_frames": len(heard),
        "stream_code_seen": sum(one.code for one in heard),
        "sighting_ms": round(statistics.median(one.milliseconds for one in heard), 1),
    }


def measure(seed: int, frames: str) -> dict[str, Any]:
    """Everything, in this process."""
    cv2.setNumThreads(1)
    with CONSOLE.status("speed"):
        return single(seed, frames) | streams(seed, frames)
