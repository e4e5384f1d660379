from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hardware.display.drawing import Matrix, NotDrawn
from hardware.display.server import DisplayServer
from hardware.errors import DeviceLost, DeviceNotOpened
from hardware.simulated.loop import run_virtual

SYMBOL = Matrix(21, bytes(index % 2 for index in range(441)))


class HandWindow:
    """A window worked by hand, line by line: to do what a good one would not."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, path: Path) -> HandWindow:
        return cls(*await asyncio.open_unix_connection(path))

    def say(self, **message: Any) -> None:
        self._writer.write(json.dumps(message).encode() + b"\n")

    def say_raw(self, raw: bytes) -> None:
        self._writer.write(raw)

    async def heard(self) -> dict[str, Any] | None:
        raw = await self._reader.readline()
        return json.loads(raw) if raw else None

    def close(self) -> None:
        self._writer.close()

    @classmethod
    async def attach(cls, path: Path) -> HandWindow:
        window = await cls.connect(path)
        window.say(say="hello", simulated=False)
        assert (await window.heard() or {})["do"] == "welcome"
        blank = await window.heard() or {}
        assert blank["do"] == "blank"
        window.say(say="up", number=blank["number"])
        return window


@contextlib.asynccontextmanager
async def serving(path: Path, **settings: Any) -> AsyncIterator[DisplayServer]:
    server = DisplayServer(path, **settings)
    await server.start()
    try:
        yield server
    finally:
        await server.close()


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  (what is waited for changes in another task)
            await asyncio.sleep(0.001)


def test_show_returns_only_when_the_window_says_that_the_code_is_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            showing = asyncio.create_task(server.show((SYMBOL,), "Anna"))
            message = await window.heard() or {}
            assert (message["do"], message["size"], message["caption"]) == ("show", 21, "Anna")
            window.say(say="up", number=message["number"] + 1)
            window.say(say="pong")
            await asyncio.sleep(2.9)
            assert not showing.done()
            window.say(say="up", number=message["number"])
            await showing
            window.close()

    run_virtual(scenario())


def test_forms_are_told_of_the_code_that_is_up_and_of_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        told: list[tuple[float, int]] = []
        async with serving(tmp_path / "d") as server:
            server.on_form = lambda at, form: told.append((at, form))
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            showing = asyncio.create_task(server.show((SYMBOL, SYMBOL)))
            message = await window.heard() or {}
            assert (len(message["forms"]), message["seconds"]) == (2, 0.4)
            number = message["number"]
            window.say(say="form", number=number - 1, form=1)
            await asyncio.sleep(1)
            assert told == []
            window.say(say="up", number=number)
            await showing
            up = asyncio.get_running_loop().time()
            assert told == [(up, 0)]
            await asyncio.sleep(0.5)
            window.say(say="form", number=number, form=1)
            await until(lambda: len(told) == 2)
            assert told[1][1] == 1
            assert told[1][0] == pytest.approx(up + 0.5)
            blanking = asyncio.create_task(server.blank())
            blank = await window.heard() or {}
            window.say(say="form", number=number, form=0)  # it flipped before it heard
            window.say(say="up", number=blank["number"])
            await blanking
            assert len(told) == 2
            window.close()

    run_virtual(scenario())


@pytest.mark.parametrize("form", [2, -1, "1", None])
def test_a_window_that_names_no_form_is_let_go(tmp_path: Path, form: object) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            window.say(say="form", number=1, form=form)
            await until(lambda: not server.attached)
            window.close()

    run_virtual(scenario())


def test_a_window_that_attaches_is_told_to_be_blank_and_nothing_is_shown_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        changes: list[bool] = []
        async with serving(tmp_path / "d") as server:
            server.on_change = lambda: changes.append(server.attached)
            first = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            showing = asyncio.create_task(server.show((SYMBOL,)))
            first.say(say="up", number=(await first.heard() or {})["number"])
            await showing
            first.close()
            await until(lambda: not server.attached)
            second = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(3600):
                    await second.heard()
            second.close()
            await until(lambda: len(changes) == 4)
            assert changes == [True, False, True, False]

    run_virtual(scenario())


def test_is_not_attached_before_the_new_window_is_blank(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            window = await HandWindow.connect(tmp_path / "d")
            window.say(say="hello", simulated=False)
            await window.heard()
            blank = await window.heard() or {}
            with pytest.raises(DeviceLost):
                await server.show((SYMBOL,))
            assert not server.attached
            window.say(say="up", number=blank["number"])
            await until(lambda: server.attached)
            window.close()

    run_virtual(scenario())


def test_without_a_window_show_fails_and_blank_succeeds(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            await server.blank()
            with pytest.raises(DeviceLost, match=r"sixtap-display\.service"):
                await server.show((SYMBOL,))

    run_virtual(scenario())


def test_show_fails_when_the_window_goes_away_before_it_answers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            showing = asyncio.create_task(server.show((SYMBOL,)))
            await window.heard()
            window.close()
            with pytest.raises(DeviceLost, match="went away"):
                await showing
            await server.blank()

    run_virtual(scenario())


def test_a_window_that_goes_away_while_blanking_leaves_nothing_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            blanking = asyncio.create_task(server.blank())
            await window.heard()
            window.close()
            await blanking

    run_virtual(scenario())


def test_a_stuck_window_may_still_show_a_code_until_its_connection_ends(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            with pytest.raises(DeviceLost, match="may still show"):
                await server.show((SYMBOL,))
            assert not server.attached
            with pytest.raises(DeviceLost, match="may still show"):
                await server.blank()
            assert (await window.heard() or {})["do"] == "show"
            assert await window.heard() is None  # which is where a good window blanks
            window.close()
            async with asyncio.timeout(60):
                while True:
                    with contextlib.suppress(DeviceLost):
                        await server.blank()
                        break
                    await asyncio.sleep(0.001)

    run_virtual(scenario())


def test_a_cancelled_show_takes_the_code_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            showing = asyncio.create_task(server.show((SYMBOL,)))
            shown = await window.heard() or {}
            showing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await showing
            taken_back = await window.heard() or {}
            assert taken_back["do"] == "blank"
            assert taken_back["number"] > shown["number"]
            assert server.attached
            window.close()

    run_virtual(scenario())


def test_a_code_that_the_window_refuses_is_an_error_with_its_reason(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            showing = asyncio.create_task(server.show((SYMBOL,)))
            window.say(say="refused", number=(await window.heard() or {})["number"], reason="the screen has 20 x 20 pixels")
            with pytest.raises(NotDrawn, match="20 x 20"):
                await showing
            assert server.attached
            window.close()

    run_virtual(scenario())


def test_a_second_window_is_refused_with_a_reason_and_the_first_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            first = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            second = await HandWindow.connect(tmp_path / "d")
            second.say(say="hello", simulated=True)
            refusal = await second.heard() or {}
            assert refusal["do"] == "refuse"
            assert "already" in refusal["reason"]
            assert await second.heard() is None
            assert server.attached
            assert not server.simulated
            showing = asyncio.create_task(server.show((SYMBOL,)))
            first.say(say="up", number=(await first.heard() or {})["number"])
            await showing
            first.close()
            second.close()

    run_virtual(scenario())


def test_a_window_of_another_user_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d", allowed_uids={os.getuid() + 1}) as server:
            window = await HandWindow.connect(tmp_path / "d")
            window.say(say="hello", simulated=False)
            assert f"user {os.getuid()}" in (await window.heard() or {})["reason"]
            assert not server.attached
            window.close()

    run_virtual(scenario())


def test_a_window_of_an_allowed_user_attaches_and_says_whether_it_is_simulated(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d", allowed_uids={os.getuid()}) as server:
            assert not server.simulated
            window = await HandWindow.connect(tmp_path / "d")
            window.say(say="hello")
            await window.heard()
            window.say(say="up", number=(await window.heard() or {})["number"])
            await until(lambda: server.attached)
            assert server.simulated, "what a window does not deny, it is"
            window.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    "raw", [b"garbage\n", b"[]\n", b'{"say":"up"}\n', b'{"say":"?"}\n', b"x" * 70_000 + b"\n", b"\xff\xfe\n", b'{"say":'], ids=range(7)
)
def test_a_window_that_talks_nonsense_is_hung_up_on(tmp_path: Path, raw: bytes) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            window.say_raw(raw)
            if not raw.endswith(b"\n"):
                window.close()
            await until(lambda: not server.attached)
            window.close()
            again = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            again.close()

    run_virtual(scenario())


def test_a_stranger_that_says_no_hello_is_let_go(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d"):
            stranger = await HandWindow.connect(tmp_path / "d")
            assert (await stranger.heard() or {})["reason"] == "it did not say hello"
            assert await stranger.heard() is None
            stranger.close()

    run_virtual(scenario())


def test_a_window_that_answers_no_ping_is_let_go_and_one_that_answers_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d", ping_seconds=1.0) as server:
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            for _ in range(8):
                assert await window.heard() == {"do": "ping"}
                window.say(say="pong")
            assert server.attached
            await until(lambda: not server.attached)
            await asyncio.sleep(60)
            with pytest.raises(DeviceLost, match="may still show"):
                await server.blank()
            window.close()

    run_virtual(scenario())


@pytest.mark.parametrize(("allowed", "mode"), [(None, 0o600), ({1, 2}, 0o666)])
def test_the_socket_file_is_open_only_where_peers_are_checked(tmp_path: Path, allowed: set[int] | None, mode: int) -> None:
    async def scenario() -> None:
        async with serving(tmp_path / "d", allowed_uids=allowed):
            assert (tmp_path / "d").stat().st_mode & 0o777 == mode
        assert not (tmp_path / "d").exists()

    run_virtual(scenario())


def test_takes_the_place_of_a_dead_services_socket_but_of_no_other_file(tmp_path: Path) -> None:
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(tmp_path / "d"))
    dead.close()
    (tmp_path / "file").write_text("precious")

    async def scenario() -> None:
        async with serving(tmp_path / "d") as server:
            window = await HandWindow.attach(tmp_path / "d")
            await until(lambda: server.attached)
            window.close()
        for path in (tmp_path / "file", tmp_path / "no" / "folder"):
            with pytest.raises(DeviceNotOpened, match="cannot be made"):
                await DisplayServer(path).start()

    run_virtual(scenario())
    assert (tmp_path / "file").read_text() == "precious"


def test_closing_the_server_ends_a_waiting_show(tmp_path: Path) -> None:
    async def scenario() -> None:
        server = DisplayServer(tmp_path / "d")
        await server.start()
        window = await HandWindow.attach(tmp_path / "d")
        await until(lambda: server.attached)
        showing = asyncio.create_task(server.show((SYMBOL,)))
        await window.heard()
        await server.close()
        with pytest.raises(DeviceLost):
            await showing
        window.close()

    run_virtual(scenario())
