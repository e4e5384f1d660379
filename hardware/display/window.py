"""The window's half of the attached screen, apart from the surface it draws on.

It has no will of its own: it shows what the service says, says when that is really up, and is blank whenever it does not hear the
service. Only the turns that a code's forms take are its own, by its own clock: they need no word from the service.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from hardware.display import protocol
from hardware.display.calibration import calibration
from hardware.display.drawing import Matrix, NotDrawn, Picture, Text, blank, caption_boxes, draw, plain
from hardware.display.legibility import Screen, by_long_side

logger = logging.getLogger(__name__)


Measure = Callable[[int, int], tuple[float, float] | None]
"""Millimetres of a picture of so many pixels, width and height; None where they are not known."""
Flip = Callable[[], None]
"""Shows what was prepared, as often as it is called; returns when it is really up."""


class Surface(Protocol):
    """What a picture is put on."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as they are now."""
        ...

    def prepare(self, picture: Picture, texts: Sequence[Text] = ()) -> Flip:
        """Make a picture of this size ready. A surface may leave out the texts."""
        ...


@dataclass(slots=True, eq=False)
class _Code:
    """A code that is up: its forms, which of them is up now, and how those that were up before are shown again."""

    number: int
    forms: tuple[Matrix, ...] = field(repr=False)
    seconds: float
    caption: str = field(repr=False)
    step: str = ""
    now: int = 0
    flips: dict[int, Flip] = field(default_factory=dict, repr=False)

    def flip(self, surface: Surface) -> None:
        """Show the form of now; the first time it is drawn for the surface's size. NotDrawn when it does not fit."""
        if self.now not in self.flips:
            form, (width, height) = self.forms[self.now], surface.size
            lines = [line for line in (self.caption, self.step) if line]
            texts = tuple(zip(lines, caption_boxes(form.size, width, height, len(lines)), strict=False)) if lines else ()
            self.flips[self.now] = surface.prepare(draw(form, width, height), texts)
        self.flips[self.now]()


