"""The bench's question: it opens by itself, and closes when it is no longer asked."""

from __future__ import annotations

from station.wire import Answer, AnswerQuestion, Question, SetAside
from station.words import N_, Catalogue
from tui.messages import Order
from tui.screens.sheet import Choice, Sheet
from tui.screens.unit import aside_choices, confirm_choices
from tui.text import ANSWERS, ASIDE, CONFIRM, NOBODY_MAY_ANSWER, QUESTION_ASK, QUESTIONS, WHAT_NOW, WHY_ASIDE, person, said

LOOK_FIRST = N_("Look at the bench first")

GONE = "gone"
"""What a question's sheet is closed with when the question is no longer asked."""


class QuestionSheet(Sheet):
    """One question, one large button for each answer that this person may give."""

    def __init__(self, t: Catalogue, question: Question, answers: tuple[Answer, ...]) -> None:
        self.question = question
        self._t = t
        self._answers = tuple(Choice(answer, *said(t, ANSWERS[answer])) for answer in answers)
        asks = NOBODY_MAY_ANSWER if not answers else QUESTION_ASK if "scanned" in question.answers else WHAT_NOW
        self._words = f"{t(QUESTIONS[question.kind])} {t(asks)}"
        self._sure = False
        super().__init__(t, person(t, question), self._words, self._answers, back=LOOK_FIRST)

    def choose(self, choice: str) -> None:
        """An answer goes out at once, except the two that ask on: why it is set aside, and whether it is really given up."""
        match choice:
            case "set_aside":
                self.offer(self._t(WHY_ASIDE), aside_choices(self._t))
            case "fail" if not self._sure:
                self._sure = True
                self.offer(" ".join(self._t(words) for words in CONFIRM["fail"]), confirm_choices(self._t, "fail"))
            case "keep":
                self._sure = False
                self.offer(self._words, self._answers)
            case "scanned" | "show_again" | "fail":
                self.post_message(Order(AnswerQuestion(question=self.question.id, answer=choice)))
            case _:
                reason = next(reason for reason in ASIDE if reason == choice)
                self.post_message(Order(SetAside(enrollment=self.question.enrollment, reason=reason)))
