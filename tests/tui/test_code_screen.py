from __future__ import annotations

import re

from station.wire import CodeSymbol, Problem, Role, ShowCode
from tests.tui.desk_answers import PEOPLE, POLICIES, story, symbol
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import SMALL, Terminal, watch
from tests.tui.wire_events import NOW, recorded, snapshot, status
from tui.screens.code import ENDED, RAN_OUT, SERVED, CodeScreen
from tui.screens.users import UsersScreen
from tui.symbols import drawn
from tui.widgets.words import Words


def feed_of(code: CodeSymbol | None = None, role: Role = "admin") -> RecordedFeed:
    feed = RecordedFeed([snapshot(role=role)])
    feed.people, feed.kept = PEOPLE, POLICIES
    feed.symbol, feed.story = code or symbol("short"), story()
    feed.facts = {"show_code": {"enrollment": "e1", "attempt": "a1", "expires": NOW + 3600}}
    return feed


async def show(terminal: Terminal, choice: str = "f1") -> None:
    await terminal.press("f7", "f1")
    await terminal.shows("Anna Schmidt")
    await terminal.until(lambda: not terminal.button("code").disabled)
    await terminal.press("f5")
    await terminal.shows("A code shown or mailed before is revoked.")
    await terminal.press(choice)
    await terminal.on(CodeScreen)


def told(terminal: Terminal) -> str:
    return str(terminal.app.screen.query_one("#code-facts", Words).render())


def pattern(terminal: Terminal) -> str:
    return str(terminal.app.screen.query_one("#symbol", Words).render())


def test_shows_a_user_s_code_and_what_it_means() -> None:
    async def look(terminal: Terminal) -> None:
        await show(terminal)
        assert terminal.feed.asked[-1] == ("code", "a1")
        assert "█▀▀▀▀▀█" in pattern(terminal)
        assert re.search(r"WPCO.*in (59|60) min.*works no longer", told(terminal), re.DOTALL)
        await terminal.sent(ShowCode(user="u0001"))
        await terminal.tap("#back")
        await terminal.on(UsersScreen)
        assert "█▀▀▀▀▀█" not in terminal.text
        terminal.feed.symbol = symbol("short", expires=None)
        await terminal.press("f5", "f4")
        await terminal.on(CodeScreen)
        await terminal.sent(ShowCode(user="u0001", mode="wpco"))
        assert "does not expire" in told(terminal)

    watch(feed_of(), look, size=SMALL)


def test_says_why_no_code_is_shown() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.refuse(Problem(kind="WrongUse", message="Anna's code is up on the bench.", remedy="Wait for its scan."))
        await terminal.press("f7", "f1")
        await terminal.until(lambda: not terminal.button("code").disabled)
        await terminal.press("f5", "f1")
        await terminal.shows("✘ Anna's code is up on the bench.")
        await terminal.shows("▶ Wait for its scan.")
        await terminal.on(UsersScreen)

    watch(feed_of(), look)


def test_a_code_that_has_served_or_ended_or_run_out_is_blanked() -> None:
    async def look(terminal: Terminal) -> None:
        await show(terminal)
        terminal.feed.play(recorded(101))
        await terminal.until(lambda: ("unit", "e1") in terminal.feed.asked)
        assert pattern(terminal).strip()
        terminal.feed.hang_up()
        await terminal.until(lambda: not pattern(terminal).strip())
        terminal.feed.come_back(snapshot(role="admin"))
        await terminal.until(lambda: pattern(terminal).strip())
        terminal.feed.story = story(device="d1")
        terminal.feed.play(recorded(102))
        await terminal.until(lambda: SERVED in told(terminal))
        assert not pattern(terminal).strip()
        await again(terminal)
        terminal.feed.story = story(ended="superseded")
        terminal.feed.play(recorded(103))
        await terminal.until(lambda: ENDED in told(terminal))
        assert not pattern(terminal).strip()
        await again(terminal)
        terminal.feed.play(status(at=NOW + 3600, seq=103))
        await terminal.until(lambda: RAN_OUT in told(terminal))
        assert not pattern(terminal).strip()

    async def again(terminal: Terminal) -> None:
        terminal.feed.story = story()
        await terminal.press("escape", "f5", "f1")
        await terminal.on(CodeScreen)
        assert pattern(terminal).strip()

    watch(feed_of(), look, size=SMALL)


def test_a_terminal_that_is_too_small_says_so_before_the_code_is_made_and_how_large_it_must_be() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f7", "f1")
        await terminal.until(lambda: not terminal.button("code").disabled)
        await terminal.press("f5")
        await terminal.shows("Most codes do not fit into a terminal of this size.")
        assert terminal.feed.sent == []
        await terminal.press("escape", "escape")
        await show(terminal)
        await terminal.shows("too small for the code")
        await terminal.shows("sixtap qr USER --out code.png")

    watch(feed_of(symbol()), look, size=SMALL)
    assert drawn(symbol().modules, symbol().size, 120 - CodeScreen.SIDE, 39) is not None


def test_the_modules_are_in_no_repr() -> None:
    code = symbol("short")
    assert code.modules not in repr(code)
