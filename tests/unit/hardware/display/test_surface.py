from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import segno
import zxingcpp

from hardware.display.drawing import BLANK, Matrix, blank, caption_boxes, draw, plain
from hardware.display.protocol import FORM_SECONDS
from hardware.display.server import DisplayServer

if TYPE_CHECKING:
    from hardware.display.surface import ScreenSurface

ROOT = Path(__file__).parents[4]


def symbol(text: str) -> Matrix:
    rows = segno.make_qr(text, error="l").matrix
    return Matrix(len(rows), b"".join(bytes(row) for row in rows))


@pytest.fixture
def surface(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScreenSurface]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    from hardware.display.surface import ScreenSurface

    opened = ScreenSurface(windowed=True)
    yield opened
    opened.close()


def on_screen() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The window's pixels, shape (height, width, 3)."""
    import pygame

    screen = pygame.display.get_surface()
    assert screen is not None
    return np.frombuffer(pygame.image.tobytes(screen, "RGB"), np.uint8).reshape(screen.get_height(), screen.get_width(), 3)


def test_every_pixel_of_a_picture_is_on_the_screen(surface: ScreenSurface) -> None:
    width, height = surface.size
    surface.prepare(blank(width, height))()
    assert (on_screen() == BLANK).all()
    picture = draw(symbol("payload" * 20), width, height)
    surface.prepare(picture)()
    assert (on_screen() == picture[:, :, np.newaxis]).all()


@pytest.mark.parametrize("caption", ["Łukasz Żółć", "a very long caption " * 6])
def test_a_caption_is_drawn_in_its_box_and_the_code_still_reads(surface: ScreenSurface, caption: str) -> None:
    width, height = surface.size
    drawn = symbol("payload" * 20)
    (box,) = caption_boxes(drawn.size, width, height)
    x, y, wide, high = box
    plain = draw(drawn, width, height)
    surface.prepare(plain, [(caption, box)])()
    changed = (on_screen() != plain[:, :, np.newaxis]).any(axis=2)
    assert changed.any()
    changed[y : y + high, x : x + wide] = False
    assert not changed.any()
    (found,) = zxingcpp.read_barcodes(np.ascontiguousarray(on_screen()))
    assert found.text == "payload" * 20


NAMES = [
    "Łukasz Żółć-Ñandú",
    "Νίκος",
    "Ада Лавлейс 12",
    "محمد علي",
    "דוד לוי",
    "אבג Anna",
    "محمد ٣",
    "समीर",
    "สมชาย",
    "李小龍",
    "김철수",
    "ܐܒܓ",
    "😀",
    "e\u0301",
    "\u0301",
    "\u200d",
    "\U0010ffff",
    "\ud800",
    "",
    " ",
    "\u3164",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_is_written_whole_or_not_at_all_and_the_code_still_reads(surface: ScreenSurface, name: str) -> None:
    width, height = surface.size
    drawn = symbol("payload" * 20)
    ((x, y, wide, high),) = caption_boxes(drawn.size, width, height)
    picture = draw(drawn, width, height)
    surface.prepare(picture, [(plain(name), (x, y, wide, high))])()
    changed = (on_screen() != picture[:, :, np.newaxis]).any(axis=2)
    changed[y : y + high, x : x + wide] = False
    assert not changed.any()
    (found,) = zxingcpp.read_barcodes(np.ascontiguousarray(on_screen()))
    assert found.text == "payload" * 20


def inked(surface: ScreenSurface, name: str) -> int:
    """How many pixels are not white once a name stands on a white screen."""
    width, height = surface.size
    surface.prepare(np.full((height, width), 255, np.uint8), [(name, (0, 0, width, 60))])()
    return int((on_screen() != 255).any(axis=2).sum())


def test_a_name_with_a_sign_that_no_font_has_is_not_written_with_a_box_in_its_place(surface: ScreenSurface) -> None:
    surface._fonts = []  # pygame's own font alone
    assert inked(surface, "Anna") > 0
    for name in ("李小龍", "Anna 李", "สมชาย", "Anna \U0010ffff"):
        assert inked(surface, name) == 0, name


def test_the_next_font_is_taken_where_one_lacks_a_sign_or_cannot_be_read(surface: ScreenSurface, tmp_path: Path) -> None:
    (tmp_path / "DejaVuSans.ttf").write_bytes(b"no font")
    surface._fonts = [tmp_path / "DejaVuSans.ttf", tmp_path / "gone.ttf"]
    assert inked(surface, "Anna") > 0


def test_a_name_that_is_too_long_keeps_its_beginning(surface: ScreenSurface) -> None:
    width, _ = surface.size
    assert inked(surface, "W" * 120) > 0
    assert (on_screen()[:60, :10] != 255).any()
    assert inked(surface, "WWWW " * 40) > 0
    assert (on_screen()[:60, width - 40 :] != 255).any()


def test_prepared_pictures_take_turns_whole(surface: ScreenSurface) -> None:
    width, height = surface.size
    pictures = [draw(symbol(text), width, height) for text in ("one form", "other form")]
    flips = [surface.prepare(picture) for picture in pictures]
    for form in (0, 1, 0, 1):
        flips[form]()
        assert (on_screen() == pictures[form][:, :, np.newaxis]).all()


def test_the_window_tells_of_size_changes_and_of_its_end(surface: ScreenSurface) -> None:
    import pygame

    surface.poll()
    assert surface.poll() is None
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE, mod=0, unicode="", scancode=0))
    assert surface.poll() is None
    pygame.display.set_mode((500, 400), pygame.RESIZABLE)
    assert surface.poll() == "resized"
    assert surface.size == (500, 400)
    surface.prepare(blank(500, 400))()
    assert on_screen().shape == (400, 500, 3)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert surface.poll() == "closed"


def test_the_windows_process_attaches_shows_and_ends_on_request(tmp_path: Path) -> None:
    async def scenario() -> None:
        server = DisplayServer(tmp_path / "d", allowed_uids={os.getuid()}, answer_seconds=20)
        changed = asyncio.Event()
        server.on_change = changed.set
        forms: list[tuple[float, int]] = []
        server.on_form = lambda at, form: forms.append((at, form))
        await server.start()
        environment = {**os.environ, "SDL_VIDEODRIVER": "dummy", "PYTHONPATH": str(ROOT)}
        command = (sys.executable, "-P", "-m", "hardware.display", "--socket", str(tmp_path / "d"))
        process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
        try:
            async with asyncio.timeout(30):
                await changed.wait()
                assert server.attached
                assert not server.simulated
                await server.show((symbol("payload"), symbol("daolyap")), "Anna")
                while len(forms) < 4:  # noqa: ASYNC110  # by the window's own clock
                    await asyncio.sleep(0.01)
                await server.blank()
                changed.clear()
                process.send_signal(signal.SIGTERM)
                _, errors = await process.communicate()
                await changed.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            await server.close()
        assert (process.returncode, errors) == (0, b"")
        assert not server.attached
        assert [form for _, form in forms[:4]] == [0, 1, 0, 1]
        assert forms[3][0] - forms[0][0] > 2.5 * FORM_SECONDS

    asyncio.run(scenario())


def test_without_a_screen_the_windows_process_says_so_and_ends(tmp_path: Path) -> None:
    environment = {**os.environ, "SDL_VIDEODRIVER": "wayland", "WAYLAND_DISPLAY": str(tmp_path / "none"), "PYTHONPATH": str(ROOT)}
    command = (sys.executable, "-P", "-m", "hardware.display", "--socket", str(tmp_path / "d"))
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert "kiosk session" in ended.stderr
    assert "Traceback" not in ended.stderr
