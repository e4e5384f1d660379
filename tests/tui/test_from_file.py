"""A batch of the users of a file: the file, its columns, its rows, the import; by touch and by keys."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from station.wire import CompareUsers, CreateBatch, ImportKept, KeepRows
from tests.tui.desk_answers import POLICIES
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SMALL, Terminal, watch
from tests.tui.test_wizard import MADE, opened
from tests.tui.wire_events import BATCH, idle, snapshot
from tui import filesearch
from tui.screens.columns import ColumnsScreen
from tui.screens.filechoice import FileScreen
from tui.screens.form import Form
from tui.screens.pick import Pick
from tui.screens.rowcheck import RowsScreen
from tui.screens.wizard import WizardScreen
from tui.widgets.searchlist import SearchList

BOTH = pytest.mark.parametrize("size", [SMALL, LARGE])
PEOPLE = """Nom;Courriel;Équipe;Bureau
Zoé [bold]x[/];zoe@example.org;Depot;1
שרה כהן;sara@example.org;Depot;2
Bo;bo@example.org;Office;3
"""


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stick, and nothing else that lies about on the machine."""
    stick = tmp_path / "media" / "lea" / "STICK"
    stick.mkdir(parents=True)
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(filesearch, "MOUNTS", (tmp_path / "media",))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "home")
    monkeypatch.setattr(SearchList, "MOMENT", 0.01)
    monkeypatch.setattr(FileScreen, "MOMENT", 0.05)
    return stick


def verdicts(command: CompareUsers) -> dict[str, Any]:
    """Bo is there with another group, Zoé as she is; the others are new."""
    known = {"bo@example.org": ("changed", ("group",)), "zoe@example.org": ("same", ())}
    told = [known.get(row.email, ("new", ())) for row in command.rows]
    return {"verdicts": [{"row": at, "what": what, "user": None, "columns": columns} for at, (what, columns) in enumerate(told)]}


def imported(command: ImportKept) -> dict[str, Any]:
    users = [f"u{number:04}" for number in range(1, command.count + 1)]
    return {"users": users, "added": command.count - 1, "changed": 1, "same": 0, "begun": 7, "accounts": False}


def feed_of() -> RecordedFeed:
    feed = RecordedFeed([snapshot(idle(), role="admin")], batches=[BATCH, MADE])
    feed.kept = POLICIES
    feed.facts = {
        "create_batch": {"batch": "b7"},
        "compare_users": verdicts,
        "keep_rows": {"begun": 7, "kept": 0},
        "import_kept": imported,
        "make_known": {"unknown_there": []},
    }
    return feed


def lay(folder: Path, name: str, content: str | bytes = PEOPLE, *, at: int = 1_790_000_000) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (at, at))
    return path


async def at_files(terminal: Terminal) -> None:
    await opened(terminal)
    await terminal.press("f4")
    await ready(terminal, FileScreen)


async def ready(terminal: Terminal, kind: type[FileScreen] | type[ColumnsScreen] | type[RowsScreen]) -> None:
    """Such a screen is in front, and has nothing to do."""
    await terminal.on(kind)
    await terminal.until(lambda: isinstance(terminal.app.screen, kind) and not terminal.app.screen.busy)
    await terminal.until(lambda: True)


async def listed(terminal: Terminal, words: str) -> None:
    await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen)
    await terminal.shows(words)


async def at_columns(terminal: Terminal) -> None:
    await at_files(terminal)
    await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen)
    await terminal.press("f1")
    await ready(terminal, ColumnsScreen)


async def at_rows(terminal: Terminal) -> None:
    await at_columns(terminal)
    await terminal.press("f1")
    await ready(terminal, RowsScreen)


def rows_of(feed: RecordedFeed) -> list[str]:
    return [row.name for command in feed.sent if isinstance(command, KeepRows) for row in command.rows]


@BOTH
def test_from_a_stick_to_a_batch_by_touch_alone(places: Path, size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#primary")
        await terminal.tap("#new")
        await terminal.shows("Whom is it for?")
        await terminal.tap("#choice-4")
        await ready(terminal, FileScreen)
        await listed(terminal, "people.csv")
        assert f"{len(PEOPLE.encode())} octets" in terminal.words
        assert "STICK" in terminal.words
        await terminal.tap("#take")
        await ready(terminal, ColumnsScreen)
        for words in ("E-mail ◂ column 2 Courriel", "zoe@example.org", "Left out: Bureau", "Zoé [bold]x[/]", "3 rows can be used"):
            await terminal.shows(words)
        await terminal.tap("#next")
        await ready(terminal, RowsScreen)
        await terminal.shows("1 new · 1 changed · 1 the same")
        await terminal.tap("#import")
        await terminal.shows("How are the phones managed?")
        assert rows_of(terminal.feed) == ["Zoé [bold]x[/]", "שרה כהן", "Bo"]
        await terminal.tap("#choice-1")
        await terminal.on(Pick)
        await terminal.press("f1")
        await terminal.on(Form)
        await terminal.press(*"May", "f1")
        await terminal.on(WizardScreen)
        await terminal.shows("the users of people.csv · 3 users")
        terminal.feed.sent.clear()
        await terminal.tap("#make")
        await terminal.until(lambda: terminal.feed.sent)
        (made,) = terminal.feed.sent
        assert isinstance(made, CreateBatch)
        assert (made.users, made.mode) == (("u0001", "u0002", "u0003"), "fully_managed")

    lay(places, "people.csv")
    watch(feed_of(), look, size=size)
