"""All users of the batch that is at the bench: searched, filtered, in the wanted order. Only what is in sight is asked for."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input

from station.wire import MoveUnit, QueueWindow, may
from station.words import N_
from tui.messages import Ask, Open, Order, Touched
from tui.model import Model
from tui.plain import plain
from tui.screens.sheet import BACK
from tui.screens.shown import FullScreen
from tui.screens.story import StoryScreen
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.searchlist import SearchList
from tui.widgets.step import StepLine
from tui.widgets.textfield import TextField
from tui.widgets.windowed import Move, WindowedUnits
from tui.widgets.words import Words

FRESH = 1.0
"""Seconds between two requests for what is in sight, while the record grows."""
SHARE = 10
"""A service that takes long over an answer is left alone for so many times as long."""
AT_ONCE = 4
"""Pages that may be under way at once: more are never in sight."""

FILTERS: dict[str, tuple[str, str]] = {
    "all": (N_("all"), ""),
    "open": (N_("open"), "queued,showing,scanned,enrolled,invited"),
    "held": (N_("held"), "held"),
    "done": (N_("done"), "verified,failed,skipped"),
}
"""What is listed: its name, and the states that it stands for."""
SORTS = {"position": N_("as served"), "-position": N_("last first"), "name": N_("by name"), "state": N_("by state")}


class QueueScreen(FullScreen):
    """A long list under a search field. It asks again for what is in sight when the record has grown."""

    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('open')", "Unit", tooltip="What can be done with the chosen unit"),
        Binding("f2", "press('filter')", "Filter", tooltip="List all, the open, the held, those that are done"),
        Binding("f3", "press('sort')", "Sort", tooltip="List them in another order"),
        Binding("f4", "press('batches')", "Batches", tooltip="Choose another batch"),
        Binding("f5", "press('next')", "Next", tooltip="Serve the chosen one next; for a lead"),
        Binding("f6", "press('tale')", "Story", tooltip="All that happened to the chosen unit"),
        Binding("escape", "press('back')", "Back", tooltip="Back to the bench"),
        # before the search field, which has the keys and would take some of these for itself
        Binding("up", "move('up')", "Up", tooltip="The row above", priority=True),
        Binding("down", "move('down')", "Down", tooltip="The row below", priority=True),
        Binding("pageup", "move('page_up')", "Page up", tooltip="A screen up", priority=True),
        Binding("pagedown", "move('page_down')", "Page down", tooltip="A screen down", priority=True),
        Binding("home", "move('first')", "First", tooltip="The first row", priority=True),
        Binding("end", "move('last')", "Last", tooltip="The last row", priority=True),
    ]

    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "open": (N_("Unit…"), N_("what to do")),
        "batches": (N_("Batches"), N_("choose one")),
        "next": (N_("Next"), N_("serve this one next")),
        "tale": (N_("Story"), N_("all that happened")),
        "back": (BACK, ""),
    }

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._filter, self._sort, self._search = "all", "position", ""
        self._seen = model.seq
        self._list = 0
        self._pause = FRESH
        self._asking: Timer | None = None
        self._typing: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(id="list-title")
        yield TextField(longest=80)
        yield WindowedUnits(self.model, id="units")
        with Horizontal(classes="buttons"):
            yield BigButton(key="F1", id="open")
            yield BigButton(key="F2", id="filter")
            yield BigButton(key="F3", id="sort")
            yield BigButton(key="F4", id="batches")
            yield BigButton(key="F5", id="next")
            yield BigButton(key="F6", id="tale")
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        self._begin()

    def show(self, model: Model) -> None:
        old = self.model
        super().show(model)
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self.query_one(Input).placeholder = model.t("name, e-mail or number")
        self._units.show(model)
        if (old.batch and old.batch.id) != (model.batch and model.batch.id):
            self._begin()
        elif model.connected and not old.connected:
            self._ask_again()
        elif model.seq != self._seen and self._asking is None:
            self._asking = self.set_timer(self._pause, self._ask_again)
        self._say()

    @property
    def _units(self) -> WindowedUnits:
        return self.query_one(WindowedUnits)

    def _say(self) -> None:
        """The title, and what the buttons would do."""
        t, batch, total = self.model.t, self.model.batch, self._units.total
        title = Content(plain(batch.name, 40) if batch else t("no batch")).stylize("bold")
        if batch and total is not None:
            narrowed = self._search or self._filter != "all"
            found = t("{found} of {users} users", found=total, users=batch.users.received) if narrowed else ""
            title += Content(f"   {found or t.plural('{count} user', '{count} users', total)}")
        self.query_one("#list-title", Words).say(title)
        self.query_one("#filter", BigButton).say(t("Filter"), t(FILTERS[self._filter][0]))
        self.query_one("#sort", BigButton).say(t("Sort"), t(SORTS[self._sort]))
        chosen, following = self._units.chosen, self.query_one("#next", BigButton)
        self.query_one("#open", BigButton).disabled = self.query_one("#tale", BigButton).disabled = chosen is None
        following.display = may(self.model.role, MoveUnit(enrollment=""))
        # the phones of a code for many have no order
        ordered = batch is not None and not batch.generic and self.model.connected
        following.disabled = not ordered or chosen is None or chosen.state != "queued"

    # --- what is listed ---------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Another list: answers that belong to the one before are dropped."""
        self._list += 1
        self._pause = FRESH
        self._seen = self.model.seq
        self._units.begin()
        self._say()

    def _ask_again(self) -> None:
        if self._asking is not None:
            self._asking.stop()
            self._asking = None
        if self.model.connected and self.is_attached:
            self._seen = self.model.seq
            self._units.again()

    @on(WindowedUnits.Wanted)
    def _wanted(self, event: WindowedUnits.Wanted) -> None:
        event.stop()
        if self.model.batch is None:
            return
        batch, search, states, sort = self.model.batch.id, self._search, FILTERS[self._filter][1], self._sort
        offset, limit, listed, asked = event.offset, event.limit, self._list, monotonic()
        self.post_message(
            Ask(
                self,
                f"queue {offset // limit % AT_ONCE}",
                lambda feed: feed.queue(batch, offset=offset, limit=limit, search=search, states=states, sort=sort),
                lambda window: self._came(window, listed, monotonic() - asked),
            )
        )

    def _came(self, window: QueueWindow, listed: int, took: float) -> None:
        if listed == self._list:
            self._pause = max(FRESH, SHARE * took)
            self._units.take(window.offset, window.items, window.total)

    @on(WindowedUnits.Moved)
    def _moved(self, event: WindowedUnits.Moved) -> None:
        event.stop()
        self._say()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(SearchList.MOMENT, self._look_for)

    def _look_for(self) -> None:
        text = self.query_one(Input).value.strip()
        if text != self._search:
            self._search = text
            self._begin()

    # --- keys and buttons ---------------------------------------------------------------------------------------------------

    def action_move(self, where: Move) -> None:
        """Choose another row."""
        self._units.move(where)

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "open":
                unit = self._units.chosen
                if unit is not None:
                    self.post_message(Touched(unit))
            case "tale":
                unit = self._units.chosen
                if unit is not None:
                    self.app.push_screen(StoryScreen(self.model, unit))
            case "filter":
                self._filter = _next(list(FILTERS), self._filter)
                self._begin()
            case "sort":
                self._sort = _next(list(SORTS), self._sort)
                self._begin()
            case "next":
                unit = self._units.chosen
                if unit is not None:
                    self.post_message(Order(MoveUnit(enrollment=unit.enrollment), lambda _: self._ask_again()))
            case "batches":
                self.post_message(Open("batches"))
            case "back":
                self.dismiss()


def _next(names: list[str], now: str) -> str:
    return names[(names.index(now) + 1) % len(names)]
