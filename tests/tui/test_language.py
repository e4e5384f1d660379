from __future__ import annotations

import os
from pathlib import Path

import polib
import pytest

from station.wire import Problem, SetLanguage
from station.words.catalogue import HERE
from tests.tui.desk_answers import NOTES, OPTIONS, PEOPLE, POLICIES, REPORT, story, symbol, verdicts
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, PANEL, SMALL, Terminal, watch
from tests.tui.test_report_screen import FULL
from tests.tui.test_settings_screen import SETTINGS
from tests.tui.wire_events import BATCH, asked, snapshot, status, unit
from tui import filesearch
from tui.app import BenchApp
from tui.screens.audit import AuditScreen
from tui.screens.batches import BatchesScreen
from tui.screens.bench import BenchScreen
from tui.screens.code import CodeScreen
from tui.screens.columns import ColumnsScreen
from tui.screens.filechoice import FileScreen
from tui.screens.form import Form
from tui.screens.hardware import HardwareScreen
from tui.screens.help import HelpScreen
from tui.screens.holds import HoldsScreen
from tui.screens.importing import ImportSheet
from tui.screens.lookup import LookupScreen
from tui.screens.matrix import CheckScreen, MatrixScreen
from tui.screens.pick import Pick
from tui.screens.policies import PoliciesScreen
from tui.screens.queue import QueueScreen
from tui.screens.reassign import ReassignScreen
from tui.screens.report import ReportScreen
from tui.screens.rowcheck import RowsScreen
from tui.screens.settings import SettingsScreen
from tui.screens.sheet import Sheet
from tui.screens.story import StoryScreen
from tui.screens.unit import UnitSheet
from tui.screens.users import UsersScreen
from tui.screens.wizard import WizardScreen
from tui.widgets.bigbutton import BigButton

ENGLISH = [
    entry.msgid
    for entry in polib.pofile(str(HERE / "fr.po"))
    if entry.msgid != entry.msgstr
    and " " in entry.msgid
    and "{" not in entry.msgid
    and any(name.startswith("tui/") for name, _ in entry.occurrences)
]
"""Sentences of the terminal that a French screen must not show."""


def feed_of(language: str, **more: object) -> RecordedFeed:
    said = snapshot(status(**more), role="admin").model_copy(update={"language": language})  # type: ignore[arg-type]
    feed = RecordedFeed([said], batches=[BATCH], units=[unit(number, f"U{number}") for number in range(1, 40)])
    feed.people, feed.kept, feed.written, feed.options, feed.report = PEOPLE, POLICIES, NOTES, OPTIONS, REPORT
    feed.tallied, feed.configured = FULL, SETTINGS
    feed.symbol, feed.story = symbol("short"), story()
    feed.facts = {"show_code": {"enrollment": "e1", "attempt": "a1"}, "compare_users": verdicts}
    return feed


HELD = "held"
"""No key: from here on the service keeps its answers to itself."""
WALK: tuple[tuple[str, ...], ...] = (
    (),
    ("f6",),
    ("f1",),
    ("escape", "escape", "f4"),
    ("f1",),
    ("f3",),
    ("escape", "escape", "f5"),
    ("escape", "f2"),
    ("escape", "f7"),
    ("f1",),
    ("f2",),
    ("escape", "f3"),
    ("f1",),
    ("escape", "f4"),
    ("escape", "f6"),
    ("escape", "f7"),
    ("escape", "f5"),
    ("f1",),
    ("escape", "escape", "f7", "f2"),
    ("f1",),
    ("escape", "f2"),
    ("f3",),
    ("escape", "f4"),
    ("escape", "f3"),
    ("escape", "escape", "f7", "f3"),
    ("escape", "f7", "f4"),
    ("f3",),
    ("escape", "escape", "f7", "f5"),
    ("escape", "f7", "f6"),
    ("escape", "f8"),
    ("x",),
    ("escape", "f4", "f6"),
    ("escape", "f4"),
    ("f2",),
    ("f3",),
    ("f2",),
    ("f1",),
    ("X", "tab", "tab", "tab", *"20"),
    ("f1",),
    ("f2", "f4"),
    ("f1",),
    ("f2",),
    ("escape", "f1"),
    (HELD, "f2"),
)
"""Keys from screen to screen: every one of them once."""


