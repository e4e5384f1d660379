"""The live challenge: viewfinders that follow the screen's turns, with a lag of their own, and pictures that do not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.scanwatch import Outcome, Watch, form_up, see
from station.domain.turns import Lag, Turns

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
TURN = 0.4  # seconds for which a form is up
LAG = Lag()


def shown_at(at: float, start: float = 0.0, many: int = 2) -> int:
    """The form that the screen shows."""
    return int((at - start) / TURN) % many


def challenge(
    seconds: float,
    seen: Callable[[float], int | None],
    *,
    frame: float = 0.05,
    late: float = 0.0,
    start: float = 0.0,
    lost: Callable[[int], bool] = lambda number: False,
    forms: int = 2,
) -> Turns:
    """Turns from `start` on, and frames of a camera; a turn is heard `late` seconds after it came."""
    events = [(start + number * TURN + late, "up", start + number * TURN) for number in range(int((seconds - start) / TURN) + 1)]
    events += [(number * frame, "frame", number * frame) for number in range(int(seconds / frame)) if not lost(number)]
    turns = Turns()
    for _, kind, at in sorted(events):
        form = shown_at(at + 1e-6, start, forms) if kind == "up" else seen(at)
        if kind == "up":
            assert form is not None
            turns = turns.up(at, form).judged(LAG)
        elif form is not None:
            turns = turns.code(at, form).judged(LAG)
    return turns


def viewfinder(lag: float) -> Callable[[float], int | None]:
    return lambda at: shown_at(at - lag) if at >= lag else None


@pytest.mark.parametrize("lag", [0.04, 0.1, 0.2, 0.33, 0.4, 0.48])
@pytest.mark.parametrize("frame", [0.033, 0.1, 0.15])
def test_a_viewfinder_that_lags_a_little_is_live(lag: float, frame: float) -> None:
    turns = challenge(4.0, viewfinder(lag), frame=frame)
    assert turns.contradicted == 0
    assert turns.followed >= 6
    assert turns.live is True


@pytest.mark.parametrize("form", [0, 1])
@pytest.mark.parametrize("frame", [0.033, 0.1, 0.2])
def test_a_photograph_is_not_live_within_four_seconds(form: int, frame: float) -> None:
    turns = challenge(4.0, lambda at: form, frame=frame)
    assert turns.followed == 0
    assert turns.contradicted >= 3
    assert turns.live is False


@pytest.mark.parametrize("late", [0.0, 0.05, 0.3, 0.7])
def test_turns_that_are_heard_late_are_put_where_they_belong(late: float) -> None:
    assert challenge(4.0, viewfinder(0.15), late=late).live is True
    assert challenge(5.0, lambda at: 0, late=late).live is False


@pytest.mark.parametrize("lag", [0.51, 0.55, 0.6])
def test_a_viewfinder_that_lags_much_is_not_taken_for_a_photograph(lag: float) -> None:
    turns = challenge(6.0, viewfinder(lag))
    assert turns.contradicted == 0
    assert turns.live is not False


@pytest.mark.parametrize("until", [0.15, 0.4, 0.6])
def test_a_phone_that_reads_at_once_leaves_nothing_to_tell(until: float) -> None:
    turns = challenge(3.0, lambda at: shown_at(at - 0.1) if 0.1 <= at < until else None)
    assert turns.contradicted == 0
    assert turns.live is not False


def test_a_preview_that_freezes_for_a_moment_while_its_phone_reads_is_not_taken_for_a_photograph() -> None:
    turns = challenge(3.0, lambda at: 0 if 0.1 <= at < 0.9 else None)
    assert turns.live is None


@pytest.mark.parametrize("form", [0, 1])
@pytest.mark.parametrize("frame", [0.067, 0.1, 0.2])
def test_a_photograph_that_is_there_for_little_more_than_a_second_is_not_live(form: int, frame: float) -> None:
    assert challenge(1.6, lambda at: form if at < 1.3 else None, frame=frame).live is False


def test_a_form_that_is_seen_before_it_ever_came_up_is_a_photograph() -> None:
    assert challenge(1.6, lambda at: 1 if at < 0.75 else None).live is False


def test_a_preview_that_freezes_for_a_while_after_it_followed_stays_live() -> None:
    turns = challenge(4.4, lambda at: shown_at(min(at, 2.6) - 0.1) if at > 0.1 else None)
    assert turns.followed >= 4
    assert turns.live is True


def test_a_viewfinder_that_becomes_a_photograph_is_one() -> None:
    turns = challenge(7.0, lambda at: shown_at(min(at, 2.6) - 0.1) if at > 0.1 else None)
    assert turns.followed >= 4
    assert turns.live is False
    again = challenge(9.0, lambda at: shown_at((at if at > 6 or at < 2.6 else 2.6) - 0.1) if at > 0.1 else None)
    assert again.contradicted >= 3
    assert again.live is True


def test_too_few_frames_tell_nothing_of_a_photograph() -> None:
    assert challenge(6.0, lambda at: 0, frame=0.5).contradicted == 0
    assert challenge(6.0, lambda at: 0 if at % 0.8 < 0.35 else None).contradicted == 0


def test_a_code_of_one_form_alone_has_no_turns() -> None:
    turns = challenge(6.0, lambda at: 0, forms=1)
    assert (turns.followed, turns.contradicted, turns.live) == (0, 0, None)


def test_what_is_kept_is_bounded() -> None:
    turns = challenge(60.0, viewfinder(0.1), frame=0.033)
    assert len(turns.shown) <= 8
    assert len(turns.seen) <= 64
    assert turns.followed > 140


@STEADY
@given(
    lag=st.floats(0.04, 0.49),
    start=st.floats(0.0, 0.8),
    rate=st.floats(8.0, 30.0),
    seed=st.integers(0, 1000),
    dropped=st.floats(0.0, 0.5),
    late=st.floats(0.0, 0.4),
    unknown=st.floats(0.0, 0.5),
)
def test_no_live_viewfinder_is_contradicted_whatever_is_dropped_or_late(
    lag: float, start: float, rate: float, seed: int, dropped: float, late: float, unknown: float
) -> None:
    draw = random.Random(seed)

    def seen(at: float) -> int | None:
        showed = at - lag + draw.uniform(-0.02, 0.02)
        return None if showed < start or draw.random() < unknown else shown_at(showed, start)

    turns = challenge(6.0, seen, frame=1 / rate, late=late, start=start, lost=lambda _: draw.random() < dropped)
    assert turns.contradicted == 0


@STEADY
@given(
    form=st.integers(0, 1),
    start=st.floats(0.0, 0.8),
    rate=st.floats(8.0, 30.0),
    seed=st.integers(0, 1000),
    dropped=st.floats(0.0, 0.9),
    late=st.floats(0.0, 0.4),
)
def test_no_photograph_is_ever_followed(form: int, start: float, rate: float, seed: int, dropped: float, late: float) -> None:
    draw = random.Random(seed)
    turns = challenge(6.0, lambda at: form, frame=1 / rate, late=late, start=start, lost=lambda _: draw.random() < dropped)
    assert turns.followed == 0
    assert turns.live is not True
    if dropped == 0:
        assert turns.live is False


# --- in the watch -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    at: float
    screen: str = "code"
    form: int | None = 0
    stand: str = "phone"
    phones: int = 1
    score: float = 0.9
    z: float = 20.0
    taught: str | None = None


def watched(code_seconds: float, seen: Callable[[float], int | None], *, frame: float = 0.1) -> tuple[Watch, list[Outcome]]:
    """A code in two forms that is seen so long, then another lit screen."""
    watch, told, up = Watch(), list[Outcome](), 0
    for number in range(int(code_seconds / frame) + 10):
        at = number * frame
        while up * TURN <= at:
            watch = form_up(watch, up * TURN, up % 2)
            up += 1
        sighting = Frame(at, form=seen(at)) if at < code_seconds else Frame(at, "other", None, score=0.0, z=0.0)
        watch, news = see(watch, sighting)  # type: ignore[arg-type]  # plain strings for its literals
        told += news
    return watch, told


def test_a_photograph_ends_the_watch_before_anything_else_does() -> None:
    watch, told = watched(6.0, lambda at: 1)
    assert told == ["phone_seen", "code_seen", "not_live"]
    assert watch.live is False


def test_a_photograph_that_is_swiped_away_sooner_is_no_scan() -> None:
    for seconds in (1.3, 1.6, 2.5, 3.0):
        assert watched(seconds, lambda at: 0)[1][-1] == "not_live"


def test_a_viewfinder_that_followed_is_scanned_and_known_as_live() -> None:
    watch, told = watched(3.0, viewfinder(0.12))
    assert told == ["phone_seen", "code_seen", "scanned"]
    assert watch.live is True


@pytest.mark.parametrize("seconds", [0.1, 0.2, 0.4])
def test_a_fast_phone_is_scanned_without_a_word_on_its_life(seconds: float) -> None:
    watch, told = watched(seconds, lambda at: 0)
    assert told == ["phone_seen", "code_seen", "scanned"]
    assert watch.live is None


def test_forms_that_the_camera_cannot_tell_say_nothing() -> None:
    watch, told = watched(6.0, lambda at: None)
    assert told == ["phone_seen", "code_seen", "scanned"]
    assert watch.live is None


def test_a_phone_that_was_taken_away_unseen_leaves_no_doubt_on_the_next_one() -> None:
    watch = Watch()
    for number in range(40):
        watch = form_up(watch, number * TURN, number % 2)
    for number in range(3):
        watch, _ = see(watch, replace(Frame(16.0 + number / 10), screen="none", stand="empty", phones=0))  # type: ignore[arg-type]  # as above
    assert (watch.turns.followed, watch.turns.contradicted, watch.phone) == (0, 0, False)
    assert watch.turns.shown
