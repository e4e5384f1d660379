"""A recording in place of a camera: for support, and for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.errors import DeviceLost, DeviceNotOpened
from hardware.livecamera import grey
from hardware.readings import Frame

REPLAY_FPS = 10.0
_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".pgm"}

Pixels = NDArray[np.uint8]


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
        return Frame(self._number, self._number / self._fps, grey(pixels))

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