SCREENS = {
    *(BenchScreen, HelpScreen, QueueScreen, HoldsScreen, UsersScreen, PoliciesScreen, CheckScreen, MatrixScreen, CodeScreen),
    *(ReassignScreen, SettingsScreen),
    *(Form, Pick, Sheet, UnitSheet, HardwareScreen, AuditScreen, ReportScreen, LookupScreen, StoryScreen, BatchesScreen, WizardScreen),
    *(FileScreen, ColumnsScreen, RowsScreen, ImportSheet),
}
LOOKS = [("fr", SMALL), ("en", PANEL)]
"""French is the longer one, so it is looked at where there is least room; the long campaigns look at the rest."""
if os.environ.get("SIXTAP_SOAK"):
    LOOKS += [("en", SMALL), ("fr", PANEL), ("en", LARGE), ("fr", LARGE)]


def keys_that_are_cut(terminal: Terminal) -> list[str]:
    """Buttons on which the key cannot be read."""
    rows = terminal.app.screen._compositor.render_strips()
    cut: list[str] = []
    for button in terminal.app.screen.query(BigButton):
        area = button.region
        if button.is_on_screen and area.height:
            seen = "\n".join(rows[y].crop(area.x, area.right).text for y in range(area.y, min(area.bottom, len(rows))))
            cut += [button.label] if button._key not in seen.split() else []
    return cut


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_every_screen_can_be_read_in_each_language(
    language: str, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filesearch, "MOUNTS", (tmp_path,))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    users = "Nom;Courriel;Bureau;envoyer email\nZoé;zoe@example.org;1;1\nBo;bo@example.org;2;0\nBen;ben@;3;0\n".encode("cp1252")
    (tmp_path / "personnel.csv").write_bytes(users)

    async def look(terminal: Terminal) -> None:
        seen = set()
        for keys in WALK:
            for key in keys:
                if key == HELD:
                    terminal.feed.hold()
                else:
                    await terminal.press(key)
            await terminal.drawn()
            await terminal.until(lambda: not getattr(terminal.app.screen, "busy", False))
            seen.add(type(terminal.app.screen))
            assert not keys_that_are_cut(terminal), terminal.text
            assert all(widget.region.right <= size[0] for widget in terminal.app.screen.query("*")), terminal.text
            if language == "fr":
                words = terminal.words
                left = [sentence for sentence in ENGLISH if f" {sentence} " in f" {words} "]
                assert not left, f"{left}\n{terminal.text}"
        assert not terminal.notices
        assert seen == SCREENS

    watch(feed_of(language), look, size=size)


def test_the_question_is_asked_in_the_person_s_language() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("Le code est resté affiché tout son temps")
        await terminal.shows("Oui, il a lu le code")
        await terminal.shows("Regarder d'abord le banc")

    now = asked("not_scanned", "scanned", "show_again")
    watch(RecordedFeed([snapshot(now).model_copy(update={"language": "fr"})]), look)


def test_a_language_that_is_chosen_is_kept_and_spoken_at_once() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f7", "f3")
        await terminal.shows("Which language do you read?")
        await terminal.press("f2")
        await terminal.shows("Posez un téléphone neuf sur le support.")
        await terminal.sent(SetLanguage(language="fr"))
        await terminal.on(BenchScreen)
        terminal.feed.hang_up()
        await terminal.shows("Le service est absent")
        terminal.feed.come_back(snapshot(status("hold_still")))
        await terminal.shows("Le téléphone voit le code.")

    watch(feed_of("en"), look)


def test_the_bench_s_own_language_can_be_chosen() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.refuse(Problem(kind="WrongUse", message="No."))
        await terminal.press("f7", "f3", "f1")
        await terminal.shows("✘ No.")
        await terminal.shows("Posez un téléphone neuf sur le support.")
        terminal.feed.sent.clear()
        await terminal.press("f7", "f3", "f3")
        await terminal.sent(SetLanguage(language=""))
        await terminal.shows("Put a new phone on the stand.")

    feed = feed_of("fr")
    feed.facts = {"set_language": {"language": "en"}}
    watch(feed, look)


def test_the_command_line_s_language_is_spoken_whatever_the_person_s_is() -> None:
    feed = feed_of("en")
    assert BenchApp(feed, language="fr").model.t("Help") == "Aide"
