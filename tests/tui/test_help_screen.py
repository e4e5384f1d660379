from __future__ import annotations

import pytest

from station.wire import PutNote, Role, Status
from tests.tui.desk_answers import NOTES
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, snapshot, status
from tui.guidance import LINK, SIX_TAPS, remedies
from tui.screens.bench import BenchScreen
from tui.screens.form import Form
from tui.screens.help import HelpScreen

PERSONAL = BATCH.model_copy(update={"mode": "work_profile"})


def feed_of(now: Status | None = None, role: Role = "lead") -> RecordedFeed:
    feed = RecordedFeed([snapshot(now, role=role)])
    feed.written = NOTES
    return feed


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_tells_the_gesture_the_remedies_the_mode_and_the_notes(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#open-help")
        await terminal.on(HelpScreen)
        await terminal.shows("Pixel 8a: Tap the upper third,")
        everything = " ".join(str(words.render()) for words in terminal.app.screen.query("#help Words").results())
        for sentence in (*(stage.long for stage in SIX_TAPS), *remedies("wpco"), "Android 11 or later"):
            assert sentence in everything
        assert "Galaxy A16: [bold]Wait[/]" in terminal.words
        await terminal.press("escape")
        await terminal.on(BenchScreen)

    watch(feed_of(role="operator"), look, size=size)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_the_bench_marks_where_the_phone_is_in_the_gesture(size: tuple[int, int]) -> None:
    moments = (
        (status("place_phone"), "▶ Switch on › Tap six times"),
        (status("place_phone", view="phone"), "✔ Switch on › ▶ Tap six times › Wait"),
        (status("hold_still"), "✔ Wait › ▶ Scan › Accept terms"),
        (status("place_phone", batch=PERSONAL), "▶ Unlock › Open camera › Point at code › Follow link"),
    )

    async def look(terminal: Terminal) -> None:
        for now, line in moments:
            terminal.feed.play(now)
            await terminal.shows(line)
        terminal.feed.play(status("preparing", unit=None))
        await terminal.until(lambda: "Unlock" not in terminal.text)

    watch(feed_of(), look, size=size)


def test_a_link_is_not_tapped_six_times() -> None:
    async def look(terminal: Terminal) -> None:
        assert "six times" not in terminal.text
        await terminal.press("f6")
        await terminal.shows("If the link does not open")
        await terminal.shows(LINK[0].long)
        assert "six taps" not in terminal.text

    watch(feed_of(status(batch=PERSONAL)), look)


def test_a_lead_writes_a_note_and_changes_one() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f6")
        await terminal.until(lambda: not terminal.button("change").disabled)
        await terminal.press("f1")
        await terminal.on(Form)
        await terminal.press(*"A55", "tab", *"slowly", "f1")
        await terminal.sent(PutNote(model="A55", text="slowly"))
        await terminal.tap("#change")
        await terminal.on(Form)
        await terminal.press("end", "b", "f1")
        await terminal.sent(PutNote(model="Pixel 8a", text=""), PutNote(model="Pixel 8ab", text=NOTES[0].text))

    watch(feed_of(), look)


def test_an_operator_reads_notes_and_writes_none() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f6")
        await terminal.shows("Pixel 8a")
        assert not terminal.button("new").display
        await terminal.press("f1", "f2")
        await terminal.on(HelpScreen)

    watch(feed_of(role="operator"), look)


def test_a_code_for_many_phones_names_nobody_and_counts() -> None:
    generic = BATCH.model_copy(update={"generic": 50})

    async def look(terminal: Terminal) -> None:
        await terminal.shows("This code names nobody")
        await terminal.shows("38 phones may still scan it")
        assert "Anna Schmidt" not in terminal.text
        assert terminal.app.screen.query_one("#person-name").text == "12 OF 50"  # type: ignore[attr-defined]

    watch(feed_of(status(batch=generic)), look)
