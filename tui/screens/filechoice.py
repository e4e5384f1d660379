"""A file of users is chosen: from those that lie about, or by its path."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from station.client import CannotReach, Refused
from station.words import N_, Catalogue
from tui.feed import Feed
from tui.filesearch import ENDINGS, REMEDIES, FoundFile, Unreadable, found
from tui.messages import Ask
from tui.model import Model
from tui.plain import plain
from tui.screens.searched import SearchedScreen
from tui.screens.sheet import BACK, Sheet
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row, SearchList
from tui.widgets.words import Words

NO_FILES = N_("No CSV or XLSX file is found. Put the stick in, or type a path.")
PATH_LIMIT = 1000


class FileScreen(SearchedScreen):
    """Files newest first; one that comes, as on a stick that is put in, is listed by itself. `take` reads the one that is chosen, and
    says by `busy` that it does; `left` hears that the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('take')", "Read it", tooltip="Read the chosen file, or the path that was typed"),
        Binding("f2", "press('look')", "Look again", tooltip="Look for files again"),
        Binding("escape", "press('back')", "Back", tooltip="One step back"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "take": (N_("Read it"), N_("this file")),
        "look": (N_("Look again"), N_("for files")),
        "back": (BACK, ""),
    }
    BUTTONS = ("take", "look")
    HINT = N_("type a part of a name, or a path")
    LONGEST = PATH_LIMIT
    TOLD = True
    MOMENT: ClassVar[float] = 3.0
    """Seconds between two looks at what lies there."""

    def __init__(self, model: Model, take: Callable[[FileScreen, Path], Any], left: Callable[[], Any]) -> None:
        super().__init__(model)
        self._take, self._left = take, left
        self._laid: tuple[str, ...] | None = None
        self._files: tuple[FoundFile, ...] | None = None
        self._search = ""
        self._reading, self._looking = "", False

    @property
    def busy(self) -> bool:
        """Whether the list, or a file, is still being read."""
        return self._files is None or bool(self._reading)

    def on_mount(self) -> None:
        self.query_one("#take").add_class("-suggested")
        self.set_interval(self.MOMENT, self.again)

    # --- what lies there --------------------------------------------------------------------------------------------------

    def again(self) -> None:
        if self._reading or self._looking or (self._files is not None and not self.is_active):
            return
        self._looking = True
        self.post_message(Ask(self, "files", self._look, self._came))

    async def _look(self, feed: Feed) -> tuple[FoundFile, ...]:
        try:
            if self._laid is None:
                with suppress(CannotReach, Refused):  # said elsewhere, and no hindrance to look at sticks
                    self._laid = await feed.folders()
            return await asyncio.to_thread(found, self._laid or ())
        finally:
            self._looking = False

    def _came(self, files: tuple[FoundFile, ...]) -> None:
        if files != self._files:
            self._files = files
            self._list()

    def _list(self) -> None:
        wanted = self._search.casefold()
        shown = [one for one in self._files or () if wanted in str(one.path).casefold()]
        self.listed.show([Row(str(one.path), _two_rows(self.model.t, one)) for one in shown])
        self.show(self.model)

    def headline(self, t: Catalogue) -> Content:
        if self._reading:
            return Content(t("Reading {file}.", file=plain(self._reading, 60))).stylize("bold $wait")
        if self._files is None:
            return Content(t("Looking for files.")).stylize("bold")
        if not self._files:
            return Content(t(NO_FILES)).stylize("bold $trouble")
        words = t.plural("{count} file, the newest first", "{count} files, the newest first", len(self._files))
        return Content(t("Which file holds the users?")).stylize("bold") + Content(f"  ·  {words}")

    def show_chosen(self) -> None:
        typed = self._typed()
        path = typed or self.listed.chosen
        self.enable(take=path is not None and not self._reading, look=not self._reading)
        self.query_one("#story").display = path is not None
        self.query_one("#story", Words).say(plain(str(path), PATH_LIMIT) if path is not None else "")

    # --- one is taken -----------------------------------------------------------------------------------------------------

    def _typed(self) -> str | None:
        """The path that stands in the field; None where it is a word to search for."""
        text = self.listed.text
        by_name = text.lower().endswith(ENDINGS) and self.listed.chosen is None
        return text if text and ("/" in text or text.startswith("~") or by_name) else None

    @on(SearchList.Searched)
    def _searched(self, event: SearchList.Searched) -> None:
        if event.text != self._search:
            self._search = event.text
            self._list()
        if event.entered and (self._typed() is not None or self.listed.count == 1):
            self.query_one("#take", BigButton).press()

    @on(SearchList.Chosen)
    def _tapped(self) -> None:
        self.query_one("#take", BigButton).press()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        path = self._typed() or self.listed.chosen
        match event.button.id:
            case "back":
                self.dismiss()
                self._left()
            case "look":
                self.again()
            case "take" if path is not None:
                self.reading(Path(path).name or path)
                self._take(self, _whole(path))

    def reading(self, name: str) -> None:
        """Say that this file is being read; an empty name: no more."""
        self._reading = name
        self.show(self.model)

    def cannot(self, why: Unreadable) -> None:
        """Say why a file cannot be taken. What was chosen stays."""
        self.reading("")
        self.app.push_screen(unreadable(self.model.t, why))

    def refuse(self, why: str, remedy: str) -> None:
        """Say what is the matter, and what to do."""
        self.reading("")
        self.app.push_screen(_refused(self.model.t, why, remedy))


def unreadable(t: Catalogue, why: Unreadable) -> Sheet:
    """Says why a file cannot be taken, and what to do."""
    said = {name: plain(one, 120) if isinstance(one, str) else one for name, one in why.said.items()}
    return _refused(t, t(why.why, **said), t(REMEDIES[why.why]))


def _refused(t: Catalogue, why: str, remedy: str) -> Sheet:
    return Sheet(t, t("This file cannot be used"), f"✘ {why}\n\n▶ {remedy}", (), tone="trouble")


def _whole(text: str) -> Path:
    path = Path(text)
    try:
        return path.expanduser()
    except RuntimeError:  # nobody of this name
        return path


def _two_rows(t: Catalogue, one: FoundFile) -> Content:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.at))
    facts = "  ·  ".join((size_of(t, one.size), when, plain(str(one.path.parent), 80)))
    return Content(plain(one.path.name, 80)).stylize("bold") + Content("\n  ") + Content(facts).stylize("$muted")


def size_of(t: Catalogue, octets: int) -> str:
    """A size in words, rounded up: nothing but an empty file has none."""
    for unit, said in ((1 << 20, N_("{size} MB")), (1 << 10, N_("{size} kB"))):
        if octets >= unit:
            return t(said, size=-(-octets // unit))
    return t.plural("{count} octet", "{count} octets", octets)
