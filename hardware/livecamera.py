"""A camera that sends pictures by itself: never a backlog, and no work for pictures that nobody wants."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.errors import DeviceLost
from hardware.readings import Frame

PATIENCE = 5.0  # seconds without a picture after which a live camera counts as lost
KEPT_SECONDS, KEPT_FRAMES = 2.0, 64
REST_SECONDS = 0.5  # between two frames at rest

Attention = Literal["rest", "watch", "keep"]
"""rest: a frame now and then. watch: the next frame whenever one is asked for. keep: all frames are decoded, the newest waits
for who asks, and those of the last two seconds are kept."""


class Source(Protocol):
    """Where the pictures come from; cv2.VideoCapture is one. `grab` waits for the next picture, `retrieve` decodes it."""

    def grab(self) -> bool: ...
    def retrieve(self) -> tuple[bool, Any]: ...
    def release(self) -> None: ...


class LiveCamera:
    """A thread of its own takes all pictures off an opened source; `read` gives each frame at most once, and always a new one:
    a slow reader misses frames (their numbers tell) instead of falling behind."""

    simulated = False

    def __init__(self, source: Source, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._source, self._name, self._clock = source, name, clock
        self._ready = threading.Condition()
        self._attention: Attention = "watch"
        self._newest: Frame | None = None
        self._kept: deque[Frame] = deque(maxlen=KEPT_FRAMES)
        self._given = -1
        self._given_at = float("-inf")
        self._waiting = False
        self._ended: str | None = None
        self._thread = threading.Thread(target=self._take_all, name=name, daemon=True)
        self._thread.start()

    def attend(self, attention: Attention) -> None:
        """How closely it is looked at, from the next picture on. Any thread may say so."""
        with self._ready:
            self._attention = attention
            if attention != "keep":
                self._kept.clear()

    def kept(self) -> list[Frame]:
        """The frames of the last two seconds, oldest first, given or not; nothing unless it keeps them."""
        with self._ready:
            return list(self._kept)

    def read(self) -> Frame:
        """The newest frame that was not given yet, or the next one. `at`: monotonic seconds at which it arrived."""
        deadline = time.monotonic() + PATIENCE
        with self._ready:
            self._waiting = True
            while self._ended is None and (self._newest is None or self._newest.number == self._given):
                if not self._ready.wait(deadline - time.monotonic()):
                    raise DeviceLost(f"{self._name} has sent no picture for {PATIENCE:.0f} seconds: check its cable")
            self._waiting = False
            if self._newest is None or self._newest.number == self._given or self._ended == "closed":
                raise DeviceLost(f"{self._name} {self._ended}")
            self._given, self._given_at = self._newest.number, self._newest.at
            return self._newest

    def close(self) -> None:
        """Lets go of the camera; a `read` that waits ends with DeviceLost."""
        self._end("closed")
        if threading.current_thread() is not self._thread:
            self._thread.join(PATIENCE + 1)

    def _take_all(self) -> None:
        number = 0
        while self._ended is None:
            if not self._source.grab():
                self._end("sends no more pictures: it was unplugged, or its power or network is gone")
                break
            self._take(number, self._clock())
            number += 1
        self._source.release()

    def _take(self, number: int, at: float) -> None:
        with self._ready:
            pause = REST_SECONDS if self._attention == "rest" else 0.0
            if not (self._attention == "keep" or (self._waiting and at >= self._given_at + pause)):
                return
        got, pixels = self._source.retrieve()
        if not got:
            return
        frame = Frame(number, at, grey(np.asarray(pixels, np.uint8)))
        with self._ready:
            self._newest = frame
            if self._attention == "keep":
                self._kept.append(frame)
                while at - self._kept[0].at > KEPT_SECONDS:
                    self._kept.popleft()
            self._ready.notify_all()

    def _end(self, reason: str) -> None:
        with self._ready:
            self._ended = self._ended or reason
            self._ready.notify_all()


def grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A colour picture without its colours, as OpenCV decodes it; a grey one as it is."""
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
