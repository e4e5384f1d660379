"""What the terminal says of units that were looked up."""

from __future__ import annotations

from textual.content import Content

from station.wire import LookupHit, Matched
from station.words import N_, Catalogue
from tui.plain import plain
from tui.storywords import clock
from tui.text import STATES, person, state_words

WHAT = N_(
    "Look for a serial number, an IMEI, a box label, a name, an e-mail, an enrollment, an attempt (additionalData), "
    "or the end of a token's or device's name."
)
NOTHING = N_("Nothing is found.")
NO_TEXT = N_("That is an enrollment code, or too long. It was not looked for.")

MATCHED: dict[Matched, str] = {
    "enrollment": N_("this is the enrollment"),
    "attempt": N_("this is one of its attempts"),
    "token": N_("its enrollment token is called so"),
    "serial": N_("its device has this serial number"),
    "imei": N_("its device has this IMEI"),
    "label": N_("its box has this label"),
    "device": N_("its device is called so"),
    "user": N_("its user is called so"),
}


def by(t: Catalogue, hit: LookupHit) -> Content:
    """Why a unit is among the hits."""
    return Content(person(t, hit.unit)).stylize("bold") + Content(f": {t(MATCHED[hit.matched])}.")


def two_rows(t: Catalogue, hit: LookupHit) -> Content:
    """Whose unit it is and in which batch; below, how it stands, and when and where it was last heard of."""
    unit = hit.unit
    sign, _, tone = STATES.get(unit.state, ("?", "", "ask"))
    facts = [state_words(t, unit.state, unit.reason)]
    facts += [t("tray {tray}", tray=unit.tray)] if unit.tray else []
    facts += [clock(hit.at)] if hit.at is not None else []
    facts += [plain(hit.bench, 30)] if hit.bench else []
    colour = "$muted" if unit.state in ("queued", "skipped") else f"${tone}"
    first = Content(person(t, unit)).stylize("bold") + Content(f"   {plain(hit.batch, 60)}").stylize("$muted")
    return first + Content("\n  ") + Content(f"{sign} " + "  ·  ".join(facts)).stylize(colour)
