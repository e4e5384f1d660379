"""The bench camera: frames by URL.

v4l2:/dev/video0?width=1280&height=720&fps=30&fourcc=MJPG   a camera on this machine (Video4Linux)
http://host:8080/stream, https://...                         a camera that sends MJPEG
file:/path/of/a/folder?fps=10, file:/path/of/a/video         a recording, replayed once for each opening: for support and tests

A v4l2 URL may also fix `exposure` (driver's unit, usually 100 microseconds; take a whole number of mains half-waves, or lamps
draw stripes) and `focus` (driver's unit), which switches the camera's own control of it off.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

import cv2

from hardware.errors import DeviceNotOpened
from hardware.livecamera import PATIENCE, LiveCamera
from hardware.mjpeg import MjpegStream
from hardware.readings import Frame
from hardware.recording import Recording

_NUMBERS = {
    "width": cv2.CAP_PROP_FRAME_WIDTH,
    "height": cv2.CAP_PROP_FRAME_HEIGHT,
    "fps": cv2.CAP_PROP_FPS,
    "exposure": cv2.CAP_PROP_EXPOSURE,
    "focus": cv2.CAP_PROP_FOCUS,
}
_MANUAL_EXPOSURE = 1.0  # V4L2_EXPOSURE_MANUAL


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
    name = f"camera v4l2:{parts.path}"
    capture = cv2.VideoCapture(parts.path, cv2.CAP_V4L2)
    if not capture.isOpened():
        capture.release()
        raise DeviceNotOpened(f"{name} does not open: check that it is there and that no other program uses it")
    for setting, value in settings:
        capture.set(setting, value)
    return LiveCamera(capture, name)


def open_http(url: str) -> LiveCamera:
    """A camera that sends Motion JPEG over HTTP. Name and password in the URL stay out of every message."""
    parts = urlsplit(url)
    name = f"camera {parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
    return LiveCamera(MjpegStream(url, name, PATIENCE), name)


def _fourcc(text: str) -> float:
    if len(text) != 4 or not text.isascii():
        raise DeviceNotOpened(f"a fourcc has four letters, such as MJPG, not {text!r}")
    return float(cv2.VideoWriter.fourcc(*text))
