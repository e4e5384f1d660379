"""A new batch, step by step, by touch and by keys."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from station.wire import CreateBatch, PreflightItem, Problem, Role, StartBatch
from tests.tui.desk_answers import PEOPLE, POLICIES, someone
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, idle, snapshot, status
from tui.screens.batches import BatchesScreen
from tui.screens.bench import BenchScreen
from tui.screens.form import Form
from tui.screens.pick import Pick
from tui.screens.sheet import Sheet
from tui.screens.wizard import WizardScreen
from tui.widgets.bigbutton import BigButton
from tui.widgets.keyboard import Key, Keyboard
from tui.widgets.searchlist import SearchList

MADE = BATCH.model_copy(update={"id": "b7", "name": "May", "state": "ready"})
BOTH = pytest.mark.parametrize("size", [SMALL, LARGE])


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 0.01)


def feed_of(role: Role = "admin", *, running: bool = False) -> RecordedFeed:
    feed = RecordedFeed([snapshot(status() if running else idle(), role=role)], batches=[BATCH, MADE])
    feed.people, feed.kept = PEOPLE[:5], POLICIES
    feed.facts = {"create_batch": {"batch": "b7"}}
    return feed


async def opened(terminal: Terminal) -> None:
    """The first step, by keys."""
    await terminal.press(*("f4", "f4") if terminal.app.model.batch else ("f1",))
    await terminal.on(BatchesScreen)
    await terminal.press("f2")
    await terminal.shows("Whom is it for?")


async def chosen(terminal: Terminal, row: str) -> None:
    """The list is there, and this row is the chosen one."""
    await terminal.on(Pick)
    await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen == row)


async def type_by_touch(terminal: Terminal, field: str, signs: str) -> None:
    await terminal.tap(field)
    await terminal.until(lambda: terminal.app.screen.query(Key))
    for sign in signs:
        await terminal.tap(next(key for key in terminal.app.screen.query(Key) if key.sign == sign))
    await terminal.tap(next(key for key in terminal.app.screen.query(Key) if key.sign == "▼"))
    await terminal.until(lambda: not terminal.app.screen.query(Keyboard))


async def labels(terminal: Terminal) -> list[str]:
    await terminal.until(terminal.choices)
    return [choice.label for choice in terminal.choices()]


@pytest.mark.parametrize(("role", "able"), [("operator", False), ("lead", False), ("admin", True)])
def test_only_admins_may_make_a_batch(role: Role, able: bool) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f1")
        await terminal.on(BatchesScreen)
        assert terminal.button("new").disabled is not able
        await terminal.press("f2")
        assert isinstance(terminal.app.screen, Sheet if able else BatchesScreen)

    watch(feed_of(role), look, size=SMALL)


@BOTH
def test_all_free_users_by_touch_alone(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#primary")
        await terminal.on(BatchesScreen)
        await terminal.tap("#new")
        await terminal.shows("Whom is it for?")
        assert await labels(terminal) == ["All users without a batch", "One group", "No users", "Users from a file"]
        await terminal.tap("#choice-1")
        await terminal.shows("only its")
        await terminal.tap("#choice-3")
        await chosen(terminal, "")
        await terminal.tap("#take")
        await terminal.on(Form)
        await type_by_touch(terminal, "#field-name", "may")
        await terminal.tap("#field-label")
        await terminal.on(Pick)
        await terminal.press("down")
        await terminal.tap("#take")
        await terminal.on(Form)
        await terminal.tap("#save")
        await terminal.on(WizardScreen)
        for words in (
            "Is all of this right?",
            "all users who are in no batch yet",
            "WPCO. The company",
            "each user's own",
            "a lead's",
        ):
            assert words in terminal.words, words
        await terminal.tap("#make")
        await terminal.sent(CreateBatch(name="may", mode="wpco", identity="label"))
        await terminal.shows("Nothing stands in its way.")
        await terminal.tap("#choice-1")
        await terminal.sent(StartBatch(batch="b7"))
        await terminal.on(BenchScreen)

    watch(feed_of(), look, size=size)


@BOTH
def test_one_group_by_keys_with_a_policy_for_those_without(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await opened(terminal)
        await terminal.press("f2")
        await chosen(terminal, "Depot")
        await terminal.shows("Depot · 4 users")
        await terminal.press("down", "f1")
        await terminal.press("f1")
        await chosen(terminal, "")
        await terminal.press(*"offi")
        await chosen(terminal, "office")
        await terminal.press("enter")
        await terminal.on(Form)
        await terminal.press(*"May", "tab", "right", "f1")
        await terminal.on(WizardScreen)
        for words in ("group Office · 1 user", "office, for users who have none", "an operator's", "not demanded"):
            assert words in terminal.words, words
        await terminal.press("f1")
        await terminal.sent(
            CreateBatch(name="May", mode="fully_managed", policy="office", attestation="operator", users=("u0002",)),
        )
        await terminal.shows("Nothing stands in its way.")
        await terminal.press("escape")
        await terminal.on(BatchesScreen)
        assert terminal.feed.sent == []
        assert terminal.button("start").label == "Start"

    watch(feed_of(), look, size=size)


@BOTH
def test_a_generic_code_needs_a_policy_and_a_number_of_phones(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await opened(terminal)
        await terminal.tap("#choice-3")
        await terminal.shows("dedicated")
        await terminal.tap("#choice-2")
        await chosen(terminal, "field")
        assert "each user's own" not in terminal.text
        await terminal.tap("#take")
        await terminal.on(Form)
        await type_by_touch(terminal, "#field-name", "may")
        await type_by_touch(terminal, "#field-phones", "0")
        await terminal.tap("#save")
        await terminal.shows("Phones: a number from 1 to 100000.")
        form = terminal.app.screen
        assert form.query_one("#field-name", Input).value == "may"
        form.query_one("#field-phones", Input).value = "20"
        form.query_one("#field-prefix", Input).value = "KIOSK-"
        await terminal.tap("#field-lifetime")
        await terminal.on(Pick)
        await terminal.press(*"week")
        await chosen(terminal, "604800")
        await terminal.press("enter")
        await terminal.on(Form)
        await terminal.tap("#save")
        await terminal.shows("20 phones, one generic code")
        assert "a week" in terminal.words
        assert "for users who have none" not in terminal.words
        await terminal.tap("#make")
        made = CreateBatch(name="may", mode="dedicated", policy="field", phones=20, prefix="KIOSK-", token_lifetime=604800)
        await terminal.sent(made)

    watch(feed_of(), look, size=size)


@BOTH
def test_back_goes_one_step_back_and_loses_nothing(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await opened(terminal)
        await terminal.press("f1", "f3")
        await chosen(terminal, "")
        await terminal.press("down", "f1")
        await terminal.on(Form)
        await terminal.press(*"May")
        await terminal.tap("#back")
        await chosen(terminal, "field")
        await terminal.press("escape")
        await terminal.shows("How are the phones managed?")
        assert [button.label for button in terminal.choices() if button.has_class("act")] == ["✔ WPCO"]
        await terminal.press("escape")
        await terminal.shows("Whom is it for?")
        assert [button.label for button in terminal.choices() if button.has_class("act")] == ["✔ All users without a batch"]
        await terminal.press("f1", "f3")
        await chosen(terminal, "field")
        await terminal.press("f1")
        await terminal.on(Form)
        assert terminal.app.screen.query_one("#field-name", Input).value == "May"
        await terminal.press("f1")
        await terminal.on(WizardScreen)
        await terminal.press("escape")
        await terminal.on(Form)
        await terminal.press("escape")
        await chosen(terminal, "field")
        await terminal.press("escape", "escape", "escape")
        await terminal.on(BatchesScreen)
        assert terminal.feed.sent == []

    watch(feed_of(), look, size=size)


async def reviewed(terminal: Terminal) -> None:
    """All steps answered."""
    await opened(terminal)
    await terminal.press("f1", "f3")
    await chosen(terminal, "")
    await terminal.press("f1")
    await terminal.on(Form)
    await terminal.press(*"May", "f1")
    await terminal.on(WizardScreen)


def test_one_step_is_changed_from_the_page_and_leads_back_to_it() -> None:
    async def look(terminal: Terminal) -> None:
        await reviewed(terminal)
        await terminal.tap("#mode")
        await terminal.tap("#choice-1")
        await terminal.on(WizardScreen)
        await terminal.shows("fully managed. The company owns the phone")
        await terminal.press("f3", "escape")
        await terminal.on(WizardScreen)
        await terminal.press("f2", "f3")
        await chosen(terminal, "field")
        await terminal.press("escape")
        await terminal.on(WizardScreen)
        assert terminal.button("make").disabled
        await terminal.press("f1")
        await terminal.tap("#policy")
        await chosen(terminal, "field")
        await terminal.press("f1")
        await terminal.on(Form)
        await terminal.press("f1")
        await terminal.shows("Phones is missing.")
        assert terminal.feed.sent == []

    watch(feed_of(), look, size=SMALL)


def test_a_refused_batch_can_be_corrected() -> None:
    async def look(terminal: Terminal) -> None:
        await reviewed(terminal)
        terminal.feed.refuse(Problem(kind="WrongUse", message="A batch named 'May' exists already.", remedy="Choose another name."))
        await terminal.press("f1")
        await terminal.shows("A batch named 'May' exists already.")
        assert isinstance(terminal.app.screen, WizardScreen)
        terminal.feed.sent.clear()
        await terminal.press("f5")
        await terminal.on(Form)
        await terminal.press("end", "2", "f1")
        await terminal.on(WizardScreen)
        await terminal.press("f1")
        await terminal.sent(CreateBatch(name="May2"))
        await terminal.shows("Nothing stands in its way.")

    watch(feed_of(), look, size=SMALL)


def test_what_stops_a_new_batch_is_said_and_it_stays_for_later() -> None:
    async def look(terminal: Terminal) -> None:
        await reviewed(terminal)
        await terminal.press("f1")
        await terminal.shows("May cannot start")
        await terminal.shows("✘ 3 users have no policy, the first of them [red]Anna[/red].")
        assert terminal.choices() == []
        await terminal.tap("#back")
        await terminal.on(BatchesScreen)
        assert [command.command for command in terminal.feed.sent] == ["create_batch"]

    feed = feed_of()
    feed.checks = (PreflightItem(id="no_policy", level="refuse", args={"users": 3, "first": "[red]Anna[/red]"}),)
    watch(feed, look, size=SMALL)


def test_a_new_batch_does_not_start_while_another_one_runs() -> None:
    async def look(terminal: Terminal) -> None:
        await reviewed(terminal)
        await terminal.press("f1")
        await terminal.shows("Depot North, October runs: pause it before this one starts.")
        assert terminal.choices() == []
        await terminal.press("escape")
        await terminal.until(lambda: terminal.button("start").label == "Pause")

    watch(feed_of(running=True), look, size=SMALL)


def test_nobody_in_a_group_and_no_policy_are_said_and_lead_nowhere_wrong() -> None:
    async def look(terminal: Terminal) -> None:
        await opened(terminal)
        await terminal.press("f2")
        await terminal.until(lambda: any("No user is in a group." in notice.message for notice in terminal.notices))
        await terminal.shows("Whom is it for?")
        await terminal.press("f3", "f1")
        await terminal.on(Pick)
        await terminal.until(lambda: any("There is no policy yet" in notice.message for notice in terminal.notices))
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")

    feed = feed_of()
    feed.people, feed.kept = (someone(1, "Anna", group=""),), ()
    watch(feed, look, size=SMALL)


def test_a_group_is_whole_though_the_roster_comes_in_pages() -> None:
    async def look(terminal: Terminal) -> None:
        await opened(terminal)
        await terminal.press("f2")
        await terminal.shows("[b]Far[/b] · 1200 users")
        assert [asked[1] for asked in terminal.feed.asked] == ["", "u0500", "u1000"]

    feed = feed_of()
    feed.people = tuple(someone(number, f"P{number}", group="[b]Far[/b]") for number in range(1, 1201))
    watch(feed, look, size=SMALL)


def test_nothing_is_made_while_the_service_is_away() -> None:
    async def look(terminal: Terminal) -> None:
        await reviewed(terminal)
        terminal.feed.hang_up()
        await terminal.until(lambda: terminal.button("make").disabled)
        terminal.feed.come_back(snapshot(idle(), role="admin"))
        await terminal.until(lambda: not terminal.button("make").disabled)
        assert not [button for button in terminal.app.screen.query(BigButton) if button.region.bottom > SMALL[1]]

    watch(feed_of(), look, size=SMALL)
