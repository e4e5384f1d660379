"""What leaves the station by mail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from station.domain.policy import Mode
from station.ports.hardware import Symbol


@dataclass(frozen=True, slots=True)
class Letter:
    """An invitation. `id`: of its effect, opaque. `language`: the reader's, empty for the bench's own. `link`: of a work profile.

    `expires` and `at` (now) in seconds since the epoch; None: the code is permanent. `sample`: its code is none, and it says so.
    """

    id: str
    to: str = field(repr=False)
    name: str = field(repr=False)
    language: str
    mode: Mode
    minimum_android: int
    symbol: Symbol = field(repr=False)
    link: str = field(repr=False)
    expires: float | None
    at: float
    sample: bool = False


class Mailer(Protocol):
    """A way to send mail."""

    async def send(self, letter: Letter, handing_over: Callable[[], Awaitable[None]]) -> None:
        """Send it once. `handing_over` is awaited when the server has taken sender and recipient: until it has returned, surely
        nothing was sent.

        Surely not sent: PartLost (no server answers), TryAgain (it does not take this mail now), MailServerRefused, MailRefused.
        MailUncertain when that cannot be known.
        """
        ...

    def written(self, letter: Letter) -> bytes:
        """The mail as it would be sent (RFC 5322)."""
        ...
