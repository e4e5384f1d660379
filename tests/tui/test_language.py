from __future__ import annotations

from station.wire import Problem, SetLanguage
from tests.tui.desk_answers import NOTES, OPTIONS, PEOPLE, POLICIES, REPORT, story, symbol, verdicts
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import Terminal, watch
from tests.tui.test_report_screen import FULL
from tests.tui.test_settings_screen import SETTINGS
from tests.tui.wire_events import BATCH, asked, snapshot, status, unit
from tui.app import BenchApp
from tui.screens.bench import BenchScreen


def feed_of(language: str, **more: object) -> RecordedFeed:
    said = snapshot(status(**more), role="admin").model_copy(update={"language": language})  # type: ignore[arg-type]
    feed = RecordedFeed([said], batches=[BATCH], units=[unit(number, f"U{number}") for number in range(1, 40)])
    feed.people, feed.kept, feed.written, feed.options, feed.report = PEOPLE, POLICIES, NOTES, OPTIONS, REPORT
    feed.tallied, feed.configured = FULL, SETTINGS
    feed.symbol, feed.story = symbol("short"), story()
    feed.facts = {"show_code": {"enrollment": "e1", "attempt": "a1"}, "compare_users": verdicts}
    return feed


def test_the_question_is_asked_in_the_person_s_language() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("Le code est resté affiché tout son temps")
        await terminal.shows("Oui, il a lu le code")
        await terminal.shows("Regarder d'abord le banc")

    now = asked("not_scanned", "scanned", "show_again")
    watch(RecordedFeed([snapshot(now).model_copy(update={"language": "fr"})]), look)


def test_a_language_that_is_chosen_is_kept_and_spoken_at_once() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f7", "f3")
        await terminal.shows("Which language do you read?")
        await terminal.press("f2")
        await terminal.shows("Posez un téléphone neuf sur le support.")
        await terminal.sent(SetLanguage(language="fr"))
        await terminal.on(BenchScreen)
        terminal.feed.hang_up()
        await terminal.shows("Le service est absent")
        terminal.feed.come_back(snapshot(status("hold_still")))
        await terminal.shows("Le téléphone voit le code.")

    watch(feed_of("en"), look)


def test_the_bench_s_own_language_can_be_chosen() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.refuse(Problem(kind="WrongUse", message="No."))
        await terminal.press("f7", "f3", "f1")
        await terminal.shows("✘ No.")
        await terminal.shows("Posez un téléphone neuf sur le support.")
        terminal.feed.sent.clear()
        await terminal.press("f7", "f3", "f3")
        await terminal.sent(SetLanguage(language=""))
        await terminal.shows("Put a new phone on the stand.")

    feed = feed_of("fr")
    feed.facts = {"set_language": {"language": "en"}}
    watch(feed, look)


def test_the_command_line_s_language_is_spoken_whatever_the_person_s_is() -> None:
    feed = feed_of("en")
    assert BenchApp(feed, language="fr").model.t("Help") == "Aide"
