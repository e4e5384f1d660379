"""Which screen is behind which place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui.messages import Place
from tui.model import Model
from tui.screens.help import HelpScreen
from tui.screens.holds import HoldsScreen
from tui.screens.lookup import LookupScreen
from tui.screens.policies import PoliciesScreen
from tui.screens.queue import QueueScreen
from tui.screens.users import UsersScreen

SCREENS: dict[Place, Callable[[Model], Screen[Any]]] = {
    "queue": QueueScreen,
    "holds": HoldsScreen,
    "help": HelpScreen,
    "users": UsersScreen,
    "policies": PoliciesScreen,
    "lookup": LookupScreen,
}
"""Places that need nothing but the model. The others (a question, sheets, a list that is fetched first) are the app's."""
