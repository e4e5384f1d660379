"""`make bench-vision`: the witness's figures beside other readers', printed, stored as JSON, and published if asked."""

from __future__ import annotations

import argparse
import json
import platform
import shlex
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.vision import decoys, photographs, plot, recall, report, sequences, speed
from tests.benchmarks.vision.work import CONSOLE

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "witness.md"
SECTIONS = ("recall", "decoys", "two-screens", "sequences", "speed", "photos")


def main() -> None:
    """Measure, store, print, publish."""
    asked = _arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, measure in _measures(asked).items():
        if name in (asked.only or SECTIONS) and not asked.report:
            _store(asked.out, name, measure)
    stored = {name: json.loads(path.read_text(encoding="utf-8")) for name in SECTIONS if (path := _file(asked.out, name)).exists()}
    every = report.tables({name: section for name, section in stored.items() if asked.report or name in (asked.only or SECTIONS)})
    report.show(every, CONSOLE)
    if asked.publish:
        report.publish(PAGE, report.tables(stored))
        drawn = plot.draw(stored["recall"], PAGE.parent / "images") if "recall" in stored else []
        CONSOLE.print(*(f"wrote {path.relative_to(ROOT)}" for path in (PAGE, *drawn)), sep="\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.vision", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="frames of another seed share nothing with this one's")
    parser.add_argument("--frames", choices=("small", "full"), default="small", help="small: some minutes; full: the campaign")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="measure this alone; may be given more than once")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="folders of pictures with their text in a .txt file beside each")
    parser.add_argument("--out", type=Path, default=ROOT / ".bench", help="where the JSON files go, one for each part")
    parser.add_argument("--workers", type=int, default=1, help="processes; speed is always measured in one")
    parser.add_argument("--report", action="store_true", help="measure nothing, print what is stored")
    parser.add_argument("--publish", action="store_true", help="put the stored figures into docs/witness.md and its plot")
    return parser.parse_args()


def _measures(asked: argparse.Namespace) -> dict[str, Callable[[], dict[str, Any]]]:
    """What can be measured, by name."""
    common = (asked.seed, asked.frames, asked.workers)
    measures: dict[str, Callable[[], dict[str, Any]]] = {
        "recall": lambda: recall.measure(*common),
        "decoys": lambda: decoys.measure(*common),
        "two-screens": lambda: decoys.measure_two_screens(*common),
        "sequences": lambda: sequences.measure(*common),
        "speed": lambda: speed.measure(asked.seed, asked.frames),
    }
    if asked.photos is not None:
        measures["photos"] = lambda: photographs.measure(asked.photos, asked.workers)
    elif "photos" in (asked.only or ()):
        sys.exit("photos: say where the photographs are, with --photos DIR")
    return measures


def _file(folder: Path, name: str) -> Path:
    return folder / f"vision-{name}.json"


def _store(folder: Path, name: str, measure: Callable[[], dict[str, Any]]) -> None:
    """Measures one part and keeps it with all that is needed to measure it again."""
    started = time.monotonic()
    figures = measure()
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "command": _command(name),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "libraries": {library: version(library) for library in ("opencv-python-headless", "zxing-cpp", "numpy", "segno")},
        **figures,
    }
    _file(folder, name).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _command(name: str) -> str:
    """The command for this part alone, as a reader would type it."""
    words, skip = [], False
    for word in sys.argv[1:]:
        if skip or word in ("--publish", "--report") or word.startswith(("--only", "--out", "--workers", "--photos")):
            skip = not skip and word in ("--only", "--out", "--workers", "--photos")
            continue
        words.append(word)
    words += ["--only", name] + (["--photos", "DIR"] if name == "photos" else [])
    return f'make bench-vision ARGS="{shlex.join(words)}"'


if __name__ == "__main__":
    main()
