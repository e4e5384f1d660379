"""Taught screens: small references of what a phone's display showed, and whether a display shows one of them now.

`likeness` says when two displays show the same screen. What moved while a screen was taught does not count.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from hardware.errors import TeachingRefused
from hardware.vision.geometry import Grey, Points, cut, flattened, sides
from hardware.vision.likeness import LONG, SHORT, Screen, Seen

Kind = Literal["setup", "error", "before"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")

TURNS = 2  # a phone may stand the other way up
ALIKE_AT_ALL = 0.45  # coarse correlation: below it parts are not looked at
SHORTLIST = 3
MOVED = 14.0  # levels: what changes more while a screen is taught, moves

Field = NDArray[np.float32]
_log = logging.getLogger(__name__)
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def face(pixels: Grey, display: Points) -> Grey:
    """A display (quad in frame pixels) seen from the front, shape (SHORT, LONG), its long side along the rows."""
    lengths = sides(display)
    if lengths[1] + lengths[3] > lengths[0] + lengths[2]:
        display = np.roll(display, 1, axis=0)
    low = np.clip(np.floor(display.min(0)).astype(int) - 2, 0, None)
    high = np.ceil(display.max(0)).astype(int) + 3
    part = pixels[low[1] : high[1], low[0] : high[0]]
    large = flattened(np.ascontiguousarray(part), display - low, 2 * LONG, 2 * SHORT) if part.size else np.zeros((2, 2), np.uint8)
    return cast(Grey, cv2.resize(large, (LONG, SHORT), interpolation=cv2.INTER_AREA))


def holds_code(pixels: Grey, display: Points) -> bool:
    """Whether a QR code, or what a decoder takes for a damaged one, is in a display (frame pixels), as it is or enlarged."""
    part, _ = cut(pixels, display)
    large = cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC) if part.size else part
    return any(zxingcpp.read_barcodes(view, formats=_QR, try_invert=True, return_errors=True) for view in (part, large) if view.size)


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One taught screen in both ways in which a phone may stand. `key` is "KIND:NAME"."""

    key: str
    ways: tuple[Screen, ...]

    @staticmethod
    def of(key: str, picture: Grey, steady: Grey) -> Reference:
        """`steady`: 1 where the picture did not move, else 0."""
        turned = ((np.rot90(picture, 2 * turn), np.rot90(steady, 2 * turn)) for turn in range(TURNS))
        return Reference(key, tuple(Screen.of(np.ascontiguousarray(each), np.ascontiguousarray(mark)) for each, mark in turned))


