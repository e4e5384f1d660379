"""What stands beside the code on the attached screen, and what is to be said of the code's size there."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from station.bench.desk import Desk
from station.bench.notebook import language_of
from station.bench.record import Record
from station.bench.steps import next_step
from station.domain.enrollment import Enrollment
from station.domain.policy import Mode
from station.ports import CodeStep, Display

LONGEST_CAPTION = 80  # characters


@dataclass(frozen=True, slots=True)
class Beside:
    """What may stand beside a unit's code. Only the screen gets it, no log and no record. language: of the step; None: no step."""

    name: str = field(default="", repr=False)
    language: str | None = None


async def beside(record: Record, unit: Enrollment) -> Beside:
    """The user's name and the step, where the batch lets them stand beside the code; else nothing."""
    if not unit.user or not (await record.ledger.batch(unit.batch)).names:
        return Beside()
    user = await record.ledger.user(unit.user)
    return Beside(_one_line(user.name) if user is not None else "", await language_of(record, record.desk.reader))


def code_step(desk: Desk) -> CodeStep | None:
    """What to do with the phone while its code is up."""
    if desk.unit is None or not desk.code_up:
        return None
    step, waits_unseen = next_step(desk).id, desk.question is not None and desk.question.kind == "no_camera"
    if step == "hold_still":
        return "hold_still"
    if step != "place_phone" and not waits_unseen:
        return None
    if desk.unit.mode is Mode.WORK_PROFILE:
        return "point_at_code"
    return "tap_six_times" if desk.view == "phone" or waits_unseen else "put_on_stand"


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
