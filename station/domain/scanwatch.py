"""The scan watch: sightings over time become what happened to the code. Pure; "code visible" is never "scanned".

a phone stands there                          phone_seen    (once)
the code was seen in its viewfinder           code_seen     (once)
then another lit screen took its place        scanned
then the screen from before, or darkness      went_back
then the stand is empty                       pulled_away
two lit phones                                two_phones
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

Outcome = Literal["phone_seen", "code_seen", "scanned", "went_back", "pulled_away", "two_phones"]


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


@dataclass(frozen=True, slots=True)
class Rules:
    """How much it takes. Frames are consecutive ones, but those with the code count all; seconds are the camera's."""

    code_frames: int = 2
    strong_score: float = 0.8
    scanned_frames: int = 3
    gone_frames: int = 3
    two_frames: int = 3
    back_seconds: float = 1.0
    dark_seconds: float = 4.0


@dataclass(frozen=True, slots=True)
class Watch:
    """What was seen so far while one code is up."""

    phone: bool = False
    code_frames: int = 0
    best: float = 0.0
    code: bool = False
    code_at: float | None = None
    run: str = ""
    run_frames: int = 0
    run_since: float = 0.0
    two: int = 0
    ended: Outcome | None = None


def see(watch: Watch, sighting: Seen, rules: Rules = Rules()) -> tuple[Watch, tuple[Outcome, ...]]:
    """Take one sighting in; say what newly came out of it. After an ending outcome nothing more comes."""
    if watch.ended:
        return watch, ()
    watch = _counted(watch, sighting)
    news: list[Outcome] = []
    code = watch.code_frames >= rules.code_frames or watch.best >= rules.strong_score
    if not watch.phone and (code or sighting.stand == "phone"):
        watch = replace(watch, phone=True)
        news.append("phone_seen")
    if not watch.code and code:
        watch = replace(watch, code=True)
        news.append("code_seen")
    ending = _ending(watch, sighting, rules)
    if ending:
        watch = replace(watch, ended=ending)
        news.append(ending)
    elif watch.run == "empty" and watch.run_frames >= rules.gone_frames:
        # taken away before it saw anything of the code: the watch starts anew
        watch = Watch()
    return watch, tuple(news)


def _counted(watch: Watch, sighting: Seen) -> Watch:
    run = "empty" if sighting.stand == "empty" else sighting.screen
    if run == watch.run:
        watch = replace(watch, run_frames=watch.run_frames + 1)
    else:
        watch = replace(watch, run=run, run_frames=1, run_since=sighting.at)
    watch = replace(watch, two=watch.two + 1 if sighting.phones > 1 else 0)
    if run == "code":
        watch = replace(watch, code_frames=watch.code_frames + 1, best=max(watch.best, sighting.score), code_at=sighting.at)
    return watch


def _ending(watch: Watch, sighting: Seen, rules: Rules) -> Outcome | None:
    if watch.two >= rules.two_frames:
        return "two_phones"
    if not watch.code:
        return None
    lasted = sighting.at - watch.run_since
    match watch.run:
        case "other" if watch.run_frames >= rules.scanned_frames:
            return "scanned"
        case "before" if lasted >= rules.back_seconds:
            return "went_back"
        case "dark" if lasted >= rules.dark_seconds:
            return "went_back"
        case "empty" if watch.run_frames >= rules.gone_frames:
            return "pulled_away"
    return None
