"""The attached screen's port over the window's socket."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import get_args

from hardware.display.server import DisplayServer
from hardware.display.window import DisplayWindow
from station.assembly.parts import AttachedScreen
from station.domain.payload import Link
from station.domain.symbol import draw
from station.ports import CodeStep
from station.words.onscreen import BESIDE_THE_CODE
from tests.unit.hardware.display.test_window import Paper


def test_the_step_beside_a_code_is_said_in_words_of_a_language(tmp_path: Path) -> None:
    async def scenario() -> list[list[str]]:
        paper, server = Paper(480, 640), DisplayServer(tmp_path / "d")
        attached = asyncio.Event()
        server.on_change = attached.set
        await server.start()
        window = asyncio.create_task(DisplayWindow(tmp_path / "d", paper, simulated=True).run())
        await attached.wait()
        screen = AttachedScreen(server, simulated=True)
        said = []
        for step, language in (("tap_six_times", "en"), ("hold_still", "fr"), (None, "fr")):
            screen.say(step, language)  # type: ignore[arg-type]  # a step by its name
            await screen.show((draw(Link("https://example.org")),), "Anna")
            said.append([text for text, _ in paper.put_on[-1][1]])
        window.cancel()
        await server.close()
        return said

    assert asyncio.run(scenario()) == [["Anna", "Tap six times"], ["Anna", "Ne pas bouger"], ["Anna"]]


def test_every_step_has_words() -> None:
    assert set(BESIDE_THE_CODE) == set(get_args(CodeStep))
