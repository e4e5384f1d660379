"""Redraws the pictures of the documentation from the real screens: `make pictures`."""

from __future__ import annotations

from pathlib import Path

from tests.tui.recorded_feed import RecordedFeed
from tests.tui.svg import svg
from tests.tui.terminal import PANEL, Terminal, watch
from tests.tui.walk import same_everywhere, walk
from tests.tui.walkfeed import walk_feed
from tests.tui.wire_events import BATCH, snapshot, status, unit

IMAGES = Path(__file__).parents[2] / "docs" / "images"
NOW = 1_760_000_000.0
README_PICTURES = {"bench": PANEL, "bench-upright": (61, 49)}


def file_name(stop: str) -> str:
    """Which picture shows a stop of the walk."""
    return f"screen-{stop}.svg"


def picture(terminal: Terminal, stop: str) -> str:
    """The screen as it is now."""
    return svg(terminal.strips, f"sixtap: {stop.replace('-', ' ')}")


def main() -> None:
    """Write every screen, and the operator's in the middle of a batch on the twin: on a panel, and on one that stands upright."""
    IMAGES.mkdir(parents=True, exist_ok=True)

    async def look(terminal: Terminal, name: str) -> None:
        (IMAGES / file_name(name)).write_text(picture(terminal, name), encoding="utf-8")

    walk(walk_feed(), look, size=PANEL)
    for name, size in README_PICTURES.items():
        (IMAGES / f"{name}.svg").write_text(at_work(name, size), encoding="utf-8")


def at_work(name: str, size: tuple[int, int]) -> str:
    """The README's picture."""
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
    drawn: list[str] = []

    async def draw(terminal: Terminal) -> None:
        drawn.append(picture(terminal, name))

    with same_everywhere():
        watch(RecordedFeed([snapshot(now)]), draw, size=size)
    return drawn[0]


if __name__ == "__main__":
    main()
