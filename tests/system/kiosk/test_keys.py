"""A keyboard and a mouse plugged into the kiosk lead nobody out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.kiosk.locked import lead_nowhere, lead_out_of_an_unlocked_one
from tests.system.kiosk.session import Kiosk

pytestmark = pytest.mark.system


def test_keys_and_mouse_of_the_terminal_lead_nowhere_as_they_would_in_one_that_is_not_locked(kiosk: Kiosk) -> None:
    lead_nowhere(kiosk, Path("/"))
    lead_out_of_an_unlocked_one(kiosk, Path("/"))
