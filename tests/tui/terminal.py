"""A terminal for tests: runs the app headless on a recorded feed, presses keys, reads what is really on the screen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from rich.cells import set_cell_size
from textual._context import visible_screen_stack
from textual.notifications import Notification
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from station.wire import Command
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.unpainted import unpainted
from tui.app import BenchApp
from tui.widgets.bigbutton import BigButton

SMALL, PANEL, LARGE = (80, 24), (98, 31), (120, 40)
SIZES = (SMALL, PANEL, LARGE)
PATIENCE = 15.0


class Terminal:
    """One running app, its screen, and its feed, where that is a recorded one."""

    def __init__(self, app: BenchApp, pilot: Pilot[None], feed: RecordedFeed | None = None) -> None:
        self.app, self._pilot = app, pilot
        self.feed = feed or RecordedFeed()

    @property
    def text(self) -> str:
        """What stands on the screen, line by line."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    @property
    def strips(self) -> list[Strip]:
        """The same with its colours, and what lies behind a sheet: exactly what a terminal is sent."""
        screen = self.app.screen
        forget(screen)  # it may have been drawn without what lies behind it, for its text
        visible_screen_stack.set(self.app._background_screens)
        try:
            return [strip.simplify() for strip in screen._compositor.render_strips()]
        finally:
            visible_screen_stack.set([])
            forget(screen)

    @property
    def words(self) -> str:
        """The same as one line of words, frames left out: for sentences that are wrapped."""
        return re.sub(r"[\s█▌│]+", " ", self.text)

    @property
    def notices(self) -> list[Notification]:
        return list(self.app._notifications)

    def button(self, name: str) -> BigButton:
        return self.app.screen.query_one(f"#{name}", BigButton)

    async def press(self, *keys: str) -> None:
        await self._pilot.press(*keys)
        await self._pilot.pause()

    def choices(self) -> list[BigButton]:
        """The buttons of the sheet that is open."""
        return [button for button in self.app.screen.query("#choices BigButton").results(BigButton) if button.display]

    async def tap(self, where: str | Widget, at: tuple[int, int] = (0, 0)) -> None:
        """In the middle, or so many columns and lines from the upper left corner."""
        await self._pilot.click(where, offset=at)
        await self._pilot.pause()

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until `holds()`; fail with the screen's text when it never does."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not holds():
            assert asyncio.get_running_loop().time() < deadline, f"it never came to pass; the screen says:\n{self.text}"
            await self._pilot.pause(0.01)

    async def sent(self, *commands: Command) -> None:
        """Wait until exactly these were sent since the last time this was asked."""
        await self.until(lambda: len(self.feed.sent) >= len(commands))
        await self._pilot.pause()
        assert tuple(self.feed.sent) == commands
        self.feed.sent.clear()

    async def on(self, screen: type[Screen[Any]]) -> None:
        """Wait until a screen of this kind is in front."""
        await self.until(lambda: isinstance(self.app.screen, screen) and self.app.screen.is_mounted)
        await self._pilot.pause()

    async def resize(self, size: tuple[int, int]) -> None:
        """Make the terminal as large as that, and draw it anew."""
        if tuple(self.app.size) != size:
            await self._pilot.resize_terminal(*size)
            await self.until(lambda: tuple(self.app.screen._compositor.size) == size)
            screen = self.app.screen
            for _ in range(2):  # what is laid out anew may need a scrollbar less, and be laid out once more
                await self._pilot.pause()
                await self.until(lambda: not (screen._layout_required or screen._repaint_required or screen._callbacks))

    async def drawn(self) -> None:
        """Wait until all that the feed had to say was taken and drawn."""
        await self.until(lambda: self.feed.quiet and not self.app._changed.is_set())
        await self._pilot.pause()

    async def shows(self, words: str) -> None:
        await self.until(lambda: words in self.words)


def keys_that_are_cut(terminal: Terminal, rows: Sequence[str] = ()) -> list[str]:
    """Buttons on which the key cannot be read. `rows`: what stands on the screen, where that is known already."""
    rows, cut = rows or terminal.text.splitlines(), []
    for button in terminal.app.screen.query(BigButton):
        area = button.region
        if button.is_on_screen and area.height and button._key:
            seen = "\n".join(set_cell_size(row, area.right)[-area.width :] for row in rows[area.y : area.bottom])
            cut += [button.label] if button._key not in seen.split() else []
    return cut


def forget(screen: Screen[Any]) -> None:
    """Let the screen's own ground be drawn anew."""
    screen._layout_cache.clear()
    screen._set_dirty()


@asynccontextmanager
async def at_the_bench(
    feed: RecordedFeed,
    *,
    size: tuple[int, int] = PANEL,
    kiosk: bool = False,
    frame: float = 0.0,
    language: str = "",
    sixteen: bool = False,
    here: bool = True,
    painted: bool = False,
) -> AsyncIterator[Terminal]:
    """The app, running, everything that the feed has to say drawn. `painted`: as for a real terminal, not only when it is read."""
    app = BenchApp(feed, kiosk=kiosk, pauses=(0.01,), frame=frame, language=language, sixteen=sixteen, here=here)
    with nullcontext() if painted else unpainted():
        async with app.run_test(size=size, notifications=True) as pilot:
            terminal = Terminal(app, pilot, feed)
            await terminal.drawn()
            yield terminal


def watch(
    feed: RecordedFeed,
    look: Callable[[Terminal], Awaitable[None]],
    *,
    size: tuple[int, int] = PANEL,
    kiosk: bool = False,
    frame: float = 0.0,
    here: bool = True,
) -> None:
    """Run `look` at a terminal on this feed."""

    async def run() -> None:
        async with at_the_bench(feed, size=size, kiosk=kiosk, frame=frame, here=here) as terminal:
            await look(terminal)

    asyncio.run(run())
