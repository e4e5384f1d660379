"""The terminal at a real service: what an admin does on its screens is done."""

from __future__ import annotations

import asyncio
import io
import json
import os
import pwd
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from station.client import Client
from tests.system.service import Service
from tests.tui.seen import read
from tests.tui.terminal import Terminal
from tui.app import BenchApp
from tui.screens.answer import QuestionSheet
from tui.screens.bench import BenchScreen
from tui.screens.code import CodeScreen
from tui.screens.form import Form
from tui.screens.holds import HoldsScreen
from tui.screens.lookup import LookupScreen
from tui.screens.signin import SignInScreen
from tui.screens.story import StoryScreen
from tui.screens.users import UsersScreen
from tui.screens.wizard import WizardScreen
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import SearchList
from tui.widgets.words import Words


@pytest.fixture(autouse=True)
def no_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BigButton, "SETTLE", 0.0)


TOKEN = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105 - the key of a token, not one


def test_an_admin_adds_a_user_and_shows_the_code(tmp_path: Path) -> None:
    async def work(terminal: Terminal) -> None:
        await terminal.shows("No batch is running.")
        await terminal.press("f7", "f1")
        await terminal.on(UsersScreen)
        await terminal.press("f2")
        await terminal.on(Form)
        await terminal.press(*"Ada", "tab", *"ada@x.org", "tab", "tab", "tab", "right", "f1")
        await terminal.on(UsersScreen)
        await terminal.shows("Ada ada@x.org")
        await terminal.press("f5", "f4")
        await terminal.on(CodeScreen)
        rows = str(terminal.app.screen.query_one("#symbol", Words).render()).split("\n")
        bundle = json.loads(read(rows) or "{}")
        assert bundle["android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"][TOKEN]
        await terminal.press("escape", "escape", "f6", "f1", *"A55", "tab", *"slowly", "f1")
        await terminal.shows("A55: slowly")
        await terminal.press("escape", "f7", "f3", "f2")
        await terminal.shows("Aucun lot n'est en cours.")

    with Service(tmp_path) as service:
        asyncio.run(_at(service.socket, work))
        told = json.loads(service.sixtap("users", "list", "--json").out)
        assert "Ada" in json.dumps(told)
        asyncio.run(_at(service.socket, lambda terminal: terminal.shows("Aucun lot n'est en cours.")))


def test_the_shared_terminal_asks_who_is_there_and_locks_when_nobody_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(terminal: Terminal) -> None:
        await terminal.shows("No batch is running.")
        monkeypatch.setattr(sys, "stdin", io.StringIO("4829\n"))
        added = await asyncio.to_thread(service.sixtap, "staff", "add", "Lea", "--role", "lead", "--pin-stdin")
        assert added.code == 0, added.err
        await terminal.on(SignInScreen)
        await terminal.until(lambda: terminal.button("name-1").label == "Lea")
        await terminal.press("f1", *"1111", "enter")
        await terminal.shows("That was wrong. 4 tries are left.")
        await terminal.press(*"4829", "enter")
        await terminal.on(BenchScreen)
        await terminal.shows("Lea (lead)")
        await terminal.on(SignInScreen)  # nothing was touched for as long as the configuration says
        await terminal.until(lambda: service.do(last_kind()) == "SignedOut")

    async def last_kind() -> str:
        return (await service.ledger.events(limit=5000))[-1].kind

    me = pwd.getpwuid(os.getuid()).pw_name
    with Service(tmp_path, roles={"shared": [me], "lock_after": 2.0}) as service:
        asyncio.run(_at(service.socket, work))


def test_an_admin_makes_a_batch_of_a_group_and_starts_it(tmp_path: Path) -> None:
    async def work(terminal: Terminal) -> None:
        await terminal.shows("No batch is running.")
        await terminal.tap("#primary")
        await terminal.shows("There is no batch yet.")
        await terminal.tap("#new")
        await terminal.shows("Whom is it for?")
        await terminal.tap("#choice-2")
        await terminal.shows("Depot · 2 users")
        await terminal.tap("#take")
        await terminal.shows("How are the phones managed?")
        await terminal.tap("#choice-1")
        await terminal.shows("Which policy?")
        await terminal.press(*"own")
        await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen == "")
        await terminal.tap("#take")
        await terminal.on(Form)
        await terminal.press(*"Monday")
        await terminal.tap("#save")
        await terminal.on(WizardScreen)
        await terminal.tap("#make")
        await terminal.until(lambda: [choice.label for choice in terminal.choices()] == ["Start"])
        await terminal.tap("#choice-1")
        await terminal.on(BenchScreen)
        await terminal.until(lambda: terminal.app.model.batch and terminal.app.model.batch.state == "running")

    people = tmp_path / "people.csv"
    people.write_text(
        "name,email,policy,group\nAda,ada@x.org,default,Depot\nBo,bo@x.org,default,Depot\nCy,cy@x.org,default,Office\n",
        encoding="utf-8",
    )
    with Service(tmp_path) as service:
        assert service.sixtap("users", "import", str(people)).code == 0
        asyncio.run(_at(service.socket, work))
        told = json.loads(service.sixtap("batch", "show", "Monday", "--json").out)
    assert (told["batch"]["state"], told["batch"]["mode"]) == ("running", "fully_managed")
    assert [unit["user"] for unit in told["units"]] == ["Ada", "Bo"]


async def _at(socket: Path, work: Callable[[Terminal], Awaitable[None]]) -> None:
    async with Client(socket) as client:
        app = BenchApp(client, pauses=(0.01,), frame=0.0)
        async with app.run_test(size=(190, 70), notifications=True) as pilot:
            await work(Terminal(app, pilot))


def test_a_phone_whose_code_was_up_when_the_service_stopped_is_asked_after_and_found_by_a_part_of_its_user_s_name(
    tmp_path: Path,
) -> None:
    roster = tmp_path / "users.csv"
    roster.write_text("name,email\nZoë Lind,zoe@example.org\n", encoding="utf-8")
    with Service(tmp_path) as service:
        assert service.sixtap("users", "import", str(roster)).code == 0
        assert service.sixtap("batch", "create", "Monday", "--policy", "default", "--attestation", "operator").code == 0
        assert service.sixtap("batch", "start", "Monday").code == 0
        service.until(lambda status: status["parts"]["display"]["state"] == "ok")
        service.sixtap("unit", "stand-empty")
        service.until(lambda status: status["code_up"])

    async def work(terminal: Terminal) -> None:
        await terminal.on(QuestionSheet)
        await terminal.press("escape", "f5")
        await terminal.on(HoldsScreen)
        await terminal.shows("Zoë Lind: Did this phone finish?")
        await terminal.shows("no scan · no device yet · no label")
        await terminal.press("escape", "f8")
        await terminal.on(LookupScreen)
        await terminal.press(*"ZOË")
        await terminal.shows("1 unit found")
        await terminal.shows("Monday")
        await terminal.press("f1")
        await terminal.on(StoryScreen)
        await terminal.shows("the code was ordered onto the screen")
        await terminal.press("escape", "escape", "f5", "f3")
        await terminal.shows("Nothing is held.")

    with Service(tmp_path) as service:
        asyncio.run(_at(service.socket, work))
