"""What time does to a picture of a known code: the stripes of lamps and screens that flicker, and noise.

A rolling shutter reads a frame row by row, so light that flickers (lamps at twice the mains' frequency, dimmed panels) is stripes
along the rows. They may stand still (30 frames a second under 60 Hz) or move.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.geometry import Grey

STRIPS = 5  # of columns: a stripe runs through all of them, a reflection through few
SPARSE = 3  # every so many pixels suffice for the light's course over the code
SLOW = 3  # degree of a course along the columns that is light and shade, no stripe

Field = NDArray[np.float32]


def stripes(code: Sequence[Grey], expected: Field) -> float:
    """How strong stripes are: half their height against the brightness, 0..1; the middle one of the frames.

    code: the same part of each frame, with the code. expected: that part without noise and flicker, 0 dark, 1 light.
    """
    return float(np.median([_stripes(frame.astype(np.float32), expected) for frame in code]))


def _stripes(frame: Field, light: Field) -> float:
    rows, columns = frame.shape
    across, down = np.meshgrid(np.linspace(-1, 1, columns, dtype=np.float32), np.linspace(-1, 1, rows, dtype=np.float32))
    course = [np.ones_like(light), across, down, across * down, across * across, down * down]
    terms = np.stack([np.ones_like(light), *(light * each for each in course)], -1)
    few = terms[::SPARSE, ::SPARSE].reshape(-1, terms.shape[-1]).astype(np.float64)
    wanted = frame[::SPARSE, ::SPARSE].ravel().astype(np.float64)
    solved = np.linalg.lstsq(few.T @ few, few.T @ wanted, rcond=None)[0].astype(np.float32)
    usual = terms[:, :, 1:] @ solved[1:]
    seen = frame - solved[0]
    cuts = np.linspace(0, columns, STRIPS + 1).astype(int)
    gains = [(seen[:, a:b] * usual[:, a:b]).sum(1) / np.maximum(np.square(usual[:, a:b]).sum(1), 1e-3) for a, b in pairwise(cuts)]
    profile = np.median(np.stack(gains), axis=0)
    profile = cv2.blur(profile.reshape(-1, 1), (1, max(9, rows // 40))).ravel()
    place = np.linspace(-1, 1, rows)
    profile = profile - np.polynomial.Polynomial.fit(place, profile, SLOW)(place)
    return float(np.percentile(profile, 95) - np.percentile(profile, 5)) / 2


def noise(code: Sequence[Grey], expected: Field) -> float:
    """Sigma in levels, from frame to frame, stripes taken out; 0 with one frame. Both as for `stripes`.

    By the median of absolute differences, which a hand that passes hardly moves (the factor makes it a normal law's sigma).
    """
    light = expected - expected.mean(1, keepdims=True)
    spread = np.maximum(np.square(light).sum(1, keepdims=True), 1e-3)
    found = []
    for first, second in pairwise(code):
        change = first.astype(np.float32) - second.astype(np.float32)
        change -= change.mean(1, keepdims=True)
        change -= light * ((change * light).sum(1, keepdims=True) / spread)
        found.append(1.4826 * float(np.median(np.abs(change))) / 2**0.5)
    return float(np.median(found)) if found else 0.0
