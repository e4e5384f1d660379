"""Other readers, each at its best: they must give the code's exact text, which nobody tells them.

The best of 18 tries is a bound that no blind reader reaches on a bench: it is told where the code is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from tests.benchmarks.vision.pose import QUIET

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Reader = Callable[[Grey, Matrix, int, str], bool]
"""Was it read? frame, true corners of the symbol, its size in modules, its text."""

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
SCALES = (2, 3, 4)
UNSHARP = (0.0, 1.0, 2.5)  # how much of the difference to a blurred copy is added
CROP_SCALE = 3


def zxing_reads(picture: Grey, text: str) -> bool:
    """zxing-cpp with its defaults: it tries turns, smaller pictures and inverted ones by itself."""
    return any(read.text == text for read in zxingcpp.read_barcodes(picture, formats=QR))


def zxing_whole(frame: Grey, corners: Matrix, size: int, text: str) -> bool:
    """zxing-cpp on the frame as it is."""
    return zxing_reads(frame, text)


def zxing_tries(frame: Grey, corners: Matrix, size: int, text: str) -> bool:
    """zxing-cpp, any success of 18 tries on the code's true place."""
    return any(zxing_reads(picture, text) for picture in tries(frame, corners, size))


def tries(frame: Grey, corners: Matrix, size: int) -> Iterator[Grey]:
    """True crop and true rectification x 2, 3 and 4 times enlarged x unsharp mask none, usual and strong."""
    for scale in SCALES:
        for picture in (crop(frame, corners, size, scale), rectified(frame, corners, size, scale)):
            soft = cv2.GaussianBlur(picture, (0, 0), 0.8 * scale)
            for amount in UNSHARP:
                yield np.asarray(cv2.addWeighted(picture, 1 + amount, soft, -amount, 0), np.uint8)


def crop(frame: Grey, corners: Matrix, size: int, scale: int) -> Grey:
    """The code with its quiet zone cut out of the frame and enlarged."""
    room = (QUIET + 1) * _ppm(corners, size)
    low = np.maximum(np.floor(corners.min(0) - room).astype(int), 0)
    high = np.ceil(corners.max(0) + room).astype(int) + 1
    part = frame[low[1] : high[1], low[0] : high[0]]
    return np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def rectified(frame: Grey, corners: Matrix, size: int, scale: int) -> Grey:
    """The code with its quiet zone as seen from the front, each of the frame's pixels `scale` wide, three to a module at least."""
    step = max(3.0, scale * _ppm(corners, size))
    span = round((size + 2 * QUIET) * step)
    ends = np.array([(0, 0), (size, 0), (size, size), (0, size)]) * step + QUIET * step - 0.5
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), ends.astype(np.float32))
    flat = cv2.warpPerspective(frame, matrix, (span, span), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, np.uint8)


def _ppm(corners: Matrix, size: int) -> float:
    along = np.roll(corners, -1, axis=0) - corners
    return float(np.hypot(along[:, 0], along[:, 1]).mean()) / size


def whole_or_crop(reads: Callable[[Grey, str], bool]) -> Reader:
    """A reader that may take the frame as it is or the true crop, three times enlarged."""

    def either(frame: Grey, corners: Matrix, size: int, text: str) -> bool:
        return reads(frame, text) or reads(crop(frame, corners, size, CROP_SCALE), text)

    return either


def opencv_reads(detector: Any) -> Callable[[Grey, str], bool]:
    """OpenCV's own QR code reader."""

    def reads(picture: Grey, text: str) -> bool:
        try:
            return bool(detector.detectAndDecode(picture)[0] == text)
        except (cv2.error, UnicodeDecodeError):  # it raises on some pictures instead of saying that it reads nothing
            return False

    return reads


@lru_cache(maxsize=1)
def zbar() -> Any | None:
    """pyzbar, or None where it or its system library (libzbar0) is not installed."""
    try:
        return import_module("pyzbar.pyzbar")
    except ImportError:
        return None


def zbar_reads(picture: Grey, text: str) -> bool:
    """ZBar through pyzbar."""
    library = zbar()
    if library is None:
        return False
    reads = library.decode(picture, symbols=[library.ZBarSymbol.QRCODE])
    return any(read.data.decode("utf-8", "replace") == text for read in reads)


def readers() -> dict[str, Reader]:
    """The readers that are here, by the name in the tables."""
    found: dict[str, Reader] = {"zxing-cpp, whole frame": zxing_whole, "zxing-cpp, best of 18 tries": zxing_tries}
    if zbar() is not None:
        found["ZBar, frame or crop x3"] = whole_or_crop(zbar_reads)
    found["OpenCV QRCodeDetector, frame or crop x3"] = whole_or_crop(opencv_reads(cv2.QRCodeDetector()))
    found["OpenCV Aruco variant, frame or crop x3"] = whole_or_crop(opencv_reads(cv2.QRCodeDetectorAruco()))
    return found


def missing() -> tuple[str, ...]:
    """Readers that are not installed here, with what they need."""
    return () if zbar() is not None else ("ZBar (needs the system package libzbar0)",)
