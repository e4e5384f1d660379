from __future__ import annotations

from typing import get_args

import pytest

from station.bench.desk import PartName
from station.domain.enrollment import HoldReason, State
from station.domain.policy import Mode
from station.wire import Answer, QuestionKind, SetAsideReason, StepId
from station.words import words
from station.words.modes import MODE_MEANS, MODES, PREREQUISITES
from tests.tui.wire_events import unit
from tui.actions import ACTIONS, FOR_GOOD
from tui.text import ACTIONS as ACTION_WORDS
from tui.text import (
    ANSWERS,
    ASIDE,
    CONFIRM,
    HOLDS,
    NO_NAME,
    PART_LOST,
    PARTS,
    QUESTIONS,
    STATES,
    STEPS,
    VIEWS,
    person,
    state_words,
    step_words,
    waited,
)
from tui.widgets.scene import DRAWINGS

EN = words("en")


def test_has_words_for_everything_that_the_wire_can_say() -> None:
    assert set(get_args(StepId)) == set(STEPS) - {"connecting", "unreachable"}
    assert set(get_args(QuestionKind)) == set(QUESTIONS)
    assert set(get_args(Answer)) == set(ANSWERS)
    assert set(get_args(SetAsideReason)) == set(ASIDE)
    assert set(State) == set(STATES)
    assert set(HoldReason) == set(HOLDS)
    assert set(ACTIONS) == set(ACTION_WORDS)
    assert set(CONFIRM) == FOR_GOOD
    assert set(VIEWS) == set(DRAWINGS)
    assert set(get_args(PartName)) == set(PARTS) == set(PART_LOST)
    assert set(Mode) == set(MODES) == set(MODE_MEANS) == set(PREREQUISITES)


def test_every_drawing_of_the_camera_has_one_size() -> None:
    assert {(len(rows), len(row)) for rows in DRAWINGS.values() for row in rows} == {(5, 9)}


def test_puts_arguments_into_the_sentence() -> None:
    words = step_words(EN, "to_tray", {"tray": 7})
    assert (words.head, words.say) == ("TO TRAY 7", "Take the phone to tray 7.")


def test_an_argument_is_never_a_format_string() -> None:
    assert step_words(EN, "stopped", {"reason": "{0.__class__} {reason} %s"}).more == "{0.__class__} {reason} %s"


def test_an_argument_that_is_missing_does_not_silence_the_step() -> None:
    assert step_words(EN, "to_tray", {}).say == "Take the phone to tray ?."


def test_an_argument_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in step_words(EN, "stopped", {"reason": "\x1b[2J"}).more


def test_says_why_a_label_was_refused() -> None:
    words = step_words(EN, "scan_label", {"problem": "'12' is no serial number and no IMEI."})
    assert (words.tone, words.more) == ("trouble", "'12' is no serial number and no IMEI.")


@pytest.mark.parametrize(
    ("minutes", "words"), [(None, ""), (0, "<1 min"), (1, "1 min"), (59, "59 min"), (60, "1 h 00"), (135, "2 h 15")]
)
def test_says_how_long_something_waits(minutes: int | None, words: str) -> None:
    assert waited(EN, minutes) == words


def test_a_state_from_a_newer_service_is_shown_as_it_came() -> None:
    assert state_words(EN, "levitating", "by-ghost") == "levitating: by-ghost"


def test_says_that_a_name_was_erased() -> None:
    assert person(EN, unit(1, "")) == NO_NAME
