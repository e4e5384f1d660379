"""Foreign text, a kiosk's keyboard, and the terminal as a process of its own."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from station.wire import Problem
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import SIZES, Terminal, watch
from tests.tui.wire_events import BATCH, HELD, asked, snapshot, status, unit
from tui.app import BenchApp
from tui.screens.bench import BenchScreen

NAUGHTY = (
    "[@click=app.quit]Bob[/]",
    "[bold red]Eve",
    "]]>&lt;{0}%s{user}",
    "\x1b[2J\x1b]0;owned\x07",
    "a\nb\r\n\tc",
    "\u202egnp.exe\u2066",
    "محمد رضا",
    "שלום עולם",
    "Z" + "\u0335\u0301" * 40,
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "👩‍👩‍👧‍👦" * 5,
    "W" * 3000,
    "",
)


def test_keys_and_taps_are_somebody_and_drawings_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("tui.locked.monotonic", lambda: now[0])

    async def look(terminal: Terminal) -> None:
        for key in ("f6", ""):
            now[0] += 60.0
            terminal.feed.play(status(seq=int(now[0])))
            await terminal.drawn()
            assert terminal.app.idle >= 60.0
            await (terminal.press(key) if key else terminal.tap("#back"))
            assert terminal.app.idle == 0.0

    watch(RecordedFeed([snapshot()]), look)


@pytest.mark.parametrize("size", SIZES)
def test_no_name_can_steer_the_terminal_or_push_a_button_away(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        for seq, name in enumerate(NAUGHTY, start=101):
            someone = unit(12, name, "showing", detail=name)
            everywhere = {
                "bench": name,
                "batch": BATCH.model_copy(update={"name": name}),
                "next_user": name,
                "rack": (unit(1, name, "scanned", tray=1),),
                "held": (unit(2, name, "held", reason="overdue", detail=name),),
                "last": someone,
            }
            terminal.feed.play(status("service_down", {"reason": name}, seq=seq, unit=someone, **everywhere))
            await terminal.drawn()
            assert not set(terminal.text) & {"\x1b", "\x07", "\r", "\t", "\u202e", "\u2066"}
            assert terminal.button("primary").region.bottom == size[1]
            for widget in terminal.app.screen.query("*"):
                assert widget.region.right <= size[0]
        assert "[@click=app.quit]Bob[/]" not in terminal.text

    watch(RecordedFeed([snapshot()]), look, size=size)


def test_markup_in_a_name_is_text_and_a_tap_on_it_does_nothing() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("[@click=app.quit]Bob[/]")
        await terminal.tap("#person-place")
        await terminal.tap("#person-name")
        await terminal.press("f5")
        await terminal.shows("[@click=app.quit]Eve[/]")
        await terminal.tap("#story")
        await terminal.tap("#units")
        assert terminal.app.is_running

    held = (HELD[0].model_copy(update={"user": "[@click=app.quit]Eve[/]"}),)
    watch(RecordedFeed([snapshot(status(unit=unit(12, "[@click=app.quit]Bob[/]", "showing"), held=held))]), look)


def test_markup_in_a_question_or_a_batch_s_name_is_text() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("[red]Mallory[/red]")
        terminal.feed.play(status("no_batch", batch=None, seq=101))
        await terminal.on(BenchScreen)
        await terminal.press("f1")
        await terminal.shows("[@click=app.quit]North[/]")

    batch = BATCH.model_copy(update={"name": "[@click=app.quit]North[/]"})
    watch(RecordedFeed([snapshot(asked("expired", "fail", user="[red]Mallory[/red]"))], batches=[batch]), look)


def test_nothing_on_the_keyboard_leaves_a_kiosk() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("q", "ctrl+c", "ctrl+q", "ctrl+z", "ctrl+p", "ctrl+d", "ctrl+backslash", "escape", "ctrl+s")
        await terminal.app.run_action("quit")
        await terminal.app.run_action("suspend_process")
        await terminal.drawn()
        assert isinstance(terminal.app.screen, BenchScreen)
        assert terminal.app.is_running
        assert not terminal.notices
        assert terminal.feed.sent == []

    watch(RecordedFeed([snapshot()]), look, kiosk=True)


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
def test_at_a_desk_a_key_closes_the_terminal(key: str) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press(key)
        await terminal.until(lambda: not terminal.app.is_running)

    watch(RecordedFeed([snapshot()]), look)


def test_a_scanner_s_letters_press_nothing_on_a_kiosk() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press(*"350123q1f", "enter", "tab", "enter")
        await terminal.drawn()
        assert terminal.feed.sent == []
        assert isinstance(terminal.app.screen, BenchScreen)

    watch(RecordedFeed([snapshot()]), look, kiosk=True)


def test_has_no_command_palette_and_none_of_textual_s_own_keys() -> None:
    assert not BenchApp.ENABLE_COMMAND_PALETTE
    app = BenchApp(RecordedFeed())
    assert set(app._bindings.key_to_bindings) == {"q", "ctrl+c", "ctrl+z"}


def test_a_problem_s_long_text_is_cut_and_stays_on_the_screen() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.refuse(Problem(kind="X", message="m" * 5000, remedy="r" * 5000))
        await terminal.press("f1")
        await terminal.shows("rrr…")
        assert terminal.app.screen.query_one("Toast").region.y >= 0

    watch(RecordedFeed([snapshot()]), look, size=SIZES[0])


def test_runs_as_a_process_and_says_that_the_service_is_not_there(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(root), "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    command = [sys.executable, "-P", "-m", "tui", "--socket", str(tmp_path / "none.sock")]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=tmp_path) as process:
        os.close(theirs)
        try:
            assert "The service is not there, reconnecting." in _read_until(ours, "reconnecting.")
            os.write(ours, b"q")
            _read_until(ours, "\x1b[?1049l")
            assert process.wait(timeout=10) == 0
        finally:
            process.kill()
            os.close(ours)


def _read_until(terminal: int, words: str) -> str:
    text, deadline = "", time.monotonic() + 20
    while words not in text and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                text += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
    return text
