"""What searched lists have in common that are fetched a page at a time: the next page comes when the list's end is in sight."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar, Generic, Protocol, TypeVar

from textual import on

from tui.feed import Feed
from tui.messages import Ask
from tui.model import Model
from tui.screens.searched import SearchedScreen
from tui.widgets.searchlist import Row, SearchList

PAGE = 100
"""Rows asked for at once."""

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
Place = TypeVar("Place")
Place_co = TypeVar("Place_co", covariant=True)


class Page(Protocol[Item_co, Place_co]):
    """A page of the wire. `after`: from where the next one is asked for; None behind the last."""

    @property
    def items(self) -> tuple[Item_co, ...]: ...
    @property
    def after(self) -> Place_co | None: ...


class PagedScreen(SearchedScreen, Generic[Item, Place]):
    """TOPIC: of its questions; a newer one takes an older one's place."""

    TOPIC: ClassVar[str] = ""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._items: tuple[Item, ...] = ()
        self._after: Place | None = None
        self._search = ""
        self._came = False

    def asking(self, after: Place | None) -> Callable[[Feed], Awaitable[Page[Item, Place]]]:
        """What asks for the page behind `after`, None for the first, of what is searched for now."""
        raise NotImplementedError

    def row(self, item: Item) -> Row:
        """How one is listed."""
        raise NotImplementedError

    def again(self) -> None:
        self._ask(None, ())

    def _ask(self, after: Place | None, before: tuple[Item, ...]) -> None:
        self.post_message(Ask(self, self.TOPIC, self.asking(after), lambda page: self.show_page(page, before)))

    def show_page(self, page: Page[Item, Place], before: tuple[Item, ...]) -> None:
        """A page came, to be listed behind those `before`."""
        self._items, self._after, self._came = (*before, *page.items), page.after, True
        self.listed.show([self.row(item) for item in self._items])
        self.show(self.model)

    @on(SearchList.Searched)
    def _searched(self, event: SearchList.Searched) -> None:
        if event.text != self._search:
            self._search = event.text
            self.again()

    @on(SearchList.NearEnd)
    def _near_end(self) -> None:
        if self._after is not None:
            after, self._after = self._after, None
            self._ask(after, self._items)
