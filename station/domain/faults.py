"""What can go wrong with a phone, what the bench can observe of it, and where the unit must end. One table; the tests read it.

`ends`: for each way it may end, the state and, for HELD, the reason; a user whose phone is set aside is verified with another. The
names are those of the digital twin's faults; a test holds the two tables together.
"""

from __future__ import annotations

from dataclasses import dataclass

from station.domain.enrollment import HoldReason, State

End = tuple[State, HoldReason | None]
VERIFIED: End = (State.VERIFIED, None)


def _held(reason: HoldReason) -> End:
    return (State.HELD, reason)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One row: what can be observed at the bench, where the user's enrollment may end, whether the phone is set aside."""

    observed: str
    ends: frozenset[End]
    set_aside: bool = False


FAULTS: dict[str, Expectation] = {
    "never_scans": Expectation(
        "the code stays in the viewfinder; the time for a scan runs out", frozenset({VERIFIED}), set_aside=True
    ),
    "no_taps": Expectation("the welcome screen stays; the operator sets the phone aside", frozenset({VERIFIED}), set_aside=True),
    "back": Expectation("the code gives way to the screen from before; the code is shown again", frozenset({VERIFIED})),
    "pulled_away": Expectation("the stand is empty with the code last seen; the code is shown again", frozenset({VERIFIED})),
    "reads_then_error": Expectation("a witnessed scan, then no device record", frozenset({_held(HoldReason.OVERDUE)})),
    "wrong_android": Expectation("a device record with too low an Android version", frozenset({_held(HoldReason.MISMATCH)})),
    "not_reset": Expectation("a lock screen; the operator sets the phone aside", frozenset({VERIFIED}), set_aside=True),
    "lost_wifi": Expectation("a witnessed scan, overdue, then a late device record", frozenset({VERIFIED})),
    "lost_wifi_forever": Expectation("a witnessed scan, then no device record", frozenset({_held(HoldReason.OVERDUE)})),
    "forced_update": Expectation("a witnessed scan, a late device record", frozenset({VERIFIED})),
    "flat_battery": Expectation(
        "the code gives way to darkness; the operator sets the phone aside", frozenset({VERIFIED}), set_aside=True
    ),
    "two_at_once": Expectation(
        "two phones in view; the label tells which of them enrolled", frozenset({VERIFIED, _held(HoldReason.MISMATCH)})
    ),
    "swapped_box": Expectation("the label is not the reported serial number", frozenset({_held(HoldReason.MISMATCH)})),
    "wrong_mode": Expectation("a device record with another ownership than ordered", frozenset({_held(HoldReason.MISMATCH)})),
    "slow_reader": Expectation("a witnessed scan after a long look", frozenset({VERIFIED})),
    "wrong_network": Expectation("a device record whose policy is never applied", frozenset({_held(HoldReason.OVERDUE)})),
    "fast_reader": Expectation("the code is seen for a moment only", frozenset({VERIFIED})),
    "photo": Expectation(
        "the code in the display stays as it is while the screen takes turns; the operator sets the phone aside",
        frozenset({VERIFIED}),
        set_aside=True,
    ),
}
