"""Draws what a bench camera sees, for the tests of vision: an attached screen, phones before it, a hand, a lens.

Shares nothing with `hardware.vision` or the twin. Frame pixels throughout; a phone's own picture is drawn upright (portrait)
and turned.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
WIDTH, HEIGHT = 1280, 720
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ATTACHED = ((78.0, 38.0), (1205.0, 30.0), (1212.0, 694.0), (70.0, 688.0))
ON_STAND = ((150.0, 140.0), (1108.0, 132.0), (1116.0, 588.0), (144.0, 584.0))
PORTRAIT = (900, 1900)  # a phone's own picture: columns, rows


@dataclass(frozen=True)
class DrawnSymbol:
    """A QR symbol as its drawer gives it: see `hardware.readings.KnownSymbol`."""

    size: int
    modules: bytes
    varies: bytes
    picture: Grey = field(repr=False)
    relatives: tuple[bytes, ...] = field(default=(), repr=False)


def token_of(number: int) -> str:
    """A 20-letter enrollment token."""
    return "".join(np.random.default_rng(number).choice(list(LETTERS), 20))


def _matrix(token: str, error: str, order: int, mask: int) -> Grey:
    keys: list[tuple[str, Any]] = [
        (
            "android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME",
            "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
        ),
        (
            "android.app.extra.PROVISIONING_DEVICE_ADMIN_SIGNATURE_CHECKSUM",
            "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
        ),
        (
            "android.app.extra.PROVISIONING_DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION",
            "https://play.google.com/managed/downloadManagingApp?identifier=setup",
        ),
        (
            "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE",
            {"com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN": token},
        ),
    ]
    payload = json.dumps(dict(keys[order:] + keys[:order]), separators=(",", ":"))
    symbol = segno.make_qr(payload, error=error, encoding="utf-8", mask=mask, boost_error=False)
    return np.array([list(row) for row in symbol.matrix], np.uint8)


@lru_cache(maxsize=16)
def _family(error: str, order: int, mask: int) -> tuple[Grey, tuple[bytes, ...]]:
    """What varies, and 256 relatives: a symbol's modules are affine over GF(2) in the bits of its content, so that the sum of
    three codes is the code of a fourth token."""
    codes = np.array([_matrix(token_of(number), error, order, mask) for number in range(1000, 1021)])
    varies = np.bitwise_or.reduce(codes ^ codes[0])
    picks = np.random.default_rng(5).permuted(np.tile(np.arange(len(codes)), (256, 1)), axis=1)[:, :3]
    sums = np.bitwise_xor.reduce(codes[picks], axis=1).reshape(256, -1)
    return varies, tuple(row.tobytes() for row in np.packbits(sums, axis=1))


@lru_cache(maxsize=64)
def symbol(number: int, error: str = "L", order: int = 0, mask: int = 3) -> DrawnSymbol:
    """The code of user `number`; codes of one `error`, `order` and `mask` are of one family."""
    varies, relatives = _family(error, order, mask)
    modules = _matrix(token_of(number), error, order, mask)
    picture = np.where(np.pad(modules, 4) == 1, 0, 255).astype(np.uint8)
    return DrawnSymbol(len(modules), modules.tobytes(), varies.tobytes(), picture, relatives)


def attached(shown: DrawnSymbol | None) -> Grey:
    """The attached screen's pixels: blank light grey, or the code centred on white in whole pixels per module."""
    if shown is None:
        return np.full((1080, 1920), 200, np.uint8)
    field_ = np.full((1080, 1920), 255, np.uint8)
    scale = 1080 // len(shown.picture)
    code = np.kron(shown.picture, np.ones((scale, scale), np.uint8))
    top, left = (1080 - len(code)) // 2, (1920 - len(code)) // 2
    field_[top : top + len(code), left : left + len(code)] = code
    return field_


# ---- what phones show: portrait pictures, 900 x 1900 ----


def _write(picture: Grey, lines: list[str], top: int, ink: int, size: float = 2.0, left: int = 70) -> None:
    for index, line in enumerate(lines):
        cv2.putText(picture, line, (left, top + int(index * 46 * size)), cv2.FONT_HERSHEY_SIMPLEX, size, ink, 4, cv2.LINE_AA)


