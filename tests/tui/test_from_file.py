"""A batch of the users of a file: the file, its columns, its rows, the import; by touch and by keys."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from station.client import CannotReach
from station.wire import CreateBatch, DropRows, ImportKept, KeepRows, MakeKnown, Problem
from tests.tui.desk_answers import POLICIES, verdicts
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SMALL, Terminal, watch
from tests.tui.test_wizard import MADE, opened
from tests.tui.wire_events import BATCH, asked, idle, snapshot, status
from tui import filesearch
from tui.screens.answer import QuestionSheet
from tui.screens.columns import ColumnsScreen
from tui.screens.filechoice import FileScreen
from tui.screens.form import Form
from tui.screens.importing import ImportSheet
from tui.screens.pick import Pick
from tui.screens.rowcheck import RowsScreen
from tui.screens.sheet import Sheet
from tui.screens.wizard import WizardScreen
from tui.widgets.keyboard import Key, Keyboard
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


@BOTH
def test_by_keys_a_column_is_changed_and_the_first_row_becomes_a_user(places: Path, size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await at_columns(terminal)
        await terminal.shows("Nothing names the columns")
        assert terminal.button("next").disabled
        await terminal.press(*"name")
        await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen == "name")
        await terminal.press("f2")
        await terminal.on(Pick)
        await terminal.shows("column 1 Wer · Zoé")
        await terminal.press("down", "f1")
        await ready(terminal, ColumnsScreen)
        await terminal.shows("Name ◂ column 1")
        await terminal.shows("3 rows can be used")
        await terminal.press("f3")
        await ready(terminal, ColumnsScreen)
        await terminal.shows("Name ◂ column 1 Wer")
        await terminal.shows("2 rows can be used")
        assert terminal.feed.asked[-1] == ("read", {"1": "name", "2": "-"}, True)
        await terminal.press("f2")
        await terminal.on(Pick)
        await terminal.press(*"not")
        await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen == "")
        await terminal.press("enter")
        await ready(terminal, ColumnsScreen)
        await terminal.shows("No column holds the users' names.")
        await terminal.press("f2")
        await terminal.on(Pick)
        await terminal.press("escape")
        await terminal.on(ColumnsScreen)
        await terminal.press("escape")
        await terminal.on(FileScreen)
        await terminal.press("escape")
        await terminal.shows("Whom is it for?")
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")

    lay(places, "people.csv", "Wer;Wo\nZoé;Depot\nBo;Office\n")
    watch(feed_of(), look, size=size)


@BOTH
def test_by_touch_a_column_is_changed_and_the_first_row_becomes_a_user(places: Path, size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await at_columns(terminal)
        await terminal.tap("#headed")
        await ready(terminal, ColumnsScreen)
        await terminal.until(lambda: terminal.button("headed")._face[1] == "is a user")
        await terminal.shows("Nom · Zoé [bold]x[/]")
        await terminal.tap("#headed")
        await ready(terminal, ColumnsScreen)
        await terminal.press(*"group")
        await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen == "group")
        await terminal.tap("#change")
        await terminal.on(Pick)
        await terminal.press(*"bureau")
        await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen == "4")
        await terminal.tap("#take")
        await ready(terminal, ColumnsScreen)
        await terminal.shows("Group ◂ column 4 Bureau")
        await terminal.shows("Left out: Équipe")
        await terminal.tap("#back")
        await terminal.on(FileScreen)
        await terminal.tap("#look")
        await terminal.tap("#back")
        await terminal.shows("Whom is it for?")

    lay(places, "people.csv")
    watch(feed_of(), look, size=size)


def test_a_stick_that_is_put_in_is_listed_by_itself(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_files(terminal)
        await terminal.shows("No CSV or XLSX file is found.")
        assert terminal.button("take").disabled
        lay(places, "late.xlsx", at=5)
        await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen == str(places / "late.xlsx"))
        lay(places, "later.csv", at=6)
        await terminal.shows("2 files, the newest first")
        await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen == str(places / "late.xlsx"))
        rows = [row.id for row in terminal.app.screen.query_one(SearchList)._rows]
        assert rows == [str(places / "later.csv"), str(places / "late.xlsx")]

    watch(feed_of(), look, size=SMALL)


def test_the_bench_s_own_folder_is_listed(tmp_path: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_files(terminal)
        await terminal.shows("drop.csv")

    (tmp_path / "drop").mkdir()
    lay(tmp_path / "drop", "drop.csv")
    feed = feed_of()
    feed.laid = (str(tmp_path / "drop"),)
    watch(feed, look, size=SMALL)


@pytest.mark.parametrize("typed", ["~/people.csv", "people.csv"])
def test_a_path_is_typed_by_keys(tmp_path: Path, typed: str) -> None:
    async def look(terminal: Terminal) -> None:
        await at_files(terminal)
        terminal.app.screen.query_one(Input).value = typed
        await terminal.until(lambda: not terminal.button("take").disabled)
        await terminal.press("enter")
        await ready(terminal, ColumnsScreen)
        await terminal.shows("zoe@example.org")

    lay(tmp_path / "home", "people.csv")
    watch(feed_of(), look, size=SMALL)


def test_a_path_is_typed_by_touch(tmp_path: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_files(terminal)
        await terminal.tap("SearchList Input")
        await terminal.until(lambda: terminal.app.screen.query(Key))
        for sign in ("⇧", "_", "⏎"):
            await terminal.tap(next(key for key in terminal.app.screen.query(Key) if key.sign == sign))
        await terminal.shows("/ is no file.")
        await terminal.shows("▶ Write the path of one file.")
        await terminal.tap("#back")
        await terminal.on(FileScreen)
        assert terminal.app.screen.query_one(Input).value == "/"
        await terminal.until(lambda: not terminal.app.screen.query(Keyboard))

    watch(feed_of(), look, size=LARGE)


@pytest.mark.parametrize(
    ("content", "says", "remedy"),
    [
        (b"", "The file is empty.", "Choose a file with one user in each row."),
        (b"%PDF-1.7", "The file is a PDF file.", "Save the users as CSV UTF-8 or as XLSX"),
        (b"PK\x03\x04", "The workbook cannot be read", "Open it in a spreadsheet program"),
        ("name\nZoé\n".encode() + b"\xe9\n", "Line 3 of the file is not UTF-8.", "or of another encoding: save it again as"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_a_remedy_and_another_can_be_chosen(
    places: Path, content: bytes, says: str, remedy: str
) -> None:
    async def look(terminal: Terminal) -> None:
        await at_files(terminal)
        await terminal.press("f1")
        await terminal.on(Sheet)
        await terminal.shows(says)
        await terminal.shows(remedy)
        await terminal.press("escape")
        await terminal.on(FileScreen)
        await terminal.press("down", "f1")
        await ready(terminal, ColumnsScreen)

    lay(places, "bad.csv", content, at=9)
    lay(places, "good.csv", at=8)
    watch(feed_of(), look, size=SMALL)


def test_a_file_that_vanishes_before_it_is_read_is_told(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileScreen, "MOMENT", 60.0)

    async def look(terminal: Terminal) -> None:
        await at_files(terminal)
        await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen)
        path.unlink()
        await terminal.press("f1")
        await terminal.shows("is not there.")
        await terminal.shows("Put the stick back, or choose another file.")
        await terminal.press("escape", "f2")
        await terminal.shows("No CSV or XLSX file is found.")

    path = lay(places, "people.csv")
    watch(feed_of(), look, size=SMALL)


def test_a_stick_that_is_pulled_out_after_that_does_no_harm(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_columns(terminal)
        path.unlink()
        await terminal.press("f3")
        await ready(terminal, ColumnsScreen)
        await terminal.press("f3")
        await ready(terminal, ColumnsScreen)
        await terminal.press("f1")
        await ready(terminal, RowsScreen)
        await terminal.press("f3")
        await terminal.shows("is not there.")
        await terminal.press("escape")
        await ready(terminal, RowsScreen)
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")
        assert len(rows_of(terminal.feed)) == 3

    path = lay(places, "people.csv")
    watch(feed_of(), look, size=SMALL)


BAD = PEOPLE + ";nobody@example.org;;\nBen;not an address;;\nZoe;ZOE@example.org;;\nCa\x07rla;;;\n"


@BOTH
def test_rows_that_are_in_the_way_are_told_with_cause_and_remedy_and_can_be_left_out(places: Path, size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        await terminal.shows("1 new · 1 changed · 1 the same · 4 refused")
        assert terminal.button("import").disabled
        for words in (
            "▲ line 5 · Name (Nom)",
            "a user needs a name ▶ Give the user a name, or leave the row out.",
            "▲ line 6 · E-mail (Courriel) · «not an address»",
            "is on line 2 already ▶ One of the two rows is too many.",
        ):
            await terminal.shows(words)
        await terminal.press(*"carla")
        await terminal.press(*["backspace"] * 5, *"«Ca")
        await terminal.shows("holds control characters")
        await terminal.shows("«Ca␇rla»")
        await terminal.press(*["backspace"] * 3, *"shar")
        await terminal.press(*["backspace"] * 4, *"sara")
        await terminal.shows("new שרה כהן line 3 · sara@example.org · Depot")
        await terminal.press(*["backspace"] * 4, *"bo@")
        await terminal.shows("changed Bo line 4 · bo@example.org · Office · Group")
        await terminal.tap("#skip")
        await terminal.shows("How are the phones managed?")
        assert rows_of(terminal.feed) == ["Zoé [bold]x[/]", "שרה כהן", "Bo"]

    lay(places, "people.csv", BAD)
    watch(feed_of(), look, size=size)


def test_a_corrected_file_is_read_again_with_its_columns_as_they_were_said(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_columns(terminal)
        for _ in range(2):
            await terminal.press("f3")
            await ready(terminal, ColumnsScreen)
        await terminal.press("f1")
        await ready(terminal, RowsScreen)
        terminal.feed.hold()
        await terminal.press("f2")
        await terminal.on(ImportSheet)
        await terminal.press("escape")
        terminal.feed.let_go()
        await terminal.until(lambda: any("Nothing was imported." in notice.message for notice in terminal.notices))
        lay(places, "people.csv")
        await terminal.tap("#again")
        await terminal.until(lambda: not terminal.button("import").disabled)
        assert terminal.button("skip").disabled
        await terminal.press("escape")
        await terminal.on(ColumnsScreen)
        await terminal.shows("3 rows can be used")
        assert "cannot" not in terminal.words

    lay(places, "people.csv", BAD)
    feed = feed_of()
    watch(feed, look, size=SMALL)


def test_a_file_of_nothing_but_bad_rows_imports_nothing(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        await terminal.shows("No row of the file can be used.")
        await terminal.press("f1", "f2")
        assert isinstance(terminal.app.screen, RowsScreen)

    lay(places, "people.csv", "name,email\nBen,nowhere\n")
    watch(feed_of(), look, size=SMALL)


def test_more_users_than_go_at_once_are_told_the_way(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        await terminal.shows("These are more than 20000 users.")
        assert terminal.button("import").disabled
        assert terminal.button("skip").disabled

    lay(places, "people.csv", "name\n" + "".join(f"P{number}\n" for number in range(20_001)))
    watch(feed_of(), look, size=SMALL)


def test_ten_thousand_users_go_in_with_a_bar_that_moves(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        await terminal.shows("9998 new · 1 changed · 1 the same")
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")
        parts = [command for command in terminal.feed.sent if isinstance(command, KeepRows)]
        assert [(len(part.rows), part.place, part.begun) for part in parts[:2]] == [(500, 0, None), (500, 500, 7)]
        assert terminal.feed.sent[-1] == ImportKept(begun=7, count=10_000)

    more = "".join(f"P{number};p{number}@x.org;Depot;\n" for number in range(9_997))
    lay(places, "people.csv", PEOPLE + more)
    watch(feed_of(), look, size=LARGE)


def test_rows_that_order_a_mail_are_told_and_none_is_sent(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        await terminal.shows("2 rows order a mail. None is sent from here.")
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")
        assert {command.command for command in terminal.feed.sent} == {"compare_users", "keep_rows", "import_kept"}

    lay(places, "people.csv", "name,email,send_email\nAnna,a@x.org,1\nBen,b@x.org,1\nCai,c@x.org,0\n")
    watch(feed_of(), look, size=SMALL)


def test_a_guessed_encoding_is_told(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_columns(terminal)
        await terminal.shows("it was read as Windows-1252. Look whether names with accents are right.")
        await terminal.shows("Zoé")

    lay(places, "people.csv", "name\nZoé\n".encode("cp1252"))
    watch(feed_of(), look, size=SMALL)


@pytest.mark.parametrize("by", ["escape", "#cancel"])
def test_a_cancelled_import_leaves_nothing_half_done(places: Path, by: str) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        terminal.feed.sent.clear()
        terminal.feed.hold()
        await terminal.press("f1")
        await terminal.shows("Importing 3 users")
        await terminal.shows("Until it has all of them, nothing is written.")
        await (terminal.tap(by) if by.startswith("#") else terminal.press(by))
        await terminal.on(RowsScreen)
        await terminal.until(lambda: any("Nothing was imported." in notice.message for notice in terminal.notices))
        terminal.feed.let_go()
        await terminal.until(lambda: DropRows(begun=7) in terminal.feed.sent)
        assert [command.command for command in terminal.feed.sent] == ["keep_rows", "drop_rows"]
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")

    lay(places, "people.csv")
    watch(feed_of(), look, size=SMALL)


@pytest.mark.parametrize("by", ["f1", "#again"])
def test_a_refused_import_says_why_and_can_be_tried_again(places: Path, by: str) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        terminal.feed.refuse(Problem(kind="WrongUse", message="No [red]room[/]."))
        await terminal.press("f1")
        await terminal.shows("✘ No [red]room[/]. Nothing was imported.")
        await (terminal.tap(by) if by.startswith("#") else terminal.press(by))
        await terminal.shows("How are the phones managed?")

    lay(places, "people.csv")
    watch(feed_of(), look, size=SMALL)


def test_an_import_that_breaks_off_before_its_end_imported_nothing(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        terminal.feed.vanish()
        await terminal.press("f1")
        await terminal.shows("Nothing was imported. Your file and its columns are still here")
        await terminal.press("escape")
        await terminal.on(RowsScreen)
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")

    lay(places, "people.csv")
    watch(feed_of(), look, size=SMALL)


def test_an_import_whose_last_answer_is_lost_is_doubtful_and_tried_again(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        await terminal.press("f1")
        await terminal.shows("it is not known whether they were imported. Try again: nobody comes in twice.")
        terminal.feed.facts["import_kept"] = imported
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")
        assert rows_of(terminal.feed) == ["Zoé [bold]x[/]", "שרה כהן", "Bo"] * 2

    def lost(command: ImportKept) -> dict[str, Any]:
        raise CannotReach("No service answers.")

    lay(places, "people.csv")
    feed = feed_of()
    feed.facts["import_kept"] = lost
    watch(feed, look, size=SMALL)


def told_of(why: str) -> Callable[[MakeKnown], dict[str, Any]]:
    return lambda command: {"unknown_there": [{"user": command.users[0], "why": why}]}


def test_a_management_service_with_users_of_its_own_is_told_of_them(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        await terminal.press("f1")
        await terminal.shows("How are the phones managed?")
        assert terminal.feed.sent[-1] == MakeKnown(users=("u0001", "u0002", "u0003"))
        await terminal.until(lambda: any("1 of them are not wholly known" in notice.message for notice in terminal.notices))
        assert any("The group [b]is[/] full." in notice.message for notice in terminal.notices)

    lay(places, "people.csv")
    feed = feed_of()
    feed.facts["import_kept"] = lambda command: imported(command) | {"accounts": True}
    feed.facts["make_known"] = told_of("The group [b]is[/] full.")
    watch(feed, look, size=SMALL)


def test_who_does_not_wait_for_the_management_service_goes_on_with_the_users(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        def slow(command: MakeKnown) -> dict[str, Any]:
            terminal.feed.hold()  # the next one waits
            return {"unknown_there": []}

        terminal.feed.facts["make_known"] = slow
        await at_rows(terminal)
        await terminal.press("f1")
        await terminal.shows("The management service is told of them.")
        assert terminal.button("cancel").label == "Go on without"
        await terminal.press("escape")
        terminal.feed.let_go()
        await terminal.shows("How are the phones managed?")
        assert sum(isinstance(command, MakeKnown) for command in terminal.feed.sent) == 2

    more = "".join(f"P{number};p{number}@x.org;Depot;\n" for number in range(57))
    lay(places, "people.csv", PEOPLE + more)
    feed = feed_of()
    feed.facts["import_kept"] = lambda command: imported(command) | {"accounts": True}
    watch(feed, look, size=SMALL)


def test_nothing_is_compared_or_imported_while_the_service_is_away(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_columns(terminal)
        terminal.feed.vanish()
        await terminal.press("f1")
        await ready(terminal, RowsScreen)
        assert terminal.button("import").disabled
        terminal.feed.hang_up()
        await terminal.until(lambda: terminal.button("again").disabled)
        terminal.feed.come_back(snapshot(idle(), role="admin"))
        await terminal.until(lambda: not terminal.button("import").disabled)

    lay(places, "people.csv")
    watch(feed_of(), look, size=SMALL)


def test_a_reader_that_fails_takes_nothing_away(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look(terminal: Terminal) -> None:
        await at_columns(terminal)
        with monkeypatch.context() as broken:
            broken.setattr("sys.executable", "/bin/false")
            await terminal.press("f3")
            await ready(terminal, ColumnsScreen)
        await terminal.shows("The file could not be read")
        await terminal.shows("E-mail ◂ column 2 Courriel")
        await terminal.press("f3")
        await ready(terminal, ColumnsScreen)
        await terminal.until(lambda: not terminal.button("next").disabled)

    lay(places, "people.csv")
    watch(feed_of(), look, size=SMALL)


def test_a_question_of_the_bench_takes_nothing_away(places: Path) -> None:
    async def look(terminal: Terminal) -> None:
        await at_rows(terminal)
        terminal.feed.hold()
        await terminal.press("f1")
        await terminal.on(ImportSheet)
        terminal.feed.play(asked("not_scanned", "scanned", "show_again"))
        await terminal.on(QuestionSheet)
        terminal.feed.let_go()
        await terminal.until(lambda: any(isinstance(command, ImportKept) for command in terminal.feed.sent))
        assert isinstance(terminal.app.screen, QuestionSheet)
        terminal.feed.play(status())
        await terminal.shows("How are the phones managed?")

    lay(places, "people.csv")
    watch(feed_of(), look, size=LARGE)
