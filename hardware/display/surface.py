"""The attached screen's real surface: an SDL window. The only importer of pygame."""

from __future__ import annotations

import ctypes
import os
from functools import partial
from typing import Literal

import numpy as np

# SDL reads these once: the name by which the compositor knows the window, and no sound device is wanted.
os.environ.setdefault("SDL_VIDEO_WAYLAND_WMCLASS", "sixtap-display")
os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "sixtap-display")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from hardware.display.drawing import Box, Picture
from hardware.display.window import Flip
from hardware.errors import DeviceNotOpened

_RESIZED = frozenset({pygame.VIDEORESIZE, pygame.WINDOWSIZECHANGED, pygame.WINDOWEXPOSED})
_TEXT = (0, 0, 0)
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
        pygame.display.set_caption("sixtap-display")
        size = (960, 540) if windowed else pygame.display.get_desktop_sizes()[0]
        self._screen = pygame.display.set_mode(size, pygame.RESIZABLE | (0 if windowed else pygame.NOFRAME))
        pygame.mouse.set_visible(windowed)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the window now, in pixels."""
        return pygame.display.get_window_size()

    def prepare(self, picture: Picture, caption: str, box: Box | None) -> Flip:
        """Draw aside, in the screen's own format; what remains to be done is one copy."""
        height, width = picture.shape
        grey = pygame.image.frombuffer(
            np.ascontiguousarray(picture).data, (width, height), "P"
        )  # a byte a pixel until SDL converts it
        grey.set_palette(_GREYS)
        drawn = grey.convert(self._screen)
        if caption and box:
            _write(drawn, caption, box)
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


def _write(screen: pygame.Surface, text: str, box: Box) -> None:
    """One line of text in the middle of `box`, as large as fits, cut at its edge when even the smallest is too long."""
    x, y, width, height = box
    points = min(_LARGEST_TEXT, height)
    font = pygame.font.Font(None, points)
    while font.size(text)[0] > width and points > _SMALLEST_TEXT:
        points -= 2
        font = pygame.font.Font(None, points)
    line = font.render(text, True, _TEXT)
    left = x + max(0, (width - line.get_width()) // 2)
    screen.blit(line, (left, y + max(0, (height - line.get_height()) // 2)), (0, 0, width, height))
