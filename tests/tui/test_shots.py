"""Every screen reads as it was looked at and found good: at each size, in both languages, whatever the colours."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Sequence
from itertools import combinations

import polib
import pytest
from rich._palettes import STANDARD_PALETTE
from textual.screen import Screen

import tui.screens
from station.words.catalogue import HERE
from tests.tui.picture import IMAGES, README_PICTURES, at_work, file_name, picture
from tests.tui.shots import LANGUAGES, SIZES, Shooting, Size, bench, difference, file_of, screens
from tests.tui.terminal import PANEL, SMALL, Terminal, keys_that_are_cut
from tui.screens.matrix import OptionsScreen
from tui.screens.paged import PagedScreen
from tui.screens.searched import SearchedScreen
from tui.screens.shown import FullScreen

BASES = (FullScreen, SearchedScreen, PagedScreen, OptionsScreen)
SIXTEEN = {tuple(colour) for colour in STANDARD_PALETTE._colors}
ENGLISH = [
    entry.msgid
    for entry in polib.pofile(str(HERE / "fr.po"))
    if entry.msgid != entry.msgstr
    and " " in entry.msgid
    and "{" not in entry.msgid
    and any(name.startswith("tui/") for name, _ in entry.occurrences)
]
"""Sentences of the terminal that a French screen must not show."""


def every_screen() -> set[type[Screen[object]]]:
    """All kinds of screens that there are in tui/screens, but for those that others are made from."""
    modules = [importlib.import_module(f"tui.screens.{module.name}") for module in pkgutil.iter_modules(tui.screens.__path__)]
    found = {kind for module in modules for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, Screen)}
    return {kind for kind in found if kind.__module__.startswith("tui.") and kind not in BASES}


class Inspecting(Shooting):
    """What is wrong with any screen at any size: a key that cannot be read, a widget beyond the edge."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.seen: set[type[Screen[object]]] = set()

    def inspect(self, terminal: Terminal, name: str, size: Size, rows: Sequence[str]) -> None:
        self.seen.add(type(terminal.app.screen))
        if name != "refused":
            self.wrong += [f"{name} is told: {notice.message}" for notice in terminal.notices]
        self.wrong += [
            f"{name} at {size}: {what}"
            for what in (
                *(f"the key of {label} is cut" for label in keys_that_are_cut(terminal, rows)),
                *beyond_the_edge(terminal, size[0]),
            )
        ]


class InEnglish(Inspecting):
    """The pictures of the documentation, too."""

    def inspect(self, terminal: Terminal, name: str, size: Size, rows: Sequence[str]) -> None:
        super().inspect(terminal, name, size, rows)
        kept = IMAGES / file_name(name)
        if size == PANEL and not (kept.exists() and kept.read_text(encoding="utf-8") == picture(terminal, name)):
            self.wrong.append(f"{kept.name} is not what is drawn. Look at it, then keep it: make pictures")


class InFrench(Inspecting):
    """On a terminal with sixteen colours; and no English is left."""

    def inspect(self, terminal: Terminal, name: str, size: Size, rows: Sequence[str]) -> None:
        super().inspect(terminal, name, size, rows)
        words = re.sub(r"[\s█▌│]+", " ", "\n".join(rows))
        self.wrong += [f"{name} at {size} says: {sentence}" for sentence in ENGLISH if f" {sentence} " in f" {words} "]
        if size == SMALL:
            self.wrong += [f"{name}: {colour} is none of the sixteen" for colour in colours(terminal) - SIXTEEN]


def colours(terminal: Terminal) -> set[tuple[int, ...]]:
    """Every colour that is drawn: of grounds, and of whatever is not blank."""
    found = set()
    for segment in (segment for strip in terminal.strips for segment in strip if segment.style):
        assert segment.style is not None
        for colour in (segment.style.color if segment.text.strip() else None, segment.style.bgcolor):
            if colour is not None:
                found.add(tuple(colour.triplet or ()))
    return found


def beyond_the_edge(terminal: Terminal, width: int) -> list[str]:
    """Widgets that end where no screen is."""
    return [f"{widget} ends beyond the edge" for widget in terminal.app.screen.query("*") if widget.region.right > width]


@pytest.mark.parametrize(("language", "looking"), [("en", InEnglish()), ("fr", InFrench())], ids=LANGUAGES)
def test_every_screen_is_drawn_as_it_was_looked_at(language: str, looking: Inspecting) -> None:
    shots = screens(language, looking, sixteen=isinstance(looking, InFrench))
    assert looking.seen == every_screen(), "a stop is missing in tests/tui/walk.py"
    assert not looking.wrong, "\n".join(looking.wrong)
    told = [difference(file_of("screens", size, language), pages) for size, pages in shots.items()]
    if any(told):
        pytest.fail("\n\n".join(filter(None, told)), pytrace=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_state_is_drawn_as_it_was_looked_at_and_told_without_colours(size: Size, language: str) -> None:
    pages = bench(size, language)
    alike = [f"{one} reads as {other}" for (one, text), (other, same) in combinations(pages.items(), 2) if text == same]
    assert not alike, "a state is told by nothing but its colour"
    told = difference(file_of("bench", size, language), pages)
    if told:
        pytest.fail(told, pytrace=False)


def test_a_difference_is_shown_line_by_line_with_the_command_that_keeps_it() -> None:
    size, language = SIZES[0], LANGUAGES[0]
    file = file_of("bench", size, language)
    pages = dict(page.split("\n", 1) for page in file.read_text(encoding="utf-8").split("=== ")[1:])
    assert difference(file, pages) == ""
    told = difference(file, pages | {"preparing": pages["preparing"].replace("sixtap", "seventap")})
    assert [line for line in told.splitlines() if line[:1] in "+-" and "tap" in line] == [
        f"{sign}{line.rstrip()}"
        for sign, line in zip(
            "-+", (pages["preparing"].split("\n")[0], pages["preparing"].split("\n")[0].replace("sixtap", "seventap")), strict=True
        )
    ]
    assert "make shots" in told


@pytest.mark.parametrize(("name", "size"), README_PICTURES.items())
def test_the_readme_s_pictures_are_what_is_drawn(name: str, size: Size) -> None:
    assert (IMAGES / f"{name}.svg").read_text(encoding="utf-8") == at_work(name, size), "look at it, then keep it: make pictures"


def test_every_picture_of_a_screen_is_shown_and_fetches_nothing() -> None:
    told = (IMAGES.parent / "terminal.md").read_text(encoding="utf-8")
    drawn = {file.name for file in IMAGES.glob("screen-*.svg")}
    assert set(re.findall(r"images/(screen-[^)]+)", told)) == drawn
    for file in (*IMAGES.glob("screen-*.svg"), *(IMAGES / f"{name}.svg" for name in README_PICTURES)):
        content = file.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|url\(|@font-face|@import|href|<image|<script", content), file.name
        assert len(content) < 16_000, file.name
