"""Real photographs of codes, shrunk until they are as small as on a bench.

What a code's modules are is taken from zxing-cpp's read of the picture at its full size; the photographs are those that it reads
without error. Each is shrunk by area, gets a sensor's noise and JPEG, and is searched as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from hardware.vision.symbol import Pattern
from station.domain.errors import BadPayload
from station.domain.foreign import foreign
from tests.benchmarks.vision.ours import NAME, witnessed
from tests.benchmarks.vision.peers import QR, zxing_reads
from tests.benchmarks.vision.work import each

PPMS = (0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 2.0, 2.5, 3.0)
NOISE, QUALITY = 3.0, 90
PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}
ZXING = "zxing-cpp, whole frame"
NEAR = 0.25  # of the code's size: papers are bent, and a read's own lower right corner is a guess at times

Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Photograph:
    """One code in a photograph. clean: its read needed no error correction."""

    path: Path
    text: str = field(repr=False)
    modules: bytes = field(repr=False)
    size: int
    corners: NDArray[np.float64]
    clean: bool

    @property
    def ppm(self) -> float:
        along = np.roll(self.corners, -1, axis=0) - self.corners
        return float(np.hypot(along[:, 0], along[:, 1]).mean()) / self.size


@dataclass(frozen=True, slots=True)
class Shrunk:
    """What came of one photograph at one size."""

    ppm: float
    clean: bool
    ours: bool
    zxing: bool
    misplaced: bool


def found_in(folder: Path) -> list[Photograph]:
    """The codes in the folder's pictures that zxing-cpp reads without error at full size."""
    pictures = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES and path.with_suffix(".txt").exists())
    return [code for path in pictures for code in _codes(path)]


def _grey(path: Path) -> Grey | None:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    return None if picture is None else np.asarray(picture, np.uint8)


def _codes(path: Path) -> list[Photograph]:
    picture = _grey(path)
    if picture is None:
        return []
    found = []
    for read in zxingcpp.read_barcodes(picture, formats=QR):
        modules = np.asarray(read.to_image(scale=1, add_quiet_zones=False)) < 128
        at = read.position
        corners = np.array([(corner.x, corner.y) for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]) - 0.5
        extra: Any = read.extra  # typed as object; a dict in fact
        clean = float(extra.get("UEC", 0)) == 1.0  # share of error correction that was not needed
        found.append(Photograph(path, read.text, modules.astype(np.uint8).tobytes(), len(modules), corners, clean))
    return found


def try_photograph(photograph: Photograph) -> list[Shrunk]:
    """One code at every size that is smaller than the photograph's own; nothing where its modules cannot be understood."""
    picture = _grey(photograph.path)
    assert picture is not None
    try:
        pattern = Pattern(foreign(photograph.modules, photograph.size))
    except BadPayload:
        return []
    return [_shrunk(photograph, picture, pattern, ppm) for ppm in PPMS if ppm <= photograph.ppm]


def _shrunk(photograph: Photograph, picture: Grey, pattern: Pattern, ppm: float) -> Shrunk:
    rows, columns = picture.shape
    share = ppm / photograph.ppm
    size = (max(1, round(columns * share)), max(1, round(rows * share)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    grain = np.random.default_rng([round(100 * ppm), rows, columns]).normal(0, NOISE, small.shape)
    packed = cv2.imencode(".jpg", np.clip(small + grain, 0, 255).astype(np.uint8), (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1]
    seen = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    corners = (photograph.corners + 0.5) * (size[0] / columns, size[1] / rows) - 0.5
    ours = witnessed(seen, pattern, corners, NEAR * photograph.size)
    return Shrunk(ppm, photograph.clean, ours.placed, zxing_reads(seen, photograph.text), ours.seen and not ours.placed)


def measure(folder: Path, workers: int) -> dict[str, Any]:
    """Reader -> ppm -> [read, codes]; the same for the clean reads alone."""
    photographs = found_in(folder)
    answers = each("photographs", try_photograph, photographs, workers)
    shrunk = [one for answer in answers for one in answer]
    return {
        "codes": len(photographs),
        "clean_codes": sum(one.clean for one in photographs),
        "not_understood": sum(not answer for answer in answers),
        "table": _table(shrunk),
        "clean_table": _table([one for one in shrunk if one.clean]),
        "misplaced": sum(one.misplaced for one in shrunk),
    }


def _table(shrunk: list[Shrunk]) -> dict[str, dict[str, list[int]]]:
    table: dict[str, dict[str, list[int]]] = {NAME: {}, ZXING: {}}
    for one in shrunk:
        for name, read in ((NAME, one.ours), (ZXING, one.zxing)):
            count = table[name].setdefault(f"{one.ppm:g}", [0, 0])
            count[0] += read
            count[1] += 1
    return table
