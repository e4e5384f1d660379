"""How simulated phones (and the hands that hold them) misbehave: one table, plain data.

A row says what differs from a healthy phone. `observed` is what a person at the bench can see, `ends` where the phone comes
to rest when the hands do no more than a healthy phone needs. Rows change facts only; `phone.Phone` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

State = Literal["boxed", "welcome", "viewfinder", "gallery", "setup", "waiting", "done", "error", "off", "in_use"]
"""What a person could read off the phone.

boxed: in its box. welcome: the first screen of a new phone. viewfinder: the QR scanner is open. gallery: a photograph of a code.
setup: it works by itself. waiting: it wants a tap. done: home screen of an enrolled phone. error: it says that it cannot be set
up. off: dark. in_use: lock screen of a phone that was not reset.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of misbehaving. Times in seconds.

    reads_after: from the first readable picture to the read; None leaves it to the phone's own pace.
    gives_up: the first viewfinder closes by Back after so long; None never. dies: it goes dark after so long in the viewfinder.
    photo: as soon as its camera sees a code, a still picture of that takes the viewfinder's place.
    held_up: extra time in setup before the network is reached. path: the way that the management service sees.
    """

    observed: str
    ends: State
    takes_taps: bool = True
    in_use: bool = False
    reads: bool = True
    reads_after: float | None = None
    gives_up: float | None = None
    dies: float | None = None
    photo: bool = False
    pulled_away: bool = False
    error_after_read: bool = False
    held_up: float = 0.0
    held_up_showing: Literal["setup", "updating"] = "setup"
    never_connects: bool = False
    policy_applies: bool = True
    android: str | None = None
    path: Literal["setup_wizard", "settings"] = "setup_wizard"
    companion: bool = False
    other_label: bool = False


HEALTHY = Fault("reads the code, sets itself up, shows its home screen", "done")

FAULTS: MappingProxyType[str, Fault] = MappingProxyType(
    {
        "never_scans": Fault("the viewfinder stays open on the code", "viewfinder", reads=False),
        "no_taps": Fault("six taps do nothing", "welcome", takes_taps=False),
        "back": Fault("the viewfinder closes before it read; the welcome screen is back", "welcome", gives_up=1.2),
        "pulled_away": Fault("the hands take it away while its viewfinder shows the code", "viewfinder", pulled_away=True),
        "reads_then_error": Fault("reads the code, then cannot be set up", "error", error_after_read=True),
        "wrong_android": Fault("sets itself up, but runs Android 9", "done", android="9"),
        "not_reset": Fault("shows a lock screen; taps do nothing", "in_use", in_use=True, takes_taps=False),
        "lost_wifi": Fault("reads the code, stays in setup for an hour, then goes on", "done", held_up=3600.0),
        "lost_wifi_forever": Fault("reads the code, stays in setup for ever", "setup", never_connects=True),
        "forced_update": Fault("reads the code, installs a system update first", "done", held_up=1500.0, held_up_showing="updating"),
        "flat_battery": Fault("goes dark while its viewfinder shows the code", "off", reads=False, dies=1.5),
        "two_at_once": Fault("a second phone stands beside it and reads the same code", "done", companion=True),
        "swapped_box": Fault("the label on its box belongs to another phone", "done", other_label=True),
        "wrong_mode": Fault("enrolls as a personally owned device", "done", path="settings"),
        "slow_reader": Fault("takes twelve seconds to read the code", "done", reads_after=12.0),
        "wrong_network": Fault("enrolls, but its policy never applies", "setup", policy_applies=False),
        "fast_reader": Fault("reads the code as soon as its viewfinder opens", "done", reads_after=0.1),
        "photo": Fault("shows a photograph of the code where its viewfinder should be", "gallery", reads=False, photo=True),
    }
)


def fault_named(name: str | None) -> Fault:
    """The row of that name; None is the healthy phone. Raises ValueError that lists the names."""
    if name is None:
        return HEALTHY
    try:
        return FAULTS[name]
    except KeyError:
        raise ValueError(f"no fault is named {name!r}: choose one of {', '.join(sorted(FAULTS))}") from None
