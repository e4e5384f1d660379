from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import segno
import zxingcpp

from hardware.display import protocol
from hardware.display.calibration import calibration
from hardware.display.drawing import BLANK, Matrix, NotDrawn, Picture, Text, blank, draw
from hardware.display.legibility import Legibility, Screen
from hardware.display.memory import MemoryWindow
from hardware.display.protocol import FORM_SECONDS
from hardware.display.server import DisplayServer
from hardware.display.window import DisplayWindow, Flip, Surface
from hardware.errors import DeviceLost
from hardware.simulated.loop import run_virtual

PAYLOAD = "sixtap-secret-" * 40


def symbol(text: str = PAYLOAD) -> Matrix:
    rows = segno.make_qr(text, error="l").matrix
    return Matrix(len(rows), b"".join(bytes(row) for row in rows))


class Paper:
    """A surface that keeps everything that was put on it, and whose size can change. `prepared` counts what was made ready."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.put_on: list[tuple[Picture, tuple[Text, ...]]] = []
        self.times: list[float] = []
        self.prepared = 0

    def prepare(self, picture: Picture, texts: Sequence[Text] = ()) -> Flip:
        self.prepared += 1
        return lambda: self._put(picture, tuple(texts))

    def _put(self, picture: Picture, texts: tuple[Text, ...]) -> None:
        self.put_on.append((picture, texts))
        self.times.append(asyncio.get_running_loop().time())

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


@contextlib.asynccontextmanager
async def serving(path: Path, **settings: Any) -> AsyncIterator[DisplayServer]:
    server = DisplayServer(path, **settings)
    await server.start()
    try:
        yield server
    finally:
        await server.close()


@contextlib.asynccontextmanager
async def attached(path: Path, surface: Surface, **settings: Any) -> AsyncIterator[tuple[DisplayServer, DisplayWindow]]:
    """A service with the window of `surface` attached to it."""
    window = DisplayWindow(path, surface, simulated=True)
    async with serving(path, **settings) as server, running(window.run()):
        await until(lambda: server.attached)
        yield server, window


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  (what is waited for changes in another task)
            await asyncio.sleep(0.001)


def test_what_the_service_shows_is_in_the_memory_windows_pixels_when_show_returns(tmp_path: Path) -> None:
    async def scenario() -> None:
        flips: list[int] = []
        window = MemoryWindow(tmp_path / "d", on_flip=lambda: flips.append(1))
        assert window.pixels.shape == (1080, 1920)
        async with serving(tmp_path / "d") as server, running(window.run()):
            await until(lambda: server.attached)
            assert server.simulated
            before = len(flips)
            await server.show((symbol(),), "Anna")
            assert len(flips) == before + 1
            (found,) = zxingcpp.read_barcodes(window.pixels)
            assert found.text == PAYLOAD
            await server.show((symbol("another"),))
            assert [code.text for code in zxingcpp.read_barcodes(window.pixels)] == ["another"]
            await server.blank()
            assert np.array_equal(window.pixels, blank(1920, 1080))

    run_virtual(scenario())


def test_blanks_at_once_when_the_service_ends_and_comes_back_blank(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        async with running(DisplayWindow(tmp_path / "d", paper, simulated=True).run()):
            for _ in range(2):
                async with serving(tmp_path / "d") as server:
                    await until(lambda server=server: server.attached)
                    assert paper.is_blank
                    await server.show((symbol(),))
                    assert not paper.is_blank
                    ended = asyncio.get_running_loop().time()
                await until(lambda: paper.is_blank)
                assert asyncio.get_running_loop().time() - ended < 0.01

    run_virtual(scenario())


def test_blanks_when_the_service_stops_pinging(tmp_path: Path) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'{"do":"welcome","ping_seconds":1.0}\n{"do":"ping"}\n')
        writer.write(protocol.show(1, (symbol(),), ""))
        await reader.read()
        writer.close()

    async def scenario() -> None:
        paper = Paper(640, 480)
        server = await asyncio.start_unix_server(mute, tmp_path / "d")
        async with running(DisplayWindow(tmp_path / "d", paper, simulated=True).run()):
            await until(lambda: paper.put_on and not paper.is_blank)
            shown = asyncio.get_running_loop().time()
            await until(lambda: paper.is_blank)
            assert asyncio.get_running_loop().time() - shown == pytest.approx(3.0, abs=0.01)
        server.close()

    run_virtual(scenario())


def test_stays_up_without_pings_when_none_were_promised(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        async with attached(tmp_path / "d", paper, ping_seconds=None) as (server, _):
            await server.show((symbol(),))
            await asyncio.sleep(3600)
            assert not paper.is_blank
            assert server.attached

    run_virtual(scenario())


def test_pings_keep_a_window_attached(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        async with attached(tmp_path / "d", paper, ping_seconds=1.0) as (server, _):
            changes: list[bool] = []
            server.on_change = lambda: changes.append(server.attached)
            await server.show((symbol(),))
            await asyncio.sleep(60)
            assert changes == []
            assert not paper.is_blank

    run_virtual(scenario())


def test_a_code_too_large_for_the_screen_is_refused_and_the_screen_is_blank(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(60, 60)
        async with attached(tmp_path / "d", paper) as (server, _):
            await server.show((symbol("short"),))
            with pytest.raises(NotDrawn, match="60 x 60"):
                await server.show((symbol(),))
            assert paper.is_blank

    run_virtual(scenario())


def test_draws_again_for_another_size_and_takes_down_what_no_longer_fits(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        async with attached(tmp_path / "d", paper) as (server, window):
            await server.show((symbol(),), "Anna\x1b")
            paper.size = (300, 700)
            window.redraw()
            picture, ((caption, _),) = paper.put_on[-1]
            assert np.array_equal(picture, draw(symbol(), 300, 700))
            assert caption == "Anna"
            paper.size = (40, 40)
            window.redraw()
            assert paper.is_blank
            await until(lambda: not server.attached)
            with pytest.raises(DeviceLost):
                await server.show((symbol(),))

    run_virtual(scenario())


def forms() -> tuple[Matrix, Matrix]:
    """Two symbols of one size."""
    return symbol(PAYLOAD), symbol(PAYLOAD[::-1])


def test_the_step_below_the_name_changes_while_the_code_stays_and_takes_its_turns(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper, told = Paper(480, 640), list[int]()
        async with attached(tmp_path / "d", paper) as (server, _):
            server.on_form = lambda at, form: told.append(form)
            server.say("Tap six times")
            await server.show(forms(), "Anna")
            assert [text for text, _ in paper.put_on[-1][1]] == ["Anna", "Tap six times"]
            await asyncio.sleep(FORM_SECONDS / 2)
            server.say("Hold still")
            server.say("Hold still")
            await asyncio.sleep(FORM_SECONDS / 4)
            assert [text for text, _ in paper.put_on[-1][1]] == ["Anna", "Hold still"]
            assert np.array_equal(paper.put_on[-1][0], draw(forms()[0], 480, 640))
            await asyncio.sleep(FORM_SECONDS / 2)
            assert np.array_equal(paper.put_on[-1][0], draw(forms()[1], 480, 640))
            assert [text for text, _ in paper.put_on[-1][1]] == ["Anna", "Hold still"]
            assert told == [0, 1]
            server.say("")
            await asyncio.sleep(FORM_SECONDS / 4)
            assert [text for text, _ in paper.put_on[-1][1]] == ["Anna"]
            await server.blank()
            server.say("Tap six times")
            await server.blank()
            assert paper.put_on[-1][1] == ()

    run_virtual(scenario())


def test_two_forms_take_turns_from_the_first_on_and_each_is_told_when_it_is_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper, told = Paper(480, 640), list[tuple[float, int]]()
        async with attached(tmp_path / "d", paper) as (server, _):
            server.on_form = lambda at, form: told.append((at, form))
            asked, before, prepared = asyncio.get_running_loop().time(), len(paper.put_on), paper.prepared
            await server.show(forms(), "Anna")
            assert told == [(asked, 0)]
            await asyncio.sleep(1.5)
            assert paper.prepared == prepared + 2
            expected = [draw(form, 480, 640) for form in forms()] * 2
            assert all(np.array_equal(put[0], want) for put, want in zip(paper.put_on[before:], expected, strict=True))
            assert {caption for _, ((caption, _),) in paper.put_on[before:]} == {"Anna"}
            assert paper.times[before:] == pytest.approx([asked + FORM_SECONDS * turn for turn in range(4)])
            assert told == [(at, turn % 2) for turn, at in enumerate(paper.times[before:])]

    run_virtual(scenario())


def test_one_form_stays_as_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper, told = Paper(640, 480), list[int]()
        async with attached(tmp_path / "d", paper) as (server, _):
            server.on_form = lambda at, form: told.append(form)
            await server.show((symbol(),))
            puts = len(paper.put_on)
            await asyncio.sleep(3600)
            assert (len(paper.put_on), told) == (puts, [0])

    run_virtual(scenario())


def test_a_blank_screen_takes_no_turns_and_the_next_code_begins_with_its_first_form(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper, told = Paper(640, 480), list[int]()
        async with attached(tmp_path / "d", paper) as (server, _):
            server.on_form = lambda at, form: told.append(form)
            await server.show(forms())
            await asyncio.sleep(FORM_SECONDS * 1.5)
            await server.blank()
            puts = len(paper.put_on)
            await asyncio.sleep(10)
            assert paper.is_blank
            assert len(paper.put_on) == puts
            await server.show(forms())
            await asyncio.sleep(FORM_SECONDS * 0.9)
            await server.show(forms())  # in the middle of a turn
            await asyncio.sleep(FORM_SECONDS * 0.9)
            assert told == [0, 1, 0, 0]

    run_virtual(scenario())


def test_turns_end_with_the_service(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        async with running(DisplayWindow(tmp_path / "d", paper, simulated=True).run()):
            async with serving(tmp_path / "d") as server:
                await until(lambda: server.attached)
                await server.show(forms())
            await until(lambda: paper.is_blank)
            puts = len(paper.put_on)
            await asyncio.sleep(10)
            assert len(paper.put_on) == puts

    run_virtual(scenario())


def test_a_window_of_another_size_goes_on_with_the_form_that_is_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        async with attached(tmp_path / "d", paper) as (server, window):
            await server.show(forms())
            await asyncio.sleep(FORM_SECONDS * 1.5)
            paper.size = (500, 700)
            window.redraw()
            assert np.array_equal(paper.put_on[-1][0], draw(forms()[1], 500, 700))
            await asyncio.sleep(FORM_SECONDS)
            assert np.array_equal(paper.put_on[-1][0], draw(forms()[0], 500, 700))
            paper.size = (40, 40)
            window.redraw()
            await asyncio.sleep(10)
            assert paper.is_blank

    run_virtual(scenario())


@pytest.mark.parametrize("wrong", [(), (symbol(), symbol("short")), (symbol(),) * 3])
def test_forms_that_do_not_go_together_are_refused_before_anything_is_sent(tmp_path: Path, wrong: tuple[Matrix, ...]) -> None:
    async def scenario() -> None:
        paper = Paper(640, 480)
        async with attached(tmp_path / "d", paper) as (server, _):
            puts = len(paper.put_on)
            with pytest.raises(NotDrawn, match="form"):
                await server.show(wrong)
            await asyncio.sleep(1)
            assert server.attached
            assert len(paper.put_on) == puts

    run_virtual(scenario())


def test_a_refused_window_says_why_and_tries_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        first = DisplayWindow(tmp_path / "d", Paper(640, 480), simulated=True)
        second = DisplayWindow(tmp_path / "d", Paper(640, 480), simulated=False)
        async with serving(tmp_path / "d") as server, contextlib.AsyncExitStack() as ending:
            async with running(first.run()):
                await until(lambda: server.attached)
                await ending.enter_async_context(running(second.run()))
                await until(lambda: "already" in caplog.text)
                assert server.simulated
            await until(lambda: server.attached and not server.simulated)

    with caplog.at_level(logging.WARNING):
        run_virtual(scenario())


def test_no_symbol_and_no_caption_is_ever_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = protocol.parse(protocol.show(1, (symbol(),), ""))["forms"][0][:40]

    async def scenario() -> None:
        async with attached(tmp_path / "d", Paper(60, 60)) as (server, _):
            with pytest.raises(NotDrawn) as refused:
                await server.show((symbol(),), "Anna Łęcka")
            assert secret not in str(refused.value)

    with caplog.at_level(logging.DEBUG):
        run_virtual(scenario(), debug=True)
    assert caplog.text
    assert secret not in caplog.text
    assert "sixtap-secret" not in caplog.text
    assert "Anna" not in caplog.text


def test_a_window_tells_its_size_and_each_change_of_it(tmp_path: Path) -> None:
    def measure(width: int, height: int) -> tuple[float, float] | None:
        return (width / 10, height / 10) if width > height else None

    async def scenario() -> None:
        paper = Paper(640, 480)
        window = DisplayWindow(tmp_path / "d", paper, simulated=True, measure=measure)
        async with serving(tmp_path / "d") as server, running(window.run()):
            await until(lambda: server.attached)
            assert server.legibility is None, "no code is up"
            await server.show(forms())
            scale = 480 // (forms()[0].size + 8)
            found = server.legibility
            assert found is not None
            assert (found.pixels, found.mm) == (scale, pytest.approx(scale / 10))
            paper.size = (400, 1000)
            window.redraw()
            await until(lambda: server.legibility == Legibility(400 // (forms()[0].size + 8), None))
            paper.size = (20, 20)
            window.redraw()
            await until(lambda: server.legibility is None)

    run_virtual(scenario())


def test_a_screen_that_a_person_measured_is_as_they_say(tmp_path: Path) -> None:
    async def scenario() -> None:
        window = DisplayWindow(tmp_path / "d", Paper(640, 480), simulated=True, measure=lambda width, height: (16.0, 9.0))
        async with serving(tmp_path / "d", screen_mm=320) as server, running(window.run()):
            await until(lambda: server.attached)
            await server.show(forms())
            found = server.legibility
            assert found is not None
            assert found.mm == pytest.approx(found.pixels / 2)
            await server.blank()
            assert server.legibility is None

    run_virtual(scenario())


@pytest.mark.parametrize(
    "told", [{}, {"width": 0, "height": 5}, {"width": "640", "height": 480}, {"width": 1 << 20, "height": 480}, {"width": 640}]
)
def test_a_size_that_cannot_be_is_not_known(told: dict[str, Any]) -> None:
    assert protocol.screen(told) is None


@pytest.mark.parametrize("mm", [None, 344, [344], [0, 10], ["a", "b"], [float("nan"), 5], [float("inf"), 5], [1, 2, 3]])
def test_millimetres_that_cannot_be_are_left_out(mm: object) -> None:
    assert protocol.screen({"width": 640, "height": 480, "mm": mm}) == Screen(640, 480)


def test_a_size_is_understood_as_it_was_told() -> None:
    for each in (Screen(640, 480), Screen(640, 480, 320.0, 240.5)):
        assert protocol.screen(protocol.measures(each)) == each


def test_the_calibration_page_is_up_until_a_code_or_a_blank_screen_takes_its_place(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(1000, 700)
        window = DisplayWindow(tmp_path / "d", paper, simulated=True, measure=lambda width, height: (200.0, 140.0))
        async with serving(tmp_path / "d") as server, running(window.run()):
            await until(lambda: server.attached)
            await server.show(forms())
            await server.page("calibration")
            page = calibration(1000, 700, (200.0, 140.0))
            assert np.array_equal(paper.put_on[-1][0], page)
            assert server.legibility is None
            await asyncio.sleep(10)
            assert np.array_equal(paper.put_on[-1][0], page), "no form takes its turn any more"
            await server.show((symbol(),))
            assert np.array_equal(paper.put_on[-1][0], draw(symbol(), 1000, 700))
            await server.page("calibration")
            await server.page("blank")
            assert paper.is_blank
            window.redraw()
            assert paper.is_blank

    run_virtual(scenario())


def test_the_calibration_page_fits_a_window_of_another_size_and_goes_with_the_service(tmp_path: Path) -> None:
    async def scenario() -> None:
        paper = Paper(1000, 700)
        window = DisplayWindow(tmp_path / "d", paper, simulated=True)
        async with running(window.run()):
            async with serving(tmp_path / "d", screen_mm=250) as server:
                await until(lambda: server.attached)
                await server.page("calibration")
                paper.size = (600, 800)
                window.redraw()
                assert np.array_equal(paper.put_on[-1][0], calibration(600, 800, (187.5, 250.0)))
                paper.size = (100, 100)
                window.redraw()
                assert paper.is_blank
                with pytest.raises(NotDrawn, match="too small"):
                    await server.page("calibration")
                assert server.attached
                paper.size = (600, 800)
                await server.page("calibration")
                assert not paper.is_blank
            await until(lambda: paper.is_blank)

    run_virtual(scenario())


@pytest.mark.parametrize("told", [None, "344", float("nan"), 0, -5, 1e9])
def test_a_long_side_that_cannot_be_is_not_known(told: object) -> None:
    assert protocol.long_side({"long_side": told}) is None
