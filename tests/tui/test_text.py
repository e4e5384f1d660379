from __future__ import annotations

from typing import Any, get_args

import pytest

from station.bench.desk import PartName
from station.domain.enrollment import HoldReason, State
from station.domain.policy import Mode
from station.wire import Answer, DisplayShows, QuestionKind, SetAsideReason, StepId, UserCounts
from station.words import words
from station.words.modes import MODE_MEANS, MODES, PREREQUISITES
from tests.tui.wire_events import BATCH, status, unit
from tui.actions import ACTIONS, FOR_GOOD
from tui.stepwords import STEPS, step_words
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
    SHOWN,
    STATES,
    VIEWS,
    person,
    state_words,
    waited,
)
from tui.widgets.scene import DISPLAYS, DRAWINGS, LIVE

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
    assert {(len(rows), len(row)) for rows in (DRAWINGS | DISPLAYS | {"live": LIVE}).values() for row in rows} == {(5, 9)}
    assert set(DISPLAYS) == set(SHOWN) < set(get_args(DisplayShows))


def test_puts_arguments_into_the_sentence() -> None:
    words = step_words(EN, "to_tray", {"tray": 7})
    assert (words.head, words.say) == ("TO TRAY 7", "Take the phone to tray 7.")


def test_an_argument_is_never_a_format_string() -> None:
    assert step_words(EN, "stopped", {"reason": "{0.__class__} {reason} %s"}).more == "{0.__class__} {reason} %s"


def test_an_argument_that_is_missing_does_not_silence_the_step() -> None:
    assert step_words(EN, "to_tray", {}).say == "Take the phone to tray ?."


def test_an_argument_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in step_words(EN, "stopped", {"reason": "\x1b[2J"}).more


def said(step: StepId, **now: Any) -> str:
    return step_words(EN, step, {}, status(step, **now)).head


def test_a_phone_on_the_stand_is_told_what_it_wants_next() -> None:
    assert said("place_phone", view="empty") == "PLACE PHONE"
    assert said("place_phone", view="phone", shows="other") == "TAP 6 TIMES" == said("place_phone", view="phone", shows="before")
    assert said("place_phone", view="phone", shows="dark") == "SWITCH IT ON"
    assert said("place_phone", view="phone", shows="viewfinder") == "HOLD STILL"
    assert said("place_phone", view="phone", shows="other", code_up=False) == "ONE MOMENT"


def test_the_end_of_a_batch_says_whether_anything_is_open_or_held() -> None:
    def end(**users: int) -> str:
        return step_words(EN, "finished", {}, status("finished", batch=BATCH.model_copy(update={"users": UserCounts(**users)}))).more

    assert end(received=3, verified=2, open=1) == "Phones in the rack finish by themselves."
    assert end(received=3, verified=2, held=1) == "Some units wait for a person: press Holds."
    assert end(received=3, verified=2, skipped=1) == "Take them along. Phones that were set aside: 1."


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
