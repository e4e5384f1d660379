"""How the empty stand looks: where in the picture the attached screen is seen.

Works on a small picture, a quarter of a 1280 x 720 frame each way.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.vision.geometry import Grey, Points, area, points, spread

SMALL_WIDTH = 320  # columns of the small picture
LIT = 0.60  # of the attached screen's brightness: it is brighter everywhere, code or none
MODULE_GAP = 9  # small pixels: wider than a dark spot within the code on the attached screen
RIM = 21  # small pixels: the outer half of this much of the screen says how bright it is; a phone stands further in
SMALLEST_SCREEN = 0.50  # of the picture: so much of it an attached screen fills, and no phone's display
STAND_HIDES = 0.07  # of the attached screen at the most

Mask = NDArray[np.bool_]


def shrunk(pixels: Grey) -> Grey:
    """The small picture of a frame."""
    height, width = pixels.shape
    size = (SMALL_WIDTH, round(height * SMALL_WIDTH / width))
    return cast(Grey, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def without_code(small: Grey) -> Grey:
    """Dark spots as small as a code's modules painted over with their surroundings' light."""
    return cast(Grey, cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((MODULE_GAP, MODULE_GAP), np.uint8)))


def outlines(marks: Grey) -> list[NDArray[np.int32]]:
    """The outer outline of every patch of marks, those within another's hole too."""
    contours, tree = cv2.findContours(marks, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return [cast(NDArray[np.int32], found) for index, found in enumerate(contours) if tree[0][index][3] < 0]


class Reference:
    """The empty stand. `picture`: small, without a code, so it can be kept. `screen`: where the attached screen is seen and
    nothing stands before it for good. `rim`: the outer part of that. `hidden`: the share of the attached screen that the
    stand hides, 0..1; 1 where no attached screen is seen."""

    def __init__(self, picture: Grey) -> None:
        self.picture = picture
        lit = (picture > LIT * float(np.percentile(picture, 90))).astype(np.uint8)
        self.screen, self.rim = _screen_and_rim(lit)
        self.hidden = _hidden(lit)

    def encoded(self) -> bytes:
        """As a PNG file."""
        return bytes(cv2.imencode(".png", self.picture)[1])

    @staticmethod
    def decoded(file: bytes) -> Reference | None:
        """From a PNG file; None if it is not one of the small picture's size."""
        picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE) if file else None
        if picture is None or picture.shape[1] != SMALL_WIDTH:
            return None
        return Reference(cast(Grey, picture))

    @staticmethod
    def taught(small: Grey, code: Points | None) -> Reference | None:
        """The reference that this picture gives, if it shows a whole attached screen, with or without a code whose corners
        (small pixels) are given; the caller knows that the stand is empty. None if there is no such screen in it."""
        picture = small
        if code is not None:
            inside = np.zeros_like(small)
            cv2.fillConvexPoly(inside, np.rint(spread(code, MODULE_GAP / 2)).astype(np.int32), 1)
            picture = np.where(inside == 1, without_code(small), small)
        taught = Reference(np.asarray(picture, np.uint8))
        return taught if taught.hidden < STAND_HIDES else None


def screen_guessed(small: Grey) -> tuple[Mask, Mask]:
    """Where the attached screen seems to be while no empty stand was ever seen: all that its light encloses; and its rim."""
    lit = (without_code(small) > LIT * float(np.percentile(small, 90))).astype(np.uint8)
    region = np.zeros_like(small)
    largest = max(outlines(lit), key=cv2.contourArea, default=None)
    if largest is None or cv2.contourArea(cv2.convexHull(largest)) < SMALLEST_SCREEN * small.size:
        everywhere = np.ones(small.shape, bool)
        return everywhere, everywhere
    cv2.fillConvexPoly(region, cv2.convexHull(largest), 1)
    return _screen_and_rim(region)


def _screen_and_rim(lit: Grey) -> tuple[Mask, Mask]:
    screen = cv2.erode(lit, np.ones((3, 3), np.uint8), borderValue=0) == 1
    inner = cv2.erode(lit, np.ones((RIM, RIM), np.uint8), borderValue=0) == 1
    return cast(Mask, screen), cast(Mask, screen & ~inner)


def _hidden(lit: Grey) -> float:
    largest = max(outlines(lit), key=cv2.contourArea, default=None)
    if largest is None or cv2.contourArea(largest) < SMALLEST_SCREEN * lit.size:
        return 1.0
    box = area(points(cv2.approxPolyN(cv2.convexHull(largest), 4, ensure_convex=True)))
    inner = np.zeros_like(lit)
    cv2.drawContours(inner, [largest], -1, 1, cv2.FILLED)
    return 1 - float((inner & lit).sum()) / box
