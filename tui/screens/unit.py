"""One unit, pointed at in the rack or the queue: what can be done with it; and the two sheets that ask before doing."""

from __future__ import annotations

from station.wire import ReassignUnit, UnitBrief, may
from station.words import Catalogue
from tui.actions import Action, actions
from tui.model import Model, in_sight, minutes
from tui.plain import plain
from tui.screens.sheet import Choice, Sheet
from tui.text import ACTIONS, ASIDE, CONFIRM, HOLDS, KEEP, NOTHING_TO_DO, WHY_ASIDE, person, said, state_words, waited

STORY, REASSIGN = "story", "reassign"
"""What a unit's sheet is closed with when its story is wanted, or another user for its place."""
GIVABLE = ("queued", "held")


class UnitSheet(Sheet):
    """Closed with the chosen action. What it offers follows the unit's state while it is open."""

    def __init__(self, model: Model, unit: UnitBrief) -> None:
        self._unit = unit
        super().__init__(model.t, person(model.t, unit), _story(model, unit), _choices(model, unit), tone="act")

    def show(self, model: Model) -> None:
        """Offer what the newest state allows."""
        now = next((unit for unit in in_sight(model) if unit.enrollment == self._unit.enrollment), self._unit)
        if _choices(model, now) != self._choices:
            self.offer(_story(model, now), _choices(model, now))


def aside_choices(t: Catalogue) -> tuple[Choice, ...]:
    """One choice for each reason to set a phone aside."""
    return tuple(Choice(reason, t(label), t(note)) for reason, (label, note) in ASIDE.items())


def aside_sheet(t: Catalogue, unit: UnitBrief) -> Sheet:
    """Asks for the reason. Choosing one does it: the user is back in the queue, and can be served again."""
    return Sheet(t, person(t, unit), t(WHY_ASIDE), aside_choices(t))


def confirm_choices(t: Catalogue, action: Action) -> tuple[Choice, ...]:
    """Keep, or the action itself."""
    return (Choice("keep", t(KEEP), "", "act"), Choice(action, *said(t, ACTIONS[action])))


def confirm_sheet(t: Catalogue, action: Action, unit: UnitBrief) -> Sheet:
    """Asks once more before what nothing takes back."""
    question, meaning = CONFIRM[action]
    return Sheet(t, person(t, unit), f"{t(question)} {t(meaning)}", confirm_choices(t, action), tone="trouble")


def _choices(model: Model, unit: UnitBrief) -> tuple[Choice, ...]:
    acts = tuple(Choice(action, *said(model.t, ACTIONS[action])) for action in actions(model, unit))
    if model.connected and unit.state in GIVABLE and may(model.role, ReassignUnit(enrollment="")) and not _nameless(model):
        acts = (*acts, Choice(REASSIGN, model.t("Reassign…"), model.t("to another user"), "ask"))
    return (*acts, Choice(STORY, model.t("Story"), model.t("all that happened")))


def _nameless(model: Model) -> bool:
    """Whether the batch is of phones, not of users."""
    return model.batch is not None and model.batch.generic > 0


def _story(model: Model, unit: UnitBrief) -> str:
    t = model.t
    facts = [
        state_words(t, unit.state, unit.reason),
        t("tray {tray}", tray=unit.tray) if unit.tray else "",
        waited(t, minutes(model, unit)),
        plain(unit.detail),
    ]
    told = ", ".join(fact for fact in facts if fact) + "."
    if unit.reason in HOLDS:
        told += f" {t(HOLDS[unit.reason][1])}"
    return told if actions(model, unit) else f"{told} {t(NOTHING_TO_DO)}"
