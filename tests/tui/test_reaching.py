"""The service away, slow, or saying no."""

from __future__ import annotations

from pathlib import Path

from station.client import Client
from station.wire import PauseBatch, Problem
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import SMALL, Terminal, watch
from tests.tui.wire_events import recorded, snapshot, status
from tui.app import BenchApp
from tui.feed import Feed
from tui.model import Model
from tui.screens.shown import FullScreen
from tui.text import NOT_SURE, SLOW


class Watcher(FullScreen):
    """A screen that keeps what it was shown."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.shown: list[Model] = []

    def show(self, model: Model) -> None:
        super().show(model)
        self.shown.append(model)


def test_the_wire_s_client_is_a_feed() -> None:
    feed: Feed = Client(Path("/nowhere"))
    assert BenchApp(feed).model.step == "connecting"


def test_waits_for_a_service_that_is_not_there_yet() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("The service is not there, reconnecting.")
        assert terminal.button("primary").disabled
        terminal.feed.come_back(snapshot())
        await terminal.shows("Put a new phone on the stand.")

    feed = RecordedFeed()
    feed.away = True
    watch(feed, look, size=SMALL)


def test_heals_by_itself_and_shows_meanwhile_what_was_known() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.hang_up()
        await terminal.shows("The service is not there, reconnecting.")
        await terminal.shows("last known: Anna Schmidt")
        assert "CODE IS UP" not in terminal.text
        assert "STAND IS EMPTY" not in terminal.text
        assert all(terminal.button(name).disabled for name in ("primary", "set-aside", "stand-empty"))
        connections = terminal.feed.connections
        await terminal.until(lambda: terminal.feed.connections > connections + 1)
        terminal.feed.come_back(snapshot(status("hold_still", seq=2)))
        await terminal.shows("The phone sees the code.")
        assert "last known" not in terminal.text

    watch(RecordedFeed([snapshot()]), look)


def test_a_refusal_is_told_with_its_remedy_as_plain_text() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.refuse(
            Problem(kind="WrongUse", message="Batch [b]North[/b] is not running.\x1b[2J", remedy="[@click=app.quit]Start it[/]")
        )
        await terminal.press("f1")
        await terminal.shows("✘ Batch [b]North[/b] is not running.␛[2J")
        await terminal.shows("▶ [@click=app.quit]Start it[/]")
        assert terminal.notices[0].severity == "error"
        await terminal.tap("Toast")
        await terminal.until(lambda: "Start it" not in terminal.text)
        assert terminal.app.is_running

    watch(RecordedFeed([snapshot()]), look, size=SMALL)


def test_a_notice_lies_on_no_button() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.refuse(Problem(kind="WrongUse", message="No. " * 60, remedy="Do something else. " * 10))
        await terminal.press("f1")
        await terminal.shows("Do something else.")
        toast = terminal.app.screen.query_one("Toast")
        assert toast.region.bottom <= terminal.button("primary").region.y

    watch(RecordedFeed([snapshot()]), look, size=SMALL)


def test_a_command_without_an_answer_leaves_a_doubt_that_is_told() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.vanish()
        await terminal.press("f1")
        await terminal.shows(NOT_SURE)

    watch(RecordedFeed([snapshot()]), look)


def test_a_command_that_takes_long_is_spoken_of_and_not_sent_twice() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.app.PATIENCE = 0.01
        terminal.feed.hold()
        await terminal.press("f1")
        await terminal.shows(SLOW)
        await terminal.press("f1", "f1")
        await terminal.drawn()
        assert terminal.feed.sent == [PauseBatch(batch="b1")]
        terminal.feed.let_go()
        await terminal.until(lambda: not terminal.notices)
        await terminal.press("f1")
        await terminal.until(lambda: len(terminal.feed.sent) == 2)

    watch(RecordedFeed([snapshot()]), look)


def test_a_command_that_is_never_answered_is_given_up() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.app.LIMIT = 0.01
        terminal.feed.hold()
        await terminal.press("f1")
        await terminal.shows("The service did not answer.")

    watch(RecordedFeed([snapshot()]), look)


def test_a_slow_terminal_misses_frames_and_no_event() -> None:
    async def look(terminal: Terminal) -> None:
        watcher = Watcher(terminal.app.model)
        await terminal.app.push_screen(watcher)
        for number in range(101, 601):
            terminal.feed.play(status("to_tray", {"tray": number}, seq=number), recorded(number))
        await terminal.until(lambda: watcher.shown[-1].seq == 600)
        assert terminal.app.model.seq == 600
        assert len(watcher.shown) < 50

    watch(RecordedFeed([snapshot()]), look, frame=0.05)
