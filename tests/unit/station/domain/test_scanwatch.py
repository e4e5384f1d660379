"""The scan watch: scripts of sightings, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.scanwatch import Outcome, Rules, Watch, form_up, see

STEADY = settings(deadline=None, derandomize=True, max_examples=80)
Stand = Literal["empty", "phone", "unsure"]
Screen = Literal["none", "dark", "code", "viewfinder", "before", "other"]
FRAME = 0.1  # seconds between two frames
ENDINGS = {"scanned", "error_shown", "went_back", "pulled_away", "lost_sight", "two_phones", "not_live"}


@dataclass(frozen=True)
class Frame:
    at: float
    stand: Stand
    screen: Screen
    phones: int = 1
    score: float = 0.0
    z: float = 0.0
    form: int | None = None
    taught: str | None = None


WORDS: dict[str, tuple[Stand, Screen, int, float, float, str | None]] = {
    "empty": ("empty", "none", 0, 0.0, 0.0, None),
    "hand": ("unsure", "none", 0, 0.0, 0.0, None),
    "off": ("phone", "dark", 0, 0.0, 0.0, None),
    "blank": ("phone", "none", 0, 0.0, 0.0, None),
    "welcome": ("phone", "before", 1, 0.0, 0.0, None),
    "finder": ("phone", "viewfinder", 1, 0.3, 0.0, None),
    "weak": ("phone", "code", 1, 0.5, 7.0, None),
    "strong": ("phone", "code", 1, 0.9, 9.0, None),
    "sure": ("phone", "code", 1, 0.5, 12.0, None),
    "setup": ("phone", "other", 1, 0.0, 0.0, None),
    "known-setup": ("phone", "other", 1, 0.0, 0.0, "setup:work"),
    "known-error": ("phone", "other", 1, 0.0, 0.0, "error:no-network"),
    "error-like-before": ("phone", "before", 1, 0.0, 0.0, "error:no-network"),
    "known-welcome": ("phone", "other", 1, 0.0, 0.0, "before:welcome"),
    "odd-name": ("phone", "other", 1, 0.0, 0.0, "somebody"),
    "two": ("phone", "viewfinder", 2, 0.0, 0.0, None),
    "two-codes": ("phone", "code", 2, 0.9, 9.0, None),
    "ghost": ("empty", "code", 1, 0.9, 9.0, None),  # a stand that is empty and shows the code: the camera contradicts itself
    "half-seen": ("unsure", "code", 1, 0.9, 9.0, None),
}


def frames(script: str, start: float = 0.0) -> list[Frame]:
    """`word` is one frame, `word*n` n of them, `word~s` frames for s seconds."""
    found: list[Frame] = []
    for word in script.split():
        name, _, times = word.partition("*")
        name, _, seconds = name.partition("~")
        stand, screen, phones, score, z, taught = WORDS[name]
        many = round(float(seconds) / FRAME) + 1 if seconds else int(times or 1)
        for _ in range(many):
            found.append(Frame(start + len(found) * FRAME, stand, screen, phones, score, z, None, taught))
    return found


def played(sightings: Iterable[Frame], rules: Rules | None = None, watch: Watch | None = None) -> tuple[Watch, list[Outcome]]:
    watch = watch or Watch()
    told: list[Outcome] = []
    for sighting in sightings:
        watch, news = see(watch, sighting, rules or Rules())
        told += news
    return watch, told


def outcomes(sightings: Iterable[Frame], rules: Rules | None = None) -> list[Outcome]:
    return played(sightings, rules)[1]


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
        pytest.param("strong*2 off~2.8 setup*3", "phone_seen code_seen scanned", id="dark between code and setup"),
        pytest.param("strong*2 off~3.2 setup*3", "phone_seen code_seen lost_sight", id="dark for too long between code and setup"),
        pytest.param("strong*2 hand~9 setup*3", "phone_seen code_seen lost_sight", id="a hand hid how the other screen came"),
        pytest.param("strong*2 finder~9 setup*3", "phone_seen code_seen lost_sight", id="the viewfinder looked elsewhere for long"),
        pytest.param("strong*2 finder~9 strong setup*3", "phone_seen code_seen scanned", id="and then saw the code again"),
        pytest.param("finder sure setup*3", "phone_seen code_seen scanned", id="one frame far above the decoys"),
        pytest.param("strong known-setup*2", "phone_seen code_seen scanned", id="a taught setup screen is believed sooner"),
        pytest.param("strong known-setup", "phone_seen code_seen", id="but not in one frame"),
        pytest.param(
            "strong known-setup setup known-setup", "phone_seen code_seen scanned", id="taught setup, not known in each frame"
        ),
        pytest.param("strong hand~9 known-setup*2", "phone_seen code_seen lost_sight", id="nor after a gap"),
        pytest.param("known-setup*9", "phone_seen", id="nor without the code"),
        pytest.param("strong known-error*2 setup*9", "phone_seen code_seen error_shown", id="a taught error"),
        pytest.param(
            "strong error-like-before*2", "phone_seen code_seen error_shown", id="a taught error that looks like what was before"
        ),
        pytest.param("strong setup*2 known-error setup*2 known-error", "phone_seen code_seen error_shown", id="an error now and then"),
        pytest.param("strong known-error setup*7", "phone_seen code_seen", id="an error in one frame makes the rest doubtful"),
        pytest.param("strong known-error setup*8", "phone_seen code_seen scanned", id="an error in one frame only"),
        pytest.param(
            "strong known-error known-setup*2", "phone_seen code_seen scanned", id="an error in one frame, then taught setup"
        ),
        pytest.param("known-error*9 strong setup*3", "phone_seen code_seen scanned", id="an error before the code is none of it"),
        pytest.param("strong known-welcome*2", "phone_seen code_seen went_back", id="a taught first screen"),
        pytest.param("strong known-welcome setup*7", "phone_seen code_seen", id="a taught first screen in one frame is doubtful"),
        pytest.param("strong known-welcome setup*8", "phone_seen code_seen scanned", id="a taught first screen in one frame only"),
        pytest.param("strong setup known-welcome setup*2 known-welcome", "phone_seen code_seen went_back", id="known now and then"),
        pytest.param("strong odd-name*3", "phone_seen code_seen scanned", id="a name of no kind says nothing"),
        pytest.param("strong*2 empty*2 setup*3", "phone_seen code_seen lost_sight", id="it may be another phone by now"),
        pytest.param("strong*2 empty setup*3", "phone_seen code_seen scanned", id="one empty frame is a flicker"),
        pytest.param("empty*9 finder strong setup*3", "phone_seen code_seen scanned", id="the stand was empty before the phone came"),
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
    assert (watch.code_frames, watch.best, watch.best_z) == (3, 0.9, 9.0)
    assert watch.code_at == pytest.approx(4 * FRAME)


def test_the_rules_can_be_made_stricter() -> None:
    script = frames("strong weak setup*3 setup*3")
    assert outcomes(script, Rules(code_frames=3, strong_score=0.95, strong_z=20.0)) == ["phone_seen"]
    assert outcomes(script, Rules(scanned_frames=7)) == ["phone_seen", "code_seen"]
    assert outcomes(script, Rules(scanned_frames=6)) == ["phone_seen", "code_seen", "scanned"]


# --- frames that were judged afterwards --------------------------------------------------------------------------------------


def test_a_kept_frame_that_turns_out_to_show_the_code_counts_as_if_it_had_been_heard_in_time() -> None:
    heard = frames("welcome finder*3 setup")
    watch, told = played(heard[:-1])
    assert told == ["phone_seen"]
    watch, told = played([replace(frames("sure")[0], at=heard[-2].at), heard[-1]], watch=watch)
    assert told == ["code_seen"]
    assert played(frames("setup*2", heard[-1].at + FRAME), watch=watch)[1] == ["scanned"]


def test_a_kept_frame_from_before_the_other_screen_does_not_disturb_it() -> None:
    watch, told = played(frames("finder*3 setup*3"))
    assert told == ["phone_seen"]
    watch, told = played([replace(frames("sure")[0], at=0.1)], watch=watch)
    assert told == ["code_seen", "scanned"]


def test_a_kept_frame_from_amid_the_other_screen_contradicts_it() -> None:
    watch, _ = played(frames("finder*3 setup*3"))
    watch, told = played([replace(frames("sure")[0], at=0.4)], watch=watch)
    assert told == ["code_seen"]
    assert played(frames("setup*2", 0.6), watch=watch)[1] == []
    assert played(frames("setup*3", 0.6), watch=watch)[1] == ["scanned"]


def test_what_else_a_kept_frame_shows_is_old_news() -> None:
    watch, _ = played(frames("strong*5"))
    for word in ("setup", "empty", "off", "known-error", "two"):
        late, told = played([replace(one, at=0.1) for one in frames(f"{word}*5")], watch=watch)
        assert late == watch
        assert told == []


def test_frames_whose_clock_trembles_come_in_order() -> None:
    trembling = [replace(one, at=one.at + (-0.04 if number % 2 else 0.04)) for number, one in enumerate(frames("weak*4 setup*3"))]
    assert outcomes([replace(one, at=one.at * 0.5) for one in trembling]) == ["phone_seen", "code_seen", "scanned"]


def test_after_a_camera_began_anew_another_screen_is_asked_about_and_the_code_counts_again() -> None:
    watch, _ = played(frames("strong*3", 100.0))
    assert played(frames("setup*3", 0.0), watch=watch)[1] == ["lost_sight"]
    assert played(frames("strong setup*3", 0.0), watch=watch)[1] == ["scanned"]
    assert played(frames("empty*3", 0.0), watch=watch)[1] == ["pulled_away"]


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
    z=st.sampled_from((0.0, 7.0, 15.0)),
    form=st.sampled_from((None, 0, 1)),
    taught=st.sampled_from((None, None, None, "setup:a", "error:b", "before:c", "d")),
)
# runs of like sightings: single ones in any order would hardly ever be an ending; some steps lead back in time
RUNS = st.lists(st.tuples(SIGHTING, st.integers(1, 5), st.sampled_from((0.05, 0.1, 0.5, 5.0, -0.03, -0.8, -90.0))), max_size=15)
TURNS = st.lists(st.tuples(st.integers(0, 75), st.sampled_from((0, 1))), max_size=12)


def run_through(runs: list[tuple[Frame, int, float]], turns: list[tuple[int, int]]) -> tuple[list[Frame], list[Outcome], Watch]:
    """All sightings in the order of hearing, with turns of the screen heard in between."""
    at, heard, told, watch = 0.0, list[Frame](), list[Outcome](), Watch()
    for sighting, times, step in runs:
        for _ in range(times):
            at += step
            for number, form in turns:
                if number == len(heard):
                    watch = form_up(watch, at, form)
            heard.append(replace(sighting, at=at))
            watch, news = see(watch, heard[-1])
            told += news
            if "scanned" in news:
                check_scan(heard, watch)
    return heard, told, watch


def check_scan(heard: list[Frame], watch: Watch) -> None:
    """The code was seen, then, not long after, another lit screen stayed; never on an empty stand."""
    codes = [one for one in heard if one.screen == "code" and one.stand != "empty"]
    others = [one for one in heard if one.screen not in ("code", "none", "dark") and one.stand != "empty"]
    assert len(codes) >= 2 or codes[0].score >= 0.8 or codes[0].z >= 10
    assert len(others) >= 2
    assert watch.code_at is not None
    assert watch.run == "other"
    assert watch.run_since - watch.code_at <= 3.0
    assert watch.live is not False


@STEADY
@given(runs=RUNS, turns=TURNS)
def test_whatever_is_seen_there_is_one_ending_at_most_and_nothing_after_it(
    runs: list[tuple[Frame, int, float]], turns: list[tuple[int, int]]
) -> None:
    _, told, watch = run_through(runs, turns)
    endings = [one for one in told if one in ENDINGS]
    assert len(endings) <= 1
    assert endings == told[len(told) - len(endings) :]
    assert watch.ended == (endings[0] if endings else None)
    assert told.count("code_seen") <= 1
    if "code_seen" in told:
        assert "phone_seen" in told[: told.index("code_seen")]
    if endings and endings != ["two_phones"]:
        assert "code_seen" in told


@STEADY
@given(before=RUNS, after=RUNS)
def test_an_ending_is_final(before: list[tuple[Frame, int, float]], after: list[tuple[Frame, int, float]]) -> None:
    ended, _ = played(frames("strong setup*3"))
    assert ended.ended == "scanned"
    heard, _, _ = run_through([*before, *after], [])
    for sighting in heard:
        watch, news = see(ended, sighting)
        assert watch is ended
        assert news == ()
    assert form_up(ended, 1.0, 1) is ended


@STEADY
@given(runs=RUNS, turns=TURNS)
def test_without_the_code_in_any_frame_nothing_but_phones_is_ever_told(
    runs: list[tuple[Frame, int, float]], turns: list[tuple[int, int]]
) -> None:
    _, told, _ = run_through([run for run in runs if run[0].screen != "code"], turns)
    assert set(told) <= {"phone_seen", "two_phones"}


@STEADY
@given(runs=RUNS)
def test_without_another_lit_screen_nothing_is_ever_scanned(runs: list[tuple[Frame, int, float]]) -> None:
    _, told, _ = run_through([run for run in runs if run[0].screen in ("code", "none", "dark")], [])
    assert not {"scanned", "lost_sight", "error_shown"} & set(told)
