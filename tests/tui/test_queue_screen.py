from __future__ import annotations

import pytest

from station.wire import PauseBatch, PreflightItem, SkipUnit, StartBatch
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, OTHER_BATCH, idle, recorded, snapshot, status, unit
from tui.screens import queue
from tui.screens.batches import BatchesScreen
from tui.screens.bench import BenchScreen
from tui.screens.queue import PAGE, QueueScreen

QUEUE = [unit(number, f"Person {number:03}") for number in range(1, 251)]


def feed_of() -> RecordedFeed:
    return RecordedFeed([snapshot()], units=QUEUE, batches=[BATCH, OTHER_BATCH])


def test_pages_through_the_batch() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("users 1–100 of 40")
        assert terminal.button("previous").disabled
        await terminal.press("f3")
        await terminal.shows("users 101–200")
        await terminal.tap("#next")
        await terminal.shows("users 201–250")
        assert terminal.button("next").disabled
        await terminal.press("f2")
        await terminal.shows("users 101–200")
        assert terminal.feed.pages == [("b1", 0, PAGE), ("b1", 100, PAGE), ("b1", 200, PAGE), ("b1", 100, PAGE)]

    assert PAGE <= 200
    watch(feed_of(), look)


def test_asks_again_for_its_page_when_the_record_has_grown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "FRESH", 0.01)

    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("users 1–100")
        terminal.feed.play(status(seq=101), recorded(102))
        await terminal.until(lambda: len(terminal.feed.pages) >= 2)
        pages = len(terminal.feed.pages)
        terminal.feed.play(status(seq=101), status(seq=101))
        await terminal.drawn()
        assert len(terminal.feed.pages) == pages

    watch(feed_of(), look)


def test_a_unit_of_the_queue_can_be_left_out_by_a_lead() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.shows("users 1–100")
        await terminal.press("down", "down", "f1")
        await terminal.shows("in the queue.")
        assert [choice.label for choice in terminal.choices()] == ["Hold", "Skip"]
        await terminal.press("f2")
        await terminal.shows("Leave this user out?")
        await terminal.press("f2")
        await terminal.sent(SkipUnit(enrollment="e3"))
        await terminal.on(QueueScreen)

    watch(RecordedFeed([snapshot(role="lead")], units=QUEUE), look, size=SMALL)


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
