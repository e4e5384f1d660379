"""Files from anywhere: pictures, and a symbol's modules."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno

from hardware.pictures import NotRead, read_grey, read_modules

MATRIX = np.array([list(row) for row in segno.make_qr("a code that others drew", error="M").matrix], np.uint8)


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def as_text(dark: str = "1", light: str = "0", between: str = "") -> bytes:
    return "\n".join(between.join(dark if module else light for module in row) for row in MATRIX).encode()


def as_picture(pitch: int, quiet: int, kind: str = ".png") -> bytes:
    drawn = np.kron(np.pad(1 - MATRIX, quiet, constant_values=1), np.ones((pitch, pitch), np.uint8)).astype(np.uint8) * 255
    return bytes(cv2.imencode(kind, drawn)[1])


@pytest.mark.parametrize(
    "content",
    [
        as_text(),
        b"\xef\xbb\xbf" + as_text().replace(b"\n", b"\r\n") + b"\r\n\r\n",
        as_text(between=" "),
        as_text(between=","),
        as_text("#", "."),
        as_text("█", " "),
        json.dumps(MATRIX.tolist()).encode(),
        json.dumps({"modules": MATRIX.ravel().tolist()}).encode(),
        as_picture(1, 0),
        as_picture(5, 4),
        as_picture(3, 2, ".bmp"),
        as_picture(4, 4, ".pbm"),
    ],
)
def test_modules_are_read_however_they_are_written(tmp_path: Path, content: bytes) -> None:
    size, modules = read_modules(written(tmp_path, "matrix", content))
    assert size == len(MATRIX)
    assert modules == MATRIX.tobytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"10101\n01010",
        as_text()[:200],
        b"[[1, 0], [0, 1]]",
        b'{"modules": "secret"}',
        b"[" * 100_000,
        b"\x00\xff" * 40,
        b"hello, this is a letter\nof two lines",
        as_text().replace(b"1", b"2"),
        bytes(cv2.imencode(".png", np.full((50, 50), 255, np.uint8))[1]),
        bytes(cv2.imencode(".png", np.random.default_rng(1).integers(0, 255, (60, 60), np.uint8))[1]),
    ],
)
def test_what_is_no_symbol_is_refused_in_words_that_name_the_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotRead, match=r"odd\.txt") as refused:
        read_modules(written(tmp_path, "odd.txt", content))
    assert "give" in str(refused.value)


def test_a_picture_is_read_in_grey(tmp_path: Path) -> None:
    coloured = np.zeros((3, 4, 3), np.uint8)
    coloured[..., 1] = 200
    pixels = read_grey(written(tmp_path, "frame.png", bytes(cv2.imencode(".png", coloured)[1])))
    assert pixels.shape == (3, 4)
    assert pixels.dtype == np.uint8


def test_what_is_no_picture_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotRead, match="no picture"):
        read_grey(written(tmp_path, "notes.txt", b"no picture at all"))
    with pytest.raises(NotRead, match="cannot be read"):
        read_grey(tmp_path / "missing.png")
    with pytest.raises(NotRead, match="cannot be read"):
        read_grey(tmp_path)
