from __future__ import annotations

from station.wire import AttestScan, FailUnit, ReleaseHold, RetryUnit, SetAside, SkipUnit, UserCounts
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, HELD, snapshot, status
from tui.screens.holds import HoldsScreen
from tui.text import HOLDS


def test_says_why_each_unit_is_held_and_what_to_look_at() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.on(HoldsScreen)
        for words in ("3 held", "HELD: overdue", "31 min", "HELD: mismatch", "ordered fully managed", "HELD: not witnessed"):
            assert words in terminal.text
        assert HOLDS["overdue"][1][:25] in terminal.text
        await terminal.press("down", "down")
        await terminal.shows(HOLDS["unwitnessed"][1][:25])

    watch(RecordedFeed([snapshot()]), look, size=SMALL)


def test_an_operator_s_keys_do_what_an_operator_may() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.on(HoldsScreen)
        await terminal.press("f1")
        await terminal.sent(ReleaseHold(enrollment="e7"))
        await terminal.tap("#do-retry")
        await terminal.sent(RetryUnit(enrollment="e7"))
        await terminal.press("f2", "f5", "f6")
        await terminal.drawn()
        assert terminal.feed.sent == []
        await terminal.press("down", "down", "f2")
        await terminal.sent(AttestScan(enrollment="e5"))

    watch(RecordedFeed([snapshot()]), look)


def test_setting_aside_asks_why() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5", "f4")
        await terminal.shows("Why is this phone set aside?")
        await terminal.press("f6")
        await terminal.sent(SetAside(enrollment="e7", reason="broken"))
        await terminal.on(HoldsScreen)

    watch(RecordedFeed([snapshot()]), look)


def test_a_lead_s_way_out_for_good_is_asked_twice() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5", "down", "f5")
        await terminal.shows("Leave this user out?")
        await terminal.press("f1")
        await terminal.on(HoldsScreen)
        assert terminal.feed.sent == []
        await terminal.press("f5")
        await terminal.shows("Leave this user out?")
        await terminal.press("f2")
        await terminal.sent(SkipUnit(enrollment="e3"))
        await terminal.on(HoldsScreen)
        await terminal.tap("#do-fail")
        await terminal.shows("Give this unit up?")
        await terminal.tap("#choice-2")
        await terminal.sent(FailUnit(enrollment="e3"))

    watch(RecordedFeed([snapshot(role="lead")]), look)


def test_the_chosen_unit_stays_chosen_when_the_list_changes() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5", "down")
        await terminal.on(HoldsScreen)
        terminal.feed.play(status(seq=101, held=HELD[1:]))
        await terminal.until(lambda: "Grzegorz" not in terminal.text)
        await terminal.press("f1")
        await terminal.sent(ReleaseHold(enrollment="e3"))

    watch(RecordedFeed([snapshot(role="lead")]), look)


def test_a_release_is_never_meant_for_a_unit_that_took_the_chosen_one_s_place() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.on(HoldsScreen)
        terminal.feed.play(status(seq=101, held=HELD[2:]))
        await terminal.until(lambda: "Mara" not in terminal.text)
        assert terminal.button("do-retry").disabled
        await terminal.press("f3")
        await terminal.drawn()
        assert terminal.feed.sent == []
        await terminal.press("down", "f3")
        await terminal.sent(RetryUnit(enrollment="e5"))

    watch(RecordedFeed([snapshot()]), look)


def test_says_that_nothing_is_held() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.shows("Nothing is held.")
        assert terminal.button("do-release").disabled

    watch(RecordedFeed([snapshot(status(held=(), batch=BATCH.model_copy(update={"users": UserCounts()})))]), look)


def test_says_how_many_are_not_listed() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.shows("63 held, the first 3 of them here")

    watch(RecordedFeed([snapshot(status(batch=BATCH.model_copy(update={"users": UserCounts(received=63, held=63)})))]), look)
