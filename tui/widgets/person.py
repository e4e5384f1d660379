"""Whose code it is: the name, large, and whether the code is really on the attached screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from station.wire import BatchView
from station.words import Catalogue
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
        t, status, unit, batch = model.t, model.status, model.unit, model.batch
        self.query_one("#person-place", Words).say(_place(model))
        if batch is not None and batch.generic:
            self._show_count(t, batch)
            self._show_code(model)
            return
        self.query_one("#person-name", BigWords).say(person(t, unit) if unit else "")
        coming = t("next: {user}", user=plain(status.next_user, 40)) if status and status.next_user else ""
        self.query_one("#person-next", Words).say(coming)
        self._show_code(model)

    def _show_count(self, t: Catalogue, batch: BatchView) -> None:
        """A code for many phones: nobody's name, how many of them have scanned it."""
        scanned = batch.phones.received - batch.phones.set_aside
        self.query_one("#person-place", Words).say(Content(t("This code names nobody: every scan is counted.")).stylize("bold"))
        self.query_one("#person-name", BigWords).say(t("{scanned} OF {phones}", scanned=scanned, phones=batch.generic))
        self.query_one("#person-next", Words).say(
            t.plural("{count} phone may still scan it", "{count} phones may still scan it", max(0, batch.generic - scanned))
        )

    def _show_code(self, model: Model) -> None:
        t, status = model.t, model.status
        code = self.query_one("#person-code", Words)
        if status is None or not model.connected:
            code.say("")
        elif status.code_up:
            code.say(t("▣ CODE IS UP"), "done")
        else:
            code.say(t("□ no code is up"))


def _place(model: Model) -> Content:
    t, unit, batch = model.t, model.unit, model.batch
    if unit is None:
        return Content(t("nobody is being served"))
    facts = [
        t("user {position} of {users}", position=unit.position, users=batch.users.received)
        if batch
        else t("user {position}", position=unit.position),
        state_words(t, unit.state, unit.reason),
        *([t("attempt {number}", number=unit.attempts)] if unit.attempts > 1 else []),
    ]
    known = Content("" if model.connected else t("last known:") + " ")
    return known + Content(person(t, unit)).stylize("bold $foreground") + Content("  ·  " + "  ·  ".join(facts))
