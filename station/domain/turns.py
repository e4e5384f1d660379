"""The live challenge: two forms of one code take turns on the attached screen. A live viewfinder follows, a photograph does not.

A viewfinder shows a turn with some lag (screen, preview and bench camera together). Of each turn one of three things is said:

followed      the code was seen to change from the old form to the new one, not sooner and not later than a viewfinder may
contradicted  the code was seen, never in the new form, so densely that whatever the lag, that would have been met
neither       too little was seen of it; or the code was in the new form before (a photograph shows one of the two all the time)

The first form that comes up is a turn too: it cannot be followed, but a photograph of the other one contradicts it.

Times are seconds on one clock for the screen and the camera. What is heard late is put where it belongs.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

DEAD = 3  # turns in a row that were contradicted after others were followed: no preview freezes for so long
KEPT_TURNS = 8
KEPT_SEEN = 64


@dataclass(frozen=True, slots=True)
class Lag:
    """How a viewfinder may follow, in seconds. `least`, `most`: lag of one that counts as following. `latest`: one whose lag is
    longer still is not taken for a photograph until this one is over. `margin`: around a change nothing is sure (exposure,
    the panel's own change, clocks). `dense`: between two sightings a change can be placed."""

    least: float = 0.03
    most: float = 0.5
    latest: float = 0.6
    margin: float = 0.06
    dense: float = 0.4


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """From `at` on the screen showed this form. `judged`: it was said what came of it."""

    at: float
    form: int
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Turns:
    """The newest turns and sightings of the code (when, in which form), oldest first, and what came of all turns so far. `against`:
    how many were contradicted since one was followed."""

    shown: tuple[Turn, ...] = ()
    seen: tuple[tuple[float, int], ...] = ()
    followed: int = 0
    contradicted: int = 0
    against: int = 0

    @property
    def live(self) -> bool | None:
        """True: it follows. False: it never did and should have, or does not any more. None: too few turns to tell, as with a phone
        that reads at once."""
        if self.against >= DEAD or (self.against and not self.followed):
            return False
        return True if self.followed else None

    def up(self, at: float, form: int) -> Turns:
        """The screen shows this form from now on."""
        shown = list(self.shown)
        insort(shown, Turn(at, form))
        turns = [turn for before, turn in pairwise([None, *shown]) if turn and (before is None or turn.form != before.form)]
        return replace(self, shown=tuple(turns[-KEPT_TURNS:]))

    def code(self, at: float, form: int) -> Turns:
        """The code was seen in this form."""
        seen = list(self.seen)
        insort(seen, (at, form))
        return replace(self, seen=tuple(seen[-KEPT_SEEN:]))

    def judged(self, lag: Lag) -> Turns:
        """What can be said by now of the turns that nothing was said of yet."""
        shown, followed, contradicted, against = list(self.shown), self.followed, self.contradicted, self.against
        for place, turn in enumerate(shown):
            if turn.judged:
                continue
            before = shown[place - 1].form if place else None
            until = shown[place + 1].at if place + 1 < len(shown) else None
            if _followed(turn, before, self.seen, lag):
                followed, against = followed + 1, 0
            elif until is not None and _contradicted(turn, until, self.seen, lag):
                contradicted, against = contradicted + 1, against + 1
            else:
                continue
            shown[place] = replace(turn, judged=True)
        return replace(self, shown=tuple(shown), followed=followed, contradicted=contradicted, against=against)


def _followed(turn: Turn, before: int | None, seen: Sequence[tuple[float, int]], lag: Lag) -> bool:
    return any(
        old == before and new == turn.form and later >= turn.at + lag.least and earlier <= turn.at + lag.most
        for (earlier, old), (later, new) in pairwise(seen)
        if later - earlier <= lag.dense
    )


def _contradicted(turn: Turn, until: float, seen: Sequence[tuple[float, int]], lag: Lag) -> bool:
    """With a lag of L the new form is met from `turn.at + L` to `until + L`: for each L that may be, another was seen there."""
    sure = until - turn.at - 2 * lag.margin  # how long it is surely met
    from_here = turn.at + lag.least + lag.margin  # the lags whose time begins sooner are contradicted
    enough = turn.at + lag.latest + lag.margin
    for at, form in seen:
        if not turn.at + lag.least <= at <= until + lag.latest:
            continue
        if form == turn.form or at > from_here + sure:
            return False
        from_here = max(from_here, at)
    return from_here >= enough
