"""What a simulated phone's display shows: grey pictures, drawn once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Name = Literal["off", "welcome", "lock", "setup", "downloading", "updating", "profile", "accept", "error", "offline", "home"]

WIDTH: Final = 432
HEIGHT: Final = 936
"""A phone's display in pixels, upright: about as fine as the bench camera sees it."""

_HEADER: Final = 150
_FOOTER: Final = 120
_STATUS: Final = 44


@dataclass(frozen=True, slots=True)
class Theme:
    """Levels of the setup wizard's own screens."""

    paper: int
    ink: int
    soft: int
    accent: int


LIGHT: Final = Theme(paper=246, ink=38, soft=110, accent=96)
DARK: Final = Theme(paper=40, ink=228, soft=160, accent=170)


@dataclass(frozen=True, slots=True)
class Page:
    """A wizard page: a heading, lines, whether it turns its wheel, and its button."""

    heading: tuple[str, ...]
    lines: tuple[str, ...] = ()
    wheel: bool = False
    button: str = ""


_PAGES: Final[dict[str, Page]] = {
    "setup": Page(("Getting ready for", "work setup..."), ("This can take a few minutes",), wheel=True),
    "downloading": Page(("Getting ready for", "work setup..."), ("Downloading the management app",), wheel=True),
    "updating": Page(("Installing system", "update..."), ("Keep your phone switched on", "34 percent"), wheel=True),
    "profile": Page(("Setting up your", "work profile..."), ("Applying your organization's", "settings"), wheel=True),
    "accept": Page(
        ("This device isn't", "private"),
        (
            "Your organization can see and",
            "manage this device's work data,",
            "apps and settings.",
            "",
            "Read the terms of use and the",
            "privacy policy before you go on.",
        ),
        button="Accept & continue",
    ),
    "error": Page(
        ("Can't set up", "device"), ("Contact your IT admin for help.", "Reset this device to start again."), button="Reset"
    ),
    "offline": Page(("Can't connect", "to Wi-Fi"), ("Check the network and try again.",), button="Try again"),
}


@lru_cache(maxsize=64)
def screen(name: Name, dark: bool = False) -> Grey:
    """The picture of that name, shape (936, 432), read-only. `dark` chooses the setup wizard's theme."""
    picture = _draw(name, dark)
    picture.setflags(write=False)
    return picture


