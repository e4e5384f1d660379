"""The bench camera: frames by URL.

v4l2:/dev/video0?width=1280&height=720&fps=30&fourcc=MJPG   a camera on this machine (Video4Linux)
http://host:8080/stream, https://...                         a camera that sends MJPEG
file:/path/of/a/folder?fps=10, file:/path/of/a/video         a recording, replayed once for each opening: for support and tests

A v4l2 URL may also fix `exposure` (driver's unit, usually 100 microseconds; take a whole number of mains half-waves, or lamps
draw stripes) and `focus` (driver's unit), which switches the camera's own control of it off.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.errors import DeviceLost, DeviceNotOpened
from hardware.readings import Frame

PATIENCE = 5.0  # seconds without a picture after which a live camera counts as lost
REPLAY_FPS = 10.0
_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".pgm"}
_NUMBERS = {
    "width": cv2.CAP_PROP_FRAME_WIDTH,
    "height": cv2.CAP_PROP_FRAME_HEIGHT,
    "fps": cv2.CAP_PROP_FPS,
    "exposure": cv2.CAP_PROP_EXPOSURE,
    "focus": cv2.CAP_PROP_FOCUS,
}
_MANUAL_EXPOSURE = 1.0  # V4L2_EXPOSURE_MANUAL

Pixels = NDArray[np.uint8]


class Camera(Protocol):
    """A source of frames, used by one thread; `close` may come from another and ends a `read` that waits."""

    @property
    def simulated(self) -> bool: ...
    def read(self) -> Frame:
        """The next frame, waited for. DeviceLost when there will be none."""
        ...

    def close(self) -> None: ...


def open_camera(url: str) -> Camera:
    """The camera at a v4l2:, http:, https: or file: URL. DeviceNotOpened when it cannot be opened by it."""
    scheme = urlsplit(url).scheme
    match scheme:
        case "v4l2":
            return open_v4l2(url)
        case "http" | "https":
            return open_http(url)
        case "file":
            return Recording(url)
    raise DeviceNotOpened(f"no camera driver is named {scheme!r}: use a v4l2:, http:, https: or file: URL")


def open_v4l2(url: str) -> LiveCamera:
    """A Video4Linux camera, by default 1280 x 720 at 30 frames a second in Motion JPEG (USB 2 cannot carry it plain)."""
    parts = urlsplit(url)
    options = {"width": "1280", "height": "720", "fps": "30", "fourcc": "MJPG"} | dict(parse_qsl(parts.query))
    unknown = sorted(set(options) - set(_NUMBERS) - {"fourcc"})
    if unknown:
        raise DeviceNotOpened(f"v4l2:{parts.path}: unknown option {unknown[0]!r}: known are fourcc, {', '.join(_NUMBERS)}")
    settings: list[tuple[int, float]] = [(cv2.CAP_PROP_FOURCC, _fourcc(options.pop("fourcc")))]
    for name, text in options.items():
        try:
            settings.append((_NUMBERS[name], float(text)))
        except ValueError:
            raise DeviceNotOpened(f"v4l2:{parts.path}: {name} must be a number, not {text!r}") from None
    if "exposure" in options:
        settings.insert(0, (cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL_EXPOSURE))
    if "focus" in options:
        settings.insert(0, (cv2.CAP_PROP_AUTOFOCUS, 0.0))
    settings.append((cv2.CAP_PROP_BUFFERSIZE, 1.0))
    if not Path(parts.path).exists():
        raise DeviceNotOpened(f"v4l2:{parts.path}: there is no such device; is the camera plugged in?")
    return LiveCamera(parts.path, cv2.CAP_V4L2, settings, f"camera v4l2:{parts.path}")


def open_http(url: str) -> LiveCamera:
    """A camera that sends Motion JPEG over HTTP. Name and password in the URL stay out of every message."""
    parts = urlsplit(url)
    name = f"camera {parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
    return LiveCamera(url, cv2.CAP_FFMPEG, [], name)


class LiveCamera:
    """A camera that sends pictures by itself. A thread of its own takes them all; `read` gives the newest one, each once,
    so a slow reader misses frames (their numbers tell) instead of falling behind."""

    simulated = False

    def __init__(self, source: str, backend: int, settings: list[tuple[int, float]], name: str) -> None:
        """`settings`: pairs of cv2.CAP_PROP_... and value, in the order in which they are made. DeviceNotOpened."""
        self._name = name
        timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(PATIENCE * 1000), cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(PATIENCE * 1000)]
        self._capture = cv2.VideoCapture(source, backend, timeouts if backend == cv2.CAP_FFMPEG else [])
        if not self._capture.isOpened():
            self._capture.release()
            raise DeviceNotOpened(f"{name} does not open: check that it is there and that no other program uses it")
        for setting, value in settings:
            self._capture.set(setting, value)
        self._ready = threading.Condition()
        self._newest: tuple[int, float, Pixels] | None = None
        self._given = -1
        self._ended: str | None = None
        self._thread = threading.Thread(target=self._take_all, name=name, daemon=True)
        self._thread.start()

    def read(self) -> Frame:
        """The newest frame that was not given yet, or the next one. `at`: monotonic seconds at which it arrived."""
        deadline = time.monotonic() + PATIENCE
        with self._ready:
            while self._ended is None and (self._newest is None or self._newest[0] == self._given):
                if not self._ready.wait(deadline - time.monotonic()):
                    raise DeviceLost(f"{self._name} has sent no picture for {PATIENCE:.0f} seconds: check its cable")
            if self._newest is None or self._newest[0] == self._given or self._ended == "closed":
                raise DeviceLost(f"{self._name} {self._ended}")
            number, at, pixels = self._newest
            self._given = number
        return Frame(number, at, _grey(pixels))

    def close(self) -> None:
        """Lets go of the camera; a `read` that waits ends with DeviceLost."""
        self._end("closed")
        if threading.current_thread() is not self._thread:
            self._thread.join(PATIENCE + 1)

    def _take_all(self) -> None:
        number = 0
        while self._ended is None:
            got, pixels = self._capture.read()
            if not got:
                self._end("sends no more pictures: it was unplugged, or its power or network is gone")
                break
            with self._ready:
                self._newest = (number, time.monotonic(), np.asarray(pixels, np.uint8))
                self._ready.notify_all()
            number += 1
        self._capture.release()

    def _end(self, reason: str) -> None:
        with self._ready:
            self._ended = self._ended or reason
            self._ready.notify_all()


class Recording:
    """Frames kept in a folder of pictures (in the order of their names) or in a video file: as fast as they are read, `at` as
    they were filmed. After the last one DeviceLost. Simulated: what a recording shows did not happen now."""

    simulated = True

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = Path(unquote(parts.path))
        options = dict(parse_qsl(parts.query))
        try:
            self._fps = float(options.pop("fps", REPLAY_FPS))
        except ValueError:
            self._fps = 0.0
        if options or self._fps <= 0:
            raise DeviceNotOpened(f"file:{self._path}: the only option is fps, a number above 0")
        if not self._path.exists():
            raise DeviceNotOpened(f"file:{self._path}: there is no such recording")
        self._frames = self._pictures() if self._path.is_dir() else self._video()
        self._number = -1
        self._closed = False

    def read(self) -> Frame:
        """The next frame of the recording."""
        pixels = None if self._closed else next(self._frames, None)
        if pixels is None:
            raise DeviceLost(f"the recording {self._path} has ended")
        self._number += 1
        return Frame(self._number, self._number / self._fps, _grey(pixels))

    def close(self) -> None:
        """Nothing more is read."""
        self._closed = True

    def _pictures(self) -> Iterator[Pixels]:
        for path in sorted(self._path.iterdir()):
            if path.suffix.lower() in _PICTURES:
                pixels = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE)
                if pixels is None:
                    raise DeviceLost(f"the recording {self._path} is damaged: {path.name} is no picture")
                yield np.asarray(pixels, np.uint8)

    def _video(self) -> Iterator[Pixels]:
        capture = cv2.VideoCapture(str(self._path))
        with suppress(cv2.error):
            self._fps = capture.get(cv2.CAP_PROP_FPS) or self._fps
        try:
            while True:
                got, pixels = capture.read()
                if not got:
                    return
                yield np.asarray(pixels, np.uint8)
        finally:
            capture.release()


def _grey(pixels: Pixels) -> Pixels:
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def _fourcc(text: str) -> float:
    if len(text) != 4 or not text.isascii():
        raise DeviceNotOpened(f"a fourcc has four letters, such as MJPG, not {text!r}")
    return float(cv2.VideoWriter.fourcc(*text))
