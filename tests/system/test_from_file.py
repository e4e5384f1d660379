"""A batch of a file's users at a real service: read, compared, imported in one act by whoever is signed in."""

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
from tests.system.test_tinymdm import standin_of
from tests.tui.terminal import Terminal
from tui import filesearch
from tui.app import BenchApp
from tui.screens.bench import BenchScreen
from tui.screens.columns import ColumnsScreen
from tui.screens.filechoice import FileScreen
from tui.screens.form import Form
from tui.screens.importing import ImportSheet
from tui.screens.rowcheck import RowsScreen
from tui.screens.wizard import WizardScreen
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import SearchList

FILE = "Nom;Courriel;Équipe;Politique\nCy;cy@x.org;Depot;default\nAda [b]L[/b];ada@x.org;Depot;default\nשרה;s@x.org;Depot;default\n"


@pytest.fixture(autouse=True)
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(BigButton, "SETTLE", 0.0)
    monkeypatch.setattr(filesearch, "MOUNTS", (tmp_path / "media",))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "media" / "STICK"
    folder.mkdir(parents=True)
    return folder


async def at(socket: Path, work: Callable[[Terminal], Awaitable[None]]) -> None:
    async with Client(socket) as client:
        app = BenchApp(client, pauses=(0.01,), frame=0.0)
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await work(Terminal(app, pilot))


async def at_rows(terminal: Terminal) -> None:
    await terminal.press("f1")
    await terminal.shows("There is no batch yet.")
    await terminal.press("f2")
    await terminal.shows("Whom is it for?")
    await terminal.press("f4")
    await terminal.on(FileScreen)
    await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen)
    await terminal.press("f1")
    await terminal.on(ColumnsScreen)
    await terminal.shows("3 rows can be used")
    await terminal.press("f1")
    await terminal.on(RowsScreen)
    await terminal.until(lambda: not terminal.button("import").disabled)


async def press_import(terminal: Terminal) -> None:
    """F1 until the import is done, as by a hand that presses again where nothing came of it."""
    async with asyncio.timeout(60):
        while "How are the phones managed?" not in terminal.words:
            if isinstance(terminal.app.screen, RowsScreen | ImportSheet):
                await terminal.press("f1")
            await asyncio.sleep(0.05)


def test_whoever_is_signed_in_imports_and_makes_the_batch(tmp_path: Path, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(terminal: Terminal) -> None:
        await terminal.shows("Who is there?")
        await terminal.until(lambda: terminal.button("name-1").label == "Lea")
        await terminal.press("f1", *"4829", "enter")
        await terminal.on(BenchScreen)
        await terminal.shows("Lea (admin)")
        await at_rows(terminal)
        await terminal.shows("3 new · 0 changed · 0 the same")
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")
        await terminal.press("f1")
        await terminal.shows("Which policy?")
        await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen is not None)
        await terminal.press("f1")
        await terminal.on(Form)
        await terminal.press(*"May", "f1")
        await terminal.on(WizardScreen)
        await terminal.shows("the users of people.csv · 3 users")
        await terminal.press("f1")
        await terminal.until(lambda: [choice.label for choice in terminal.choices()] == ["Start"])

    (stick / "people.csv").write_text(FILE, encoding="utf-8")
    me = pwd.getpwuid(os.getuid()).pw_name
    with Service(tmp_path, roles={"shared": [me]}) as service:
        monkeypatch.setattr(sys, "stdin", io.StringIO("4829\n"))
        assert service.sixtap("staff", "add", "Lea", "--role", "admin", "--pin-stdin").code == 0
        (lea,) = service.do(service.ledger.staff())
        asyncio.run(at(service.socket, work))
        events = service.do(service.ledger.events(limit=5000))
        acts = [(event.kind, event.actor) for event in events if event.kind in {"UsersImported", "BatchCreated"}]
        assert acts == [("UsersImported", lea.id), ("BatchCreated", lea.id)]
        (batch,) = service.do(service.ledger.batches())
        units = service.do(service.ledger.enrollments(batch=batch.id))
        names = [user.name for unit in units if (user := service.do(service.ledger.user(unit.user)))]
        assert names == ["Cy", "Ada [b]L[/b]", "שרה"]


def test_the_folders_of_the_configuration_are_looked_into(tmp_path: Path) -> None:
    async def work(terminal: Terminal) -> None:
        await terminal.shows("No batch is running.")
        await at_rows(terminal)

    laid = tmp_path / "laid"
    laid.mkdir()
    (laid / "people.csv").write_text(FILE, encoding="utf-8")
    with Service(tmp_path, terminal={"folders": [str(laid)]}) as service:
        asyncio.run(at(service.socket, work))


def test_a_cancelled_import_is_nowhere_in_the_record(tmp_path: Path, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled between two of its messages, as by a hand that is quick."""

    async def work(terminal: Terminal) -> None:
        await terminal.shows("No batch is running.")
        await at_rows(terminal)
        monkeypatch.setattr("tui.screens.importing.PART", 1)
        draw = ImportSheet._draw

        def cancelling(sheet: ImportSheet) -> None:
            draw(sheet)
            for cancel in sheet.query("#cancel").results(BigButton) if sheet._at == 2 else ():
                cancel.press()

        monkeypatch.setattr(ImportSheet, "_draw", cancelling)
        await terminal.press("f1")
        await terminal.until(lambda: any("Nothing was imported." in notice.message for notice in terminal.notices))
        monkeypatch.setattr(ImportSheet, "_draw", draw)
        await press_import(terminal)
        await terminal.shows("How are the phones managed?")

    (stick / "people.csv").write_text(FILE, encoding="utf-8")
    with Service(tmp_path) as service:
        asyncio.run(at(service.socket, work))
        events = service.do(service.ledger.events(limit=5000))
        (imported,) = [event for event in events if event.kind == "UsersImported"]
        assert len(imported.body["users"]) == 3  # type: ignore[arg-type]  # a list of ids
        assert [user["name"] for user in json.loads(service.sixtap("users", "list", "--json").out)] == ["Cy", "Ada [b]L[/b]", "שרה"]


def test_a_management_service_that_knows_persons_is_told_of_them_and_mails_nobody(tmp_path: Path, stick: Path) -> None:
    async def work(terminal: Terminal) -> None:
        await terminal.shows("No batch is running.")
        await at_rows(terminal)
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")

    text = "name;email;send_email\nCy;cy@x.org;1\nBo;bo@x.org;1\nAda;ada@x.org;0\n"
    (stick / "people.csv").write_text(text, encoding="utf-8")
    with standin_of(tmp_path) as (standin, section), Service(tmp_path, emm=section) as service:
        asyncio.run(at(service.socket, work))
        assert [(one.name, one.mailed) for one in standin.people.users.values()] == [("Cy", False), ("Bo", False), ("Ada", False)]
        assert all(user.account for user in service.do(service.ledger.users(limit=10)))
