"""Barcodes press the buttons of the screen that is in front."""

from __future__ import annotations

import asyncio

import pytest

from station.wire import BARCODES, DeclareStandEmpty, Heard, PauseBatch, SetAside
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import Terminal, watch
from tests.tui.wire_events import BATCH, snapshot, status
from tui.screens.bench import BenchScreen
from tui.screens.help import HelpScreen
from tui.screens.holds import HoldsScreen
from tui.screens.queue import QueueScreen
from tui.screens.sheet import Sheet


def feed(step: str = "place_phone") -> RecordedFeed:
    return RecordedFeed([snapshot(status(step))], batches=[BATCH])  # type: ignore[arg-type]  # a step by its name


async def scan(terminal: Terminal, text: str) -> None:
    terminal.feed.play(Heard(key=BARCODES[text]))
    await terminal.drawn()


def test_every_button_of_the_bench_is_pressed_by_its_barcode() -> None:
    async def look(terminal: Terminal) -> None:
        await scan(terminal, "SIXTAP-F1")
        await terminal.sent(PauseBatch(batch="b1"))
        for text, screen in (("SIXTAP-F4", QueueScreen), ("SIXTAP-F5", HoldsScreen), ("SIXTAP-F6", HelpScreen), ("SIXTAP-F7", Sheet)):
            await scan(terminal, text)
            await terminal.on(screen)
            await scan(terminal, "SIXTAP-BACK")
            await terminal.on(BenchScreen)
        await scan(terminal, "SIXTAP-F2")
        await terminal.shows("Why is this phone set aside?")
        await scan(terminal, "SIXTAP-F5")
        await terminal.sent(SetAside(enrollment="e12", reason="wrong_model"))

    watch(feed(), look)


def test_the_stand_is_said_to_be_empty_by_barcode() -> None:
    async def look(terminal: Terminal) -> None:
        await scan(terminal, "SIXTAP-F3")
        await terminal.sent(DeclareStandEmpty())

    watch(feed("clear_stand"), look)


@pytest.mark.parametrize("text", sorted(BARCODES))
def test_no_barcode_does_anything_at_a_terminal_that_is_not_at_the_bench(text: str) -> None:
    async def look(terminal: Terminal) -> None:
        terminal.app._here = False
        await scan(terminal, text)
        await asyncio.sleep(0)
        assert isinstance(terminal.app.screen, BenchScreen)
        assert terminal.feed.sent == []

    watch(feed(), look)


def test_a_scanner_that_types_presses_buttons_too_where_a_label_is_wanted() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press(*"sixtap-f6", "enter")
        await terminal.on(HelpScreen)
        assert terminal.feed.sent == []

    watch(feed("scan_label"), look)
