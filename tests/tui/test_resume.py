"""After the bench stopped: phones whose codes were up are asked after by the screen itself, once."""

from __future__ import annotations

import pytest

from station.wire import AttestScan, FailUnit, RetryUnit, Role, SetAside, UnitBrief
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import SIZES, SMALL, Terminal, keys_that_are_cut, watch
from tests.tui.wire_events import HELD, NOW, asked, snapshot, status, unit
from tui.screens.answer import QuestionSheet
from tui.screens.bench import BenchScreen
from tui.screens.help import HelpScreen
from tui.screens.holds import HoldsScreen
from tui.widgets.bigbutton import BigButton

STOPPED = (
    unit(8, "Lena Hofmann", "held", reason="interrupted", since=NOW - 60),
    unit(11, "Omar Said", "held", reason="interrupted", since=NOW - 60),
)
ALL = (*HELD, *STOPPED)


def feed(held: tuple[UnitBrief, ...] = ALL, role: Role = "operator") -> RecordedFeed:
    return RecordedFeed([snapshot(status(held=held), role=role)])


def offered(terminal: Terminal) -> list[str]:
    return [button.label for button in terminal.app.screen.query(BigButton) if button.display and not button.disabled]


@pytest.mark.parametrize("size", SIZES)
def test_asks_after_each_phone_whose_code_was_up_and_after_no_other(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.on(HoldsScreen)
        await terminal.shows("▲ The bench stopped, 2 codes were up")
        await terminal.shows("Lena Hofmann: Did this phone finish?")
        assert "Mara Lindt" not in terminal.text
        assert offered(terminal) == ["Code read", "Retry", "Set aside", "Look at the bench first"]
        for button in terminal.app.screen.query(BigButton):
            if button.display:
                assert button.region.right <= size[0]
                assert button.region.bottom <= size[1]
        await terminal.press("f2")
        await terminal.sent(AttestScan(enrollment="e8"))
        await terminal.press("down", "f3")
        await terminal.sent(RetryUnit(enrollment="e11"))
        await terminal.press("f4", "f1")
        await terminal.sent(SetAside(enrollment="e11", reason="flat"))
        await terminal.press("f1", "f5", "f6")
        await terminal.drawn()
        assert terminal.feed.sent == []
        terminal.feed.play(status(held=HELD, seq=101))
        await terminal.on(BenchScreen)

    watch(feed(), look, size=size)


def test_a_lead_may_give_it_up_there_too() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.on(HoldsScreen)
        assert "Give up" in offered(terminal)
        await terminal.press("f6")
        await terminal.shows("Give this unit up?")
        await terminal.press("f2")
        await terminal.sent(FailUnit(enrollment="e8"))

    watch(feed(role="lead"), look)


def test_looking_at_the_bench_first_is_left_alone_until_the_service_comes_back() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.on(HoldsScreen)
        await terminal.tap("#back")
        await terminal.on(BenchScreen)
        terminal.feed.play(status(held=ALL, seq=101))
        await terminal.drawn()
        assert isinstance(terminal.app.screen, BenchScreen)
        await terminal.press("f5")
        await terminal.on(HoldsScreen)
        await terminal.shows("Mara Lindt")
        await terminal.press("escape")
        await terminal.on(BenchScreen)
        terminal.feed.hang_up()
        await terminal.shows("reconnecting")
        terminal.feed.come_back(snapshot(status(held=ALL)))
        await terminal.on(HoldsScreen)
        await terminal.shows("2 codes were up")

    watch(feed(), look, size=SMALL)


def test_comes_after_the_bench_s_own_question() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.on(QuestionSheet)
        await terminal.press("escape")
        await terminal.on(BenchScreen)
        terminal.feed.play(status(held=ALL, seq=101))
        await terminal.on(HoldsScreen)
        await terminal.shows("2 codes were up")

    watch(RecordedFeed([snapshot(asked("interrupted", "scanned", held=ALL))]), look)


def test_goes_when_the_bench_s_questions_have_answered_the_last_of_them() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.on(HoldsScreen)
        terminal.feed.play(asked("interrupted", "scanned", held=ALL, seq=101))
        await terminal.on(QuestionSheet)
        terminal.feed.play(asked("interrupted", "scanned", held=HELD, seq=102))
        await terminal.drawn()
        terminal.feed.play(status(held=HELD, seq=103))
        await terminal.on(BenchScreen)

    watch(feed(), look)


def test_waits_while_a_person_is_at_another_screen() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f6")
        await terminal.on(HelpScreen)
        terminal.feed.hang_up()
        await terminal.shows("RECONNECTING")
        terminal.feed.come_back(snapshot(status(held=ALL)))
        await terminal.until(lambda: terminal.app.model.connected)
        await terminal.drawn()
        assert isinstance(terminal.app.screen, HelpScreen)
        await terminal.press("escape")
        terminal.feed.play(status(held=ALL, seq=101))
        await terminal.on(HoldsScreen)

    watch(feed(held=HELD), look)


def test_nothing_opens_by_itself_for_other_holds() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.drawn()
        assert isinstance(terminal.app.screen, BenchScreen)
        terminal.feed.play(status(held=ALL, seq=101))
        await terminal.drawn()
        assert isinstance(terminal.app.screen, BenchScreen)

    watch(feed(held=HELD), look)


def test_every_key_can_be_read_in_french_where_there_is_least_room() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.app.speak("fr")
        await terminal.on(HoldsScreen)
        await terminal.shows("Lena Hofmann: Ce téléphone est-il allé au bout ?")
        assert not keys_that_are_cut(terminal), terminal.text
        assert "Regarder" in terminal.text

    watch(feed(role="lead"), look, size=SMALL)
