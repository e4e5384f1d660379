"""The bench's question: it opens by itself, and closes when it is no longer asked."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from station.wire import Answer, AnswerQuestion, Question, SetAside
from station.words import N_
from tui.messages import Order
from tui.model import Model
from tui.screens.sheet import BACK, Choice, Sheet
from tui.screens.unit import aside_choices, confirm_choices
from tui.text import ANSWERS, ASIDE, CONFIRM, NOBODY_MAY_ANSWER, QUESTION_ASK, QUESTIONS, WHAT_NOW, WHY_ASIDE, person, said
from tui.widgets.bigbutton import BigButton
from tui.widgets.scene import Scene

LOOK_FIRST = N_("Look at the bench first")

GONE = "gone"
"""What a question's sheet is closed with when the question is no longer asked."""


class QuestionSheet(Sheet):
    """One question, one large button for each answer that this person may give."""

    def __init__(self, model: Model, question: Question, answers: tuple[Answer, ...]) -> None:
        self.question, self._model = question, model
        self._t = t = model.t
        self._answers = tuple(Choice(answer, *said(t, ANSWERS[answer])) for answer in answers)
        asks = NOBODY_MAY_ANSWER if not answers else QUESTION_ASK if "scanned" in question.answers else WHAT_NOW
        self._words = f"{t(QUESTIONS[question.kind])}\n{t(asks)}"
        self._sure = self._deeper = False
        super().__init__(t, person(t, question), self._words, self._answers, back=LOOK_FIRST)

    def beside(self) -> ComposeResult:
        """What the camera sees: who answers may stand at the screen, not at the stand."""
        yield Scene()

    def on_mount(self) -> None:
        self.show(self._model)

    def show(self, model: Model) -> None:
        """The camera's view goes on while the question stands."""
        self.query_one(Scene).show(model)

    def choose(self, choice: str) -> None:
        """An answer goes out at once, except the two that ask on: why it is set aside, and whether it is really given up."""
        match choice:
            case "set_aside":
                self._ask_on(self._t(WHY_ASIDE), aside_choices(self._t))
            case "fail" if not self._sure:
                self._ask_on("\n".join(self._t(words) for words in CONFIRM["fail"]), confirm_choices(self._t, "fail"))
                self._sure = True
            case "keep":
                self.action_back()
            case "scanned" | "show_again" | "fail":
                self.post_message(Order(AnswerQuestion(question=self.question.id, answer=choice)))
            case _:
                reason = next(reason for reason in ASIDE if reason == choice)
                self.post_message(Order(SetAside(enrollment=self.question.enrollment, reason=reason)))

    def _ask_on(self, say: str, choices: Sequence[Choice]) -> None:
        self._deeper = True
        self.query_one("#back", BigButton).say(self._t(BACK))
        self.offer(say, choices)

    def action_back(self) -> None:
        """From what was asked on back to the question, from the question to the bench."""
        if not self._deeper:
            super().action_back()
            return
        self._deeper = self._sure = False
        self.query_one("#back", BigButton).say(self._t(LOOK_FIRST))
        self.offer(self._words, self._answers)
