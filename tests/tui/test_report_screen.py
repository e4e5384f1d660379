from __future__ import annotations

import time

import pytest

from station.wire import BatchReport, OperatorActs, PhoneCounts, Status, StepTime, UserCounts
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, NOW, OTHER_BATCH, idle, snapshot
from tui.screens.bench import BenchScreen
from tui.screens.pick import Pick
from tui.screens.report import ReportScreen
from tui.widgets.bars import Bars, Bins, binned, plot

UPRIGHT = (61, 49)
HOUR = int(NOW) // 3600 * 3600
FULL = BatchReport(
    batch=BATCH,
    per_hour=((HOUR, 4), (HOUR + 3600, 12), (HOUR + 3 * 3600, 1)),
    units_per_hour=8.5,
    step_seconds={"to_scan": StepTime(median=42, ninetieth=95, units=17), "whole": StepTime(median=400, ninetieth=3723, units=17)},
    failures={"overdue": 3, "[b]new[/]": 1, "failed": 2},
    operators={"maria": OperatorActs(acts=31, attested=2, overrides=1), "[red]\x1b": OperatorActs(acts=1, attested=0, overrides=0)},
    first=NOW,
    last=NOW + 9000,
)
EMPTY = BatchReport(
    batch=BATCH.model_copy(update={"users": UserCounts(), "phones": PhoneCounts()}),
    per_hour=(),
    units_per_hour=0.0,
    step_seconds={},
    failures={},
    operators={},
    first=None,
    last=None,
)


def feed_of(report: BatchReport | None = FULL, now: Status | None = None) -> RecordedFeed:
    feed = RecordedFeed([snapshot(now)], batches=[BATCH, OTHER_BATCH] if report else [])
    feed.tallied = report
    return feed


async def report(terminal: Terminal) -> None:
    await terminal.press("f7")
    await terminal.until(terminal.choices)
    await terminal.tap(next(choice for choice in terminal.choices() if choice.label in ("Report", "Bilan")))
    await terminal.on(ReportScreen)


@pytest.mark.parametrize("size", [SMALL, LARGE, UPRIGHT])
def test_shows_the_whole_batch_in_figures(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await report(terminal)
        await terminal.shows("8.5 units an hour")
        assert terminal.feed.asked[-1] == ("report", "b1")
        for words in (
            "✔ users 40 = 6 verified + 3 held + 1 failed + 0 skipped + 30 open",
            "✔ phones 13 = 6 verified + 5 in rack + 1 set aside + 1 failed",
        ):
            assert words in terminal.words, words
        told = str(terminal.app.screen.query_one("#figures-told").render())
        for words in (
            "code up → scan         0:42    1:35",
            "6:40 1:02:03",
            "overdue",
            "[b]new[/]",
            "[red]␛",
            "maria                31    2    1",
        ):
            assert words in told, words
        assert "0:42    1:35" in terminal.text
        drawn = str(terminal.app.screen.query_one(Bars).render()).splitlines()
        assert len(drawn) == terminal.app.screen.query_one(Bars).size.height
        assert any("12" in row for row in drawn)
        assert all(button.region.bottom <= size[1] for button in terminal.app.screen.query("BigButton"))
        await terminal.tap("#back")
        await terminal.on(BenchScreen)

    watch(feed_of(), look, size=size)


def test_counts_that_do_not_close_are_told_by_their_sign() -> None:
    async def look(terminal: Terminal) -> None:
        await report(terminal)
        await terminal.shows("▲ DOES NOT ADD UP, call a lead: users 41")
        assert "✔ phones 13" in terminal.words
        assert "✔ users" not in terminal.words

    lost = BATCH.model_copy(update={"users": BATCH.users.model_copy(update={"received": 41})})
    watch(feed_of(FULL.model_copy(update={"batch": lost})), look, size=LARGE)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_an_empty_batch_is_told_in_words(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await report(terminal)
        for words in ("no code was ordered yet", "nothing is verified yet", "no unit is through yet", "nobody yet", "✔ users 0 = 0"):
            await terminal.shows(words)
        assert "█" not in str(terminal.app.screen.query_one(Bars).render())

    watch(feed_of(EMPTY), look, size=size)


def test_without_a_batch_at_the_bench_it_is_the_newest_and_another_can_be_chosen() -> None:
    async def look(terminal: Terminal) -> None:
        await report(terminal)
        await terminal.until(lambda: terminal.feed.asked == [("report", "b2")])
        await terminal.until(lambda: not terminal.button("choose").disabled)
        await terminal.tap("#choose")
        await terminal.on(Pick)
        await terminal.press("down", "f1")
        await terminal.until(lambda: terminal.feed.asked[-1] == ("report", "b1"))
        await terminal.press("f2")
        await terminal.until(lambda: len(terminal.feed.asked) == 3)

    watch(feed_of(now=idle()), look)


def test_without_any_batch_it_says_how_to_get_one() -> None:
    async def look(terminal: Terminal) -> None:
        await report(terminal)
        await terminal.shows("There is no batch yet.")
        assert terminal.button("choose").disabled
        assert terminal.button("again").disabled

    watch(feed_of(None, now=idle()), look, size=SMALL)


def test_speaks_french() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.app.speak("fr")
        await terminal.drawn()
        await report(terminal)
        await terminal.shows("8.5 unités par heure")

    watch(feed_of(), look, size=SMALL)


def test_hours_without_any_have_their_place_and_too_many_share_a_bar() -> None:
    assert binned([(0, 2), (3 * 3600, 5)], 10) == Bins(0, 1, (2, 0, 0, 5))
    assert binned([(0, 2), (3600, 1), (4 * 3600, 5)], 2) == Bins(0, 3, (3, 5))
    assert binned([], 10).counts == ()
    weeks = [(day * 24 * 3600, 10) for day in range(60)]
    assert sum(binned(weeks, 7).counts) == 600
    assert len(binned(weeks, 7).counts) <= 7


def test_bars_are_as_high_as_their_counts_with_numbers_and_axis() -> None:
    hours = [time.strftime("%H", time.localtime(HOUR + at * 3600)) for at in range(3)]
    assert plot(Bins(HOUR, 1, (8, 1, 0)), 15, 6) == (
        "  │8           ",
        "8 │███         ",
        "  │███ 1       ",
        "  │███ ▄▄▄     ",
        "0 └────────────",
        f"   {'  '.join(hours)}",
    )
    assert plot(Bins(HOUR, 1, (8, 1, 0)), 11, 6) == ()
    assert plot(Bins(HOUR, 1, (0, 0)), 40, 6) == ()


def test_the_staff_are_called_by_name() -> None:
    async def look(terminal: Terminal) -> None:
        await report(terminal)
        await terminal.shows("Lea [b]Roth[/] 31 2 1")
        assert "s_1" not in terminal.text
        assert "s_gone" in terminal.text

    acts = OperatorActs(acts=31, attested=2, overrides=1)
    named = FULL.model_copy(update={"operators": {"s_1": acts, "s_gone": acts}, "names": {"s_1": "Lea [b]Roth[/]"}})
    watch(feed_of(named), look, size=LARGE)
