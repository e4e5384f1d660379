"""The one next thing to do: large on the bench screen, one line on the others."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from tui.guidance import LAST, reached
from tui.model import Model
from tui.stepwords import step_words
from tui.text import TONE_SIGN, TONE_WORD
from tui.widgets.bigwords import BigWords
from tui.widgets.guide import Guide
from tui.widgets.illustration import WIDTH, Illustration
from tui.widgets.words import Words, set_tone

LEAST_ROWS = 6
"""Rows of a panel that has no room for drawings."""


class StepPanel(Horizontal):
    """Shape, colour and word of the tone; a few large letters; one sentence and a detail."""

    DEFAULT_CSS = """
    StepPanel {
        height: 6;
        padding: 0 1;
        border-left: outer $accent;
        #step-words { width: 1fr; height: auto; }
        #step-picture { margin: 0 1 0 1; }
        #step-tone { text-style: bold; height: 1; }
        #step-head { height: 3; }
        #step-say { height: auto; max-height: 2; text-style: bold; color: $foreground; }
        #step-guide { display: none; }
        &.-guided #step-guide { display: block; }
        #step-more { height: 1; color: $muted; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    def compose(self) -> ComposeResult:
        with Vertical(id="step-words"):
            yield Words(id="step-tone")
            yield BigWords(id="step-head")
            yield Words(id="step-say")
            yield Guide(id="step-guide")
            yield Words(id="step-more")
        yield Illustration(id="step-picture")

    def show(self, model: Model) -> None:
        words = step_words(model.t, model.step, model.step_args, model.status)
        set_tone(self, words.tone)
        self.query_one("#step-tone", Words).say(model.t(TONE_WORD[words.tone]))
        self.query_one("#step-head", BigWords).say(words.head, words.tone)
        self.query_one("#step-say", Words).say(words.say)
        self.query_one("#step-more", Words).say(words.more)
        at = reached(model)
        self.set_class(at is not None, "-guided")
        self.set_class(at == LAST, "-after")
        self.query_one(Guide).show(model)
        self.query_one(Illustration).show(model)
        self._make_room()

    def on_resize(self) -> None:
        self._make_room()

    def _make_room(self) -> None:
        """The letters first: a drawing is there only where they are as large beside it, and no line is cut for it."""
        head, (width, height) = self.query_one(BigWords), self.size
        room = width - WIDTH - 2
        alike = 0 < head.scale(width, head.size.height) == head.scale(room, head.size.height)
        self.query_one(Illustration).display = alike and height > LEAST_ROWS and room >= self.query_one(Guide).longest


class StepLine(Words):
    """The same on one line, so that no screen hides what is to be done."""

    DEFAULT_CSS = """
    StepLine { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; text-style: bold; }
    """

    def show(self, model: Model) -> None:
        words = step_words(model.t, model.step, model.step_args, model.status)
        told = model.t("{head}: {say}", head=words.head, say=words.say)
        self.say(Content(f"{TONE_SIGN[words.tone]} {told}"), words.tone)
