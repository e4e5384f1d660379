"""A sheet over the screen: one question in words, one large button for each choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.screen import ModalScreen

from station.words import N_, Catalogue
from tui.text import Tone
from tui.widgets.bigbutton import BigButton
from tui.widgets.bigwords import BigWords
from tui.widgets.words import Words, set_tone

BACK = N_("Back")


@dataclass(frozen=True, slots=True)
class Choice:
    """One button of a sheet: `id` is what the sheet is closed with."""

    id: str
    label: str
    note: str = ""
    tone: Tone | None = None


class Sheet(ModalScreen[str | None]):
    """Closed with the id of the chosen one, or None when the person goes back."""

    CSS_PATH = "sheet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(f"f{number}", f"choose({number - 1})", f"Choice {number}", tooltip=f"The button F{number}")
            for number in range(1, 10)
        ),
        Binding("escape", "back", "Back", tooltip="Close this without doing anything"),
    ]

    def __init__(self, t: Catalogue, title: str, say: str, choices: Sequence[Choice], *, back: str = BACK, tone: Tone = "ask") -> None:
        super().__init__()
        self._title, self._say, self._choices, self._back, self._tone = title, say, tuple(choices), t(back), tone

    def compose(self) -> ComposeResult:
        self._take_size()
        with Vertical(id="sheet"):
            with Horizontal(id="sheet-top"):
                with Vertical(id="sheet-told"):
                    yield BigWords(id="sheet-title")
                    yield Words(id="sheet-say")
                yield from self.beside()
            with Grid(id="choices"):
                for number in range(1, 10):
                    yield BigButton(key=f"F{number}", id=f"choice-{number}")
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def _take_size(self) -> None:
        """What the first resize would say, before the first picture: no button moves under a finger."""
        app, (width, height) = self.app, self.app.size
        for size, edges in ((width, app.HORIZONTAL_BREAKPOINTS), (height, app.VERTICAL_BREAKPOINTS)):
            self.add_class(*[name for least, name in edges or () if size >= least][-1:])

    def beside(self) -> ComposeResult:
        """What stands beside the words; nothing here."""
        yield from ()

    def on_mount(self) -> None:
        set_tone(self.query_one("#sheet"), self._tone)
        self.query_one("#sheet-title", BigWords).say(self._title)
        self.query_one("#back", BigButton).say(self._back)
        self.offer(self._say, self._choices)

    def offer(self, say: str, choices: Sequence[Choice]) -> None:
        """Show these words and these choices, up to nine; with one choice at most the words get the room."""
        self._choices = tuple(choices)
        self.query_one("#sheet-say", Words).say(say)
        self.query_one("#sheet").set_class(len(choices) <= 1, "-told")
        self.query_one("#choices").set_class(1 < len(choices) <= 4, "-pairs")
        self.query_one("#choices").set_class(len(choices) > 4, "-many")
        for number in range(1, 10):
            button = self.query_one(f"#choice-{number}", BigButton)
            button.display = number <= len(choices)
            if button.display:
                choice = choices[number - 1]
                button.say(choice.label, choice.note, choice.tone)

    def choose(self, choice: str) -> None:
        """What a pressed button does."""
        self.dismiss(choice)

    def action_choose(self, number: int) -> None:
        if number < len(self._choices):
            self.query_one(f"#choice-{number + 1}", BigButton).press()

    def action_back(self) -> None:
        self.dismiss(None)

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        if event.button.id == "back":
            self.action_back()
        else:
            self.choose(self._choices[int(str(event.button.id).removeprefix("choice-")) - 1].id)
