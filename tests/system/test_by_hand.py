"""A batch run by somebody at the screen, by touch alone; the twin's hands do what the screen says."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from station.client import Client
from tests.tui.terminal import PANEL, Terminal
from tui.app import BenchApp
from tui.screens.batches import BatchesScreen
from tui.screens.bench import BenchScreen
from tui.widgets.bigbutton import BigButton

STARTS_WITHIN = 60.0  # seconds; a guard, not a measure


@pytest.fixture(autouse=True)
def no_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BigButton, "SETTLE", 0.0)


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The demo with five good phones, waiting for somebody; its process and its folder."""
    options = ("--by-hand", "--devices", "5", "--faults", "back", "--witness", "sim", "--seed", "4", "--pace", "60")
    command = [sys.executable, "-P", "-m", "station.cli", "demo", "--headless", *options]
    with (tmp_path / "log").open("wb") as log:
        run = subprocess.Popen(
            [*command, "--folder", str(tmp_path / "twin"), "--report", str(tmp_path / "r.json")], stdout=log, stderr=log, cwd=tmp_path
        )
    try:
        yield run, tmp_path
    finally:
        run.terminate()
        run.wait(30)


async def _there(socket: Path) -> None:
    async with asyncio.timeout(STARTS_WITHIN):
        while True:
            async with Client(socket) as client:
                try:
                    if (await client.batches())[0].state == "ready":
                        return
                except Exception:  # noqa: BLE001 - whatever it says, it is not there yet
                    await asyncio.sleep(0.05)


def _known(terminal: Terminal, run: subprocess.Popen[bytes], verified: int) -> bool:
    """The screen says that so many of the five are verified, or the demo has ended."""
    found = re.search(r"5 = ([0-5]) verified", terminal.words)
    return run.poll() is not None or (found is not None and int(found[1]) >= verified)


def test_five_phones_are_verified_by_touch_alone_and_a_phone_that_went_back_is_answered_for(
    twin: tuple[subprocess.Popen[bytes], Path],
) -> None:
    run, folder = twin
    socket = folder / "twin" / "sixtap.sock"

    async def work(terminal: Terminal) -> None:
        await terminal.shows("No batch is running.")
        await terminal.tap("#primary")
        await terminal.on(BatchesScreen)
        await terminal.tap("#start")
        await terminal.until(lambda: terminal.choices())
        await terminal.tap(terminal.choices()[0])
        await terminal.on(BenchScreen)
        await terminal.shows("Did the phone read the code?")
        await terminal.shows("ITS FIRST SCREEN")  # that it did not is seen here, by somebody who cannot see the phone
        again = next(choice for choice in terminal.choices() if choice.label == "No, show the code again")
        await terminal.tap(again)
        for verified in range(1, 6):  # the demo ends by itself once all are, maybe before that was drawn
            await terminal.until(partial(_known, terminal, run, verified))

    async def at_the_screen() -> None:
        await _there(socket)
        async with Client(socket) as client:
            app = BenchApp(client, pauses=(0.01,), frame=0.0)
            async with app.run_test(size=PANEL, notifications=True) as pilot:
                await work(Terminal(app, pilot))

    asyncio.run(at_the_screen())
    assert run.wait(60) == 0
    report = json.loads((folder / "r.json").read_text())
    assert report["count"]["verified"] == report["count"]["received"] == 5
