"""Examining the camera by a code that it knows: the empty stand, the attached screen's own code behind it.

`sharpness` says how the frame's blur, black and white are measured, `stripes` does for lamps and noise, `advice` what follows.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import cv2
import numpy as np
import zxingcpp

from hardware.readings import KnownSymbol, Quad
from hardware.vision.geometry import Grey, Homography, Points, as_quad, clockwise, points, sides, through, to_large
from hardware.vision.locate import QR, everywhere
from hardware.vision.reference import LIT, MODULE_GAP, outlines, shrunk, without_code
from hardware.vision.sharpness import Box, Drawing, fitted_parts
from hardware.vision.stripes import noise, stripes
from hardware.vision.symbol import Match, Pattern

ENOUGH = 8  # frames
WHOLE_CODE = 0.40  # correlation in each part of the code: less, and something covers it
CLIPPED = 252  # levels: nothing is told apart above
OBLONG = 1.15  # a screen whose sides differ less has no long one


@dataclass(frozen=True, slots=True)
class Reading:
    """What the camera makes of the attached screen's code. Pixels are the frame's, levels 0..255, shares 0..1.

    seen: the code was found, and nothing covers it; else what follows `phone` is not measured.
    width, height: of a frame. level: the frame's middle brightness. frames: how many were looked at. phone: a phone stands there.
    text: what a decoder that knows nothing reads, None if nothing. z, score: of the comparison with the known code.
    corners: of the code, its own top left first. place: from modules to the frame, row by row. modules: of the code's side.
    ppm: pixels per module. tilt: of the screen against the camera's axis, degrees. turned: the screen's long side lies across the
    frame's. room: how many times larger the screen could be in the frame. screen_modules: the screen's long side in modules,
    None where it is not wholly in view.
    blur: sigma in pixels (a pixel's own width is in it), the middle and the worst part's. black, white: levels.
    clipped: share of the code that is as bright as can be. noise: sigma in levels. glare: how far the worst part's black is raised,
    share of the contrast. evenness: the darkest part's white against the brightest's. banding: stripes along the rows, share.
    """

    seen: bool
    width: int
    height: int
    level: float
    frames: int
    phone: bool = False
    text: str | None = None
    z: float = 0.0
    score: float = 0.0
    corners: Quad | None = None
    place: tuple[float, ...] | None = None
    modules: int = 0
    ppm: float = 0.0
    tilt: float = 0.0
    turned: bool = False
    room: float = 1.0
    screen_modules: float | None = None
    blur: float = 0.0
    worst_blur: float = 0.0
    black: float = 0.0
    white: float = 0.0
    clipped: float = 0.0
    noise: float = 0.0
    glare: float = 0.0
    evenness: float = 1.0
    banding: float = 0.0

    @staticmethod
    def remembered(document: dict[str, Any]) -> Reading:
        """From what `dataclasses.asdict` made of one and JSON carried. ValueError when it is none."""
        known = {each.name for each in fields(Reading)}
        if not isinstance(document, dict) or set(document) - known:
            raise ValueError("these are not a reading's values")
        values = dict(document)
        if values.get("corners") is not None:
            values["corners"] = as_quad(points(values["corners"]))
        if values.get("place") is not None:
            values["place"] = tuple(float(value) for value in values["place"])
        try:
            reading = Reading(**values)
            float(reading.ppm), float(reading.blur), float(reading.white), bool(reading.seen)
        except TypeError:
            raise ValueError("a reading's value is missing") from None
        return reading


class Examination:
    """Takes frames of the empty stand while the attached screen shows `symbol`; what they say is in `reading()`."""

    def __init__(self, symbol: KnownSymbol) -> None:
        self._symbol = symbol
        self._frames: list[Grey] = []
        self._phones = 0

    @property
    def enough(self) -> bool:
        """More frames would tell nothing new."""
        return len(self._frames) >= ENOUGH

    def add(self, pixels: Grey, *, phone: bool) -> None:
        """One frame, and whether a phone is on the stand in it."""
        self._frames = [*self._frames, pixels][-ENOUGH:]
        self._phones += phone

    def reading(self) -> Reading:
        """What the frames say. Takes about a second. ValueError without a frame."""
        if not self._frames:
            raise ValueError("there is no frame to examine")
        last, frames = self._frames[-1], len(self._frames)
        base = Reading(False, last.shape[1], last.shape[0], float(np.median(last)), frames, self._phones * 2 > frames)
        pattern = Pattern(self._symbol)
        match = None if base.phone else everywhere([pattern], last)[1]
        if match is None or not match.accepted or pattern.agreement(last, match.place) < WHOLE_CODE:
            return base
        return self._measured(base, match)

    def _measured(self, base: Reading, match: Match) -> Reading:
        mean = np.mean(np.stack(self._frames), axis=0).astype(np.float32)
        parts = fitted_parts(self._symbol, mean, match.place, match.ppm)
        black, white = (float(np.median([getattr(part, name) for part in parts])) for name in ("black", "white"))
        blur, box = float(np.median([part.blur for part in parts])), _inside(mean.shape, match.corners)
        x, y, width, height = box
        turned, room, long = _screen(mean.astype(np.uint8), match.place)
        expected = Drawing.of(self._symbol, match.ppm).seen(match.place, blur, box)
        code = [frame[y : y + height, x : x + width] for frame in self._frames]
        return replace(
            base,
            seen=True,
            text=_decoded(self._frames[-1]),
            z=match.z,
            score=match.score,
            corners=as_quad(match.corners),
            place=tuple(float(value) for value in match.place.ravel()),
            modules=self._symbol.size,
            ppm=match.ppm,
            tilt=_tilt(match.place, self._symbol.size),
            turned=turned,
            room=room,
            screen_modules=long,
            blur=blur,
            worst_blur=max(part.blur for part in parts),
            black=black,
            white=white,
            clipped=float((mean[y : y + height, x : x + width] >= CLIPPED).mean()),
            noise=noise(code, expected),
            glare=max(0.0, max(part.black for part in parts) - black) / max(white - black, 1.0),
            evenness=max(0.0, min(part.white for part in parts)) / max(max(part.white for part in parts), 1.0),
            banding=stripes(code, expected),
        )


def _decoded(pixels: Grey) -> str | None:
    """What zxing-cpp reads in the frame."""
    found = zxingcpp.read_barcodes(pixels, formats=QR)
    return next((str(code.text) for code in found if code.valid), None)


def _inside(shape: tuple[int, ...], corners: Points) -> Box:
    """The frame's part around a quad, as far as it is in the frame: x, y, width, height."""
    low = np.clip(np.floor(corners.min(0)).astype(int), 0, None)
    high = np.minimum(np.ceil(corners.max(0)).astype(int) + 1, (shape[1], shape[0]))
    return int(low[0]), int(low[1]), int(max(1, high[0] - low[0])), int(max(1, high[1] - low[1]))


def _tilt(place: Homography, size: int) -> float:
    """By the code's foreshortening in its middle: a circle on a plane tilted by t looks cos t as high as wide."""
    middle = size / 2
    here = through(place, [(middle, middle), (middle + 0.5, middle), (middle, middle + 0.5)])
    stretch = np.linalg.svd(np.stack([here[1] - here[0], here[2] - here[0]]), compute_uv=False)
    return float(np.degrees(np.arccos(np.clip(stretch[1] / max(stretch[0], 1e-9), 0.0, 1.0))))


def _screen(pixels: Grey, place: Homography) -> tuple[bool, float, float | None]:
    """How the attached screen lies in the frame: across it, how many times larger it could be, its long side in modules."""
    small = shrunk(pixels)
    wider = cv2.copyMakeBorder(small, MODULE_GAP, MODULE_GAP, MODULE_GAP, MODULE_GAP, cv2.BORDER_REPLICATE)
    filled = without_code(np.asarray(wider, np.uint8))[MODULE_GAP:-MODULE_GAP, MODULE_GAP:-MODULE_GAP]
    lit = (filled > LIT * float(np.percentile(small, 90))).astype(np.uint8)
    largest = max(outlines(lit), key=cv2.contourArea, default=None)
    if largest is None:
        return False, 1.0, None
    x, y, width, height = cv2.boundingRect(largest)
    rows, columns = small.shape
    if x <= 0 or y <= 0 or x + width >= columns or y + height >= rows:
        return False, 1.0, None
    quad = clockwise(points(cv2.approxPolyN(cv2.convexHull(largest), 4, ensure_convex=True)))
    lengths = sides(quad)
    along, down = float(lengths[0] + lengths[2]) / 2, float(lengths[1] + lengths[3]) / 2
    across = (quad[1] + quad[2] - quad[0] - quad[3]) if along > down else (quad[2] + quad[3] - quad[0] - quad[1])
    lies_level = abs(float(across[0])) >= abs(float(across[1]))
    turned = max(along, down) > OBLONG * min(along, down) and lies_level != (columns >= rows)
    modules = sides(through(np.asarray(np.linalg.inv(place), np.float64), to_large(quad, pixels.shape[1] / columns)))
    long = float(max(modules[0] + modules[2], modules[1] + modules[3])) / 2
    return turned, min(columns / width, rows / height), long
