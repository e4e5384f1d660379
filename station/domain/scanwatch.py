"""The scan watch: sightings over time become what happened to the code. Pure; "code visible" is never "scanned".

a phone stands there                                           phone_seen    (once)
the code was seen in its viewfinder                            code_seen     (once)
then, soon, another lit screen took its place                  scanned
then a screen that was taught as an error                      error_shown
then the screen from before, or darkness for long              went_back
then the stand is empty                                        pulled_away
then another lit screen, but nobody saw how it came            lost_sight
two lit phones                                                 two_phones
the code stays in one form while the attached screen's changes not_live

Sightings come in the camera's order, but for those of kept frames that were judged afterwards: these count for the code alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from station.domain.turns import DEAD, Lag, Turns

KEPT = 8  # times of frames of a kind that the rules count

Outcome = Literal[
    "phone_seen",
    "code_seen",
    "scanned",
    "error_shown",
    "went_back",
    "pulled_away",
    "lost_sight",
    "two_phones",
    "not_live",
]


class Seen(Protocol):
    """The part of a sighting that the watch judges."""

    @property
    def at(self) -> float: ...
    @property
    def stand(self) -> Literal["empty", "phone", "unsure"]: ...
    @property
    def screen(self) -> Literal["none", "dark", "code", "viewfinder", "before", "other"]: ...
    @property
    def phones(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def z(self) -> float: ...
    @property
    def form(self) -> int | None: ...
    @property
    def taught(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """How much it takes. Frames are consecutive ones, but those with the code and of taught errors count all; seconds are the
    camera's.

    strong_score, strong_z: one frame with the code suffices from here on. scanned_frames: of another lit screen; doubtful_frames:
    the same, where a frame since the code was known as one that was taught as an error or as the screen from before; setup_frames: of
    one that was taught as setup. longest_gap: from the last frame with the code to the first of that screen. away_frames: of
    an empty stand in between, from which on it may be another phone. jitter: frames that are older by less came in order;
    new_clock: those older by more are of a camera that began anew.
    """

    code_frames: int = 2
    strong_score: float = 0.8
    strong_z: float = 10.0
    scanned_frames: int = 3
    doubtful_frames: int = 8
    setup_frames: int = 2
    error_frames: int = 2
    before_frames: int = 2
    gone_frames: int = 3
    two_frames: int = 3
    away_frames: int = 2
    back_seconds: float = 1.0
    dark_seconds: float = 4.0
    longest_gap: float = 3.0
    jitter: float = 0.05
    new_clock: float = 5.0
    lag: Lag = field(default_factory=Lag)


@dataclass(frozen=True, slots=True)
class Watch:
    """What was seen so far while one code is up.

    newest: time of the newest sighting. run: what the newest sightings in a row showed, since when, in how many frames, in how
    many of them a taught screen. taught: the last one. empty, errors, backs: when the stand was seen empty, a taught error shown,
    and a screen that was taught as the one from before.
    """

    phone: bool = False
    newest: float | None = None
    code_frames: int = 0
    best: float = 0.0
    best_z: float = 0.0
    code: bool = False
    code_at: float | None = None
    run: str = ""
    run_frames: int = 0
    run_since: float = 0.0
    run_taught: int = 0
    empty: tuple[float, ...] = ()
    errors: tuple[float, ...] = ()
    backs: tuple[float, ...] = ()
    two: int = 0
    taught: str | None = None
    turns: Turns = field(default_factory=Turns)
    ended: Outcome | None = None

    @property
    def live(self) -> bool | None:
        """Whether the viewfinder follows the screen's turns; None where too few were seen to tell."""
        return self.turns.live

    def since_code(self, times: tuple[float, ...]) -> int:
        """How many of these lie after the last frame with the code."""
        return sum(self.code_at is not None and at > self.code_at for at in times)


def form_up(watch: Watch, at: float, form: int, rules: Rules = Rules()) -> Watch:
    """The attached screen shows this form since `at`, on the camera's clock."""
    return watch if watch.ended else replace(watch, turns=watch.turns.up(at, form).judged(rules.lag))


def see(watch: Watch, sighting: Seen, rules: Rules = Rules()) -> tuple[Watch, tuple[Outcome, ...]]:
    """Take one sighting in; say what newly came out of it. After an ending outcome nothing more comes."""
    if watch.ended:
        return watch, ()
    late = _late(watch, sighting, rules)
    if late and _shows(sighting) != "code":
        return watch, ()
    watch = _with_code(watch, sighting, rules) if late else _counted(watch, sighting, rules)
    news: list[Outcome] = []
    code = watch.code_frames >= rules.code_frames or watch.best >= rules.strong_score or watch.best_z >= rules.strong_z
    if not watch.phone and (code or sighting.stand == "phone"):
        watch = replace(watch, phone=True)
        news.append("phone_seen")
    if not watch.code and code:
        watch = replace(watch, code=True)
        news.append("code_seen")
    ending = _ending(watch, rules)
    if ending:
        watch = replace(watch, ended=ending)
        news.append(ending)
    elif watch.run == "empty" and watch.run_frames >= rules.gone_frames:
        # taken away before it saw anything of the code: the watch starts anew
        watch = Watch(newest=watch.newest, turns=Turns(watch.turns.shown))
    return watch, tuple(news)


