"""How small and blurred a code each reader still sees: pixels per module against blur, and everything mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hardware.vision.symbol import Pattern
from tests.benchmarks.vision.frames import Made, Spec, frame, mixed, plain
from tests.benchmarks.vision.ours import NAME, witnessed
from tests.benchmarks.vision.peers import Reader, missing, readers
from tests.benchmarks.vision.work import each

SIGMAS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
PPMS = (0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
MIX_PPMS = (0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
MIX = "mix"
LEVELS = (50, 90, 95)  # percent
CODES: tuple[dict[str, Any], ...] = (
    {"level": "L", "length": "short"},
    {"level": "M", "length": "short"},
    {"level": "L", "length": "full"},
)
PER_CELL = {"small": 4, "full": 12}
PER_GOAL = {"small": 8, "full": 60}  # frames of the cells that the goals name
GOALS = {1.0: 1.0, 1.5: 2.0}  # ppm: up to which blur
PER_MIX = {"small": 8, "full": 60}


@dataclass(frozen=True, slots=True)
class Cell:
    """One frame of the table: its seed, its column (a blur, or the mix), its row."""

    seed: int
    sigma: float | None
    ppm: float

    def spec(self) -> Spec:
        """Versions 14-L, 17-M and 16-L take turns."""
        kind = CODES[self.seed % len(CODES)]
        return mixed(self.seed, self.ppm, **kind) if self.sigma is None else plain(self.seed, self.ppm, self.sigma, **kind)


@dataclass(frozen=True, slots=True)
class Seen:
    """What each reader made of one frame. misplaced: ours saw it with a corner more than two modules off."""

    cell: Cell
    read: Mapping[str, bool]
    misplaced: bool
    milliseconds: float


@lru_cache(maxsize=1)
def _readers() -> dict[str, Reader]:
    return readers()


def look(cell: Cell) -> Seen:
    """One frame through every reader."""
    made = frame(cell.seed, cell.spec())
    pattern = Pattern(made.symbol)
    ours = witnessed(made.pixels, pattern, made.quad)
    read = {NAME: ours.placed} | {name: _reads(reader, made) for name, reader in _readers().items()}
    return Seen(cell, read, ours.seen and not ours.placed, ours.milliseconds)


def _reads(reader: Reader, made: Made) -> bool:
    return reader(made.pixels, made.quad, made.symbol.size, made.text)


def cells(seed: int, frames: str) -> list[Cell]:
    """All frames of a campaign; no two have the same seed, so none shares a scene, a token or a grain."""
    wanted: list[tuple[float | None, float]] = []
    for ppm in PPMS:
        for sigma in SIGMAS:
            many = PER_GOAL if sigma <= GOALS.get(ppm, -1.0) else PER_CELL
            wanted += [(sigma, ppm)] * many[frames]
    wanted += [(None, ppm) for ppm in MIX_PPMS for _ in range(PER_MIX[frames])]
    return [Cell(seed * 1_000_000 + number, sigma, ppm) for number, (sigma, ppm) in enumerate(wanted)]


def measure(seed: int, frames: str, workers: int) -> dict[str, Any]:
    """The recall table as plain values: reader -> column ("0.5", "mix") -> ppm -> [read, frames]."""
    seen = each("recall", look, cells(seed, frames), workers)
    table: dict[str, dict[str, dict[str, list[int]]]] = {}
    for one in seen:
        column = MIX if one.cell.sigma is None else f"{one.cell.sigma:g}"
        for name, read in one.read.items():
            count = table.setdefault(name, {}).setdefault(column, {}).setdefault(f"{one.cell.ppm:g}", [0, 0])
            count[0] += read
            count[1] += 1
    return {
        "table": table,
        "points": {name: {column: points(rows) for column, rows in columns.items()} for name, columns in table.items()},
        "misplaced": sum(one.misplaced for one in seen),
        "frames": len(seen),
        "missing": list(missing()),
    }


def points(rows: Mapping[str, Sequence[int]]) -> dict[str, float | None]:
    """The ppm at which recall reaches 50, 90 and 95 %, and stays there: between two rows on a straight line. None: beyond the table;
    0: already in its first row."""
    shares = sorted((float(ppm), read / total) for ppm, (read, total) in rows.items())
    return {f"{level}": _crossing(shares, level / 100) for level in LEVELS}


def _crossing(shares: Sequence[tuple[float, float]], level: float) -> float | None:
    failing = [place for place, (_, share) in enumerate(shares) if share < level]
    if not failing:
        return 0.0
    last = failing[-1]
    if last + 1 == len(shares):
        return None
    (low, below), (high, above) = shares[last], shares[last + 1]
    return round(low + (high - low) * (level - below) / (above - below), 2)
