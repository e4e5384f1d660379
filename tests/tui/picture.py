"""Redraws the pictures of the README from the real screens: `make pictures`."""

from __future__ import annotations

from pathlib import Path

from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import PANEL, Terminal, watch
from tests.tui.wire_events import BATCH, snapshot, status, unit

IMAGES = Path(__file__).parents[2] / "docs" / "images"
NOW = 1_760_000_000.0
UPRIGHT = (61, 49)


def main() -> None:
    """Write the operator's screen in the middle of a batch on the twin: on a panel, and on one that stands upright."""
    rack = tuple(
        unit(place, f"User {place:02d}", state, tray=tray, since=NOW - 60 * minutes)
        for place, state, tray, minutes in ((8, "enrolled", 1, 3), (9, "scanned", 2, 2), (10, "scanned", 3, 1), (11, "scanned", 4, 0))
    )
    now = status(
        "place_phone",
        unit=unit(12, "User 12", "showing", attempts=1),
        next_user="User 13",
        batch=BATCH.model_copy(update={"name": "demo", "simulated": True}),
        simulated=True,
        rack=rack,
        held=(),
        last=unit(7, "User 07", "verified", tray=5),
        view="phone",
    )
    for name, size in (("bench", PANEL), ("bench-upright", UPRIGHT)):

        async def draw(terminal: Terminal, name: str = name) -> None:
            IMAGES.mkdir(parents=True, exist_ok=True)
            (IMAGES / f"{name}.svg").write_text(terminal.app.export_screenshot(title="sixtap"), encoding="utf-8")

        watch(RecordedFeed([snapshot(now)]), draw, size=size)


if __name__ == "__main__":
    main()
