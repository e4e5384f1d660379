"""One of many, picked from a list that can be searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen

from station.words import N_, Catalogue
from tui.screens.sheet import BACK
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row, SearchList
from tui.widgets.words import Words

TAKE = N_("Take it")
SEARCH = N_("type to search")


class Pick(ModalScreen[str | None]):
    """Closed with the id of the row that was taken, or None. `rows`: ids and what is written of them."""

    CSS_PATH = "sheet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "take", "Take it", tooltip="The chosen row"),
        Binding("escape", "back", "Back", tooltip="Close this without taking anything"),
    ]

    def __init__(self, t: Catalogue, title: str, rows: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._t, self._title, self._rows = t, title, tuple(rows)

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Words(self._title, id="sheet-title")
            yield SearchList(id="rows")
            with Horizontal(classes="foot"):
                yield BigButton(self._t(TAKE), key="F1", id="take", classes="-suggested")
                yield BigButton(self._t(BACK), key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        listed = self.query_one(SearchList)
        listed.hint(self._t(SEARCH))
        self._list("")

    def _list(self, wanted: str) -> None:
        rows = [Row(ident, Content(words)) for ident, words in self._rows if wanted.casefold() in words.casefold()]
        self.query_one(SearchList).show(rows)

    @on(SearchList.Searched)
    def _searched(self, event: SearchList.Searched) -> None:
        self._list(event.text)

    @on(SearchList.Chosen)
    def _taken(self, event: SearchList.Chosen) -> None:
        self.dismiss(event.row)

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        self.dismiss(self.query_one(SearchList).chosen if event.button.id == "take" else None)

    def action_take(self) -> None:
        self.query_one("#take", BigButton).press()

    def action_back(self) -> None:
        self.dismiss(None)
