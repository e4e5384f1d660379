"""The scan watch: scripts of sightings, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.scanwatch import Outcome, Rules, Watch, see

STEADY = settings(deadline=None, derandomize=True, max_examples=100)
Stand = Literal["empty", "phone", "unsure"]
Screen = Literal["none", "dark", "code", "viewfinder", "before", "other"]
FRAME = 0.1  # seconds between two frames
ENDINGS = {"scanned", "went_back", "pulled_away", "two_phones"}


@dataclass(frozen=True)
class Frame:
    at: float
    stand: Stand
    screen: Screen
    phones: int = 1
    score: float = 0.0


WORDS: dict[str, tuple[Stand, Screen, int, float]] = {
    "empty": ("empty", "none", 0, 0.0),
    "hand": ("unsure", "none", 0, 0.0),
    "off": ("phone", "dark", 0, 0.0),
    "blank": ("phone", "none", 0, 0.0),
    "welcome": ("phone", "before", 1, 0.0),
    "finder": ("phone", "viewfinder", 1, 0.3),
    "weak": ("phone", "code", 1, 0.5),
    "strong": ("phone", "code", 1, 0.9),
    "setup": ("phone", "other", 1, 0.0),
    "two": ("phone", "viewfinder", 2, 0.0),
    "two-codes": ("phone", "code", 2, 0.9),
    "ghost": ("empty", "code", 1, 0.9),  # a stand that is empty and shows the code: the camera contradicts itself
    "half-seen": ("unsure", "code", 1, 0.9),
}


def frames(script: str) -> list[Frame]:
    """`word` is one frame, `word*n` n of them, `word~s` frames for s seconds."""
    found: list[Frame] = []
    for word in script.split():
        name, _, times = word.partition("*")
        name, _, seconds = name.partition("~")
        many = round(float(seconds) / FRAME) + 1 if seconds else int(times or 1)
        stand, screen, phones, score = WORDS[name]
        for _ in range(many):
            found.append(Frame(len(found) * FRAME, stand, screen, phones, score))
    return found


def outcomes(sightings: Iterable[Frame], rules: Rules | None = None) -> list[Outcome]:
    watch = Watch()
    told: list[Outcome] = []
    for sighting in sightings:
        watch, news = see(watch, sighting, rules or Rules())
        told += news
    return told


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param("empty*5", "", id="nobody comes"),
        pytest.param("empty hand setup*9", "phone_seen", id="a phone stands there and shows nothing of the code"),
        pytest.param("welcome finder*3 weak*8 finder setup*3", "phone_seen code_seen scanned", id="an ordinary scan"),
        pytest.param("welcome finder strong setup*3", "phone_seen code_seen scanned", id="a fast reader: one strong frame"),
        pytest.param("welcome finder weak setup*9", "phone_seen", id="one weak frame proves nothing"),
        pytest.param("welcome finder weak*2 setup*3", "phone_seen code_seen scanned", id="two weak frames do"),
        pytest.param("finder weak finder*7 weak finder setup*3", "phone_seen code_seen scanned", id="two weak frames with a gap"),
        pytest.param("strong setup*2", "phone_seen code_seen", id="two frames of another screen are too few"),
        pytest.param("strong setup*2 strong setup*2 weak", "phone_seen code_seen", id="flicker between code and another screen"),
        pytest.param("strong setup*2 finder setup*2 finder setup*3", "phone_seen code_seen scanned", id="flicker that comes to rest"),
        pytest.param("strong finder*50", "phone_seen code_seen", id="the code leaves the viewfinder, the viewfinder stays"),
        pytest.param("strong*2 welcome~1.0", "phone_seen code_seen went_back", id="back to the screen from before"),
        pytest.param("strong*2 welcome~0.8 setup*3", "phone_seen code_seen scanned", id="the screen from before for an instant"),
        pytest.param("strong welcome~0.8 strong welcome~0.8", "phone_seen code_seen", id="the screen from before twice, too short"),
        pytest.param("strong*2 off~4.0", "phone_seen code_seen went_back", id="dark for good"),
        pytest.param("strong*2 off~3.8 setup*3", "phone_seen code_seen scanned", id="dark between code and setup"),
        pytest.param("strong*2 blank~9", "phone_seen code_seen", id="no display to be found"),
        pytest.param("welcome finder*4 empty*3", "phone_seen", id="pulled away before it saw the code"),
        pytest.param("finder weak empty*3 weak setup*5", "phone_seen phone_seen", id="a weak frame is forgotten with its phone"),
        pytest.param(
            "finder empty*3 finder strong setup*3", "phone_seen phone_seen code_seen scanned", id="pulled away, and back again"
        ),
        pytest.param("finder empty*2 strong setup*3", "phone_seen code_seen scanned", id="two empty frames are no empty stand"),
        pytest.param("strong*3 hand*9 empty*3", "phone_seen code_seen pulled_away", id="pulled away after it saw the code"),
        pytest.param("strong*3 empty*2 hand empty*2 strong", "phone_seen code_seen", id="a hand in between"),
        pytest.param("strong two*3", "phone_seen code_seen two_phones", id="two phones after the code"),
        pytest.param("two*3", "phone_seen two_phones", id="two phones before the code"),
        pytest.param("two-codes*3", "phone_seen code_seen two_phones", id="two phones with the code"),
        pytest.param("two*2 finder two*2 finder", "phone_seen", id="a reflection now and then is no second phone"),
        pytest.param("setup*50", "phone_seen", id="another screen without the code is never a scan"),
        pytest.param("welcome~9 off~9", "phone_seen", id="neither the screen from before nor darkness is, without the code"),
        pytest.param("ghost*9", "", id="no code counts on an empty stand"),
        pytest.param("half-seen setup*3", "phone_seen code_seen scanned", id="where the code is, a phone is"),
        pytest.param("strong setup*3 strong setup*9 empty*9", "phone_seen code_seen scanned", id="nothing comes after a scan"),
        pytest.param("strong empty*3 strong setup*9", "phone_seen code_seen pulled_away", id="nothing comes after it was pulled away"),
    ],
)
def test_a_script_comes_out_as_expected(script: str, expected: str) -> None:
    assert outcomes(frames(script)) == expected.split()


def test_the_watch_keeps_what_the_record_of_a_scan_needs() -> None:
    watch = Watch()
    for sighting in frames("finder*2 weak strong weak setup*3"):
        watch, _ = see(watch, sighting)
    assert (watch.code_frames, watch.best) == (3, 0.9)
    assert watch.code_at == pytest.approx(4 * FRAME)


def test_the_rules_can_be_made_stricter() -> None:
    script = frames("strong weak setup*3 setup*3")
    assert outcomes(script, Rules(code_frames=3, strong_score=0.95)) == ["phone_seen"]
    assert outcomes(script, Rules(scanned_frames=7)) == ["phone_seen", "code_seen"]
    assert outcomes(script, Rules(scanned_frames=6)) == ["phone_seen", "code_seen", "scanned"]


# --- any sightings ---------------------------------------------------------------------------------------------------------

STANDS: tuple[Stand, ...] = ("empty", "phone", "unsure")
SCREENS: tuple[Screen, ...] = ("none", "dark", "code", "viewfinder", "before", "other")
SIGHTING = st.builds(
    Frame,
    at=st.just(0.0),
    stand=st.sampled_from(STANDS),
    screen=st.sampled_from(SCREENS),
    phones=st.integers(0, 2),
    score=st.sampled_from((0.0, 0.45, 0.85)),
)
# runs of like sightings: single ones in any order would hardly ever be an ending
RUNS = st.lists(st.tuples(SIGHTING, st.integers(1, 5), st.sampled_from((0.05, 0.5, 5.0))), max_size=15)


def played(runs: list[tuple[Frame, int, float]]) -> list[Frame]:
    at, found = 0.0, []
    for sighting, times, step in runs:
        for _ in range(times):
            at += step
            found.append(Frame(at, sighting.stand, sighting.screen, sighting.phones, sighting.score))
    return found


@STEADY
@given(runs=RUNS)
def test_nothing_is_scanned_that_was_not_seen_with_the_code_and_then_without(runs: list[tuple[Frame, int, float]]) -> None:
    watch, seen = Watch(), []
    told: list[Outcome] = []
    for sighting in played(runs):
        watch, news = see(watch, sighting)
        seen.append(sighting)
        told += news
        if "scanned" in news:
            assert any(one.screen == "code" and one.stand != "empty" for one in seen[:-3])
            assert all(one.screen == "other" and one.stand != "empty" for one in seen[-3:])
    endings = [one for one in told if one in ENDINGS]
    assert len(endings) <= 1
    assert endings == told[len(told) - len(endings) :]
    assert told.count("code_seen") <= 1
    if "code_seen" in told:
        assert "phone_seen" in told[: told.index("code_seen")]
    if endings and endings != ["two_phones"]:
        assert "code_seen" in told


@STEADY
@given(before=RUNS, after=RUNS)
def test_an_ending_is_final(before: list[tuple[Frame, int, float]], after: list[tuple[Frame, int, float]]) -> None:
    ended = Watch()
    for sighting in [*frames("strong setup*3"), *played(before), *played(after)]:
        watch, news = see(ended, sighting)
        if ended.ended:
            assert watch is ended
            assert news == ()
        ended = watch
    assert ended.ended == "scanned"


@STEADY
@given(runs=RUNS)
def test_without_the_code_in_any_frame_nothing_but_phones_is_ever_told(runs: list[tuple[Frame, int, float]]) -> None:
    without = [one for one in played(runs) if one.screen != "code"]
    assert set(outcomes(without)) <= {"phone_seen", "two_phones"}
