"""From a file to users of the roster: which file, what its columns are, what an import would do, the import."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from station.wire import UserFile
from station.words.userfiles import remedy, told
from tui.feed import Feed
from tui.filesearch import Unreadable, load
from tui.messages import Ask
from tui.plain import plain
from tui.screens.columns import ColumnsScreen
from tui.screens.filechoice import FileScreen
from tui.screens.importing import Imported
from tui.screens.rowcheck import RowsScreen
from tui.screens.shown import FullScreen

Taken = tuple[bytes, UserFile] | Unreadable
"""What a file holds, and what was read from that."""


def _taking(path: Path, maps: Mapping[str, str], headed: bool | None) -> Callable[[Feed], Awaitable[Taken]]:
    """Takes a file from its disk and reads it with what was said of its columns."""

    async def take(feed: Feed) -> Taken:
        try:
            content = await asyncio.to_thread(load, path)
        except Unreadable as why:
            return why
        return content, await feed.read_users(content, maps, headed)

    return take


class FromFile:
    """Leads through the screens, each over the one before, so that Back finds it as it was.

    The file is read from its disk once, and again only when that is asked for: a stick may be pulled out after that. `asker`: the
    screen below; `done` hears what was imported and the file's name, when only `asker` is left; `left` that the person went back.
    """

    def __init__(self, asker: FullScreen, done: Callable[[Imported, str], Any], left: Callable[[], Any]) -> None:
        self._asker, self._done, self._left = asker, done, left
        self._path = Path()
        self._content = b""
        self._imported: Imported | None = None

    def choose(self) -> None:
        """Begin with the choice of a file."""
        # what follows is the asker's own doing: a screen that is gone hears no answers
        left = partial(self._asker.call_later, self._left)
        self._asker.app.push_screen(FileScreen(self._asker.model, self._take, left))

    # --- the file ---------------------------------------------------------------------------------------------------------

    def _take(self, screen: FileScreen, path: Path) -> None:
        screen.post_message(Ask(screen, "file", _taking(path, {}, None), lambda answer: self._taken(screen, path, answer)))

    def _taken(self, screen: FileScreen, path: Path, answer: Taken) -> None:
        t = screen.model.t
        if isinstance(answer, Unreadable):
            screen.cannot(answer)
            return
        content, file = answer
        if not file.columns:
            screen.refuse(plain(told(t, file.refused), 300), plain(remedy(t, file.refused, file.remedy), 300))
            return
        screen.reading("")
        if screen.is_active:
            self._path, self._content = path, content
            screen.app.push_screen(ColumnsScreen(screen.model, path.name, file, self._read, self._check))

    def _read(self, screen: FullScreen, maps: Mapping[str, str], headed: bool | None, then: Callable[[UserFile], Any]) -> None:
        """Read what was taken with what the person said of the columns."""
        content = self._content
        screen.post_message(Ask(screen, "file", lambda feed: feed.read_users(content, maps, headed), then))

    # --- its rows ---------------------------------------------------------------------------------------------------------

    def _check(self, screen: ColumnsScreen, file: UserFile) -> None:
        def again(rows: RowsScreen) -> None:
            self._once_more(rows, screen)

        screen.app.push_screen(RowsScreen(screen.model, self._path.name, file, again, partial(self._asker.call_later, self._came)))

    def _once_more(self, rows: RowsScreen, columns: ColumnsScreen) -> None:
        """The file was corrected where it lies: take it from there anew, its columns as they were said to be."""

        def taken(answer: Taken) -> None:
            if isinstance(answer, Unreadable):
                rows.cannot(answer)
                return
            self._content, file = answer
            columns.take(file)
            rows.take(file)

        rows.post_message(Ask(rows, "file", _taking(self._path, *columns.said), taken))

    def _came(self, imported: Imported) -> None:
        """All is in the roster: leave everything that stands over the asker."""
        app = self._asker.app
        while app.screen is not self._asker and self._asker in app.screen_stack:
            app.pop_screen()
        self._done(imported, self._path.name)
