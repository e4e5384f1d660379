"""The look-up: from a text that is typed or scanned to a unit's story."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from station.wire import LOOKUP_LIMIT, HoldUnit, LookupHit, LookupPage, Matched, Role, UnitBrief
from tests.tui.desk_answers import story
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SIZES, SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, NOW, snapshot, unit
from tui.lookupwords import MATCHED, NO_TEXT, NOTHING, WHAT
from tui.screens.bench import BenchScreen
from tui.screens.lookup import LookupScreen
from tui.screens.queue import QueueScreen
from tui.screens.story import StoryScreen
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import SearchList
from tui.widgets.windowed import WindowedUnits


def hit(brief: UnitBrief, matched: Matched = "user", batch: str = "Monday") -> LookupHit:
    return LookupHit(unit=brief, batch=batch, matched=matched, bench="bench-2", at=NOW)


ANNA = hit(unit(4, "Anna Schmidt", "held", reason="overdue", tray=3), "label")
ANNE = hit(unit(9, "Anne [b]{x}\x1b[2J \u202eevil", "queued"))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 0.05)


def feed(role: Role = "operator") -> RecordedFeed:
    made = RecordedFeed([snapshot(role=role)], units=[unit(4, "Anna Schmidt")], batches=[BATCH])
    made.found = {"R58N1": LookupPage(items=(ANNA,), more=False), "ann": LookupPage(items=(ANNA, ANNE), more=True)}
    made.story = story()
    return made


def asked(terminal: Terminal) -> list[object]:
    return [one[1] for one in terminal.feed.asked if one[0] == "lookup"]


async def open_lookup(terminal: Terminal) -> None:
    await terminal.press("f8")
    await terminal.on(LookupScreen)


@pytest.mark.parametrize("size", SIZES)
def test_a_typed_text_lists_whose_unit_it_is_how_it_stands_and_why_it_was_found(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await open_lookup(terminal)
        await terminal.shows("Look up a phone or a person")
        await terminal.shows(WHAT)
        await terminal.press(*"ann")
        for words in (
            "2 units found",
            "there are more",
            "Anna Schmidt Monday",
            "HELD: overdue",
            "tray 3",
            "bench-2",
            MATCHED["label"],
        ):
            await terminal.shows(words)
        await terminal.shows("Anne [b]{x}␛[2J ⟨202E⟩evil")
        await terminal.press("down")
        await terminal.shows(MATCHED["user"])
        buttons = terminal.app.screen.query(BigButton)
        assert all(button.region.bottom <= size[1] and button.region.height >= 3 for button in buttons)
        await terminal.press("enter")
        await terminal.on(StoryScreen)
        assert terminal.feed.asked[-1] == ("unit", "e9")

    watch(feed(), look, size=size)


def test_a_scan_that_fits_one_unit_opens_its_story_and_the_next_scan_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 60.0)

    async def look(terminal: Terminal) -> None:
        await open_lookup(terminal)
        await terminal.press(*"R58N1", "enter")
        await terminal.on(StoryScreen)
        assert terminal.feed.asked[-1] == ("unit", "e4")
        await terminal.press("escape")
        await terminal.on(LookupScreen)
        await terminal.press(*"ann", "enter")
        await terminal.shows("2 units found")
        assert asked(terminal)[-1] == "ann"
        await terminal.press(*"nobody", "enter")
        await terminal.shows(NOTHING)
        assert asked(terminal)[-1] == "nobody"

    watch(feed(), look)


def test_a_scanner_whose_enter_comes_late_opens_the_story_too() -> None:
    async def look(terminal: Terminal) -> None:
        await open_lookup(terminal)
        terminal.feed.hold()
        await terminal.press(*"R58N1")
        await terminal.until(lambda: asked(terminal)[-1:] == ["R58N1"])
        await terminal.press("enter")
        await terminal.until(lambda: asked(terminal)[-2:] == ["R58N1", "R58N1"])
        terminal.feed.let_go()
        await terminal.on(StoryScreen)

    watch(feed(), look)


def test_enter_never_takes_a_row_that_an_earlier_text_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 60.0)

    async def look(terminal: Terminal) -> None:
        await open_lookup(terminal)
        await terminal.press(*"ann", "enter")
        await terminal.shows("2 units found")
        terminal.feed.hold()
        await terminal.press(*"unknown", "enter", "enter", "f1")
        await terminal.drawn()
        assert isinstance(terminal.app.screen, LookupScreen)
        assert "Anna" not in terminal.text
        terminal.feed.let_go()
        await terminal.shows(NOTHING)

    watch(feed(), look)


def test_nothing_found_says_what_can_be_looked_for() -> None:
    async def look(terminal: Terminal) -> None:
        await open_lookup(terminal)
        await terminal.press("x")
        await terminal.shows(NOTHING)
        await terminal.shows(WHAT)
        assert terminal.button("open").disabled
        assert terminal.button("acts").disabled

    watch(feed(), look, size=SMALL)


@pytest.mark.parametrize("text", ['{"secret": "hunter2"}', "x" * (LOOKUP_LIMIT + 50)])
def test_an_enrollment_code_or_a_long_text_is_neither_shown_nor_sent(text: str) -> None:
    async def look(terminal: Terminal) -> None:
        await open_lookup(terminal)
        field = terminal.app.screen.query_one(Input)
        field.value = text
        await terminal.shows(NO_TEXT)
        await terminal.until(lambda: not field.value)
        assert "hunter2" not in terminal.text
        assert asked(terminal) == []
        await terminal.press(*"ann")
        await terminal.shows("2 units found")
        assert NO_TEXT not in terminal.words

    watch(feed(), look, size=SMALL)


def test_is_reached_by_touch_alone_and_a_hit_s_unit_can_be_acted_on() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#open-menu")
        await terminal.until(lambda: terminal.choices())
        await terminal.tap(next(button for button in terminal.choices() if button.label == "Look up"))
        await terminal.on(LookupScreen)
        await terminal.press(*"ann")
        await terminal.shows("2 units found")
        await terminal.press("down")
        await terminal.tap("#acts")
        await terminal.until(lambda: [button.label for button in terminal.choices()] == ["Hold", "Story"])
        await terminal.tap("#choice-1")
        await terminal.sent(HoldUnit(enrollment="e9"))
        await terminal.tap("#back")
        await terminal.on(BenchScreen)

    watch(feed(), look, size=SMALL)


def test_a_barcode_for_the_screen_presses_its_button(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 60.0)

    async def look(terminal: Terminal) -> None:
        await open_lookup(terminal)
        await terminal.press(*"SIXTAP-BACK", "enter")
        await terminal.on(BenchScreen)
        assert asked(terminal) == []

    watch(feed(), look)


def test_what_was_looked_for_is_asked_again_when_the_service_comes_back() -> None:
    async def look(terminal: Terminal) -> None:
        await open_lookup(terminal)
        await terminal.press(*"ann")
        await terminal.shows("2 units found")
        terminal.feed.hang_up()
        await terminal.until(lambda: terminal.button("open").disabled)
        terminal.feed.found["ann"] = LookupPage(items=(ANNA,), more=False)
        terminal.feed.come_back(snapshot())
        await terminal.shows("1 unit found")
        assert isinstance(terminal.app.screen, LookupScreen)

    watch(feed(), look)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_the_queue_s_chosen_row_leads_to_its_story_by_key_and_by_touch(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        for touch in (False, True):
            await terminal.press("f4")
            await terminal.on(QueueScreen)
            await terminal.until(lambda: terminal.app.screen.query_one(WindowedUnits).chosen)
            await terminal.until(lambda: not terminal.button("tale").disabled)
            await (terminal.tap("#tale") if touch else terminal.press("f6"))
            await terminal.on(StoryScreen)
            assert terminal.feed.asked[-1] == ("unit", "e4")
            await terminal.press("escape", "escape")
            await terminal.on(BenchScreen)

    watch(feed("lead"), look, size=size)
