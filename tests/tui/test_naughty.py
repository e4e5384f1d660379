"""Whatever somebody is called: on every screen it is text, on its own line, and nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from textual.widgets import Input

from station.wire import LOOKUP_LIMIT, LookupHit, LookupPage
from tests.naughty import CONTROLS, MARKUP, NAUGHTY
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.spoiled import SpoiledFeed
from tests.tui.terminal import PANEL, Terminal, watch
from tests.tui.walk import same_everywhere, walk
from tests.tui.wire_events import BATCH, snapshot, unit
from tui.plain import JOINERS, STEERING, plain
from tui.screens.lookup import LookupScreen
from tui.screens.story import StoryScreen

RED = {(255, 0, 0), (128, 0, 0), (170, 0, 0)}
"""What red is called in markup and in escapes; nothing of ours is drawn in any of these."""


SCROLLBAR = ("grab", "release", "scroll_up", "scroll_down")
"""What Textual's own scroll bars do when they are touched."""


def wrong(terminal: Terminal) -> list[str]:
    """What was interpreted, or steers, or leaves its line."""
    found = []
    for y, strip in enumerate(terminal.strips):
        if strip.cell_length != terminal.app.size.width:
            found.append(f"row {y} is {strip.cell_length} wide: {strip.text!r}")
        for text, style, control in strip:
            steers = [letter for letter in text if letter not in JOINERS and unicodedata.category(letter) in STEERING]
            found += [f"row {y} holds {steers}"] if steers else []
            found += [f"row {y} holds a control"] if control else []
            if style is not None:
                found += [f"row {y} links to {style.link}"] if style.link else []
                acts = [key for key, does in style.meta.items() if key.startswith("@") and does not in SCROLLBAR]
                found += [f"row {y} acts: {style.meta}"] if acts else []
                drawn = {tuple(colour.triplet) for colour in (style.color, style.bgcolor) if colour and colour.triplet}
                found += [f"row {y} is red: {text!r}"] if drawn & RED else []
    return found


def test_no_screen_takes_a_name_for_more_than_a_name() -> None:
    told: list[str] = []
    seen: list[str] = []

    async def look(terminal: Terminal, name: str) -> None:
        told.extend(f"{name}: {what}" for what in wrong(terminal))
        seen.append(terminal.text)
        assert terminal.app.is_running

    walk(SpoiledFeed(), look, size=PANEL)
    assert not told, "\n".join(told)
    everything = "\n".join(seen)
    for text in (*MARKUP, *CONTROLS):
        assert plain(text, 12).rstrip("…") in everything, text
    everything.encode()


@pytest.mark.parametrize(
    ("keys", "asks"),
    [
        (("f8",), lambda typed: ("lookup", typed)),
        (("f4",), lambda typed: ("queue", "b1", 0, typed, "", "position")),
        (("f7", "f1"), lambda typed: ("users", "", typed, "")),
    ],
    ids=["look up", "queue", "users"],
)
def test_a_naughty_text_is_looked_for_as_it_is(keys: tuple[str, ...], asks: Callable[[str], tuple[object, ...]]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press(*keys)
        for text in NAUGHTY:
            field = terminal.app.screen.query_one(Input)
            field.value = ""
            terminal.feed.asked.clear()
            field.insert_text_at_cursor(text.splitlines()[0])
            typed = field.value.strip()
            if typed and len(typed) <= LOOKUP_LIMIT:
                await terminal.until(lambda typed=typed: asks(typed) in terminal.feed.asked)  # type: ignore[misc]
            await terminal.drawn()
            assert not wrong(terminal), text

    feed = RecordedFeed([snapshot(role="admin")], batches=[BATCH])
    with same_everywhere():
        watch(feed, look)


def test_a_name_in_braces_is_looked_up_and_its_story_opens() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f8")
        await terminal.on(LookupScreen)
        await terminal.press(*"{0} %s", "enter")
        await terminal.on(StoryScreen)

    feed = RecordedFeed([snapshot()])
    hit = LookupHit(unit=unit(1, "{0} %s"), batch="b", matched="user", bench="", at=None)
    feed.found = {"{0} %s": LookupPage(items=(hit,), more=False)}
    watch(feed, look)
