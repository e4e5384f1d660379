from __future__ import annotations

from collections.abc import Sequence

import pytest

from station.wire import Answer, AnswerQuestion, Problem, SetAside
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import PANEL, SIZES, SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, RACK, asked, snapshot, status
from tui.screens.answer import QuestionSheet
from tui.screens.bench import BenchScreen
from tui.screens.sheet import Choice, Sheet
from tui.text import QUESTIONS

ALL: tuple[Answer, ...] = ("scanned", "show_again", "set_aside", "fail")


def test_a_question_opens_by_itself_and_goes_when_it_is_gone() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.play(asked("not_scanned", "scanned", "show_again", seq=101))
        await terminal.on(QuestionSheet)
        assert "The code was up for its whole time" in terminal.text
        assert "Did the phone read the code?" in terminal.text
        terminal.feed.play(status("to_tray", {"tray": 3}, seq=102))
        await terminal.on(BenchScreen)
        await terminal.shows("Take the phone to tray 3.")

    watch(RecordedFeed([snapshot()]), look)


def test_every_allowed_answer_is_one_tap() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.on(QuestionSheet)
        assert [choice.label for choice in terminal.choices()] == [
            "Yes, it read the code",
            "No, show the code again",
            "Set this phone aside",
        ]
        await terminal.tap("#choice-1")
        await terminal.sent(AnswerQuestion(question="q1", answer="scanned"))
        await terminal.drawn()
        await terminal.press("f2")
        await terminal.sent(AnswerQuestion(question="q1", answer="show_again"))

    watch(RecordedFeed([snapshot(asked("not_scanned", *ALL))]), look)


def test_setting_aside_asks_for_the_reason() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#choice-3")
        await terminal.shows("Why is this phone set aside?")
        await terminal.tap("#choice-4")
        await terminal.sent(SetAside(enrollment="e12", reason="locked"))

    watch(RecordedFeed([snapshot(asked("not_scanned", *ALL))]), look, size=SMALL)


def test_what_the_display_shows_stands_beside_the_question_and_goes_on_with_it() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("ONE PHONE")
        for seq, (shows, said) in enumerate(
            {"before": "ITS FIRST SCREEN", "dark": "DISPLAY IS DARK", "viewfinder": "A CAMERA VIEW", "other": "A SCREEN THAT"}.items(),
            101,
        ):
            terminal.feed.play(asked("went_back", *ALL, seq=seq, view="phone", shows=shows))
            await terminal.shows(said)
        await terminal.on(QuestionSheet)

    for size in SIZES:
        watch(RecordedFeed([snapshot(asked("went_back", *ALL, view="phone"))]), look, size=size)


@pytest.mark.parametrize("key", ["f3", "f4"])
def test_back_leads_from_what_is_asked_on_to_the_question_and_then_to_the_bench(key: str) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press(key)
        await terminal.until(lambda: terminal.button("back").label == "Back")
        await terminal.tap("#back")
        await terminal.shows("Did the phone read the code?")
        assert terminal.button("back").label == "Look at the bench first"
        await terminal.tap("#back")
        await terminal.on(BenchScreen)
        assert terminal.feed.sent == []

    watch(RecordedFeed([snapshot(asked("not_scanned", *ALL), role="lead")]), look)


def test_the_bench_says_what_is_asked_while_the_question_waits() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("escape")
        await terminal.on(BenchScreen)
        await terminal.shows(QUESTIONS["two_phones"])

    watch(RecordedFeed([snapshot(asked("two_phones", "show_again"))]), look)


def test_the_answers_stand_where_they_stay_from_the_first_picture_on(monkeypatch: pytest.MonkeyPatch) -> None:
    offer, classes = Sheet.offer, []

    def offered(sheet: Sheet, say: str, choices: Sequence[Choice]) -> None:
        classes.append(set(sheet.classes) & {"-narrow", "-wide", "-short", "-middle", "-tall"})
        offer(sheet, say, choices)

    async def look(terminal: Terminal) -> None:
        await terminal.on(QuestionSheet)
        assert classes.pop(0) == {"-wide", "-middle"} <= set(terminal.app.screen.classes)

    monkeypatch.setattr(Sheet, "offer", offered)
    watch(RecordedFeed([snapshot(asked("not_scanned", *ALL))]), look, size=PANEL)


def test_giving_up_is_asked_twice_since_nothing_takes_it_back() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("This cannot be undone.")
        assert terminal.feed.sent == []
        await terminal.press("f1")
        await terminal.shows("Did the phone read the code?")
        await terminal.press("f4")
        await terminal.shows("This cannot be undone.")
        await terminal.press("f2")
        await terminal.sent(AnswerQuestion(question="q1", answer="fail"))

    watch(RecordedFeed([snapshot(asked("not_scanned", *ALL), role="lead")]), look)