class DisplayWindow:
    """Keeps one surface at the service's command. `backoff`: first and longest wait between attempts to connect, in seconds."""

    def __init__(
        self,
        path: Path,
        surface: Surface,
        *,
        simulated: bool,
        measure: Measure = lambda width, height: None,
        backoff: tuple[float, float] = (0.2, 5.0),
    ) -> None:
        self._path = path
        self._surface = surface
        self._simulated = simulated
        self._measure = measure
        self._backoff = backoff
        self._code: _Code | None = None
        self._page: Measure | None = None  # the calibration page is up, by these millimetres
        self._turn: asyncio.TimerHandle | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._told: tuple[int, int] | None = None  # the size that the service knows
        self._silence: float | None = None  # seconds without a word after which the service counts as gone

    async def run(self) -> None:
        """Connect, obey, connect again; until cancelled. Blank whenever not connected."""
        self._blank()
        first, longest = self._backoff
        wait = first
        while True:
            welcomed = await self._session()
            wait = first if welcomed else min(2 * wait, longest)
            await asyncio.sleep(wait)

    def redraw(self) -> None:
        """The surface has another size: draw again. A code that no longer fits is taken down, and the service told by hanging up."""
        if self._writer is not None and self._told != self._surface.size:
            self._writer.write(protocol.line({"say": "screen", **self._measures()}))
        if self._code is not None:
            self._code.flips.clear()
            self._flip(self._code)
        elif self._page is None or not self._put_page(self._page):
            self._blank()

    def _measures(self) -> dict[str, Any]:
        self._told = width, height = self._surface.size
        return protocol.measures(Screen(width, height, *(self._measure(width, height) or ())))

    async def _session(self) -> bool:
        """One connection, to its end. True when the service took this window."""
        try:
            reader, writer = await asyncio.open_unix_connection(self._path, limit=protocol.LONGEST_LINE)
        except OSError:
            return False
        self._writer = writer
        self._silence = None
        welcomed = False
        try:
            writer.write(protocol.line({"say": "hello", "simulated": self._simulated, **self._measures()}))
            while raw := await self._next(reader):
                message = protocol.parse(raw)
                welcomed = welcomed or message.get("do") == "welcome"
                answer = self._obey(message)
                if answer:
                    writer.write(protocol.line(answer))
        except (TimeoutError, ValueError, ConnectionError) as error:
            logger.warning("the service was lost: %s", str(error) or "it fell silent")
        finally:
            self._writer = None
            if self._code is not None or self._page is not None:
                self._blank()
            writer.close()
        return welcomed

    async def _next(self, reader: asyncio.StreamReader) -> bytes:
        async with asyncio.timeout(self._silence):
            return await reader.readline()

    def _obey(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Do what one message says; returns the answer, if any."""
        match message.get("do"):
            case "welcome":
                seconds = message.get("ping_seconds")
                self._silence = 3.0 * seconds if isinstance(seconds, int | float) else None
            case "ping":
                return {"say": "pong"}
            case "blank":
                self._blank()
                return {"say": "up", "number": protocol.number(message)}
            case "show":
                return self._show(message)
            case "step":
                self._say_step(protocol.number(message), _words(message, "step"))
            case "page" if message.get("page") == "calibration":
                return self._show_page(protocol.number(message), protocol.long_side(message))
            case "refuse":
                raise protocol.NotUnderstood(f"it refused this window: {message.get('reason')!r}")
            case _:
                raise protocol.NotUnderstood("a message that no service says")
        return None

    def _show(self, message: dict[str, Any]) -> dict[str, Any]:
        number, seconds = protocol.number(message), protocol.seconds(message)
        self._stop_turns()
        try:
            code = _Code(number, protocol.forms(message), seconds, _words(message, "caption"), _words(message, "step"))
            code.flip(self._surface)
        except NotDrawn as error:
            self._blank()
            return {"say": "refused", "number": number, "reason": str(error)}
        self._code, self._page = code, None
        self._await_turn(code)
        return {"say": "up", "number": number}

    def _say_step(self, number: int, step: str) -> None:
        """Other words beside the code that is up; the form that is up stays, and its turn."""
        if self._code is not None and self._code.number == number and self._code.step != step:
            self._code.step = step
            self._code.flips.clear()
            self._flip(self._code)

    def _show_page(self, number: int, long_side: float | None) -> dict[str, Any]:
        self._stop_turns()
        self._code = None
        if self._put_page(partial(by_long_side, long_side=long_side) if long_side is not None else self._measure):
            return {"say": "up", "number": number}
        self._blank()
        return {"say": "refused", "number": number, "reason": "the attached screen is too small for the calibration page"}

    def _put_page(self, measure: Measure) -> bool:
        """Whether the calibration page is up; it is drawn for the surface as it is now."""
        width, height = self._surface.size
        try:
            picture = calibration(width, height, measure(width, height))
        except NotDrawn:
            return False
        self._surface.prepare(picture)()
        self._page = measure
        return True

    def _flip(self, code: _Code) -> bool:
        """Whether the form is up; a code that no longer fits is taken down."""
        try:
            code.flip(self._surface)
        except NotDrawn as error:
            logger.warning("the code was taken down: %s", error)
            self._blank()
            if self._writer is not None:
                self._writer.close()
            return False
        return True

    def _blank(self) -> None:
        """What is remembered is only what is up."""
        self._stop_turns()
        self._surface.prepare(blank(*self._surface.size))()
        self._code, self._page = None, None

    def _await_turn(self, code: _Code) -> None:
        if len(code.forms) > 1:
            self._turn = asyncio.get_running_loop().call_later(code.seconds, self._take_turn, code)

    def _take_turn(self, code: _Code) -> None:
        """The next form; counted from when the one before was up, so that none is cut short."""
        code.now = (code.now + 1) % len(code.forms)
        if not self._flip(code):
            return
        if self._writer is not None:
            self._writer.write(protocol.line({"say": "form", "number": code.number, "form": code.now}))
        self._await_turn(code)

    def _stop_turns(self) -> None:
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None


def _words(message: dict[str, Any], name: str) -> str:
    """A line of text in a message, as it may be drawn."""
    return plain(str(message.get(name, "")))
