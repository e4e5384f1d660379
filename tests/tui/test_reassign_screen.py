"""A lead gives a place to another user, at the screen."""

from __future__ import annotations

import pytest

from station.wire import Problem, ReassignUnit, Role
from tests.tui.desk_answers import someone
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, snapshot, status, unit
from tui.screens.queue import QueueScreen
from tui.screens.reassign import ReassignScreen
from tui.screens.story import StoryScreen
from tui.storywords import WHY_GIVEN
from tui.widgets.rack import Tray
from tui.widgets.searchlist import SearchList
from tui.widgets.undo import Undo

UNITS = (unit(1, "Anna"), unit(2, "[b]Ben[/b]", "held", reason="fault"), unit(3, "Cai", "scanned"), unit(4, "Dora", "verified"))
PEOPLE = (someone(1, "Anna"), someone(2, "Nina [red]\x1b", group="North"), someone(3, "Ole", policy=""))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 0.01)


def feed_of(role: Role = "lead", generic: int = 0) -> RecordedFeed:
    batch = BATCH.model_copy(update={"generic": generic})
    feed = RecordedFeed([snapshot(status(batch=batch), role=role)], batches=[batch], units=UNITS)
    feed.people, feed.taken = PEOPLE, {"u0001"}
    return feed


async def sheet_of(terminal: Terminal, number: int) -> None:
    """The queue's sheet about the unit of this number."""
    await terminal.press("f4")
    await terminal.on(QueueScreen)
    await terminal.shows("Anna")
    await terminal.press(*["down"] * (number - 1), "f1")
    await terminal.until(terminal.choices)


async def reassign(terminal: Terminal) -> None:
    await terminal.tap(next(choice for choice in terminal.choices() if choice.label == "Reassign…"))
    await terminal.on(ReassignScreen)
    await terminal.shows("Nina [red]␛")


@pytest.mark.parametrize("size", [SMALL, LARGE, (61, 49)])
def test_a_place_in_the_queue_goes_to_another_user_and_back(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await sheet_of(terminal, 1)
        await reassign(terminal)
        assert "Who gets the place of Anna?" in terminal.words
        assert ("users", "", "", "", "free") in terminal.feed.asked
        assert "user1@example.com" not in terminal.text
        assert all(button.region.bottom <= size[1] for button in terminal.app.screen.query("BigButton"))
        await terminal.tap("#give")
        await terminal.shows("Anna's place goes to Nina [red]␛. Anna is free again")
        assert [choice.label for choice in terminal.choices()] == list(WHY_GIVEN.values())
        await terminal.press("f2")
        await terminal.sent(ReassignUnit(enrollment="e1", user="u0002", reason="left"))
        await terminal.on(QueueScreen)
        await terminal.until(lambda: terminal.app.screen.query(Undo))
        await terminal.press("ctrl+z")
        await terminal.sent(ReassignUnit(enrollment="e1", user=None, reason="undone"))

    watch(feed_of(), look, size=size)


def test_a_held_place_is_retried_first_and_the_sheet_says_so() -> None:
    async def look(terminal: Terminal) -> None:
        await sheet_of(terminal, 2)
        await reassign(terminal)
        await terminal.press("down", "enter")
        await terminal.shows("[b]Ben[/b]'s place goes to Ole.")
        await terminal.shows("The unit is retried first: its code is revoked.")
        await terminal.press("escape")
        await terminal.on(ReassignScreen)
        await terminal.press("escape")
        await terminal.on(QueueScreen)
        assert terminal.feed.sent == []

    watch(feed_of(), look)


def test_who_is_in_a_queue_is_found_too_and_a_refusal_leaves_the_choice_open() -> None:
    async def look(terminal: Terminal) -> None:
        await sheet_of(terminal, 1)
        await reassign(terminal)
        await terminal.tap("#which")
        await terminal.shows("user1@example.com")
        await terminal.press(*"nobody")
        await terminal.shows("Nobody is found.")
        assert terminal.button("give").disabled
        await terminal.press("ctrl+u", *"anna")
        await terminal.shows("user1@example.com")
        terminal.feed.refuse(Problem(kind="WrongUse", message="The place is Anna's already."))
        await terminal.press("f1")
        await terminal.until(terminal.choices)
        await terminal.press("f1")
        await terminal.shows("✘ The place is Anna's already.")
        assert isinstance(terminal.app.screen, ReassignScreen)
        assert not terminal.app.screen.query(Undo)

    watch(feed_of(), look)


def test_it_is_offered_from_the_unit_s_own_screen() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.until(lambda: len(terminal.app.screen.query(Tray)) == 8)
        await terminal.tap(list(terminal.app.screen.query(Tray))[3])
        await terminal.until(terminal.choices)
        await terminal.tap(next(choice for choice in terminal.choices() if choice.label == "Story"))
        await terminal.on(StoryScreen)
        await terminal.press("f1")
        await terminal.until(terminal.choices)
        await reassign(terminal)
        await terminal.tap("#back")
        await terminal.on(StoryScreen)

    watch(feed_of(), look)


@pytest.mark.parametrize(("role", "number", "generic"), [("operator", 1, 0), ("lead", 3, 0), ("lead", 4, 0), ("lead", 1, 5)])
def test_it_is_not_offered_where_it_cannot_be(role: Role, number: int, generic: int) -> None:
    async def look(terminal: Terminal) -> None:
        await sheet_of(terminal, number)
        assert "Reassign…" not in [choice.label for choice in terminal.choices()]

    watch(feed_of(role, generic), look)
