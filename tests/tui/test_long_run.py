"""A day of ten thousand units: what the terminal knows does not grow with it, and a late frame costs what an early one did."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

from station.wire import Event
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import Terminal, watch
from tests.tui.wire_events import BATCH, NOW, recorded, snapshot, status, unit
from tui.model import Model, fold

UNITS = 10_000
KINDS = ("ShowOrdered", "CodeShown", "ScanWitnessed", "DeviceEnrolled", "Verified")


def day(first: int, last: int) -> Iterator[Event]:
    """What the service says of these units: their events, and three statuses each."""
    for number in range(first, last + 1):
        seq = 1000 + 10 * number
        yield from (recorded(seq + place, kind) for place, kind in enumerate(KINDS))
        batch = BATCH.model_copy(update={"users": BATCH.users.model_copy(update={"received": number + 34, "open": number + 24})})
        now: dict[str, Any] = {
            "batch": batch,
            "at": NOW + 20.0 * number,
            "unit": unit(number, f"User {number}", "showing", attempts=1, since=NOW),
        }
        yield status("place_phone", seq=seq + 2, **now)
        yield status("hold_still", seq=seq + 3, view="code", **now)
        yield status("to_tray", {"tray": number % 8 + 1}, seq=seq + 4, view="phone", **now)


def test_the_model_is_no_larger_after_ten_thousand_units_than_after_a_hundred() -> None:
    model = fold(Model(), snapshot())
    tracemalloc.start()
    try:
        for event in day(1, 100):
            model = fold(model, event)
        gc.collect()
        early = tracemalloc.get_traced_memory()[0]
        for event in day(101, UNITS):
            model = fold(model, event)
        gc.collect()
        late = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert model.unit is not None
    assert model.unit.user == f"User {UNITS}"
    assert model.seq == 1000 + 10 * UNITS + 4
    assert late - early < 64 * 1024


def test_a_slow_terminal_misses_frames_and_no_event_and_a_late_frame_costs_what_an_early_one_did() -> None:
    costs: list[float] = []

    async def look(terminal: Terminal) -> None:
        for last in (200, UNITS):
            await terminal.shows(f"User {last}")
            began = time.perf_counter()
            for times in range(10):
                terminal.feed.play(status("place_phone", seq=2_000_000 + last + times, unit=unit(times, f"Frame {times}", "showing")))
                await terminal.drawn()
            costs.append(time.perf_counter() - began)
            if last != UNITS:
                terminal.app._know(fold(terminal.app.model, snapshot()))
                terminal.feed.play(*day(201, UNITS))
        assert terminal.app.model.seq >= 1000 + 10 * UNITS + 4

    watch(RecordedFeed([snapshot(), *day(1, 200)]), look, frame=0.02)
    early, late = costs
    assert late < 3 * early + 0.5, f"ten frames took {early:.3f} s after 200 units, {late:.3f} s after {UNITS}"