def test_the_bench_can_be_looked_at_before_answering() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("escape")
        await terminal.on(BenchScreen)
        terminal.feed.play(asked("not_scanned", "scanned", seq=101, view="phone"))
        await terminal.shows("ONE PHONE")
        assert terminal.button("primary").label == "Answer"
        await terminal.press("f1")
        await terminal.on(QuestionSheet)

    watch(RecordedFeed([snapshot(asked("not_scanned", "scanned"))]), look)


def test_a_screen_that_is_gone_is_said_beside_the_question_and_on_the_bench() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("The attached screen went away, and the code with it.")
        await terminal.shows("Did the phone read the code?")
        await terminal.press("escape")
        await terminal.on(BenchScreen)
        await terminal.shows("The attached screen is gone: no code is up.")
        await terminal.shows("Check plug and power. Press Answer.")
        terminal.feed.play(asked("no_camera", "scanned", "show_again", ident="q2", seq=101))
        await terminal.on(QuestionSheet)
        await terminal.press("escape")
        await terminal.shows(QUESTIONS["no_camera"])

    watch(RecordedFeed([snapshot(asked("screen_gone", "scanned", "show_again", args={"screen": "lost"}))]), look)


def test_another_question_takes_the_place_of_the_one_before_even_when_that_was_put_off() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.play(asked("pulled_away", "scanned", ident="q2", seq=101))
        await terminal.shows(QUESTIONS["pulled_away"][:30])
        await terminal.press("escape")
        await terminal.on(BenchScreen)
        terminal.feed.play(asked("expired", "show_again", ident="q3", seq=102))
        await terminal.shows(QUESTIONS["expired"][:30])
        await terminal.press("f1")
        await terminal.sent(AnswerQuestion(question="q3", answer="show_again"))
        assert len(terminal.app.screen_stack) == 3

    watch(RecordedFeed([snapshot(asked("not_scanned", "scanned"))]), look)


def test_a_question_comes_back_after_the_service_was_away() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.on(QuestionSheet)
        terminal.feed.hang_up()
        await terminal.on(BenchScreen)
        terminal.feed.come_back(snapshot(asked("interrupted", "scanned", seq=3)))
        await terminal.on(QuestionSheet)

    watch(RecordedFeed([snapshot(asked("interrupted", "scanned"))]), look)


def test_a_question_opens_over_the_lists_too() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        terminal.feed.play(asked("two_phones", "show_again", seq=101))
        await terminal.on(QuestionSheet)
        terminal.feed.play(status(seq=102))
        await terminal.shows("3 held")

    watch(RecordedFeed([snapshot()]), look)


def test_who_may_not_answer_is_told_to_call_a_lead() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("Call a lead.")
        assert terminal.choices() == []

    watch(RecordedFeed([snapshot(asked("held", "fail"))]), look)


def test_a_refused_answer_is_explained_and_the_question_stays() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.refuse(
            Problem(kind="WrongUse", message="This question is no longer open.", remedy="Look at what the bench asks now.")
        )
        await terminal.press("f1")
        await terminal.shows("This question is no longer open.")
        await terminal.on(QuestionSheet)

    watch(RecordedFeed([snapshot(asked("not_scanned", "scanned"))]), look)


def test_choices_are_large_at_every_size() -> None:
    for size in SIZES:

        async def look(terminal: Terminal) -> None:
            await terminal.on(QuestionSheet)
            assert all(choice.region.height >= 5 for choice in terminal.choices())
            await terminal.press("f3")
            await terminal.shows("Wrong model")
            assert len(terminal.choices()) == 7
            assert all(choice.region.height >= 3 and choice.region.width >= 18 for choice in terminal.choices())

        watch(RecordedFeed([snapshot(asked("not_scanned", *ALL))]), look, size=size)


def test_a_unit_s_sheet_follows_what_happens_to_the_unit() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("Tray")
        await terminal.shows("enrolled, tray 1")
        assert [choice.label for choice in terminal.choices()] == ["Hold", "Story"]
        held = RACK[0].model_copy(update={"state": "held", "reason": "overdue"})
        terminal.feed.play(status(seq=101, rack=(held, *RACK[1:]), batch=BATCH))
        await terminal.until(lambda: [choice.label for choice in terminal.choices()] == ["Release", "Retry", "Set aside", "Story"])

    watch(RecordedFeed([snapshot()]), look)
