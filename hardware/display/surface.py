"""The attached screen's real surface: an SDL window. The only importer of pygame."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

# SDL reads these once: the name by which the compositor knows the window, and no sound device is wanted.
os.environ.setdefault("SDL_VIDEO_WAYLAND_WMCLASS", "sixtap-display")
os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "sixtap-display")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from hardware.display.drawing import Box, Picture, Text
from hardware.display.window import Flip
from hardware.display.writing import Writing, fonts, writing
from hardware.errors import DeviceNotOpened

_RESIZED = frozenset({pygame.VIDEORESIZE, pygame.WINDOWSIZECHANGED, pygame.WINDOWEXPOSED})
_TEXT, _GROUND = (0, 0, 0), (255, 255, 255)
_NO_SIGN = "\U0010ffff"  # by Unicode's word never a sign
_GREYS = [(level, level, level) for level in range(256)]
# Debian's packages of what SDL loads by name.
_WAYLAND_LIBRARIES = {"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libwayland-egl.so.1": "libwayland-egl1"}
_LARGEST_TEXT, _SMALLEST_TEXT = 36, 12  # pixels


class ScreenSurface:
    """A window titled `sixtap-display`, of the desktop's size without borders, or a framed one (`windowed`).

    The compositor puts it full screen on the attached output, by its name: SDL's display numbers are in no reliable order.
    """

    def __init__(self, *, windowed: bool = False) -> None:
        """Open the window. DeviceNotOpened when there is no screen to open it on."""
        try:
            pygame.display.init()
        except pygame.error as error:
            raise DeviceNotOpened(f"no screen for the attached screen's window ({error}): start it in the kiosk session") from None
        if pygame.display.get_driver() == "wayland":
            _need_wayland_libraries()
        pygame.font.init()
        self._fonts = fonts()
        pygame.display.set_caption("sixtap-display")
        size = (960, 540) if windowed else pygame.display.get_desktop_sizes()[0]
        self._screen = pygame.display.set_mode(size, pygame.RESIZABLE | (0 if windowed else pygame.NOFRAME))
        pygame.mouse.set_visible(windowed)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the window now, in pixels."""
        return pygame.display.get_window_size()

    def prepare(self, picture: Picture, texts: Sequence[Text] = ()) -> Flip:
        """Draw aside, in the screen's own format; what remains to be done is one copy."""
        height, width = picture.shape
        grey = pygame.image.frombuffer(
            np.ascontiguousarray(picture).data, (width, height), "P"
        )  # a byte a pixel until SDL converts it
        grey.set_palette(_GREYS)
        drawn = grey.convert(self._screen)
        for text, box in texts:
            _write(drawn, text, box, self._fonts)
        return partial(self._put, drawn)

    def _put(self, drawn: pygame.Surface) -> None:
        self._screen.blit(drawn, (0, 0))
        pygame.display.flip()

    def poll(self) -> Literal["resized", "closed"] | None:
        """What happened to the window since the last call, the gravest first. Keys and clicks mean nothing here."""
        kinds = {event.type for event in pygame.event.get()}
        if pygame.QUIT in kinds:
            return "closed"
        return "resized" if kinds & _RESIZED else None

    def close(self) -> None:
        """Remove the window."""
        pygame.quit()


def _need_wayland_libraries() -> None:
    """SDL loads these by name when it opens a Wayland window, and crashes where one is missing."""
    for library, package in _WAYLAND_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            raise DeviceNotOpened(f"a Wayland window needs {library}: install the package {package}") from None


def _write(screen: pygame.Surface, caption: str, box: Box, paths: list[Path]) -> None:
    """One line of text in the middle of `box`, as large as fits, its end cut off when even the smallest is too long.

    Nothing where no font has every sign of it: a code without its caption is still the code.
    """
    how = writing(caption)
    font = _font(how, paths) if how is not None else None
    if how is None or font is None:
        return
    x, y, width, height = box
    points = _LARGEST_TEXT
    while (font.size(how.text)[0] > width or font.get_height() > height) and points > _SMALLEST_TEXT:
        points -= 2
        font.set_point_size(points)
    try:
        line = font.render(how.text, True, _TEXT)
    except pygame.error:  # nothing of it can be seen
        return
    left = x + max(0, (width - line.get_width()) // 2)
    cut = max(0, line.get_width() - width) if how.leftward else 0
    screen.blit(line, (left, y + max(0, (height - line.get_height()) // 2)), (cut, 0, width, height))


def _font(how: Writing, paths: list[Path]) -> pygame.font.Font | None:
    """The first font that has every sign, pygame's own the last of them; None where none has, or SDL cannot write that script."""
    for path in [*paths, None]:
        try:
            font = pygame.font.Font(path, _LARGEST_TEXT)
            if how.script:
                font.set_script(how.script)
            if how.leftward:
                font.set_direction(pygame.DIRECTION_RTL)
        except (pygame.error, OSError):
            continue
        missing = _picture(font, _NO_SIGN)
        if all(_picture(font, sign) != missing for sign in set(how.text) if not sign.isspace()):
            return font
    return None


def _picture(font: pygame.font.Font, sign: str) -> bytes | None:
    """What is drawn for one sign: SDL draws a box, the same for all, in place of those that a font has not. None: without width."""
    try:
        return pygame.image.tobytes(font.render(sign, False, _TEXT, _GROUND), "RGB")
    except pygame.error:
        return None
