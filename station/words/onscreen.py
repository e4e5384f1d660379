"""What stands beside the code on the attached screen: read from an arm's length or two, so in a few words."""

from __future__ import annotations

from station.words.catalogue import N_

BESIDE_THE_CODE: dict[str, str] = {
    "put_on_stand": N_("Put the phone on the stand"),
    "tap_six_times": N_("Tap six times"),
    "point_at_code": N_("Point at code"),
    "hold_still": N_("Hold still"),
}
"""By the id of station.ports.CodeStep."""
