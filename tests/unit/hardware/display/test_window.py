from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import segno
import zxingcpp

from hardware.display import protocol
from hardware.display.drawing import BLANK, Box, Matrix, NotDrawn, Picture, blank, draw
from hardware.display.memory import MemoryWindow
from hardware.display.server import DisplayServer
from hardware.display.window import DisplayWindow
from hardware.errors import DeviceLost

PAYLOAD = "sixtap-secret-" * 40


def symbol(text: str = PAYLOAD) -> Matrix:
    rows = segno.make_qr(text, error="l").matrix
    return Matrix(len(rows), b"".join(bytes(row) for row in rows))


class Paper:
    """A surface that keeps everything that was put on it, and whose size can change."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.put_on: list[tuple[Picture, str, Box | None]] = []

    def put(self, picture: Picture, caption: str, box: Box | None) -> None:
        self.put_on.append((picture, caption, box))

    @property
    def is_blank(self) -> bool:
        return bool((self.put_on[-1][0] == BLANK).all())


@contextlib.asynccontextmanager
async def running(*coroutines: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  (what is waited for changes in another task)
            await asyncio.sleep(0.001)


def test_what_the_service_shows_is_in_the_memory_windows_pixels_when_show_returns(tmp_path: Path) -> None:
    async def scenario() -> None:
        server = DisplayServer(tmp_path / "d")
        await server.start()
        flips: list[int] = []
        window = MemoryWindow(tmp_path / "d", on_flip=lambda: flips.append(1))
        assert window.pixels.shape == (1080, 1920)
        async with running(window.run()):
            await until(lambda: server.attached)
            assert server.simulated
            before = len(flips)
            await server.show(symbol(), "Anna")
            assert len(flips) == before + 1
            (found,) = zxingcpp.read_barcodes(window.pixels)
            assert found.text == PAYLOAD
            await server.show(symbol("another"))
            assert [code.text for code in zxingcpp.read_barcodes(window.pixels)] == ["another"]
            await server.blank()
            assert np.array_equal(window.pixels, blank(1920, 1080))
            await server.close()

    asyncio.run(scenario())


def test_blanks_at_once_when_the_service_ends_and_comes_back_blank(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        window = DisplayWindow(tmp_path / "d", paper, simulated=True, backoff=(0.01, 0.02))
        async with running(window.run()):
            for _ in range(2):
                server = DisplayServer(tmp_path / "d")
                await server.start()
                await until(lambda server=server: server.attached)
                assert paper.is_blank
                await server.show(symbol())
                assert not paper.is_blank
                await server.close()
                await until(lambda: paper.is_blank)

    asyncio.run(scenario())


def test_blanks_when_the_service_stops_pinging(tmp_path: Path) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'{"do":"welcome","ping_seconds":0.02}\n{"do":"ping"}\n')
        writer.write((tmp_path / "line").read_bytes())
        await reader.read()
        writer.close()

    async def scenario() -> None:
        (tmp_path / "line").write_bytes(protocol.show(1, symbol(), ""))
        paper = Paper(640, 480)
        server = await asyncio.start_unix_server(mute, tmp_path / "d")
        async with running(DisplayWindow(tmp_path / "d", paper, simulated=True).run()):
            await until(lambda: paper.put_on and not paper.is_blank)
            await until(lambda: paper.is_blank)
        server.close()

    asyncio.run(scenario())


def test_stays_up_without_pings_when_none_were_promised(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        server = DisplayServer(tmp_path / "d", ping_seconds=None)
        await server.start()
        async with running(DisplayWindow(tmp_path / "d", paper, simulated=True).run()):
            await until(lambda: server.attached)
            await server.show(symbol())
            await asyncio.sleep(0.05)
            assert not paper.is_blank
            await server.close()

    asyncio.run(scenario())


def test_pings_keep_a_window_attached(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        server = DisplayServer(tmp_path / "d", ping_seconds=0.05)
        changes: list[bool] = []
        server.on_change = lambda: changes.append(server.attached)
        await server.start()
        async with running(DisplayWindow(tmp_path / "d", paper, simulated=True).run()):
            await until(lambda: server.attached)
            await server.show(symbol())
            await asyncio.sleep(0.3)
            assert changes == [True]
            assert not paper.is_blank
            await server.close()

    asyncio.run(scenario())


def test_a_code_too_large_for_the_screen_is_refused_and_the_screen_is_blank(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(60, 60)
        server = DisplayServer(tmp_path / "d")
        await server.start()
        async with running(DisplayWindow(tmp_path / "d", paper, simulated=True).run()):
            await until(lambda: server.attached)
            await server.show(symbol("short"))
            with pytest.raises(NotDrawn, match="60 x 60"):
                await server.show(symbol())
            assert paper.is_blank
            await server.close()

    asyncio.run(scenario())


def test_draws_again_for_another_size_and_takes_down_what_no_longer_fits(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        server = DisplayServer(tmp_path / "d")
        await server.start()
        window = DisplayWindow(tmp_path / "d", paper, simulated=True)
        async with running(window.run()):
            await until(lambda: server.attached)
            await server.show(symbol(), "Anna\x1b")
            paper.size = (300, 700)
            window.redraw()
            picture, caption, box = paper.put_on[-1]
            assert np.array_equal(picture, draw(symbol(), 300, 700))
            assert caption == "Anna"
            assert box is not None
            paper.size = (40, 40)
            window.redraw()
            assert paper.is_blank
            await until(lambda: not server.attached)
            with pytest.raises(DeviceLost):
                await server.show(symbol())
            await server.close()

    asyncio.run(scenario())


def test_a_refused_window_says_why_and_tries_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        server = DisplayServer(tmp_path / "d")
        await server.start()
        first, second = Paper(640, 480), Paper(640, 480)
        async with running(DisplayWindow(tmp_path / "d", second, simulated=True, backoff=(0.01, 0.02)).run()):
            async with running(DisplayWindow(tmp_path / "d", first, simulated=True).run()):
                await until(lambda: "already" in caplog.text)
                assert len(first.put_on) + len(second.put_on) >= 3
            await until(lambda: not server.attached)
            await until(lambda: server.attached)
            await server.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())


def test_no_symbol_is_ever_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        server = DisplayServer(tmp_path / "d", answer_seconds=0.05)
        await server.start()
        paper = Paper(60, 60)
        async with running(DisplayWindow(tmp_path / "d", paper, simulated=True).run()):
            await until(lambda: server.attached)
            with pytest.raises(NotDrawn) as refused:
                await server.show(symbol())
            await server.close()
        assert secret not in str(refused.value)

    line = protocol.show(1, symbol(), "")
    secret = protocol.parse(line)["modules"][:40]
    with caplog.at_level(logging.DEBUG):
        asyncio.run(scenario(), debug=True)
    assert caplog.text
    assert secret not in caplog.text
    assert "sixtap-secret" not in caplog.text
