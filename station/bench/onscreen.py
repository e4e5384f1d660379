"""What stands beside the code on the attached screen, and what is to be said of the code's size there."""

from __future__ import annotations

import math

from station.bench.record import Record
from station.domain.enrollment import Enrollment
from station.ports import Display

LONGEST_CAPTION = 80  # characters


async def caption(record: Record, unit: Enrollment) -> str:
    """The user's name, where the batch lets it stand beside the code; else nothing. Only the screen gets it, no log and no record."""
    if not unit.user or not (await record.ledger.batch(unit.batch)).names:
        return ""
    user = await record.ledger.user(unit.user)
    return _one_line(user.name) if user is not None else ""


def _one_line(name: str) -> str:
    """No control or direction characters, no line ends, not endless."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[:LONGEST_CAPTION]


def too_small(display: Display) -> str:
    """A module of the code that is up, where phones may fail to read it; else nothing."""
    found = display.legibility
    if found is None or not found.too_small:
        return ""
    # rounded down: what is too small must not read as if it were the least that is enough
    return f"{found.pixels} px" + (f", {math.floor(found.mm * 100) / 100:.2f} mm" if found.mm is not None else "")
