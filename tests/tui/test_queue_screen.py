from __future__ import annotations

import pytest

from station.wire import MoveUnit, PauseBatch, PreflightItem, Role, SkipUnit, StartBatch, UnitBrief
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, OTHER_BATCH, idle, recorded, snapshot, status, unit
from tui.screens import queue
from tui.screens.batches import BatchesScreen
from tui.screens.bench import BenchScreen
from tui.screens.queue import QueueScreen
from tui.widgets import windowed
from tui.widgets.searchlist import SearchList
from tui.widgets.windowed import WindowedUnits

STATES = ("queued", "queued", "held", "verified", "queued")
QUEUE = [unit(number, f"Person {number:03}", STATES[number % 5]) for number in range(1, 1001)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 0.01)


def feed_of(*units: UnitBrief, role: Role = "operator") -> RecordedFeed:
    return RecordedFeed([snapshot(role=role)], units=units or QUEUE, batches=[BATCH, OTHER_BATCH])


def offsets(terminal: Terminal) -> list[object]:
    return [asked[2] for asked in terminal.feed.asked if asked[0] == "queue"]


def chosen(terminal: Terminal) -> UnitBrief | None:
    return terminal.app.screen.query_one(WindowedUnits).chosen


def test_asks_only_for_what_is_in_sight_and_goes_to_either_end_by_key() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("Person 001")
        assert "1000 users" in terminal.words
        assert offsets(terminal) == [0]
        await terminal.press("end")
        await terminal.shows("Person 1000")
        assert offsets(terminal) == [0, 900]
        assert chosen(terminal) == QUEUE[-1]
        await terminal.press("pageup", "up")
        await terminal.until(lambda: (unit := chosen(terminal)) and unit.position < 999)
        await terminal.press("home", "down")
        assert chosen(terminal) == QUEUE[1]
        assert offsets(terminal) == [0, 900]

    watch(feed_of(), look)


def test_a_row_that_is_on_its_way_has_a_place_and_nothing_can_be_done_with_it() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("Person 001")
        terminal.feed.hold()
        await terminal.press("end")
        await terminal.shows("…")
        assert chosen(terminal) is None
        assert terminal.button("open").disabled
        terminal.feed.let_go()
        await terminal.shows("Person 1000")
        await terminal.until(lambda: not terminal.button("open").disabled)
        assert chosen(terminal) == QUEUE[-1]

    watch(feed_of(), look)


def test_far_pages_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("Person 001")
        units = terminal.app.screen.query_one(WindowedUnits)
        for place in range(200, 2000, 200):
            units.scroll_to(y=place, animate=False)
            await terminal.shows(f"Person {place // 2 + 1:03}")
        assert len(units._pages) <= windowed.KEPT
        assert chosen(terminal) == QUEUE[0]
        units.scroll_to(y=0, animate=False)
        await terminal.shows("Person 001")

    monkeypatch.setattr(windowed, "KEPT", 3)
    watch(feed_of(), look)


def test_searches_filters_and_sorts_by_key_and_by_tap() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("Person 001")
        await terminal.press(*"person 00")
        await terminal.shows("9 of 40 users")
        await terminal.press("f2", "f2")
        await terminal.shows("2 of 40 users")
        assert terminal.feed.asked[-1] == ("queue", "b1", 0, "person 00", "held", "position")
        await terminal.tap("#sort")
        await terminal.until(lambda: (unit := chosen(terminal)) and unit.position == 7)
        await terminal.tap("#filter")
        await terminal.shows("Person 008")
        await terminal.press(*"zzz")
        await terminal.shows("0 of 40 users")
        assert terminal.button("open").disabled

    watch(feed_of(), look)


def test_a_tapped_unit_is_followed_when_the_queue_changes_and_nothing_is_chosen_when_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "FRESH", 0.01)
    monkeypatch.setattr(queue, "SHARE", 0)

    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("Person 005")
        await terminal.tap("#units", at=(10, 9))
        await terminal.until(lambda: chosen(terminal) == QUEUE[4])
        terminal.feed.queued = tuple(QUEUE[2:])
        terminal.feed.play(status(seq=101), recorded(102))
        await terminal.shows("998 users")
        assert chosen(terminal) == QUEUE[4]
        terminal.feed.queued = tuple(QUEUE[8:])
        terminal.feed.play(recorded(103))
        await terminal.shows("992 users")
        assert chosen(terminal) is None
        assert terminal.button("open").disabled

    watch(feed_of(), look)


def test_asks_again_for_its_page_when_the_record_has_grown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "FRESH", 0.01)
    monkeypatch.setattr(queue, "SHARE", 0)

    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("Person 001")
        terminal.feed.play(status(seq=101), recorded(102))
        await terminal.until(lambda: len(offsets(terminal)) >= 2)
        await terminal.drawn()
        pages = len(offsets(terminal))
        terminal.feed.play(status(seq=101), status(seq=101))
        await terminal.drawn()
        assert len(offsets(terminal)) == pages

    watch(feed_of(), look)


