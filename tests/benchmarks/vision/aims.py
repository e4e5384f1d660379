"""What the witness aims at, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.benchmarks.vision.ours import NAME
from tests.benchmarks.vision.recall import GOALS, MIX

TRIES = "zxing-cpp, best of 18 tries"
Section = Mapping[str, Any]
Row = tuple[str, str, bool]


def aims(sections: Mapping[str, Section]) -> list[Row]:
    """Aim, figure, and whether it is met; for the parts that were measured."""
    return [row for name, section in sections.items() for row in _AIMS[name](section)]


def _pooled(table: Mapping[str, Mapping[str, list[int]]], columns: Iterable[str], ppm: str) -> tuple[float, int]:
    counts = [table[column][ppm] for column in columns]
    total = sum(count[1] for count in counts)
    return sum(count[0] for count in counts) / total, total


def _px(point: float | None, last: float) -> str:
    return f"more than {last:g}" if point is None else f"{point:g}"


def _recall(section: Section) -> Iterator[Row]:
    table, points = section["table"][NAME], section["points"]
    blurs = [column for column in table if column != MIX]
    for ppm, most in GOALS.items():
        share, total = _pooled(table, [blur for blur in blurs if float(blur) <= most], f"{ppm:g}")
        yield f"recall at {ppm:g} px/module, blur <= {most:g}: 0.95", f"{share:.3f} of {total}", share >= 0.95
    share, total = _pooled(table, [MIX], "2")
    yield "recall at 2 px/module, everything mixed: 0.90", f"{share:.3f} of {total}", share >= 0.9
    for column in table:
        level = "90" if column == MIX else "95"
        ours, bound = points[NAME][column][level], points[TRIES][column][level]
        text = f"at most half of what the best of 18 tries needs for {level} %, {column if column == MIX else f'blur {column}'}"
        last = float(list(table[column])[-1])
        met = ours is not None and 2 * ours <= (last if bound is None else bound)
        yield text, f"{_px(ours, last)} against {_px(bound, last)}", met
    yield "none seen with a corner more than two modules off: 0", str(section["misplaced"]), section["misplaced"] == 0


def _decoys(section: Section) -> Iterator[Row]:
    counts, frames = section["kinds"].values(), section["frames_with_trials"]
    trials, taken = sum(count[0] for count in counts), sum(count[1] for count in counts)
    met = not taken and trials >= 200_000 and frames >= 4000
    yield "0 false accepts in 200,000 trials over 4,000 frames", f"{taken} in {trials} over {frames}", met


def _two_screens(section: Section) -> Iterator[Row]:
    total = section["two_screens"]
    for name, where in (("whole", "whole frame"), ("in_phone", "in the phone")):
        seen = section[f"two_screens_seen_{name}"]
        yield f"0 of 200 with the station's own screen in view, {where}", f"{seen} of {total}", not seen and total >= 200


def _sequences(section: Section) -> Iterator[Row]:
    false, missed = section["false_scanned"], section["missed"] / max(1, section["genuine"])
    yield "0 false scans over 400 sequences", f"{false} over {section['sequences']}", not false and section["sequences"] >= 400
    yield "2 % of scans missed at most", f"{100 * missed:.1f} %", missed <= 0.02


def _speed(section: Section) -> Iterator[Row]:
    for name, most in (("tracked", 15.0), ("seeded", 15.0), ("search_found", 100.0)):
        figure = section[f"{name}_ms"]
        yield f"{name.replace('_', ' ')}: {most:g} ms at most", f"{figure} ms", figure <= most
    slowest = min(section["stream_code_per_second"], section["stream_other_per_second"])
    yield "20 frames/s sustained", f"{slowest}", slowest >= 20


def _photographs(section: Section) -> Iterator[Row]:
    for text, name in (("photographs", "table"), ("photographs read without correction", "clean_table")):
        read, total = section[name][NAME]["1"]
        yield f"{text} at 1 px/module: 0.90", f"{read / total:.3f} of {total}", read >= 0.9 * total


_AIMS = {
    "recall": _recall,
    "decoys": _decoys,
    "two-screens": _two_screens,
    "sequences": _sequences,
    "speed": _speed,
    "photos": _photographs,
}
