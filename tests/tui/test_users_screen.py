from __future__ import annotations

import pytest
from textual.widgets import Input

from station.wire import (
    AssignUsers,
    CompareUsers,
    EditUser,
    ImportUsers,
    InviteUsers,
    RemoveUser,
    Role,
    UserRow,
)
from tests.tui.desk_answers import PEOPLE, POLICIES, someone
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SMALL, Terminal, watch
from tests.tui.wire_events import snapshot
from tui.screens import users as screen
from tui.screens.bench import BenchScreen
from tui.screens.form import Form
from tui.screens.users import UsersScreen
from tui.widgets.searchlist import SearchList


def feed_of(role: Role = "admin", people: object = PEOPLE) -> RecordedFeed:
    feed = RecordedFeed([snapshot(role=role)])
    feed.people, feed.kept = people, POLICIES  # type: ignore[assignment]
    return feed


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 0.01)


async def users(terminal: Terminal) -> None:
    await terminal.press("f7")
    await terminal.tap("#choice-1")
    await terminal.on(UsersScreen)
    await terminal.until(lambda: not terminal.button("edit").disabled)


def test_only_admins_are_offered_users_and_policies() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#open-menu")
        await terminal.shows("Where to?")
        assert [choice.label for choice in terminal.choices()] == ["Language", "Bench parts", "Report", "Record", "Look up"]

    watch(feed_of("lead"), look)


def test_lists_people_a_page_at_a_time_by_search_and_by_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "PAGE", 20)

    async def look(terminal: Terminal) -> None:
        await users(terminal)
        for words in ("20+ users", "Anna Schmidt user1@example.com", "▲ no policy", "kiosk-4", "dedicated", "group Office"):
            assert words in terminal.words, words
        await terminal.press(*["pagedown"] * 3)
        await terminal.shows("40+ users")
        await terminal.press(*["pagedown"] * 4)
        await terminal.shows("50 users")
        assert [asked[1] for asked in terminal.feed.asked] == ["", "u0020", "u0040"]
        await terminal.press("f6")
        await terminal.shows("Which group?")
        await terminal.press("down", "down", "f1")
        await terminal.shows("1 user · group Office")
        await terminal.press(*"ilić")
        await terminal.until(lambda: terminal.feed.asked[-1] == ("users", "", "ilić", "Office"))
        await terminal.shows("Bogdan Ilić")
        await terminal.press("escape")
        await terminal.on(BenchScreen)

    watch(feed_of(people=PEOPLE[:50]), look, size=SMALL)


def test_a_form_changes_only_what_was_changed() -> None:
    async def look(terminal: Terminal) -> None:
        await users(terminal)
        await terminal.tap("#edit")
        await terminal.on(Form)
        await terminal.tap("#save")
        await terminal.on(UsersScreen)
        assert terminal.feed.sent == []
        await terminal.press("f1")
        await terminal.on(Form)
        terminal.app.screen.query_one("#field-email", Input).value = "new@x.org"
        await terminal.press("tab", "tab", "tab", "tab", "right", "f1")
        await terminal.sent(EditUser(user="u0001", email="new@x.org", policy="office"))

    watch(feed_of(people=(someone(1, "odd\x1b[2J name\u202e"),)), look, size=SMALL)


def test_adds_a_user_who_is_new_and_mails_the_code_at_once() -> None:
    async def look(terminal: Terminal) -> None:
        await users(terminal)
        await terminal.press("f2")
        await terminal.on(Form)
        await terminal.press("f1")
        await terminal.shows("Name is missing.")
        await terminal.press("Z", "enter", *"z@x", "tab", "tab", "tab", "enter")
        await terminal.shows("type to search")
        await terminal.press(*"of")
        await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen == "office")
        await terminal.press("enter")
        await terminal.on(Form)
        await terminal.press("tab", "tab", "tab", "right", "f1")
        new = UserRow(name="Z", email="z@x", policy="office", send_email=True)
        await terminal.sent(CompareUsers(rows=(new,)), ImportUsers(rows=(new,)))

    feed = feed_of()
    feed.facts = {"compare_users": {"verdicts": [{"row": 0, "what": "new", "user": None, "columns": []}]}}
    watch(feed, look, size=LARGE)


