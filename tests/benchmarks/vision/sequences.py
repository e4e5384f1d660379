"""Short sequences through the witness's judge and the scan watch: how often a scan is believed that was none, or missed."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from typing import Any

from hardware.judging import Judge
from hardware.readings import Frame, Sighting
from hardware.vision.geometry import points
from hardware.vision.sighter import Sighter
from hardware.vision.taught import Library, face
from station.domain.scanwatch import Watch, form_up, see
from tests.benchmarks.vision.scenes import FORM_SECONDS, Stage
from tests.benchmarks.vision.scripts import KINDS, Script
from tests.benchmarks.vision.work import each

MANY = {"small": 48, "full": 400}
QUIET_FPS = 4.0  # while nothing can be scanned
LIVELY_FPS = (10.0, 12.0, 15.0)
EMPTY, STEADY = 4, 3  # frames of an empty stand, and of a screen that is taught


@dataclass(frozen=True, slots=True)
class Played:
    """One sequence: what happened in truth, what the watch said, in how many frames and how long a sighting took on average."""

    seed: int
    kind: str
    outcome: str
    live: bool | None
    frames: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Order:
    """One sequence to be played."""

    seed: int
    kind: str


def orders(seed: int, many: int) -> list[Order]:
    """So many sequences, each kind in its share, in an order that does not matter for their results."""
    names = [name for name, kind in KINDS.items() for _ in range(kind.share)]
    random.Random(f"{seed}:orders").shuffle(names)
    return [Order(seed * 1_000_000 + 700_000 + number, names[number % len(names)]) for number in range(many)]


def play(order: Order) -> Played:
    """Plays one sequence until the watch comes to an end, or the script."""
    stage = Stage(order.seed)
    draw = random.Random(f"{order.seed}:script")
    script = Script(stage, draw)
    KINDS[order.kind].play(script)
    judge, watch, acts = Judge(Sighter(library=_taught(order))), Watch(), sorted(script.acts, key=lambda act: act[0])
    frames, milliseconds, turns, up = 0, 0.0, 0, False
    for at in moments(script, draw.choice(LIVELY_FPS)):
        while acts and acts[0][0] <= at:
            acts.pop(0)[1]()
        if stage.up_at is not None and not up:
            judge.expect(stage.forms)
            up = True
        while stage.up_at is not None and stage.up_at + turns * FORM_SECONDS <= at:
            watch = form_up(watch, stage.up_at + turns * FORM_SECONDS, turns % len(stage.forms))
            turns += 1
        frames += 1
        frame = Frame(frames, at, stage.picture(at))
        sightings = judge.judge(frame, list, lambda: False)
        judge.keep(frame, sightings[-1])
        milliseconds += sightings[-1].milliseconds
        for sighting in sightings if up else ():
            watch, _ = see(watch, sighting)
        if watch.ended:
            break
    return Played(order.seed, order.kind, watch.ended or "none", watch.live, frames, milliseconds / frames)


def _taught(order: Order) -> Library:
    """What this bench was taught on another day, with another phone, as its own Sighter saw its display."""
    stage, sighter, numbers = Stage(order.seed, "teaching"), Sighter(), count(1)

    def seen() -> tuple[Frame, Sighting]:
        number = next(numbers)
        frame = Frame(number, number / 10, stage.picture(number / 10))
        return frame, sighter.see(frame)

    for _ in range(EMPTY):
        seen()
    phone = stage.place()
    with tempfile.TemporaryDirectory(prefix="taught-") as folder:
        library = Library(Path(folder))
        for (kind, name), dark in product(KINDS[order.kind].taught, (False, True)):
            phone.shows, phone.dark = name, dark
            frame, sighting = [seen() for _ in range(STEADY)][-1]
            if sighting.quad is not None:
                library.teach(kind, f"{name}-{'dark' if dark else 'light'}", face(frame.pixels, points(sighting.quad)))
    return library


def moments(script: Script, fps: float) -> Iterator[float]:
    """When frames are taken: now and then while nothing can be scanned, at the camera's rate from then on."""
    at, lively = 0.0, script.lively if script.lively is not None else script.now
    while at < script.now:
        yield at
        at += 1 / (fps if at >= lively else QUIET_FPS)


def measure(seed: int, frames: str, workers: int) -> dict[str, Any]:
    """Counts by kind, and the two figures that matter."""
    played = each("sequences", play, orders(seed, MANY[frames]), workers)
    genuine = [one for one in played if KINDS[one.kind].genuine]
    others = [one for one in played if not KINDS[one.kind].genuine]
    return {
        "sequences": len(played),
        "genuine": len(genuine),
        "missed": sum(one.outcome != "scanned" for one in genuine),
        "others": len(others),
        "false_scanned": sum(one.outcome == "scanned" for one in others),
        "live_shown": sum(one.live is True for one in genuine),
        "frame_ms": round(sum(one.milliseconds * one.frames for one in played) / sum(one.frames for one in played), 1),
        "kinds": {kind: _outcomes([one for one in played if one.kind == kind]) for kind in KINDS},
        "wrong": [f"{one.kind}: {one.outcome} (seed {one.seed})" for one in played if one.outcome not in KINDS[one.kind].right],
    }


def _outcomes(played: Sequence[Played]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in played:
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
    return counts
