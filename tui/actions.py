"""What may be pressed, and which order it is: pure functions from the model to choices and commands.

The service decides; this only keeps a button that would surely be refused from being offered.
"""

from __future__ import annotations

from typing import Literal

from station.wire import (
    Answer,
    AttestScan,
    Command,
    FailUnit,
    HoldUnit,
    Question,
    ReleaseHold,
    RetryUnit,
    Role,
    SetAside,
    SetAsideReason,
    SkipUnit,
    UnitBrief,
    may,
)
from tui.model import Model

Action = Literal["release", "attest", "retry", "set_aside", "hold", "skip", "fail"]
ACTIONS: tuple[Action, ...] = ("release", "attest", "retry", "set_aside", "hold", "skip", "fail")
FOR_GOOD: frozenset[Action] = frozenset({"skip", "fail"})
"""Actions that nothing takes back: they are asked twice."""

Primary = Literal["start", "continue", "pause", "answer"]

OFFERED: dict[Action, frozenset[str]] = {
    "release": frozenset({"held"}),
    "attest": frozenset({"showing", "held"}),
    "retry": frozenset({"showing", "scanned", "invited", "held"}),
    "set_aside": frozenset({"showing", "scanned", "held"}),
    "hold": frozenset({"queued", "showing", "scanned", "enrolled", "invited"}),
    "skip": frozenset({"queued", "held"}),
    "fail": frozenset({"scanned", "held"}),
}
"""The states in which an action makes sense: the journey's table, as far as a person moves a unit."""

HARMLESS = frozenset({"overdue", "interrupted", "unwitnessed", "expired", "by-operator"})
"""Holds that an operator may release or retry; the others need a lead."""

ATTESTABLE = frozenset({"interrupted", "unwitnessed"})
"""Holds in which a person's word that the phone read the code can help."""


def actions(model: Model, unit: UnitBrief) -> tuple[Action, ...]:
    """What this person may do with this unit now, in the order of the buttons."""
    if not model.connected:
        return ()
    return tuple(action for action in ACTIONS if unit.state in OFFERED[action] and _allowed(model, action, unit))


def _allowed(model: Model, action: Action, unit: UnitBrief) -> bool:
    if not may(model.role, order(action, unit)):
        return False
    match action:
        case "release" | "retry" if unit.state == "held":
            return unit.reason in HARMLESS or model.role != "operator"
        case "attest":
            return (unit.state == "showing" or unit.reason in ATTESTABLE) and _word_counts(model)
        case _:
            return True


def _word_counts(model: Model) -> bool:
    least: dict[str, tuple[Role, ...]] = {"operator": ("operator", "lead", "admin"), "lead": ("lead", "admin")}
    return model.batch is not None and model.role in least.get(model.batch.attestation, ())


def order(action: Action, unit: UnitBrief, reason: SetAsideReason = "other") -> Command:
    """The command for an action on a unit."""
    match action:
        case "release":
            return ReleaseHold(enrollment=unit.enrollment)
        case "attest":
            return AttestScan(enrollment=unit.enrollment)
        case "retry":
            return RetryUnit(enrollment=unit.enrollment)
        case "set_aside":
            return SetAside(enrollment=unit.enrollment, reason=reason)
        case "hold":
            return HoldUnit(enrollment=unit.enrollment)
        case "skip":
            return SkipUnit(enrollment=unit.enrollment)
        case "fail":
            return FailUnit(enrollment=unit.enrollment)


def undoing(action: Action, unit: UnitBrief) -> Command | None:
    """The command that takes an action back: holding does no harm that releasing would not mend. Others have gone out by then."""
    return ReleaseHold(enrollment=unit.enrollment) if action == "hold" else None


def answers(model: Model, question: Question) -> tuple[Answer, ...]:
    """The answers that this person may give: the service asks everybody, but not everybody's word counts for everything."""
    refused: set[Answer] = set()
    if not may(model.role, FailUnit(enrollment=question.enrollment)):
        refused.add("fail")
    if not _word_counts(model):
        refused.add("scanned")
    return tuple(answer for answer in question.answers if answer not in refused)


def primary(model: Model) -> Primary | None:
    """What the first button does now; None while nothing can be ordered."""
    if not model.connected or model.status is None:
        return None
    if model.question is not None:
        return "answer"
    match model.step:
        case "no_batch" | "finished":
            return "start"
        case "paused" | "stopped":
            return "continue" if model.batch else "start"
        case _:
            return "pause" if model.batch else "start"


def stand_empty_helps(model: Model) -> bool:
    """Whether the bench waits for the stand to be seen empty, so that a person's word can stand in for the camera."""
    return model.step in ("clear_stand", "to_tray")


def suggested(model: Model) -> Literal["primary", "stand_empty"] | None:
    """The one button that the step asks for; None when hands, not buttons, are asked for."""
    if primary(model) in ("start", "continue", "answer"):
        return "primary"
    return "stand_empty" if stand_empty_helps(model) and model.blind else None
