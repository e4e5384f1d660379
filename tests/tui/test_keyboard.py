"""Typing by touch alone."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from station.wire import EnterLabel, PutNote
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import SIZES, Terminal, watch
from tests.tui.wire_events import snapshot, status
from tui.app import BenchApp
from tui.screens.form import Form
from tui.screens.help import HelpScreen
from tui.widgets.keyboard import AZERTY, LAYOUTS, QWERTY, Key, Keyboard


async def tap(terminal: Terminal, *signs: str) -> None:
    for sign in signs:
        await terminal.tap(next(key for key in terminal.app.screen.query(Key) if key.sign == sign))


@pytest.mark.parametrize("size", [*SIZES, (61, 49)])
def test_a_label_is_typed_by_touch(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#label")
        await terminal.until(lambda: terminal.app.screen.query(Key))
        field = terminal.app.screen.query_one("#label", Input)
        assert field.region.height
        assert field.region.bottom <= terminal.app.screen.query_one(Keyboard).region.y
        for key in terminal.app.screen.query(Key):
            assert key.region.height >= 1
            assert key.region.width >= 4
            assert key.region.bottom <= size[1]
        await tap(terminal, "⇧", "r", "5", "8", "n", "⌫", "⇧", "n", "1", "⏎")
        await terminal.sent(EnterLabel(text="R58N1"))
        await terminal.until(lambda: not terminal.app.screen.query(Keyboard))

    watch(RecordedFeed([snapshot(status("scan_label"))]), look, size=size)


def test_a_form_is_filled_in_and_saved_by_touch() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#open-help")
        await terminal.on(HelpScreen)
        await terminal.tap("#new")
        await terminal.on(Form)
        first, second = terminal.app.screen.query(Input)
        await terminal.tap(first)
        await terminal.until(lambda: terminal.app.screen.query(Key))
        await tap(terminal, "⇧", "a", "5", "5", "⏎")
        await terminal.until(lambda: second.has_focus)
        await tap(terminal, "o", "k", "␣", "é", "▼")
        await terminal.until(lambda: not terminal.app.screen.query(Keyboard))
        assert terminal.app.screen.query_one("#save").region.bottom <= 31
        await terminal.tap("#save")
        await terminal.sent(PutNote(model="A55", text="ok é"))

    watch(RecordedFeed([snapshot(status(), role="lead")]), look)


def test_a_tap_beside_the_field_sends_the_keyboard_away() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#label")
        await terminal.until(lambda: terminal.app.screen.query(Key))
        await terminal.tap("#step-say")
        await terminal.until(lambda: not terminal.app.screen.query(Keyboard))

    watch(RecordedFeed([snapshot(status("scan_label"))]), look)


def test_a_keyboard_of_ones_own_brings_none_to_the_screen() -> None:
    async def look(terminal: Terminal) -> None:
        assert isinstance(terminal.app, BenchApp)
        terminal.app._here = False
        await terminal.tap("#label")
        assert not terminal.app.screen.query(Keyboard)
        await terminal.press(*"R5801", "enter")
        await terminal.sent(EnterLabel(text="R5801"))

    watch(RecordedFeed([snapshot(status("scan_label"))]), look)


def test_every_layout_has_each_letter_and_digit_once() -> None:
    assert set(LAYOUTS.values()) <= {AZERTY, QWERTY}
    for layout in (QWERTY, AZERTY):
        letters = "".join(layout)
        assert len(letters) == len(set(letters)) == 50
        assert set("abcdefghijklmnopqrstuvwxyz0123456789@.-_") <= set(letters)


def test_french_hands_find_their_letters() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.app.speak("fr")
        await terminal.drawn()
        await terminal.tap("#label")
        await terminal.until(lambda: terminal.app.screen.query(Key))
        assert [key.sign for key in terminal.app.screen.query(Key)][10:13] == ["a", "z", "e"]

    watch(RecordedFeed([snapshot(status("scan_label"))]), look)