def test_asks_again_when_the_service_comes_back() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("Person 001")
        terminal.feed.queued = (unit(1, "Somebody else"),)
        terminal.feed.hang_up()
        await terminal.until(lambda: not terminal.app.model.connected)
        terminal.feed.come_back(snapshot())
        await terminal.shows("Somebody else")

    watch(feed_of(), look)


def test_a_unit_of_the_queue_can_be_left_out_by_a_lead() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("Person 001")
        await terminal.press("down", "down", "down", "f1")
        await terminal.shows("in the queue.")
        assert [choice.label for choice in terminal.choices()] == ["Hold", "Skip", "Reassign…", "Story"]
        await terminal.press("f2")
        await terminal.shows("Leave this user out?")
        await terminal.press("f2")
        await terminal.sent(SkipUnit(enrollment="e4"))
        await terminal.on(QueueScreen)

    watch(feed_of(role="lead"), look, size=SMALL)


def test_a_lead_has_somebody_served_next() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("Person 001")
        await terminal.press("end")
        await terminal.until(lambda: chosen(terminal) == QUEUE[-1])
        await terminal.press("f5")
        await terminal.sent(MoveUnit(enrollment="e1000"))
        await terminal.press("up", "up")
        await terminal.until(lambda: terminal.button("next").disabled)
        await terminal.press("up", "up")
        await terminal.tap("#next")
        await terminal.sent(MoveUnit(enrollment="e996"))

    watch(feed_of(role="lead"), look, size=SMALL)


def test_only_a_lead_is_offered_to_change_the_order() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("Person 001")
        assert not terminal.button("next").display
        await terminal.press("f5")
        assert terminal.feed.sent == []

    watch(feed_of(), look)


def test_starts_the_chosen_batch() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f1")
        await terminal.on(BatchesScreen)
        assert "Depot South" in terminal.text
        await terminal.press("down")
        await terminal.tap("#start")
        await terminal.sent(StartBatch(batch="b2"))
        await terminal.on(BenchScreen)

    watch(RecordedFeed([snapshot(idle())], batches=[BATCH, OTHER_BATCH]), look)


def test_a_running_batch_is_paused_before_another_one_starts() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4", "f4")
        await terminal.on(BatchesScreen)
        assert terminal.button("start").disabled
        await terminal.press("down")
        await terminal.until(lambda: terminal.button("start").label == "Pause")
        await terminal.press("f1")
        await terminal.sent(PauseBatch(batch="b1"))
        terminal.feed.play(status("paused", seq=101, batch=BATCH.model_copy(update={"state": "paused"})))
        await terminal.until(lambda: terminal.button("start").label == "Start")
        await terminal.press("f1")
        await terminal.sent(StartBatch(batch="b2"))

    watch(feed_of(), look)


def test_leaves_the_batches_without_starting_one() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f1")
        await terminal.on(BatchesScreen)
        await terminal.press("escape")
        await terminal.on(BenchScreen)
        assert terminal.feed.sent == []

    watch(RecordedFeed([snapshot(idle())], batches=[BATCH]), look)


def test_says_that_there_is_no_batch_yet() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f1")
        await terminal.shows("There is no batch yet.")
        assert terminal.button("start").disabled

    watch(RecordedFeed([snapshot(idle())]), look)


NEW_BATCH = BATCH.model_copy(update={"id": "b3", "name": "Depot [b]West[/b]", "state": "ready"})
ADVICE = PreflightItem(id="permanent_mode", level="advice", args={"mode": "wpco"})
FINE = PreflightItem(id="disk", level="ok", args={"free_mb": 9000})
REFUSED = PreflightItem(id="no_policy", level="refuse", args={"users": 3, "first": "[red]Anna[/red]"})


def test_what_is_to_be_known_before_a_batch_starts_is_said_first() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f1")
        await terminal.on(BatchesScreen)
        await terminal.tap("#start")
        await terminal.shows("✘ 3 users have no policy, the first of them [red]Anna[/red].")
        assert terminal.choices() == []
        await terminal.press("escape")
        terminal.feed.checks = (FINE, ADVICE)
        await terminal.press("f1")
        await terminal.shows("▲ Once a phone is enrolled as WPCO, only a factory reset changes that.")
        assert terminal.feed.sent == []
        await terminal.press("f1")
        await terminal.sent(StartBatch(batch="b3"))
        await terminal.on(BenchScreen)
        terminal.feed.checks = (FINE,)
        await terminal.press("f1", "f1")
        await terminal.sent(StartBatch(batch="b3"))

    feed = RecordedFeed([snapshot(idle())], batches=[NEW_BATCH])
    feed.checks = (ADVICE, REFUSED)
    watch(feed, look, size=SMALL)
