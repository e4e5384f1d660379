"""What screens with a searched list have in common: title, field and list, one button for each thing to do."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList

from station.words import Catalogue
from tui.model import Model
from tui.screens.shown import FullScreen
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.searchlist import SearchList
from tui.widgets.step import StepLine
from tui.widgets.words import Words


class SearchedScreen(FullScreen):
    """BUTTONS: their ids, in the order of their keys. HINT: what the empty field says. LONGEST: characters that it takes. TOLD: signs
    are explained above the list, and the chosen row's story is told below it."""

    CSS_PATH = "lists.tcss"
    BUTTONS: ClassVar[tuple[str, ...]] = ()
    HINT: ClassVar[str] = ""
    LONGEST: ClassVar[int] = 80
    TOLD: ClassVar[bool] = False

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(id="list-title")
        if self.TOLD:
            yield Words(id="legend")
        yield SearchList(longest=self.LONGEST, id="rows")
        if self.TOLD:
            yield Words(id="story")
        with Horizontal(classes="buttons"):
            for at, name in enumerate(self.BUTTONS, start=1):
                yield BigButton(key=f"F{at}", id=name)
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        self.again()

    def show(self, model: Model) -> None:
        super().show(model)
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self.listed.hint(model.t(self.HINT))
        self.query_one("#list-title", Words).say(self.headline(model.t))
        self.show_chosen()

    @property
    def listed(self) -> SearchList:
        """The field with its list."""
        return self.query_one(SearchList)

    def again(self) -> None:
        """Ask the service for what is listed."""
        raise NotImplementedError

    def headline(self, t: Catalogue) -> Content:
        """What is listed, and how much of it."""
        raise NotImplementedError

    def show_chosen(self) -> None:
        """Another row was chosen, or something that matters to it has changed."""
        raise NotImplementedError

    def enable(self, **buttons: bool) -> None:
        """Which buttons can be pressed, by their ids."""
        for name, able in buttons.items():
            self.query_one(f"#{name}", BigButton).disabled = not (able and self.model.connected)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self.show_chosen()
