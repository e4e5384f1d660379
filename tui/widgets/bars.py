"""Counts over time, and how much of something is done, as bars of block characters."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget

HOUR = 3600
CELL = (3, 8)
"""Columns of a bar with the gap behind it: the fewest that leave room for two digits, and the most."""


@dataclass(frozen=True, slots=True)
class Bins:
    """Bars from `start` (seconds since the epoch) on, each of so many `hours`."""

    start: int
    hours: int
    counts: tuple[int, ...]


def progress(share: float, width: int) -> Content:
    """How much of something long is done, 0..1, in so many columns."""
    full = round(share * width)
    return Content("█" * full + "░" * (width - full)).stylize("$wait")


def binned(per_hour: Sequence[tuple[int, int]], most: int) -> Bins:
    """At most `most` bars for these hours; hours between them in which nothing was counted are there too."""
    if not per_hour or most < 1:
        return Bins(0, 1, ())
    start = per_hour[0][0]
    whole = (per_hour[-1][0] - start) // HOUR + 1
    hours = -(-whole // most)
    counts = [0] * -(-whole // hours)
    for hour, count in per_hour:
        counts[(hour - start) // HOUR // hours] += count
    return Bins(start, hours, tuple(counts))


def plot(bins: Bins, width: int, height: int) -> tuple[str, ...]:
    """Rows of characters: the numbers on their bars, an axis with its scale, hours below it. Empty where there is no room."""
    top = max(bins.counts, default=0)
    edge = len(str(top)) + 1
    room = (width - edge - 1) // len(bins.counts) if bins.counts else 0
    if not top or height < 4 or room < CELL[0]:
        return ()
    cell, tall = min(CELL[1], room), height - 3
    columns = [_column(count, top, tall, cell) for count in bins.counts]
    rows = [f"{str(top) if at == 1 else '':>{edge - 1}} │" + "".join(column[at] for column in columns) for at in range(tall + 1)]
    rows.append(f"{0:>{edge - 1}} └" + "─" * (cell * len(columns)))
    hours = [time.strftime("%d" if bins.hours >= 24 else "%H", time.localtime(_begin(bins, at))) for at in range(len(columns))]
    return (*rows, " " * (edge + 1) + "".join(hour.ljust(cell) for hour in hours).rstrip())


def _begin(bins: Bins, at: int) -> int:
    return bins.start + at * bins.hours * HOUR


def _column(count: int, top: int, tall: int, cell: int) -> list[str]:
    """One bar from its top down, a row for the number above the tallest; whatever was counted is seen."""
    halves = max(1, round(count / top * tall * 2)) if count else 0
    full, half = divmod(halves, 2)
    bar = ["█"] * full + (["▄"] if half else [])
    rows = [" " * cell] * (tall - len(bar))
    number = str(count).ljust(cell) if count and len(str(count)) < cell else " " * cell
    return [*rows, number, *(block * (cell - 1) + " " for block in reversed(bar))]


class Bars(Widget, can_focus=False):
    """A plot of verified units by the hour; where hours are too many for the room, a bar stands for several."""

    DEFAULT_CSS = """
    Bars { height: 1fr; color: $done; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._per_hour: tuple[tuple[int, int], ...] = ()

    def show(self, per_hour: Sequence[tuple[int, int]]) -> None:
        """Draw these: the hour's start, how many."""
        if tuple(per_hour) != self._per_hour:
            self._per_hour = tuple(per_hour)
            self.refresh()

    @property
    def bins(self) -> Bins:
        """What is drawn in the room there is."""
        digits = len(str(sum(count for _, count in self._per_hour)))
        return binned(self._per_hour, (self.size.width - digits - 2) // max(CELL[0], digits + 1))

    def render(self) -> Content:
        width, height = self.size
        return Content("\n".join(plot(self.bins, width, height)))
