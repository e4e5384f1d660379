"""Taking back the last order."""

from __future__ import annotations

import pytest

from station.wire import EditUser, HoldUnit, Problem, ReleaseHold, RetryUnit
from tests.tui.desk_answers import PEOPLE
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import SIZES, Terminal, watch
from tests.tui.wire_events import snapshot, status
from tui.screens.form import Form
from tui.screens.users import UsersScreen
from tui.widgets.rack import Tray
from tui.widgets.undo import Undo


async def act(terminal: Terminal, label: str) -> None:
    await terminal.until(lambda: len(terminal.app.screen.query(Tray)) == 8)
    await terminal.tap(list(terminal.app.screen.query(Tray))[1])
    await terminal.until(lambda: any(button.label == label for button in terminal.choices()))
    await terminal.tap(next(button for button in terminal.choices() if button.label == label))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", ["tap", "key"])
def test_a_hold_is_taken_back_by_tap_and_by_key(size: tuple[int, int], way: str) -> None:
    async def look(terminal: Terminal) -> None:
        await act(terminal, "Hold")
        await terminal.sent(HoldUnit(enrollment="e10"))
        await terminal.until(lambda: terminal.app.screen.query(Undo))
        await terminal.drawn()
        region = terminal.app.screen.query_one(Undo).region
        assert region.height == 3
        assert region.bottom <= terminal.button("primary").region.y
        await (terminal.tap(terminal.app.screen.query_one(Undo)) if way == "tap" else terminal.press("ctrl+z"))
        await terminal.sent(ReleaseHold(enrollment="e10"))
        await terminal.until(lambda: not terminal.app.screen.query(Undo))

    watch(RecordedFeed([snapshot(status())]), look, size=size)


def test_what_was_refused_or_cannot_be_taken_back_offers_nothing() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.refuse(Problem(kind="WrongUse", message="It cannot be held."))
        await act(terminal, "Hold")
        await terminal.shows("It cannot be held.")
        assert not terminal.app.screen.query(Undo)
        await act(terminal, "Retry")
        await terminal.until(lambda: RetryUnit(enrollment="e10") in terminal.feed.sent)
        await terminal.drawn()
        assert not terminal.app.screen.query(Undo)
        await terminal.press("ctrl+z")
        assert len(terminal.feed.sent) == 2

    watch(RecordedFeed([snapshot(status())]), look)


def test_the_next_order_ends_the_offer() -> None:
    async def look(terminal: Terminal) -> None:
        await act(terminal, "Hold")
        await terminal.until(lambda: terminal.app.screen.query(Undo))
        await terminal.press("f1")
        await terminal.until(lambda: not terminal.app.screen.query(Undo))

    watch(RecordedFeed([snapshot(status())]), look)


def test_a_change_of_a_user_is_taken_back_to_what_was_there() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f7", "f1")
        await terminal.on(UsersScreen)
        await terminal.shows("Anna Schmidt")
        await terminal.press("f1")
        await terminal.on(Form)
        await terminal.press("end", "x", "f1")
        await terminal.sent(EditUser(user="u0001", name="Anna Schmidtx"))
        await terminal.until(lambda: terminal.app.screen.query(Undo))
        await terminal.press("ctrl+z")
        await terminal.sent(EditUser(user="u0001", name="Anna Schmidt"))

    feed = RecordedFeed([snapshot(status(), role="admin")])
    feed.people = PEOPLE
    watch(feed, look)
