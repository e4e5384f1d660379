"""What a bench may have beside its stand, its screen and its record."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from station.bench.invitations import WEEK
from station.bench.preflight import Fit
from station.ports import CodeVault, DeviceBook, Hearing, Mailer, Pictures, Roster


@dataclass(frozen=True, slots=True)
class Fittings:
    """Each may be absent.

    `pictures`: where pictures are kept. `mailer`: how invitations are sent; `mailed_for`: seconds that their codes live.
    `hearing`: how the management service tells of devices by itself. `vault`: where prepared codes are kept; `book`: who takes
    devices from people, where no service tells of them; `roster`: where the service keeps users of its own. `secret`: what
    `secret:NAME` in a policy stands for; `fit`: what a mode makes of a policy. `free_mb`: room on the disk of the record.
    `badge_key`: what the staff's badges are kept under; without one of its own they are of use for one run only.
    """

    pictures: Pictures | None = None
    mailer: Mailer | None = None
    mailed_for: int = WEEK
    hearing: Hearing | None = None
    vault: CodeVault | None = None
    book: DeviceBook | None = None
    roster: Roster | None = None
    secret: Callable[[str], str | None] = lambda _: None
    fit: Fit = lambda document, mode, android: ()
    free_mb: Callable[[], float] = lambda: math.inf
    badge_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
