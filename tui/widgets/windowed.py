"""A list of units that may be very long: two rows each. Only those in sight are fetched and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from station.wire import UnitBrief
from tui.model import Model
from tui.widgets.marked import MARK
from tui.widgets.unitlist import two_rows

PAGE = 100
"""Units asked for at once."""
KEPT = 8
"""Pages kept in memory, the nearest to what is in sight."""
LINES = 2
"""Lines on the screen for each unit."""

Move = Literal["up", "down", "page_up", "page_down", "first", "last"]


class WindowedUnits(ScrollView, can_focus=False):
    """Posts Wanted for pages that it has not, and Moved when another unit was chosen, or the chosen one has changed.

    The chosen one stays chosen wherever it moves in sight; when it goes, nothing is: an action is never meant for the unit that
    took its place.
    """

    DEFAULT_CSS = """
    WindowedUnits {
        height: 1fr;
        overflow-x: hidden;
        background: $background;
        scrollbar-size-vertical: 2;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        & > .windowed--row { background: $background; color: $foreground; }
        & > .windowed--chosen { background: $chosen; color: $foreground; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"windowed--row", "windowed--chosen"}

    class Wanted(Message):
        """So many units from `offset` on are missing."""

        def __init__(self, offset: int, limit: int) -> None:
            self.offset, self.limit = offset, limit
            super().__init__()

    class Moved(Message):
        """Look at `chosen` again."""

    def __init__(self, model: Model, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.total: int | None = None
        self._model = model
        self._pages: dict[int, tuple[UnitBrief, ...]] = {}
        self._asked: set[int] = set()
        self._at = 0
        self._known: UnitBrief | None = None
        self._drawn: dict[int, list[Strip]] = {}

    @property
    def chosen(self) -> UnitBrief | None:
        """The chosen unit as it was last told; None when it is no longer there, or not yet."""
        there = self._unit(self._at)
        return self._known if there is None or (self._known and there.enrollment == self._known.enrollment) else None

    @property
    def rows(self) -> int:
        """Units that are in sight at once."""
        return max(1, self.scrollable_content_region.height // LINES)

    def begin(self) -> None:
        """Another list: nothing is known of it yet."""
        self.total, self._at, self._known = None, 0, None
        self._pages.clear()
        self.virtual_size = Size(0, 0)
        self.scroll_to(y=0, animate=False)
        self.again()

    def again(self) -> None:
        """Units may have changed: ask for what is in sight once more, and forget the rest."""
        near = set(self._near())
        self._pages = {page: units for page, units in self._pages.items() if page in near}
        self._asked.clear()
        for page in near:
            self._want(page)
        self._redraw()

    def show(self, model: Model) -> None:
        """Draw what the model says of units: their waiting times, the language."""
        self._model = model
        self._redraw()

    def take(self, offset: int, units: Sequence[UnitBrief], total: int) -> None:
        """A page came."""
        page = offset // PAGE
        self._asked.discard(page)
        self._pages[page] = tuple(units)
        if total != self.total:
            self.total = total
            self.virtual_size = Size(0, total * LINES)
            self._at = max(0, min(self._at, total - 1))
        self._follow()
        self._redraw()
        self._ask_for_missing()
        self.post_message(self.Moved())

    def move(self, where: Move) -> None:
        """Choose another unit, and bring it into sight."""
        if self.total:
            steps = {"up": -1, "down": 1, "page_up": -self.rows, "page_down": self.rows, "first": -self.total, "last": self.total}
            self._choose(self._at + steps[where])

    # --- what is chosen ---------------------------------------------------------------------------------------------------

    def _choose(self, row: int) -> None:
        self._at = max(0, min(row, (self.total or 1) - 1))
        self._known = self._unit(self._at)
        # as OptionList does it: at once, since keys may come faster than frames
        self.scroll_to_region(Region(0, self._at * LINES, 1, LINES), animate=False, force=True, immediate=True)
        self._redraw()
        self.post_message(self.Moved())

    def _follow(self) -> None:
        """Find the chosen unit again in what came; take the one at its place where none was known yet."""
        there = self._unit(self._at)
        if self._known is None:
            self._known = there
            return
        if there is not None and there.enrollment == self._known.enrollment:
            self._known = there
            return
        for page, units in self._pages.items():
            for at, unit in enumerate(units):
                if unit.enrollment == self._known.enrollment:
                    self._at, self._known = page * PAGE + at, unit
                    return

    def _unit(self, row: int) -> UnitBrief | None:
        page, at = divmod(row, PAGE)
        units = self._pages.get(page, ())
        return units[at] if at < len(units) else None

    def on_click(self, event: Click) -> None:
        event.stop()
        row = (event.y + self.scroll_offset.y) // LINES
        if self.total and row < self.total:
            self._choose(row)

    # --- what is fetched --------------------------------------------------------------------------------------------------

    def _near(self) -> range:
        """Pages in sight, and a screen above and below."""
        first, rows = self.scroll_offset.y // LINES, self.rows
        last = min(first + 2 * rows, (self.total if self.total is not None else 1) - 1)
        return range(max(0, first - rows) // PAGE, max(0, last) // PAGE + 1)

    def _ask_for_missing(self) -> None:
        near = self._near()
        for page in near:
            if page not in self._pages and page not in self._asked:
                self._want(page)
        if len(self._pages) > KEPT:
            middle = (near.start + near.stop) / 2
            kept = sorted(self._pages, key=lambda page: abs(page + 0.5 - middle))[:KEPT]
            self._pages = {page: self._pages[page] for page in kept}

    def _want(self, page: int) -> None:
        # what is no longer in sight is not waited for: its answer may have been given up for a newer one
        self._asked = {asked for asked in self._asked if asked in self._near()} | {page}
        self.post_message(self.Wanted(page * PAGE, PAGE))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self.total is not None:
            self._ask_for_missing()

    def on_resize(self, event: Resize) -> None:
        self._redraw()
        if self.total is not None:
            self._ask_for_missing()

    # --- what is drawn ----------------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        self._drawn.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        row, line = divmod(y + self.scroll_offset.y, LINES)
        if row >= (self.total or 0):
            return Strip.blank(width, self.get_component_rich_style("windowed--row"))
        if row not in self._drawn:
            if len(self._drawn) > PAGE:
                self._drawn.clear()
            self._drawn[row] = self._lines(row, width)
        return self._drawn[row][line]

    def _lines(self, row: int, width: int) -> list[Strip]:
        unit, chosen = self._unit(row), row == self._at
        content = two_rows(unit, self._model) if unit else Content(f"{'…':>4}\n")
        if unit and chosen:
            chosen = self._known is not None and unit.enrollment == self._known.enrollment
        edge = Content(MARK if chosen else " ")
        padded = Content("\n").join(edge + line for line in content.split("\n", allow_blank=True))
        style = self.get_visual_style(f"windowed--{'chosen' if chosen else 'row'}")
        return Visual.to_strips(self, padded, width, LINES, style, pad=True)
