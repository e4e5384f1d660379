"""Whose code it is: the name, large, and whether the code is really on the attached screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from tui.model import Model
from tui.plain import plain
from tui.text import person, state_words
from tui.widgets.bigwords import BigWords
from tui.widgets.words import Words


class PersonPanel(Vertical):
    """The unit at hand. Large letters are capitals, so the name also stands as it is written."""

    DEFAULT_CSS = """
    PersonPanel {
        height: 4;
        padding: 0 1 0 2;
        Horizontal { height: 1; }
        #person-place { width: 1fr; color: $muted; text-wrap: nowrap; text-overflow: ellipsis; }
        #person-code { width: auto; padding: 0 0 0 2; text-style: bold; }
        #person-next { height: 1; color: $muted; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Words(id="person-place")
            yield Words(id="person-code")
        yield BigWords(id="person-name")
        yield Words(id="person-next")

    def show(self, model: Model) -> None:
        status, unit = model.status, model.unit
        self.query_one("#person-place", Words).say(_place(model))
        self.query_one("#person-name", BigWords).say(person(unit) if unit else "")
        coming = f"next: {plain(status.next_user, 40)}" if status and status.next_user else ""
        self.query_one("#person-next", Words).say(coming)
        code = self.query_one("#person-code", Words)
        if status is None or not model.connected:
            code.say("")
        elif status.code_up:
            code.say("▣ CODE IS UP", "done")
        else:
            code.say("□ no code is up")


def _place(model: Model) -> Content:
    unit, batch = model.unit, model.batch
    if unit is None:
        return Content("nobody's code is at hand")
    name = Content(person(unit)).stylize("bold $foreground")
    of = f" of {batch.users.received}" if batch else ""
    tries = f"  ·  attempt {unit.attempts}" if unit.attempts > 1 else ""
    known = "" if model.connected else "last known: "
    return Content(known) + name + Content(f"  ·  user {unit.position}{of}  ·  {state_words(unit.state, unit.reason)}{tries}")
