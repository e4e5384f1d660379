"""What a phone wants from its operator, step by step, and where the phone on the stand is in it."""

from __future__ import annotations

from dataclasses import dataclass

from station.words import N_
from tui.model import Model


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the gesture: a few words for the bench's line, a sentence for the help."""

    short: str
    long: str


SIX_TAPS: tuple[Stage, ...] = (
    Stage(N_("Switch on"), N_("Switch the phone on: new, or reset.")),
    Stage(N_("Tap six times"), N_("Tap its first screen six times in the same spot.")),
    Stage(N_("Wait"), N_("Wait some seconds: its camera opens.")),
    Stage(N_("Scan"), N_("Let it scan the code.")),
    Stage(N_("Accept terms"), N_("Accept the terms of use. The rest it does by itself.")),
)

LINK: tuple[Stage, ...] = (
    Stage(N_("Unlock"), N_("Unlock the user's own phone.")),
    Stage(N_("Open camera"), N_("Open its camera, or its code scanner.")),
    Stage(N_("Point at code"), N_("Point it at the code: it is a link.")),
    Stage(N_("Follow link"), N_("Follow the link that it shows.")),
    Stage(N_("Accept terms"), N_("Accept the terms of use. The rest it does by itself.")),
)
"""A personally-owned phone: it is set up already, nothing is tapped six times."""

LAST = len(SIX_TAPS) - 1

NOTHING_HAPPENS: tuple[str, ...] = (
    N_("Take another spot, away from text and buttons."),
    N_("Tap faster or slower, and always in the same spot."),
    N_("Tap more than six times."),
    N_("Lift your hand, wait some seconds, try again."),
    N_("Only the very first screen counts: restart the phone if it is past it."),
)

LINK_FAILS: tuple[str, ...] = (
    N_("Clean the lens, hold the phone straight and still."),
    N_("Use Google Lens or the code scanner of the quick settings."),
    N_("See whether the phone is online."),
)


def stages(mode: str) -> tuple[Stage, ...]:
    """The steps of a management mode."""
    return LINK if mode == "work_profile" else SIX_TAPS


def remedies(mode: str) -> tuple[str, ...]:
    """What to try when nothing happens."""
    return LINK_FAILS if mode == "work_profile" else NOTHING_HAPPENS


def reached(model: Model) -> int | None:
    """The stage that the phone on the stand is at, as far as the bench knows; None while no phone is at hand."""
    match model.step:
        case "place_phone":
            if model.status is None or model.status.view != "phone":
                return 0
            return {"dark": 0, "viewfinder": 3}.get(model.status.shows, 1)
        case "hold_still":
            return 3
        case "to_tray" | "setup_on_stand":
            return LAST
        case _:
            return None