def viewfinder(view: Grey) -> Grey:
    """The QR scanner: the camera's live view, any size, under a heading, a hint and four corner marks."""
    picture = np.asarray(cv2.resize(view, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    picture[:_HEADER] = picture[:_HEADER] // 4
    picture[-_FOOTER:] = picture[-_FOOTER:] // 4
    _write(picture, "Scan QR code", (36, 76), 0.95, 240)
    _write(picture, "Line up the code in the frame", (36, 116), 0.55, 200)
    _write(picture, "Need help?", (160, HEIGHT - 52), 0.6, 210)
    reach, middle = 206, (WIDTH // 2, HEIGHT // 2)
    for right in (-1, 1):
        for down in (-1, 1):
            corner = (middle[0] + right * reach, middle[1] + down * reach)
            cv2.line(picture, corner, (corner[0] - right * 44, corner[1]), 235, 4, cv2.LINE_AA)
            cv2.line(picture, corner, (corner[0], corner[1] - down * 44), 235, 4, cv2.LINE_AA)
    return picture


def gallery(photograph: Grey) -> Grey:
    """A gallery app with a photograph, any size, that fills the display between two dark bars."""
    picture = np.asarray(cv2.resize(photograph, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
    picture[:_STATUS] = 12
    picture[-_STATUS:] = 12
    _write(picture, "Photos", (36, 32), 0.6, 220)
    _write(picture, "Share   Edit   Delete", (104, HEIGHT - 14), 0.6, 220)
    return picture


def _draw(name: Name, dark: bool) -> Grey:
    if name == "off":
        return np.full((HEIGHT, WIDTH), 4, np.uint8)
    if name == "welcome":
        return _welcome()
    if name == "lock":
        return _lock()
    if name == "home":
        return _home()
    return _page(_PAGES[name], DARK if dark else LIGHT)


def _page(page: Page, theme: Theme) -> Grey:
    picture = np.full((HEIGHT, WIDTH), theme.paper, np.uint8)
    _status_bar(picture, theme.ink)
    cv2.circle(picture, (58, 120), 20, theme.accent, 3, cv2.LINE_AA)
    y = 200
    for line in page.heading:
        _write(picture, line, (34, y), 1.1, theme.ink, 2)
        y += 46
    y += 16
    for line in page.lines:
        _write(picture, line, (36, y), 0.62, theme.soft)
        y += 32
    if page.wheel:
        cv2.circle(picture, (WIDTH // 2, 600), 42, theme.soft, 3, cv2.LINE_AA)
        cv2.ellipse(picture, (WIDTH // 2, 600), (42, 42), 0, -60, 110, theme.accent, 8, cv2.LINE_AA)
    if page.button:
        _button(picture, page.button, (410 - 15 * len(page.button), 832), theme.accent, theme.paper)
    return picture


def _welcome() -> Grey:
    picture = np.full((HEIGHT, WIDTH), 250, np.uint8)
    _status_bar(picture, 60)
    cv2.circle(picture, (WIDTH // 2, 260), 74, 205, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (WIDTH // 2, 260), (46, 30), 20, 0, 360, 150, -1, cv2.LINE_AA)
    _write(picture, "Hi there", (126, 420), 1.35, 40, 2)
    for y, line in ((490, "English (United States)"), (536, "Vision settings"), (582, "Emergency call")):
        _write(picture, line, (104, y), 0.62, 100)
    cv2.line(picture, (60, 505), (372, 505), 215, 1, cv2.LINE_AA)
    _button(picture, "Start", (146, 800), 84, 250)
    return picture


def _lock() -> Grey:
    picture = _wallpaper(120, 40)
    _status_bar(picture, 235)
    _write(picture, "09:41", (96, 250), 2.4, 240, 4)
    _write(picture, "Saturday", (150, 300), 0.75, 225)
    cv2.rectangle(picture, (28, 380), (404, 470), 205, -1)
    _write(picture, "Messages", (46, 414), 0.6, 50)
    _write(picture, "2 new messages", (46, 448), 0.55, 90)
    _write(picture, "Swipe to unlock", (118, 868), 0.66, 230)
    return picture


def _home() -> Grey:
    picture = _wallpaper(190, 90)
    _status_bar(picture, 30)
    cv2.rectangle(picture, (34, 120), (398, 176), 235, -1)
    _write(picture, "Search apps", (56, 156), 0.62, 110)
    for row in range(3):
        for column in range(4):
            centre = (72 + column * 96, 560 + row * 110)
            cv2.circle(picture, centre, 32, 215 - 28 * ((row + column) % 4), -1, cv2.LINE_AA)
            cv2.circle(picture, centre, 12, 70 + 40 * ((row * 2 + column) % 4), -1, cv2.LINE_AA)
    return picture


def _wallpaper(top: int, bottom: int) -> Grey:
    column = np.linspace(top, bottom, HEIGHT)[:, None]
    waves = 12 * np.sin(np.linspace(0, 7, WIDTH)[None, :] + np.linspace(0, 5, HEIGHT)[:, None])
    return np.asarray(np.clip(column + waves, 0, 255), np.uint8)


def _status_bar(picture: Grey, ink: int) -> None:
    _write(picture, "09:41", (24, 36), 0.52, ink)
    cv2.rectangle(picture, (380, 22), (404, 36), ink, 2)


def _button(picture: Grey, text: str, at: tuple[int, int], fill: int, ink: int) -> None:
    x, y = at
    width = 13 * len(text) + 44
    cv2.rectangle(picture, (x, y), (min(x + width, WIDTH - 12), y + 58), fill, -1)
    _write(picture, text, (x + 22, y + 37), 0.66, ink)


def _write(picture: Grey, text: str, at: tuple[int, int], scale: float, ink: int, weight: int = 1) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, weight, cv2.LINE_AA)