def welcome(light: bool = True) -> Grey:
    """The first screen of a new phone."""
    picture = np.full(PORTRAIT[::-1], 245 if light else 12, np.uint8)
    ink = 40 if light else 225
    _write(picture, ["Hi there"], 500, ink, 4.0)
    _write(picture, ["English (United States)", "Vision settings"], 800, ink, 1.6)
    cv2.rectangle(picture, (560, 1650), (840, 1750), 90 if light else 170, -1)
    _write(picture, ["Start"], 1720, 255 if light else 0, 1.8, 610)
    return picture


def setup(light: bool = True, progress: float = 0.4) -> Grey:
    """Setup after a scan: text and a progress bar."""
    picture = np.full(PORTRAIT[::-1], 250 if light else 10, np.uint8)
    ink = 50 if light else 210
    _write(picture, ["Getting ready for", "work setup..."], 300, ink, 2.4)
    _write(picture, ["This device belongs to", "your organization. It is", "being set up now."], 700, ink, 1.5)
    cv2.rectangle(picture, (70, 1100), (830, 1112), 200 if light else 60, -1)
    cv2.rectangle(picture, (70, 1100), (70 + int(760 * progress), 1112), 80 if light else 240, -1)
    return picture


def failed() -> Grey:
    """Setup that ended in an error."""
    picture = np.full(PORTRAIT[::-1], 238, np.uint8)
    _write(picture, ["Can't set up device"], 420, 30, 2.2)
    _write(picture, ["Contact your IT admin", "to get help"], 620, 60, 1.6)
    return picture


def off() -> Grey:
    """A display that is off."""
    return np.full(PORTRAIT[::-1], 6, np.uint8)


def viewfinder(seen: Grey, zoom: float = 1.0, brackets: bool = True, shift: tuple[int, int] = (0, 0)) -> Grey:
    """A camera preview of `seen` (the attached screen's pixels) under a scanner's frame and hint."""
    width, height = PORTRAIT
    turned = cv2.rotate(seen, cv2.ROTATE_90_COUNTERCLOCKWISE)  # the bench camera is turned, the phone sees the world upright
    scale = 0.66 * zoom
    warp = np.array(
        [
            [scale, 0, width / 2 - scale * turned.shape[1] / 2 + shift[0]],
            [0, scale, height / 2 - scale * turned.shape[0] / 2 + shift[1]],
        ]
    )
    seen_through = cv2.warpAffine(turned, warp, (width, height), flags=cv2.INTER_AREA, borderValue=35)
    picture: Grey = np.asarray(cv2.GaussianBlur(seen_through, (0, 0), 1.2) * 0.86 + 8, np.uint8)
    if brackets:
        picture[:330] //= 3
        picture[-330:] //= 3
        _write(picture, ["Scan QR code"], 220, 250, 2.2)
        _write(picture, ["Get a QR code from", "your IT admin"], 1700, 230, 1.3)
        for corner_x, way_x in ((40, 1), (860, -1)):
            for corner_y, way_y in ((540, 1), (1360, -1)):
                cv2.line(picture, (corner_x, corner_y), (corner_x + 110 * way_x, corner_y), 255, 8)
                cv2.line(picture, (corner_x, corner_y), (corner_x, corner_y + 110 * way_y), 255, 8)
    return picture


def room(seed: int = 1) -> Grey:
    """A photographic scene without a code: what a viewfinder shows that looks elsewhere."""
    grain = np.random.default_rng(seed).normal(110, 50, (24, 12)).astype(np.float32)
    return np.asarray(np.clip(cv2.resize(grain, (1920, 1080), interpolation=cv2.INTER_CUBIC), 0, 255), np.uint8)


# ---- the bench ----


@dataclass
class PhonePicture:
    """A phone in view: where its display's corners are in the frame, what it shows, how wide its dark bezel is (frame pixels)."""

    shows: Grey
    corners: tuple[tuple[float, float], ...] = ON_STAND
    bezel: float = 16.0
    body: int = 26
    upside_down: bool = False

    def moved(self, x: float, y: float) -> PhonePicture:
        """The same phone elsewhere."""
        return PhonePicture(self.shows, tuple((a + x, b + y) for a, b in self.corners), self.bezel, self.body)


