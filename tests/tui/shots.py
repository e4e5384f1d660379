"""Every screen as text, once in each size and language, and the bench's own in every state.

`make shots` writes the files anew: look at the difference before it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import get_args

from station.wire import PartState, Status, StepId, UserCounts
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, PANEL, SMALL, Terminal, watch
from tests.tui.walk import same_everywhere, walk
from tests.tui.walkfeed import walk_feed
from tests.tui.wire_events import BATCH, NOW, PARTS, asked, snapshot, status, unit
from tui.screens.shown import FullScreen

KEPT = Path(__file__).parent / "kept"
UPRIGHT = (61, 49)
SIZES = (SMALL, PANEL, LARGE, UPRIGHT)
LANGUAGES = ("en", "fr")

Size = tuple[int, int]
Shots = dict[Size, dict[str, str]]
"""What was drawn, by the terminal's size and the screen's name."""


def states() -> dict[str, Status]:
    """Every state that the bench's screen can be in, by a name."""
    args: dict[str, str | int] = {"trays": 8, "tray": 4, "reason": "Quota exceeded."}
    found = {step: status(step, args) for step in get_args(StepId) if step != "answer"}
    found["place_phone, one is there"] = status("place_phone", view="phone")
    for shows in ("dark", "viewfinder", "other"):
        found[f"place_phone, {shows}"] = status("place_phone", view="phone", shows=shows)
    found["place_phone, no code is up"] = status("place_phone", view="phone", shows="other", code_up=False)
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


def bench(size: Size, language: str) -> dict[str, str]:
    """The bench in all its states, on a terminal of this size."""
    pages: dict[str, str] = {}

    async def look(terminal: Terminal) -> None:
        terminal.app.speak(language)
        for seq, (name, now) in enumerate(states().items(), start=200):
            terminal.feed.play(now.model_copy(update={"seq": seq}))
            await terminal.drawn()
            await terminal.drawn()
            pages[name] = page(terminal.text)

    with same_everywhere():
        watch(RecordedFeed([snapshot(status())]), look, size=size)
    return pages


class Shooting:
    """What looks at each stop of the walk, and keeps how it reads at each size.

    Sheets are laid out alike: upright there is none, and on a large terminal one of each kind.
    """

    def __init__(self) -> None:
        self.shots: Shots = {size: {} for size in SIZES}
        self._kinds: set[type[object]] = set()

    async def __call__(self, terminal: Terminal, name: str) -> None:
        """Draw this screen at each size, and end at the panel's."""
        kind = type(terminal.app.screen)
        full = issubclass(kind, FullScreen)
        large = full or kind not in self._kinds
        self._kinds.add(kind)
        for size in (SMALL, *([LARGE] if large else []), *([UPRIGHT] if full else []), PANEL):
            await terminal.resize(size)
            text = terminal.text
            self.shots[size][name] = page(text)
            self.inspect(terminal, name, size, text.splitlines())

    def inspect(self, terminal: Terminal, name: str, size: Size, rows: Sequence[str]) -> None:
        """For those who look closer."""


def screens(language: str, looking: Shooting | None = None, *, sixteen: bool = False) -> Shots:
    """All screens at all sizes."""
    looking = looking or Shooting()
    walk(walk_feed(language), looking, size=PANEL, sixteen=sixteen)
    return looking.shots


def page(text: str) -> str:
    """What stands on a screen, without blanks at the ends of its lines."""
    return "\n".join(line.rstrip() for line in text.splitlines())


# --- what is kept -----------------------------------------------------------------------------------------------------------


def file_of(what: str, size: Size, language: str) -> Path:
    """Where they are kept."""
    return KEPT / f"{what}-{size[0]}x{size[1]}-{language}.txt"


def written(pages: Mapping[str, str]) -> str:
    """One under the other, each below its name."""
    return "\n".join(f"=== {name}\n{text}\n" for name, text in pages.items())


def difference(file: Path, pages: Mapping[str, str]) -> str:
    """What reads otherwise than it was kept, and how to keep it as it is now; empty when nothing does."""
    kept = dict(page.split("\n", 1) for page in file.read_text(encoding="utf-8").split("=== ")[1:]) if file.exists() else {}
    drawn = {name: f"{text}\n" for name, text in pages.items()}
    told = []
    for name in {**kept, **drawn}:
        before, now = kept.get(name, "").rstrip("\n"), drawn.get(name, "").rstrip("\n")
        if before != now:
            lines = unified_diff(
                before.splitlines(), now.splitlines(), f"{name}, as it was kept", f"{name}, as it is drawn", n=2, lineterm=""
            )
            told.append("\n".join(lines))
    return "\n\n".join([f"{file.name}:", *told, "Is that as it should be? Then keep it: make shots"]) if told else ""


def main() -> None:
    """Write all of them anew."""
    KEPT.mkdir(exist_ok=True)
    for language in LANGUAGES:
        for size, pages in screens(language).items():
            file_of("screens", size, language).write_text(written(pages), encoding="utf-8")
        for size in SIZES:
            file_of("bench", size, language).write_text(written(bench(size, language)), encoding="utf-8")


if __name__ == "__main__":
    main()
