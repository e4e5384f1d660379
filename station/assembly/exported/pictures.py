"""QR codes in pictures, read by a library that draws none of ours, with several tries: consoles' pictures are not made for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from station.domain.errors import BadPayload

Picture = NDArray[np.uint8]
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
MARGIN = 24  # pixels of ground around a picture whose code has no quiet zone
MOST_PIXELS = 60_000_000
SMALL = 1000  # pixels: the long side of a picture that is worth enlarging


@dataclass(frozen=True, slots=True)
class Read:
    """A code and the middle of where it lies, in pixels of the picture."""

    content: str = field(repr=False)
    x: float
    y: float


def only_code(octets: bytes) -> str:
    """The content of the one QR code in a PNG or JPEG picture. Raises BadPayload: no picture, no code, or more than one."""
    found = codes(pixels(octets))
    if not found:
        raise BadPayload("No QR code can be read in this picture.", "Export it larger, whole and upright, or crop it to the code.")
    if len(found) > 1:
        raise BadPayload(f"{len(found)} QR codes are in this picture.", "Give each user's code in a picture of its own.")
    return found[0].content


def pixels(octets: bytes) -> list[Picture]:
    """A picture file's pixels, grey; of one that is transparent, once on white and once on black ground. Raises BadPayload."""
    size = _size(octets)
    if size is not None and size[0] * size[1] > MOST_PIXELS:
        raise BadPayload(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.", "Export it smaller.")
    picture = cv2.imdecode(np.frombuffer(octets, np.uint8), cv2.IMREAD_UNCHANGED) if octets else None
    if picture is None:
        raise BadPayload("The picture is damaged.", "Export it again.")
    if picture.dtype == np.uint16:
        picture = (picture // 257).astype(np.uint8)
    if picture.ndim == 3 and picture.shape[2] == 4:
        return [_on(np.asarray(picture, np.uint8), ground) for ground in (255, 0)]
    return [_grey(np.asarray(picture, np.uint8))]


def _size(octets: bytes) -> tuple[int, int] | None:
    """A PNG's size from its first chunk (PNG specification, 11.2.2): a small file may unfold into a picture without end."""
    if octets[:8] != b"\x89PNG\r\n\x1a\n" or len(octets) < 24:
        return None
    return int.from_bytes(octets[16:20], "big"), int.from_bytes(octets[20:24], "big")


def _on(picture: Picture, ground: int) -> Picture:
    share = picture[:, :, 3].astype(np.float32) / 255
    return np.asarray(np.rint(_grey(np.ascontiguousarray(picture[:, :, :3])) * share + ground * (1 - share)), np.uint8)


def _grey(picture: Picture) -> Picture:
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def codes(pictures: list[Picture], *, thorough: bool = True) -> list[Read]:
    """All codes in a picture, given on its grounds. Two looks of different size are always taken: one may see a second code that the
    other misses. Further tries, where it is `thorough`, are for pictures in which these see nothing."""
    found: dict[str, Read] = {}
    for number, (view, scale) in enumerate(_views(pictures)):
        if number >= 2 * len(pictures) and (found or not thorough):
            break
        for one in zxingcpp.read_barcodes(view, formats=QR, try_rotate=True, try_invert=True, try_downscale=True):
            read = _read(one, scale)
            found.setdefault(read.content, read)
    return list(found.values())


def _views(pictures: list[Picture]) -> Iterator[tuple[Picture, float]]:
    """The picture in more and more other ways, and how many times its size each is."""
    for picture in pictures:
        yield picture, 1.0
    for picture in pictures:
        yield _scaled(picture, 2.0 if max(picture.shape) < SMALL else 0.5)
    for picture in pictures:
        for ground in (255, 0):
            yield _scaled(cv2.copyMakeBorder(picture, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=(ground,)), 1.0)
        yield _scaled(cv2.normalize(picture, picture.copy(), 0, 255, cv2.NORM_MINMAX), 3.0 if max(picture.shape) < SMALL else 1.0)
        yield _scaled(cv2.medianBlur(picture, 3), 1.0)
        yield _scaled(cv2.GaussianBlur(picture, (0, 0), 2.0), 0.5)


def _scaled(picture: object, times: float) -> tuple[Picture, float]:
    taken = np.ascontiguousarray(picture, np.uint8)
    if times != 1.0:
        method = cv2.INTER_AREA if times < 1 else cv2.INTER_NEAREST
        taken = np.ascontiguousarray(cv2.resize(taken, None, fx=times, fy=times, interpolation=method), np.uint8)
    return taken, times


def _read(one: zxingcpp.Barcode, scale: float) -> Read:
    """Provisioning codes are UTF-8 without saying so; what is not goes by the reader's guess."""
    try:
        content = bytes(one.bytes).decode("utf-8")
    except UnicodeDecodeError:
        content = str(one.text)
    place = one.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return Read(content, sum(corner.x for corner in corners) / 4 / scale, sum(corner.y for corner in corners) / 4 / scale)
