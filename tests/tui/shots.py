"""The bench's screen in every state, as text. `python -m tests.tui.shots` writes the files anew: look at the difference."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from station.wire import PartState, Status, StepId, UserCounts
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, PANEL, SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, NOW, PARTS, asked, snapshot, status, unit

KEPT = Path(__file__).parent / "kept"
SIZES = (SMALL, PANEL, LARGE, (61, 49))
LANGUAGES = ("en", "fr")


def states() -> dict[str, Status]:
    """Every state that the bench's screen can be in, by a name."""
    args: dict[str, str | int] = {"trays": 8, "tray": 4, "reason": "Quota exceeded."}
    found = {step: status(step, args) for step in get_args(StepId) if step != "answer"}
    found["place_phone, one is there"] = status("place_phone", view="phone")
    for shows in ("dark", "viewfinder", "other"):
        found[f"place_phone, {shows}"] = status("place_phone", view="phone", shows=shows)
    found["finished, the rack works"] = status(
        "finished",
        batch=BATCH.model_copy(update={"users": UserCounts(received=5, verified=3, open=2)}),
        held=(),
        unit=None,
        code_up=False,
    )
    found["finished, all done"] = status(
        "finished",
        batch=BATCH.model_copy(update={"users": UserCounts(received=5, verified=5)}),
        held=(),
        rack=(),
        unit=None,
        code_up=False,
    )
    found["a question, its first screen"] = asked("went_back", "scanned", "show_again", "set_aside", view="phone", shows="before")
    found["hold_still, code seen"] = status("hold_still", view="code")
    found["hold_still, followed"] = status("hold_still", view="code", shows="code", followed=True)
    found["clear_stand, no camera"] = status("clear_stand", view="absent", parts=PARTS | {"camera": PartState(state="absent")})
    found["scan_label, refused"] = status("scan_label", {"problem": "'12' is no IMEI."})
    found["a late phone"] = status(rack=(unit(9, "Jonas Weber", "scanned", tray=1, since=NOW - 900, usual=200.0),), held=())
    found["parts lost"] = status(parts=PARTS | {"scanner": PartState(state="lost"), "display": PartState(state="lost")})
    found["generic"] = status(batch=BATCH.model_copy(update={"generic": 20}))
    found["simulated"] = status(simulated=True, overrides=2)
    found["a question"] = asked("pulled_away", "scanned", "show_again", "set_aside", "fail")
    gone = PARTS | {"display": PartState(state="lost")}
    found["a question, the screen gone"] = asked("screen_gone", "scanned", "show_again", args={"screen": "lost"}, parts=gone)
    return found


def drawn(size: tuple[int, int], language: str) -> str:
    """All states on a terminal of this size, one under the other."""
    pages: list[str] = []

    async def look(terminal: Terminal) -> None:
        terminal.app.speak(language)
        for seq, (name, now) in enumerate(states().items(), start=200):
            terminal.feed.play(now.model_copy(update={"seq": seq}))
            await terminal.drawn()
            await terminal.drawn()
            text = "\n".join(line.rstrip() for line in terminal.text.splitlines())
            pages.append(f"=== {name}\n{text}\n")

    watch(RecordedFeed([snapshot(status())]), look, size=size)
    return "\n".join(pages)


def file_of(size: tuple[int, int], language: str) -> Path:
    """Where they are kept."""
    return KEPT / f"bench-{size[0]}x{size[1]}-{language}.txt"


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for size in SIZES:
        for language in LANGUAGES:
            file_of(size, language).write_text(drawn(size, language), encoding="utf-8")
