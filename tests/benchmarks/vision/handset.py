"""What a phone's display shows around the code that its camera sees: a scanner's heading, hint, buttons, and the room in view.

Pictures of 936 rows and 432 columns, uint8, upright. None of them holds a code; `frames` puts that in at the frame's own
resolution. The preview is drawn over the whole display or in a window of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Box = tuple[int, int, int, int]

COLUMNS, ROWS = 432, 936
KINDS = 24


@dataclass(frozen=True)
class Face:
    """One phone's scanner. `window`: the preview, left, top, right, bottom. `ink`: level of the corner marks, None without."""

    picture: Grey = field(repr=False)
    window: Box
    ink: int | None


@lru_cache(maxsize=KINDS)
def face(kind: int) -> Face:
    """The `kind`-th scanner: light and dark ones, with a preview over all the display or in a window."""
    draw = np.random.default_rng(kind)
    light, full = kind % 2 == 0, kind % 3 != 0
    paper = int(draw.integers(225, 255)) if light else int(draw.integers(4, 45))
    ink = 40 if light else 225
    picture = np.full((ROWS, COLUMNS), paper, np.uint8)
    window = (0, 0, COLUMNS, ROWS) if full else (int(draw.integers(8, 40)), int(draw.integers(150, 230)), 0, 0)
    if not full:
        window = (window[0], window[1], COLUMNS - window[0], ROWS - int(draw.integers(150, 260)))
    picture[window[1] : window[3], window[0] : window[2]] = _room(draw, window[3] - window[1], window[2] - window[0])
    if full:
        header, footer = int(draw.integers(100, 200)), int(draw.integers(70, 160))
        if kind % 4 < 2:  # bars of the wizard's own colour, or the preview dimmed under them
            picture[:header], picture[-footer:] = paper, paper
        else:
            picture[:header], picture[-footer:] = picture[:header] // 4, picture[-footer:] // 4
            ink = 240
        window = (0, header, COLUMNS, ROWS - footer)
    _words(picture, draw, ink)
    return Face(picture, window, int(draw.integers(200, 255)) if draw.random() < 0.8 else None)


def _room(draw: np.random.Generator, rows: int, columns: int) -> Grey:
    grain = draw.normal(draw.uniform(20, 110), 25, (int(draw.integers(3, 20)), int(draw.integers(3, 12)))).astype(np.float32)
    return np.asarray(np.clip(cv2.resize(grain, (columns, rows), interpolation=cv2.INTER_CUBIC), 2, 190), np.uint8)


def _words(picture: Grey, draw: np.random.Generator, ink: int) -> None:
    cv2.putText(picture, "09:41", (24, 32), cv2.FONT_HERSHEY_SIMPLEX, 0.5, ink, 1, cv2.LINE_AA)
    cv2.putText(picture, "Scan QR code", (32, 78), cv2.FONT_HERSHEY_DUPLEX, 0.9, ink, 1, cv2.LINE_AA)
    if draw.random() < 0.7:
        hint = "Line up the QR code in the frame"
        cv2.putText(picture, hint, (32, ROWS - 120), cv2.FONT_HERSHEY_SIMPLEX, 0.6, ink, 1, cv2.LINE_AA)
    if draw.random() < 0.5:
        cv2.rectangle(picture, (270, ROWS - 62), (410, ROWS - 22), ink, -1)
    cv2.putText(picture, "Need help?", (30, ROWS - 34), cv2.FONT_HERSHEY_SIMPLEX, 0.6, ink, 1, cv2.LINE_AA)
