"""Which screen is behind which place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from tui.messages import Place
from tui.model import Model
from tui.screens.audit import AuditScreen
from tui.screens.hardware import HardwareScreen
from tui.screens.help import HelpScreen
from tui.screens.holds import HoldsScreen
from tui.screens.lookup import LookupScreen
from tui.screens.policies import PoliciesScreen
from tui.screens.queue import QueueScreen
from tui.screens.report import ReportScreen
from tui.screens.settings import SettingsScreen
from tui.screens.signin import HandOverScreen
from tui.screens.users import UsersScreen

SCREENS: dict[Place, Callable[[Model], Screen[Any]]] = {
    "queue": QueueScreen,
    "holds": HoldsScreen,
    "help": HelpScreen,
    "users": UsersScreen,
    "policies": PoliciesScreen,
    "handover": HandOverScreen,
    "hardware": HardwareScreen,
    "report": ReportScreen,
    "record": AuditScreen,
    "lookup": LookupScreen,
    "settings": SettingsScreen,
}
"""Places that need nothing but the model. The others (a question, sheets, a list that is fetched first) are the app's."""
