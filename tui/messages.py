"""What screens ask of the app. A screen decides nothing and knows no service: it posts one of these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Generic, Literal, TypeVar

from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen

from station.wire import Command, Done, UnitBrief
from tui.actions import Action
from tui.feed import Feed

T = TypeVar("T")

Place = Literal[
    "queue",
    "holds",
    "batches",
    "question",
    "help",
    "menu",
    "users",
    "policies",
    "language",
    "hardware",
    "report",
    "record",
    "lookup",
    "settings",
    "handover",
    "lock",
]


class Order(Message):
    """Send this command; `then` hears what it did, unless it was refused. `undo`: the command that takes it back, if one does."""

    def __init__(self, command: Command, then: Callable[[Done], Any] | None = None, undo: Command | None = None) -> None:
        self.command, self.then, self.undo = command, then, undo
        super().__init__()


class Ask(Message, Generic[T]):
    """Ask the service, and hand the answer to `then` while `asker` is open. A newer question of the same `topic` takes the place
    of one under way."""

    def __init__(self, asker: Screen[Any], topic: str, query: Callable[[Feed], Awaitable[T]], then: Callable[[T], Any]) -> None:
        self.asker, self.topic, self.query, self.then = asker, topic, query, then
        super().__init__()


class Tell(Message):
    """Say this for a moment: how something that was asked for turned out."""

    def __init__(self, words: str, severity: SeverityLevel = "information") -> None:
        self.words, self.severity = words, severity
        super().__init__()


class Anew(Message):
    """Another person is signed in now: listen to the service as them."""


class Act(Message):
    """Do this with this unit; what needs a reason or cannot be undone is asked first."""

    def __init__(self, action: Action, unit: UnitBrief) -> None:
        self.action = action
        self.unit = unit
        super().__init__()


class Touched(Message):
    """A unit was pointed at: offer what can be done with it."""

    def __init__(self, unit: UnitBrief) -> None:
        self.unit = unit
        super().__init__()


class Open(Message):
    """Go to another screen, or bring the question back."""

    def __init__(self, screen: Place) -> None:
        self.screen_name = screen
        super().__init__()
