from __future__ import annotations

import pytest

from station.wire import Recorded, Role
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SMALL, Terminal, watch
from tests.tui.wire_events import recorded, snapshot
from tui.screens import audit
from tui.screens.audit import AuditScreen
from tui.screens.bench import BenchScreen
from tui.widgets.searchlist import SearchList


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 0.01)


def events(number: int) -> tuple[Recorded, ...]:
    kinds = ("CodeShown", "ScanWitnessed", "Verified")
    made = [recorded(seq, kinds[seq % 3]) for seq in range(1, number + 1)]
    last = {"actor": "[b]eve[/]\x1b", "hash": "0a1b2c3d4e5f" + "9" * 52}
    return (*made[:-1], made[-1].model_copy(update=last)) if made else ()


def feed_of(number: int = 2500, role: Role = "lead") -> RecordedFeed:
    feed = RecordedFeed([snapshot(role=role)])
    feed.record = events(number)
    return feed


async def record(terminal: Terminal) -> None:
    await terminal.press("f7")
    await terminal.until(terminal.choices)
    await terminal.tap(next(choice for choice in terminal.choices() if choice.label in ("Record", "Registre")))
    await terminal.on(AuditScreen)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_lists_the_record_newest_first_a_page_at_a_time(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 40)

    async def look(terminal: Terminal) -> None:
        await record(terminal)
        await terminal.shows("Event 2500, 0a1b2c3d4e5f")
        assert "[b]eve[/]␛" in terminal.text
        assert terminal.text.index("  2500 ") < terminal.text.index("  2499 ")
        assert "ScanWitnessed camera e12" in terminal.words
        await terminal.press(*["pagedown"] * 6)
        await terminal.until(lambda: ("newest", 2461, "") in terminal.feed.asked)
        assert all(button.region.bottom <= size[1] for button in terminal.app.screen.query("BigButton"))
        await terminal.tap("#back")
        await terminal.on(BenchScreen)

    watch(feed_of(), look, size=size)


def test_searches_by_kind_or_actor() -> None:
    async def look(terminal: Terminal) -> None:
        await record(terminal)
        await terminal.press(*"eve")
        await terminal.until(lambda: "2499" not in terminal.text)
        assert "2500" in terminal.text
        assert terminal.feed.asked[-1] == ("newest", 0, "eve")

    watch(feed_of(), look)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_checks_the_whole_chain_page_by_page(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await record(terminal)
        await terminal.shows("Event 2500")
        terminal.feed.hold()
        await terminal.tap("#verify")
        await terminal.shows("░ 0 %")
        assert terminal.button("verify").disabled
        terminal.feed.let_go()
        await terminal.shows("✔ The record holds: 2500 events.")
        asked = [one for one in terminal.feed.asked if one[0] == "verify"]
        assert asked == [("verify", 0, ""), ("verify", 1000, "h1000"), ("verify", 2000, "h2000")]
        assert not terminal.button("verify").disabled

    watch(feed_of(), look, size=size)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_says_which_event_was_changed_and_what_to_do(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await record(terminal)
        await terminal.press("f1")
        await terminal.shows("▲ Event 1700 was changed later. Keep the files as they are and tell an administrator.")
        assert "✔" not in terminal.text

    feed = feed_of()
    feed.flaw = (1700, "changed")
    watch(feed, look, size=size)


def test_a_check_that_breaks_off_says_nothing_about_the_record() -> None:
    async def look(terminal: Terminal) -> None:
        await record(terminal)
        await terminal.shows("Event 2500")
        terminal.feed.hold()
        await terminal.press("f1")
        await terminal.shows("░ 0 %")
        terminal.feed.away = True
        terminal.feed.let_go()
        await terminal.shows("No service answers")
        await terminal.until(lambda: "0 %" not in terminal.text)
        assert "holds" not in terminal.text
        terminal.feed.away = False
        await terminal.press("f1")
        await terminal.shows("The record holds")

    watch(feed_of(), look)


def test_an_empty_record_holds() -> None:
    async def look(terminal: Terminal) -> None:
        await record(terminal)
        await terminal.shows("Event 0")
        await terminal.press("f1")
        await terminal.shows("The record holds: 0 events.")

    watch(feed_of(0), look, size=SMALL)


def test_operators_are_not_offered_it() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f7")
        await terminal.until(terminal.choices)
        assert "Record" not in [choice.label for choice in terminal.choices()]

    watch(feed_of(role="operator"), look)


def test_speaks_french() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.app.speak("fr")
        await terminal.drawn()
        await record(terminal)
        await terminal.press("f1")
        await terminal.shows("Le registre est intact : 2500 événements.")

    watch(feed_of(), look, size=SMALL)


def test_the_staff_are_listed_by_name() -> None:
    async def look(terminal: Terminal) -> None:
        await record(terminal)
        await terminal.shows("Verified Lea [b]Roth[/]")
        assert "s_1" not in terminal.text
        assert "s_gone" in terminal.text

    feed = feed_of(3)
    feed.record = tuple(
        event.model_copy(update={"actor": actor, "kind": "Verified"})
        for event, actor in zip(feed.record, ("camera", "s_gone", "s_1"), strict=True)
    )
    feed.called = {"s_1": "Lea [b]Roth[/]"}
    watch(feed, look)