def _late(watch: Watch, sighting: Seen, rules: Rules) -> bool:
    """A kept frame that was judged after newer ones."""
    return watch.newest is not None and rules.jitter < watch.newest - sighting.at <= rules.new_clock


def _shows(sighting: Seen) -> str:
    """The sighting in one word: a taught screen says more than what was made of the same screen untaught."""
    if sighting.stand == "empty":
        return "empty"
    if sighting.screen in ("code", "none", "dark"):
        return sighting.screen
    kind = (sighting.taught or "").partition(":")[0]
    if kind in ("error", "before"):
        return kind
    return "other" if kind == "setup" else sighting.screen


def _counted(watch: Watch, sighting: Seen, rules: Rules) -> Watch:
    """The next sighting in the camera's order."""
    at, shows = sighting.at, _shows(sighting)
    if watch.newest is not None and at < watch.newest:
        if watch.newest - at <= rules.jitter:
            at = watch.newest
        else:  # a camera that began anew: how long ago the code was seen is not known any more
            watch = replace(watch, code_at=None, run="", empty=(), errors=(), backs=())
    if shows == watch.run:
        watch = replace(watch, run_frames=watch.run_frames + 1)
    else:
        watch = replace(watch, run=shows, run_frames=1, run_since=at, run_taught=0)
    if shows == "code":
        watch = _with_code(watch, sighting, rules)
    elif sighting.taught and shows in ("before", "error", "other"):
        watch = replace(watch, run_taught=watch.run_taught + 1, taught=sighting.taught)
    return replace(
        watch,
        newest=at,
        two=watch.two + 1 if sighting.phones > 1 else 0,
        empty=(*watch.empty, at)[-KEPT:] if shows == "empty" else watch.empty,
        errors=(*watch.errors, at)[-KEPT:] if shows == "error" else watch.errors,
        backs=(*watch.backs, at)[-KEPT:] if shows == "before" and sighting.taught else watch.backs,
    )


def _with_code(watch: Watch, sighting: Seen, rules: Rules) -> Watch:
    """One more frame with the code, be it the newest or one from before."""
    at = sighting.at
    newer = watch.code_at is None or at > watch.code_at
    if sighting.form is not None:
        watch = replace(watch, turns=watch.turns.code(at, sighting.form).judged(rules.lag))
    watch = replace(
        watch,
        code_frames=watch.code_frames + 1,
        best=max(watch.best, sighting.score),
        best_z=max(watch.best_z, sighting.z),
        code_at=at if newer else watch.code_at,
    )
    if at < watch.run_since and watch.run != "code":
        return watch  # what stands there now came after it
    if watch.run != "code":
        watch = replace(watch, run="code", run_frames=1, run_since=at, run_taught=0)
    return replace(watch, taught=None)


def _ending(watch: Watch, rules: Rules) -> Outcome | None:
    if watch.two >= rules.two_frames:
        return "two_phones"
    if not watch.code:
        return None
    if watch.turns.against >= DEAD:
        return "not_live"
    if watch.since_code(watch.errors) >= rules.error_frames:
        return "error_shown"
    if watch.since_code(watch.backs) >= rules.before_frames:
        return "went_back"
    doubtful = watch.since_code(watch.errors) or watch.since_code(watch.backs)
    enough = rules.doubtful_frames if doubtful else rules.scanned_frames
    lasted = (watch.newest if watch.newest is not None else watch.run_since) - watch.run_since
    match watch.run:
        case "other" if watch.run_frames >= enough or watch.run_taught >= rules.setup_frames:
            return _gave_way(watch, rules)
        case "before" if lasted >= rules.back_seconds:
            return "went_back"
        case "dark" if lasted >= rules.dark_seconds:
            return "went_back"
        case "empty" if watch.run_frames >= rules.gone_frames:
            return "pulled_away"
    return None


def _gave_way(watch: Watch, rules: Rules) -> Outcome:
    """Another lit screen is there for good: is it this phone's, and did it come of the scan?"""
    if watch.live is False:
        return "not_live"
    soon = watch.code_at is not None and watch.run_since - watch.code_at <= rules.longest_gap
    away = watch.since_code(watch.empty) >= rules.away_frames
    return "scanned" if soon and not away else "lost_sight"