def test_somebody_who_is_there_already_is_not_changed_by_adding() -> None:
    async def look(terminal: Terminal) -> None:
        await users(terminal)
        await terminal.tap("#add")
        await terminal.on(Form)
        await terminal.press("A", "tab", *"a@b", "f1")
        await terminal.shows("a@b is in the roster already.")
        assert [command.command for command in terminal.feed.sent] == ["compare_users"]

    feed = feed_of()
    feed.facts = {"compare_users": {"verdicts": [{"row": 0, "what": "changed", "user": "u0001", "columns": ["name"]}]}}
    watch(feed, look, size=SMALL)


def test_assigns_a_policy_to_one_or_to_the_group() -> None:
    async def look(terminal: Terminal) -> None:
        await users(terminal)
        for key, order in (
            ("f1", AssignUsers(users=("u0001",), policy="office")),
            ("f2", AssignUsers(group="Depot", policy="office")),
        ):
            await terminal.tap("#policy")
            await terminal.shows("Which policy?")
            await terminal.press("down")
            await terminal.tap("#take")
            await terminal.shows("Who gets this policy?")
            await terminal.press(key)
            await terminal.sent(order)
            await terminal.shows("7 users have it now.")

    feed = feed_of()
    feed.facts = {"assign_users": {"assigned": 7}}
    watch(feed, look, size=SMALL)


def came_of(outcome: str, why: str = "") -> dict[str, dict[str, object]]:
    return {"invite_users": {"invitations": [{"asked": "u0001", "unit": "e1", "outcome": outcome, "why": why}]}}


def test_invites_by_mail_and_says_why_somebody_was_not() -> None:
    async def look(terminal: Terminal) -> None:
        await users(terminal)
        terminal.feed.facts = came_of("sent")
        await terminal.tap("#invite")
        await terminal.shows("To user1@example.com.")
        await terminal.press("f1")
        await terminal.sent(InviteUsers(users=("u0001",), resend=False))
        await terminal.shows("The mail is on its way.")
        terminal.feed.facts = came_of("refused", "[b]no policy[/b]")
        await terminal.press("f4", "f2")
        await terminal.sent(InviteUsers(users=("u0001",), resend=True))
        await terminal.shows("[b]no policy[/b]")
        terminal.feed.facts = came_of("waiting", "No server answers.")
        await terminal.press("f4", "f1")
        waits = "The mail waits in the outbox and is tried again. No server answers."
        await terminal.until(lambda: any(waits in notice.message for notice in terminal.notices))
        await terminal.press("down", "down", "down")
        await terminal.until(lambda: terminal.button("invite").disabled)
        assert not terminal.button("edit").disabled

    watch(feed_of(), look, size=SMALL)


def test_removing_somebody_is_asked_first() -> None:
    async def look(terminal: Terminal) -> None:
        await users(terminal)
        await terminal.tap("#remove")
        await terminal.shows("Remove this user?")
        await terminal.press("f1")
        await terminal.on(UsersScreen)
        assert terminal.feed.sent == []
        await terminal.press("f7", "f2")
        await terminal.sent(RemoveUser(user="u0001"))

    watch(feed_of(), look, size=SMALL)


def test_a_name_is_text_wherever_it_stands() -> None:
    async def look(terminal: Terminal) -> None:
        await users(terminal)
        await terminal.shows("[@click=app.quit]Bob[/]")
        await terminal.tap("#rows")
        for key in ("f1", "f5", "f7"):
            await terminal.press(key)
            await terminal.shows("[@click=app.quit]Bob[/]")
            assert not set(terminal.text) & {"\x1b", "\u202e"}
            await terminal.press("escape")
            await terminal.on(UsersScreen)

    name = "[@click=app.quit]Bob[/]"
    watch(feed_of(people=(someone(1, name, email="a\x1b[2J@b", group="\u202eg", policy=name, directory=name),)), look)
