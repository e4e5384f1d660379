"""What a very long queue costs: `python -m tests.benchmarks.queue [ROWS]`, all figures in milliseconds.

Ledger: one window of a hundred rows, from the beginning, the middle and the end, in each order, filtered and searched. Terminal: from
a key to its picture, with the real app on a stand-in that has all rows at once, so that what is measured is the terminal itself.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from station.domain.enrollment import OPEN, Enrollment, State
from station.domain.policy import Mode
from station.ports import BENCH, QUEUE_SORTS, Batch, Change, User
from station.store.ledger import SqlLedger, open_ledger
from station.wire import QueueWindow
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, Terminal, at_the_bench
from tests.tui.wire_events import snapshot, unit
from tui.widgets.bigbutton import BigButton
from tui.widgets.windowed import WindowedUnits

ROWS = 100_000
WINDOW = 100
CHUNK = 5_000
TIMES = 7
AIMS = {"window": "20", "key": "50"}
STATES = (State.QUEUED, State.QUEUED, State.VERIFIED, State.HELD, State.SKIPPED)


class Clock:
    def now(self) -> float:
        return time.time()


class LongFeed(RecordedFeed):
    """Answers any window of so many rows at once."""

    def __init__(self, rows: int) -> None:
        super().__init__([snapshot()])
        self.rows = rows

    async def queue(self, batch: str, *, offset: int = 0, limit: int = 100, **_: Any) -> QueueWindow:
        numbers = range(offset + 1, min(offset + limit, self.rows) + 1)
        items = tuple(unit(number, f"Zoé Müller {number}") for number in numbers)
        return QueueWindow(items=items, offset=offset, total=self.rows)


async def fill(ledger: SqlLedger, rows: int) -> None:
    """A batch of so many users, as mixed as after some days."""
    await ledger.commit(Change(BENCH, batches=(Batch("b1", "Monday", Mode.DEDICATED, "kiosk"),)))
    for start in range(1, rows + 1, CHUNK):
        numbers = range(start, min(start + CHUNK, rows + 1))
        users = tuple(User(f"u{n:08x}", f"Zoé Müller {n * 7919 % rows}", f"user{n}@example.com") for n in numbers)
        units = tuple(
            Enrollment(f"e{n:08x}", "b1", n, f"u{n:08x}", Mode.DEDICATED, "kiosk", state=STATES[n % len(STATES)]) for n in numbers
        )
        await ledger.commit(Change(BENCH, users=users, enrollments=units))


async def windows(folder: Path, rows: int) -> dict[str, float]:
    """Milliseconds of one window, the median of TIMES."""
    figures: dict[str, float] = {}
    async with open_ledger(folder / "ledger.db", bench="bench-1", clock=Clock()) as ledger:
        await fill(ledger, rows)

        async def take(name: str, offset: int, **how: Any) -> None:
            took = []
            for _ in range(TIMES):
                began = time.perf_counter()
                await ledger.queue_window("b1", offset=offset, limit=WINDOW, **how)
                took.append(time.perf_counter() - began)
            figures[name] = round(statistics.median(took) * 1000, 1)

        for place, offset in (("first", 0), ("middle", rows // 2), ("last", rows - WINDOW)):
            for sort in QUEUE_SORTS:
                await take(f"{'window' if sort.endswith('position') else 'sorted'} {sort} {place}", offset, sort=sort)
        await take("window open middle", rows // 5, states=tuple(OPEN))
        await take("window held middle", rows // 10, states=(State.HELD,))
        await take("search name", 0, search="müller 77")
        await take("search number", 0, search="777")
    return figures


async def keys(rows: int) -> dict[str, float]:
    """Milliseconds from a key to the picture that shows what it chose: the median, and the longest."""
    figures: dict[str, float] = {}
    gc.freeze()  # as the program does when it starts
    async with at_the_bench(LongFeed(rows), size=LARGE, frame=0.1, painted=True) as terminal:
        await terminal.press("f4")
        await terminal.shows("Zoé Müller 1 ")
        units = terminal.app.screen.query_one(WindowedUnits)
        page = units.rows
        for name, pressed in {
            "down": [("down", number + 2) for number in range(40)],
            "pagedown": [("pagedown", 41 + page * (number + 1)) for number in range(40)],
            "end": [(key, where) for _ in range(20) for key, where in (("end", rows), ("home", 1))],
        }.items():
            took = [await picture(terminal, units, key, min(where, rows)) for key, where in pressed]
            figures[f"key {name}"] = round(statistics.median(took) * 1000, 1)
            figures[f"key {name} longest"] = round(max(took) * 1000, 1)
    return figures


async def picture(terminal: Terminal, units: WindowedUnits, key: str, where: int) -> float:
    """Seconds from a key until the screen was written with the unit at this place chosen."""
    app, written = terminal.app, asyncio.Event()
    display = app._display

    def displayed(*arguments: Any) -> None:
        display(*arguments)
        if units.chosen is not None and units.chosen.position == where:
            written.set()

    app._display = displayed  # type: ignore[assignment,method-assign]  # every picture goes through it
    began = time.perf_counter()
    try:
        app.simulate_key(key)
        async with asyncio.timeout(10):
            await written.wait()
        return time.perf_counter() - began
    finally:
        app._display = display  # type: ignore[method-assign]


def main(arguments: Sequence[str]) -> None:
    """Measure and tell."""
    rows = int(arguments[0]) if arguments else ROWS
    BigButton.SETTLE = 0.0
    with tempfile.TemporaryDirectory(prefix="queue-") as made:
        figures = asyncio.run(windows(Path(made), rows))
    figures |= asyncio.run(keys(rows))
    table = Table("milliseconds", "here", "at most")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}", AIMS.get(name.split()[0], ""))
    Console(width=100).print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