@dataclass
class Bench:
    """What stands before the camera; `picture()` is one frame of it."""

    shown: DrawnSymbol | None = None
    phones: list[PhonePicture] = field(default_factory=list)
    hand: tuple[tuple[int, int], ...] | None = None
    hand_level: int = 120
    blur: float = 0.8
    noise: float = 3.0
    gain: float = 1.0
    glare: float = 0.0
    seed: int = 0
    after: Callable[[Grey], Grey] | None = None

    def picture(self) -> Grey:
        """A grey frame, 720 x 1280."""
        frame = _backdrop()
        _paste(frame, np.asarray(cv2.GaussianBlur(attached(self.shown), (0, 0), 0.8), np.uint8), ATTACHED)
        for phone in self.phones:
            _paste(frame, _phone_picture(phone), _outset(phone))
        if self.hand is not None:
            cv2.fillPoly(frame, [np.array(self.hand, np.int32)], self.hand_level)
        return self._through_the_lens(frame)

    def _through_the_lens(self, frame: Grey) -> Grey:
        view = frame.astype(np.float32)
        if self.glare:
            y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
            view += self.glare * np.exp(-(((x - 520) / 160.0) ** 2 + ((y - 300) / 90.0) ** 2)).astype(np.float32)
        if self.blur:
            view = np.asarray(cv2.GaussianBlur(view, (0, 0), self.blur), np.float32)
        view = view * self.gain
        noise = np.random.default_rng(self.seed).standard_normal(view.shape, np.float32)
        seen = np.clip(view + self.noise * noise, 0, 255).astype(np.uint8)
        return self.after(seen) if self.after else seen


def _backdrop() -> Grey:
    grain = np.random.default_rng(5).normal(34, 10, (18, 32)).astype(np.float32)
    return np.asarray(np.clip(cv2.resize(grain, (WIDTH, HEIGHT)), 4, 80), np.uint8)


def _phone_picture(phone: PhonePicture) -> Grey:
    """The whole phone, lying on its side as the turned camera sees it; the bezel is in the picture's own scale."""
    (x0, y0), (x1, y1) = phone.corners[0], phone.corners[1]
    edge = round(phone.bezel * PORTRAIT[1] / float(np.hypot(x1 - x0, y1 - y0)))
    turn = cv2.ROTATE_90_COUNTERCLOCKWISE if phone.upside_down else cv2.ROTATE_90_CLOCKWISE
    lying = cv2.rotate(phone.shows, turn)
    whole = cv2.copyMakeBorder(lying, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=phone.body)
    return np.asarray(whole, np.uint8)


def _outset(phone: PhonePicture) -> tuple[tuple[float, float], ...]:
    points = np.array(phone.corners, np.float32)
    long_side = float(np.hypot(*(points[1] - points[0])))
    short_side = float(np.hypot(*(points[3] - points[0])))
    axis_x = (points[1] + points[2] - points[0] - points[3]) / 2
    axis_y = (points[2] + points[3] - points[0] - points[1]) / 2
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
    out = points + phone.bezel * (signs[:, :1] * axis_x / long_side + signs[:, 1:] * axis_y / short_side)
    return tuple((float(x), float(y)) for x, y in out)


def _paste(frame: Grey, picture: Grey, corners: tuple[tuple[float, float], ...]) -> None:
    height, width = picture.shape
    target = np.array(corners, np.float32)
    shrink = width / max(1.0, float(np.hypot(*(target[1] - target[0]))))
    if shrink > 1.2:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.35 * shrink), np.uint8)
    source = np.array([[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]], np.float32)
    warp = cv2.getPerspectiveTransform(source, target)
    mask = cv2.warpPerspective(np.full(picture.shape, 255, np.uint8), warp, (WIDTH, HEIGHT))
    seen = cv2.warpPerspective(picture, warp, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    share = mask.astype(np.float32) / 255
    frame[:] = np.clip(seen * share + frame * (1 - share), 0, 255).astype(np.uint8)