class Library:
    """The taught screens of one bench, kept in a folder as PNG files (KIND.NAME.png; what moved is transparent).

    One thread may ask while another teaches.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: tuple[tuple[Reference, ...], Field] = ((), np.zeros((0, 1), np.float32))  # swapped as one
        found = [_read(path) for path in sorted(folder.glob("*.png"))] if folder.is_dir() else []
        self._keep([one for one in found if one is not None])

    def names(self) -> tuple[str, ...]:
        """All taught screens as "KIND:NAME", sorted."""
        return tuple(one.key for one in self._kept[0])

    def teach(self, kind: str, name: str, *faces: Grey) -> None:
        """Keeps a screen under a name, in place of any that had it. `faces`: one display seen once or more often (see `face`);
        several tell what moves on it. TeachingRefused: a wrong kind or name, a code or nothing in the display, a full disk."""
        _check(kind, name)
        picture, steady = _together(faces)
        known = Reference.of(f"{kind}:{name}", picture, steady)
        if known.ways[0].plain:
            raise TeachingRefused("this screen shows nothing by which it could be known again: teach one with text on it")
        if zxingcpp.read_barcodes(cv2.resize(picture, None, fx=3, fy=3), formats=_QR, try_invert=True, return_errors=True):
            raise TeachingRefused("there is a code in the phone's display: a picture of a code is never kept")
        self._write(self._path(kind, name), picture, steady)
        for key in self.names():
            if key.partition(":")[2] == name and key != f"{kind}:{name}":
                self._path(*key.split(":")).unlink(missing_ok=True)
        self._keep([*self._without(name), known])

    def forget(self, name: str) -> None:
        """Removes it. TeachingRefused where none has that name."""
        found = [key for key in self.names() if key.partition(":")[2] == name]
        if not found:
            raise TeachingRefused(f"no taught screen is named {name[:40]!r}: see which there are with sixtap teach --list")
        for key in found:
            self._path(*key.split(":")).unlink(missing_ok=True)
        self._keep(self._without(name))

    def recognised(self, seen: Grey) -> tuple[str, float] | None:
        """The taught screen that a face shows, as "KIND:NAME", and how alike its least alike part is, 0..1; None if none."""
        return self._alike(seen, frozenset(KINDS), much_alike=False)

    def feared(self, seen: Grey) -> tuple[str, float] | None:
        """The taught screen of kind "error" or "before" that a face is much like, and how alike as a whole. For when a code gave way
        to it: taking setup for an error costs a question, taking an error for setup loses a phone."""
        return self._alike(seen, frozenset({"error", "before"}), much_alike=True)

    def _alike(self, seen: Grey, kinds: frozenset[str], much_alike: bool) -> tuple[str, float] | None:
        references, looks = self._kept
        if not references:
            return None
        now = Seen(seen)
        agreement = (looks @ now.shifted().T).max(1)
        for at in np.argsort(-agreement)[:SHORTLIST]:
            reference = references[at // TURNS]
            if agreement[at] <= ALIKE_AT_ALL or reference.key.partition(":")[0] not in kinds:
                continue
            likeness = now.likeness(reference.ways[at % TURNS], much_alike=much_alike)
            if likeness is not None:
                return reference.key, likeness
        return None

    def _keep(self, references: list[Reference]) -> None:
        known = tuple(sorted(references, key=lambda one: one.key))
        looks = np.stack([way.coarse for one in known for way in one.ways]) if known else np.zeros((0, 1), np.float32)
        looks /= np.maximum(np.linalg.norm(looks, axis=1, keepdims=True), 1e-6)
        self._kept = known, looks

    def _without(self, name: str) -> list[Reference]:
        return [one for one in self._kept[0] if one.key.partition(":")[2] != name]

    def _path(self, kind: str, name: str) -> Path:
        return self._folder / f"{kind}.{name}.png"

    def _write(self, path: Path, picture: Grey, steady: Grey) -> None:
        layers = np.dstack([picture, picture, picture, steady * np.uint8(255)])
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            part.write_bytes(bytes(cv2.imencode(".png", layers)[1]))
            part.replace(path)
        except OSError as why:
            raise TeachingRefused(f"the screen cannot be kept in {self._folder}: {why.strerror}") from None


def _check(kind: str, name: str) -> None:
    if kind not in KINDS:
        raise TeachingRefused(f"{kind[:40]!r} is no kind of screen: it may be {', '.join(KINDS)}")
    if not NAME.fullmatch(name):
        raise TeachingRefused(f"{name[:40]!r} cannot be a screen's name: use 1 to 40 letters, digits and dashes, no dash first")


def _read(path: Path) -> Reference | None:
    kind, _, name = path.name.removesuffix(".png").partition(".")
    try:
        _check(kind, name)
        data = np.frombuffer(path.read_bytes(), np.uint8)
        layers = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    except (TeachingRefused, OSError, cv2.error):
        layers = None
    if layers is None or layers.shape != (SHORT, LONG, 4) or layers.dtype != np.uint8:
        _log.warning("%s is no taught screen, or damaged: it is left out", path)
        return None
    return Reference.of(f"{kind}:{name}", np.ascontiguousarray(layers[:, :, 0]), (layers[:, :, 3] > 127).astype(np.uint8))


def _together(faces: Sequence[Grey]) -> tuple[Grey, Grey]:
    """One picture of a screen that was seen several times, and a mark of what did not move on it."""
    if not faces or any(each.shape != (SHORT, LONG) for each in faces):
        raise ValueError(f"a face has {SHORT} rows of {LONG} pixels")
    stack = np.stack([cv2.GaussianBlur(each, (0, 0), 1.0) for each in faces]).astype(np.int16)
    moved = ((stack.max(0) - stack.min(0)) > MOVED).astype(np.uint8)
    moved = cast(Grey, cv2.dilate(cv2.morphologyEx(moved, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.ones((5, 5), np.uint8)))
    return np.median(np.stack(faces), axis=0).astype(np.uint8), 1 - moved
