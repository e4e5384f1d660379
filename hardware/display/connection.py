"""One window's connection, as the service sees it."""

from __future__ import annotations

import asyncio

from hardware.display.drawing import NotDrawn
from hardware.display.legibility import Legibility, Screen, legibility
from hardware.errors import DeviceLost, HardwareError


class Connection:
    """What its window said of itself, and the pictures that wait for its answer (None: up).

    showing: number of the code that is, or should be, up, with how many forms of what size; None when none is.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.simulated = False
        self.screen: Screen | None = None  # a window need not say
        self.ready = False
        self.stuck = False  # let go, its own end still open
        self.showing: int | None = None
        self.forms = 0
        self.size = 0  # modules
        self.answers: dict[int, asyncio.Future[HardwareError | None]] = {}

    @property
    def legibility(self) -> Legibility | None:
        """Of the code that is up, on the screen as it is now; None when none is, or the window did not say how large it is."""
        if self.showing is None or self.screen is None:
            return None
        try:
            return legibility(self.size, self.screen)
        except NotDrawn:  # it became smaller, and takes the code down
            return None

    def answer(self, number: int, error: HardwareError | None) -> None:
        """Settle what waits for the answer to this picture."""
        waiting = self.answers.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(error)

    def send(self, raw: bytes) -> None:
        """Say it, unless nobody listens any more."""
        if not self.stuck and not self.writer.is_closing():
            self.writer.write(raw)


def stuck() -> DeviceLost:
    """A window that does not answer."""
    return DeviceLost(
        "the window of the attached screen does not answer and may still show a code: "
        "look at the screen, restart sixtap-display.service"
    )
