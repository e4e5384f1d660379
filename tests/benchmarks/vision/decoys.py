"""Codes that are not there: whether one is ever taken for seen.

A decoy is another token's code of the same family. Registration does not see the token, so each decoy's z at the place that was
found is a trial; so are the batch's previous and next code there. In some frames wrong codes are expected from the start, through the
whole search: these two, and another user's in the very same form. And frames in which the station's own screen shows the expected
code itself, while the phone shows another user's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hardware.vision.geometry import points
from hardware.vision.locate import look_for
from hardware.vision.symbol import Pattern, placed
from station.domain.dealing import Form, deal
from station.domain.symbol import KnownSymbol
from tests.benchmarks.vision.codes import Length, Level, code, token_of
from tests.benchmarks.vision.frames import Beside, Spec, Where, frame, mixed, plain
from tests.benchmarks.vision.ours import witnessed
from tests.benchmarks.vision.recall import CODES
from tests.benchmarks.vision.work import each

FRAMES = {"small": 60, "full": 4200}
TWO_SCREENS = {"small": 24, "full": 200}
WHERE: tuple[Where, ...] = ("left", "right", "behind")
SEARCHED = 7  # every so many frames, wrong codes go through the whole search
PPMS = (0.7, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class Count:
    """How many wrong codes were compared, how many of them reached the threshold, and the highest z."""

    trials: int = 0
    taken: int = 0
    highest: float = 0.0

    def __add__(self, other: Count) -> Count:
        return Count(self.trials + other.trials, self.taken + other.taken, max(self.highest, other.highest))


@dataclass(frozen=True, slots=True)
class Trial:
    """One frame. family: other tokens' codes in the same form at the place that was found. neighbours: the batch's previous and next
    code there. searched: wrong codes expected from the start, through the whole search."""

    seen: bool
    threshold: float
    family: Count
    neighbours: Count
    searched: Count


def try_decoys(seed: int) -> Trial:
    """One frame with its decoys."""
    kind = CODES[seed % len(CODES)]
    level, length = kind["level"], kind["length"]
    own = _dealt(seed, level, length)
    ppm = PPMS[seed % len(PPMS)]
    spec = mixed(seed, ppm, level, length) if seed % 2 else plain(seed, ppm, (seed // 2) % 5 / 2, level, length)
    made = frame(seed, spec, shown=own)
    found = witnessed(made.pixels, Pattern(own), made.quad)
    taken = int((found.decoys >= found.threshold).sum())
    family = Count(len(found.decoys), taken, float(found.decoys.max(initial=0.0)))
    neighbours, searched = Count(), Count()
    around = [Pattern(_dealt(seed + step, level, length)) for step in (-1, 1)]
    if found.corners is not None:
        for pattern in around:
            match = pattern.compared(made.pixels, placed(found.corners, pattern.size))
            neighbours += Count(1, match.z >= found.threshold, match.z)
    if seed % SEARCHED == 0:
        for pattern in (*around, Pattern(_kin(seed, own, length))):
            wrong = witnessed(made.pixels, pattern, made.quad)
            searched += Count(1, wrong.seen, wrong.z)
    return Trial(found.placed, found.threshold, family, neighbours, searched)


def _form(place: int) -> Form:
    return deal(place, 1)[0]


def _dealt(place: int, level: Level, length: Length) -> KnownSymbol:
    """The code that a batch deals to its user at this place."""
    form = _form(place)
    return code(token_of(place), form.key_order, form.mask, level, length)


def _kin(place: int, own: KnownSymbol, length: Length) -> KnownSymbol:
    """Another user's code in the very same form."""
    level: Level = "M" if own.level == "M" else "L"
    return code(token_of(-place), _form(place).key_order, own.mask, level, length)


@dataclass(frozen=True, slots=True)
class Screens:
    """One frame with the station's own screen in view. genuine: the phone shows the expected code. whole, in_phone: it counted as
    seen in the whole frame, and inside the phone's display."""

    genuine: bool
    whole: bool
    in_phone: bool


def try_two_screens(number: int) -> Screens:
    """The station's own screen shows the expected code; the phone shows it too, or another user's."""
    genuine, seed = number < 0, abs(number)
    own = _dealt(seed, "L", "short")
    others = (_kin(seed, own, "short"), _dealt(seed - 1, "L", "short"), _dealt(seed + 1, "L", "short"))
    draw = np.random.default_rng([seed, 9])
    spec = Spec(float(draw.uniform(1.2, 3.0)), float(draw.uniform(0, 1)), float(draw.uniform(0, 20)))
    where: Where = WHERE[seed // 3 % 3]
    made = frame(seed, spec, shown=own if genuine else others[seed % 3], beside=Beside(own, where))
    pattern = Pattern(own)
    whole = witnessed(made.pixels, pattern, made.quad)
    inside = look_for([pattern], made.pixels, points(made.display_quad), None).match
    return Screens(genuine, whole.seen, inside is not None and inside.accepted)


def measure(seed: int, frames: str, workers: int) -> dict[str, Any]:
    """Counts of decoys and of what was wrongly taken for seen."""
    start = seed * 1_000_000 + 400_000
    return _decoy_counts(each("decoys", try_decoys, range(start, start + FRAMES[frames]), workers))


def measure_two_screens(seed: int, frames: str, workers: int) -> dict[str, Any]:
    """The same with the station's own screen in view; a quarter as many frames again in which the phone shows the expected code."""
    start = seed * 1_000_000 + 500_000
    many = range(start, start + TWO_SCREENS[frames])
    return _screen_counts(each("two screens", try_two_screens, [*many, *(-number for number in many[: len(many) // 4])], workers))


def _decoy_counts(trials: Sequence[Trial]) -> dict[str, Any]:
    kinds = {name: sum((getattr(one, name) for one in trials), Count()) for name in ("family", "neighbours", "searched")}
    return {
        "frames": len(trials),
        "frames_with_trials": sum(one.family.trials > 0 for one in trials),
        "own_seen": sum(one.seen for one in trials),
        "threshold": max((one.threshold for one in trials), default=0.0),
        "kinds": {name: [count.trials, count.taken, round(count.highest, 2)] for name, count in kinds.items()},
    }


def _screen_counts(screens: Sequence[Screens]) -> dict[str, Any]:
    strange = [one for one in screens if not one.genuine]
    genuine = [one for one in screens if one.genuine]
    return {
        "two_screens": len(strange),
        "two_screens_seen_whole": sum(one.whole for one in strange),
        "two_screens_seen_in_phone": sum(one.in_phone for one in strange),
        "own_code_both": len(genuine),
        "own_code_both_seen_whole": sum(one.whole for one in genuine),
        "own_code_both_seen_in_phone": sum(one.in_phone for one in genuine),
    }
