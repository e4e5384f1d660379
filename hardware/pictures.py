"""Picture files, and files of a QR symbol's modules. For pictures from wherever they come: each fault has its own words."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.errors import HardwareError

DARK, LIGHT = frozenset("1#Xx█■"), frozenset("0.-_□ ")
LARGEST_FILE = 64_000_000  # bytes

Bits = NDArray[np.uint8]
Grey = NDArray[np.uint8]


class NotRead(HardwareError):
    """A file that cannot be taken for what it should be."""


def one_thread() -> None:
    """OpenCV uses one core in this process from now on, so that times mean something and nobody else is slowed."""
    cv2.setNumThreads(1)


def read_grey(path: Path) -> NDArray[np.uint8]:
    """A picture file's pixels, grey, `uint8`, shape (rows, columns). NotRead."""
    raw = _bytes(path)
    picture = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_GRAYSCALE) if raw else None
    if picture is None:
        raise NotRead(f"{path.name} is no picture that can be read: give a PNG, JPEG, WebP, BMP, TIFF or PGM file")
    return np.asarray(picture, np.uint8)


def read_modules(path: Path) -> tuple[int, bytes]:
    """A symbol's size and modules (row-major, 1 dark, without quiet zone) from a file. NotRead.

    The file: rows of text with a character a module (1 # X dark, 0 . - light, blanks and commas between 0 and 1 do not count); JSON,
    rows of 0 and 1, alone or as "modules"; or a picture of the upright symbol, whole pixels a module, with or without quiet zone.
    """
    raw = _bytes(path)
    text = _text(raw)
    rows = _from_picture(path) if text is None else _from_json(text) if text.lstrip()[:1] in ("[", "{") else _from_lines(text)
    if rows is None or rows.ndim != 2 or rows.shape[0] != rows.shape[1] or not 21 <= len(rows) <= 177:
        found = "nothing square" if rows is None or rows.ndim != 2 else f"{rows.shape[0]} rows of {rows.shape[1]}"
        raise NotRead(
            f"{path.name} holds no QR symbol's modules ({found}): give as many rows as columns, 21 to 177, 1 dark and 0 light"
        )
    return len(rows), rows.astype(np.uint8).tobytes()


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise NotRead(f"{path.name} is larger than {LARGEST_FILE // 1_000_000} MB: that is no picture of a bench")
        return path.read_bytes()
    except OSError as why:
        raise NotRead(f"{path} cannot be read: {why.strerror}") from None


def _text(raw: bytes) -> str | None:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return (
        text
        if text.strip() and all(letter.isprintable() or letter.isspace() for letter in text) and not text.startswith("P")
        else None
    )


def _from_json(text: str) -> Bits | None:
    try:
        document = json.loads(text)
        rows = np.asarray(document["modules"] if isinstance(document, dict) else document)
    except (ValueError, KeyError, RecursionError):
        return None
    if rows.ndim == 1 and rows.size == int(rows.size**0.5) ** 2:
        rows = rows.reshape(int(rows.size**0.5), -1)
    return np.asarray(rows, np.uint8) if rows.dtype.kind in "biu" and np.isin(rows, (0, 1)).all() else None


def _from_lines(text: str) -> Bits | None:
    lines = [line.rstrip("\r\n") for line in text.splitlines() if line.strip()]
    if any("," in line or set(line.strip()) <= set("01 \t") for line in lines):
        lines = ["".join(line.replace(",", " ").split()) for line in lines]
    longest = max(map(len, lines), default=0)
    if not longest or not set("".join(lines)) <= DARK | LIGHT:
        return None
    return np.array([[letter in DARK for letter in line.ljust(longest)] for line in lines], np.uint8)


def _from_picture(path: Path) -> Bits | None:
    """The modules of a drawn symbol: its dark pixels span it, and its top left corner mark begins with seven dark modules."""
    dark = read_grey(path) < 128
    if not dark.any():
        return None
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    dark = dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    light = np.flatnonzero(~dark[0])
    pitch = (int(light[0]) if light.size else 0) / 7
    if pitch < 1:
        return None
    size = round(dark.shape[1] / pitch)
    at = ((np.arange(size) + 0.5) * dark.shape[1] / size).astype(int)
    return np.asarray(dark[np.ix_(at[at < dark.shape[0]], at)], np.uint8)
