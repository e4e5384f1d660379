"""The bench's question: it opens by itself, and closes when it is no longer asked."""

from __future__ import annotations

from station.wire import Answer, AnswerQuestion, Question, SetAside, SetAsideReason
from tui.messages import Order
from tui.plain import plain
from tui.screens.sheet import Choice, Sheet
from tui.text import ANSWERS, ASIDE, CONFIRM, NOBODY_MAY_ANSWER, QUESTION_ASK, QUESTIONS


def aside_choices() -> tuple[Choice, ...]:
    """One choice for each reason to set a phone aside."""
    return tuple(Choice(reason, label, note) for reason, (label, note) in ASIDE.items())


class QuestionSheet(Sheet):
    """One question, one large button for each answer that is allowed."""

    def __init__(self, question: Question) -> None:
        self.question = question
        say = f"{QUESTIONS[question.kind]} {QUESTION_ASK if question.answers else NOBODY_MAY_ANSWER}"
        super().__init__(plain(question.user, 60), say, self._answers(), back="Look at the bench first")
        self._words = say

    def choose(self, choice: str) -> None:
        """An answer goes out at once, except the two that ask on: why it is set aside, and whether it is really given up."""
        match choice:
            case "set_aside":
                self.offer("Why is this phone set aside?", aside_choices())
            case "fail":
                self.offer(" ".join(CONFIRM["fail"]), (Choice("keep", "No, keep it", "", "act"), Choice("fail!", "Give it up", "", "trouble")))
            case "keep":
                self.offer(self._words, self._answers())
            case "fail!":
                self._answered("fail")
            case "scanned" | "show_again":
                self._answered(choice)
            case _:
                self._set_aside(choice)

    def _answers(self) -> tuple[Choice, ...]:
        return tuple(Choice(answer, *ANSWERS[answer]) for answer in self.question.answers)

    def _answered(self, answer: Answer) -> None:
        self.post_message(Order(AnswerQuestion(question=self.question.id, answer=answer)))

    def _set_aside(self, chosen: str) -> None:
        reason = next(reason for reason in ASIDE if reason == chosen)
        self.post_message(Order(self._aside(reason)))

    def _aside(self, reason: SetAsideReason) -> SetAside:
        return SetAside(enrollment=self.question.enrollment, reason=reason)
