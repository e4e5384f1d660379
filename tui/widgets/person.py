"""Whose code it is: the name, large, and whether the code is really on the attached screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from tui.model import Model
from tui.plain import plain
from tui.text import state_words
from tui.widgets.bigwords import BigWords
from tui.widgets.words import Words


class PersonPanel(Vertical):
    """The unit at hand. Large letters are capitals, so the name also stands as it is written."""

    DEFAULT_CSS = """
    PersonPanel {
        height: 5;
        padding: 0 1 0 2;
        #person-place, #person-exact, #person-next { text-wrap: nowrap; text-overflow: ellipsis; height: 1; }
        #person-place { color: $muted; width: 1fr; }
        #person-exact { width: 1fr; text-style: bold; }
        #person-code { width: auto; text-style: bold; }
        #person-next { width: auto; max-width: 50%; color: $muted; }
        Horizontal { height: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Words(id="person-place")
            yield Words(id="person-next")
        yield BigWords(id="person-name")
        with Horizontal():
            yield Words(id="person-exact")
            yield Words(id="person-code")

    def show(self, model: Model) -> None:
        status, unit = model.status, model.unit
        name = plain(unit.user, 60) if unit else ""
        self.query_one("#person-name", BigWords).say(name)
        self.query_one("#person-exact", Words).say(name)
        self.query_one("#person-place", Words).say(self._place(model))
        coming = f"next: {plain(status.next_user, 40)}" if status and status.next_user else ""
        self.query_one("#person-next", Words).say(coming)
        code = self.query_one("#person-code", Words)
        if status is None or not model.connected:
            code.say("")
        elif status.code_up:
            code.say(Content("▣ CODE IS UP"), "done")
        else:
            code.say(Content("□ no code is up"), None)

    def _place(self, model: Model) -> str:
        unit, batch = model.unit, model.batch
        if unit is None:
            return "nobody's code is at hand"
        of = f" of {batch.users.received}" if batch else ""
        tries = f"  ·  attempt {unit.attempts}" if unit.attempts > 1 else ""
        return f"user {unit.position}{of}  ·  {state_words(unit.state, unit.reason)}{tries}"
