"""A list that is searched by typing: the field keeps the keys, the arrows move the choice below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.widgets.marked import MarkedList
from tui.widgets.textfield import TextField


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it stands for, and what is written."""

    id: str
    words: Content


class _Rows(MarkedList, can_focus=False):
    """The list itself. It says when its end comes into sight."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self.max_scroll_y and new_value >= self.max_scroll_y - self.size.height:
            self.post_message(SearchList.NearEnd())


class SearchList(Vertical):
    """A field and a list. The chosen row stays chosen while it is listed.

    Posts Searched a moment after the text changed, or at Enter, whichever is first; Chosen when Enter or a tap takes a row, NearEnd
    when the list's end is in sight; textual's OptionList.OptionHighlighted tells of the arrows.
    """

    DEFAULT_CSS = """
    SearchList {
        height: 1fr;
        Input { height: 1; border: none; padding: 0 1; margin: 0 1; background: $surface; }
        Input:focus { border: none; background: $chosen; }
        OptionList {
            height: 1fr;
            margin: 1 0 0 0;
            border: none;
            padding: 0;
            background: $background;
            scrollbar-size-vertical: 2;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        OptionList > .option-list--option { padding: 0 1; }
        OptionList > .option-list--option-highlighted { background: $chosen; color: $foreground; text-style: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "list('cursor_up')", "Up", tooltip="The row above"),
        Binding("down", "list('cursor_down')", "Down", tooltip="The row below"),
        Binding("pageup", "list('page_up')", "Page up", tooltip="A screen up"),
        Binding("pagedown", "list('page_down')", "Page down", tooltip="A screen down"),
    ]
    MOMENT: ClassVar[float] = 0.2
    """Seconds without a key after which a search is made."""

    class NearEnd(Message):
        """The last rows are in sight: more may be wanted."""

    class Searched(Message):
        """This text is looked for. `entered`: Enter ended it, as it does what a scanner types."""

        def __init__(self, text: str, *, entered: bool = False) -> None:
            self.text, self.entered = text, entered
            super().__init__()

    class Chosen(Message):
        """The row with this id was taken."""

        def __init__(self, row: str) -> None:
            self.row = row
            super().__init__()

    def __init__(self, *, longest: int = 80, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._longest = longest
        self._rows: tuple[Row, ...] = ()
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TextField(longest=self._longest)
        yield _Rows(markup=False)

    @property
    def text(self) -> str:
        return self.query_one(Input).value.strip()

    @property
    def chosen(self) -> str | None:
        at = self.query_one(_Rows).highlighted
        return self._rows[at].id if at is not None and at < len(self._rows) else None

    @property
    def count(self) -> int:
        """Rows that are listed."""
        return len(self._rows)

    def hint(self, words: str) -> None:
        """What the empty field says."""
        self.query_one(Input).placeholder = words

    def show(self, rows: Sequence[Row]) -> None:
        """List these rows; the list stays where it is when rows were only added behind."""
        listed, before, chosen = self.query_one(_Rows), self._rows, self.chosen
        self._rows = tuple(rows)
        if before and self._rows[: len(before)] == before:
            listed.add_options([Option(row.words) for row in self._rows[len(before) :]])
            return
        listed.clear_options()
        listed.add_options([Option(row.words) for row in self._rows])
        places = {row.id: at for at, row in enumerate(self._rows)}
        first = 0 if chosen is None else places.get(chosen, 0)
        listed.highlighted = first if self._rows else None

    def action_list(self, move: str) -> None:
        """As the list's own keys."""
        listed = self.query_one(_Rows)
        getattr(listed, f"action_{move}")()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(self.MOMENT, self._search)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._waiting is None and self.chosen is not None:
            self.post_message(self.Chosen(self.chosen))
        else:  # no rows yet, or those of another text, none of which is meant
            self._search(entered=True)

    def _search(self, *, entered: bool = False) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        self.post_message(self.Searched(self.text, entered=entered))

    @on(OptionList.OptionSelected)
    def _tapped(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Chosen(self._rows[event.option_index].id))
