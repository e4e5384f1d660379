"""What screens ask of the app. A screen decides nothing and knows no service: it posts one of these."""

from __future__ import annotations

from typing import Literal

from textual.message import Message

from station.wire import Command, UnitBrief
from tui.actions import Action


class Order(Message):
    """Send this command."""

    def __init__(self, command: Command) -> None:
        self.command = command
        super().__init__()


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

    def __init__(self, screen: Literal["queue", "holds", "batches", "question"]) -> None:
        self.screen_name = screen
        super().__init__()


class PageWanted(Message):
    """Fetch the units of a batch behind position `after`."""

    def __init__(self, batch: str, after: int) -> None:
        self.batch = batch
        self.after = after
        super().__init__()
