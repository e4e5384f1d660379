"""`make bench`: the bench's figures, printed and stored as JSON in `.bench/`. Nothing is asserted here: figures are for comparing."""

from __future__ import annotations

import json
import platform
import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hardware.simulated.conductor import Conductor
from hardware.simulated.loop import run_virtual
from station.assembly.twin import TwinOptions
from station.domain.roster import Row
from tests.benchmarks.figures import frame_milliseconds, run_measured
from tests.benchmarks.notifications import heard_milliseconds

OUT = Path(__file__).parents[2] / ".bench"
AIMS = {"start_to_ready_s": "1.5", "memory_mb": "250", "api_calls_per_unit": "3", "rack_ratio": "6 or more"}


def options(units: int, **more: Any) -> TwinOptions:
    rows = tuple(Row(number, f"User {number:02d}", f"user{number}@example.com") for number in range(1, units + 1))
    return TwinOptions(seed=5, rows=rows, **more)


def measured(one: TwinOptions) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        folder = Path(made)
        return run_virtual(run_measured(folder, one), governor=Conductor(folder, expected=1))


def main() -> None:
    """Run everything and tell."""
    with_rack = measured(options(30, pixels=False, trays=10, handling=20.0, setup=150.0))
    without = measured(options(30, pixels=False, trays=0, handling=20.0, setup=150.0))
    heard = measured(options(30, pixels=False, trays=10, handling=20.0, setup=150.0, hearing=True))
    pixels = measured(options(6, pixels=True))
    figures: dict[str, float] = {
        "units_per_hour_10_trays": with_rack["units_per_hour"],
        "units_per_hour_no_rack": without["units_per_hour"],
        "rack_ratio": round(with_rack["units_per_hour"] / without["units_per_hour"], 2),
        "viewfinder_closed_to_code_off_s": pixels["closed_to_blank_s"],
        "order_committed_to_code_up_ms": pixels["order_to_up_ms"],
        "stand_empty_to_next_code_s": pixels["empty_to_next_s"],
        "api_calls_per_unit": with_rack["calls_per_unit"],
        "polls_per_unit": with_rack["polls_per_unit"],
        "polls_per_unit_with_pubsub": heard["polls_per_unit"],
        "enrolled_to_heard_ms": heard_milliseconds(),
        "start_to_ready_s": pixels["ready_s"],
        "memory_mb": pixels["memory_mb"],
    }
    for state, times in frame_milliseconds().items():
        figures[f"frame_{state}_ms"] = round(statistics.median(times), 1)
    show(figures)
    keep(figures)


def show(figures: dict[str, float]) -> None:
    """A table on the terminal."""
    table = Table("figure", "here", "aim")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}", AIMS.get(name, ""))
    Console(width=100).print(table)


def keep(figures: dict[str, float]) -> None:
    """One JSON file for each run, so that runs can be compared."""
    OUT.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    document = {
        "at": now.isoformat(timespec="seconds"),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "figures": figures,
    }
    path = OUT / f"bench-{now:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"stored in {path}")


if __name__ == "__main__":
    main()
