"""The rack: numbered trays, each with its user, state and waiting time."""

from __future__ import annotations

from itertools import zip_longest

from textual.app import ComposeResult
from textual.containers import Grid, VerticalScroll
from textual.content import Content
from textual.events import Click

from station.wire import UnitBrief
from station.words import words
from tui.messages import Touched
from tui.model import Model, late, minutes
from tui.text import LATE, STATES, Tone, person, state_words, waited
from tui.widgets.words import Words


class Tray(Words):
    """One tray. A tap on an occupied one offers what can be done with its unit."""

    DEFAULT_CSS = """
    Tray {
        width: 1fr;
        height: 100%;
        padding: 0 1;
        background: $surface;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &.-free { color: $faint; background: $background; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._unit: UnitBrief | None = None
        self._number = 0
        self._waits = ""
        self._late = False
        self._t = words("en")

    def show(self, number: int, unit: UnitBrief | None, model: Model) -> None:
        self._number, self._unit, self._t = number, unit, model.t
        self._waits = waited(model.t, minutes(model, unit)) if unit else ""
        self._late = unit is not None and late(model, unit)
        self.set_class(unit is None, "-free")
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def on_click(self, event: Click) -> None:
        event.stop()
        if self._unit is not None:
            self.post_message(Touched(self._unit))

    def _draw(self) -> None:
        number = Content(f"{self._number:>2} " if self._number else " – ").stylize("bold")
        unit = self._unit
        if unit is None:
            self.say(number + Content(self._t("free")))
            return
        sign, _, tone = STATES.get(unit.state, ("?", "", "ask"))
        if self._late:
            sign, tone = LATE[0], LATE[2]
        name = person(self._t, unit)
        if self.size.height < 2:
            self.say(self._one_line(number, sign, name), self._told(tone))
            return
        said = self._t(LATE[1]) if self._late else state_words(self._t, unit.state, None)
        state = f"{sign} {self._waits} {said}".replace("  ", " ")
        self.say(Content("\n").join([number + Content(name).stylize("bold $foreground"), Content(f"   {state}")]), self._told(tone))

    def _one_line(self, number: Content, sign: str, name: str) -> Content:
        room = max(1, self.size.width - 2 - number.cell_length - len(self._waits) - 3)
        short = Content(name).truncate(room, ellipsis=True, pad=True).stylize("$foreground")
        return number + Content(f"{sign} ") + short + Content(f" {self._waits}")

    def _told(self, tone: Tone) -> Tone | None:
        return None if tone == "wait" else tone


class Rack(VerticalScroll, can_focus=False):
    """All trays by number; the only part of the bench screen that scrolls."""

    DEFAULT_CSS = """
    Rack {
        width: 1fr;
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        #trays { height: auto; grid-size: 2; grid-gutter: 0 1; grid-rows: 1; }
        #no-rack { color: $faint; height: auto; }
    }
    """

    COLUMN = 22
    """Least columns of a tray."""

    def compose(self) -> ComposeResult:
        yield Words(id="no-rack")
        yield Grid(id="trays")

    def on_resize(self) -> None:
        self.query_one("#trays", Grid).styles.grid_size_columns = max(1, self.size.width // self.COLUMN)

    def show(self, model: Model) -> None:
        grid = self.query_one("#trays", Grid)
        cells = self._cells(model)
        trays = list(grid.query(Tray))
        if len(cells) > len(trays):
            more = [Tray() for _ in cells[len(trays) :]]
            grid.mount_all(more)
            trays += more
        for tray, cell in zip_longest(trays, cells):
            tray.display = cell is not None
            if cell is not None:
                number, unit = cell
                tray.show(number, unit, model)
        self.query_one("#no-rack", Words).say(model.t("no trays"))
        self.query_one("#no-rack").display = not cells

    def _cells(self, model: Model) -> list[tuple[int, UnitBrief | None]]:
        """Every tray with its unit; units without a tray of their own come last, as number 0."""
        if model.status is None:
            return []
        in_tray = {unit.tray: unit for unit in model.status.rack if unit.tray}
        numbers = sorted({*range(1, model.status.trays + 1), *in_tray})
        cells: list[tuple[int, UnitBrief | None]] = [(number, in_tray.get(number)) for number in numbers]
        return cells + [(0, unit) for unit in model.status.rack if not unit.tray or in_tray[unit.tray] is not unit]
