"""The window's half of the attached screen, apart from the surface it draws on.

It has no will of its own: it shows what the service says, says when that is really up, and is blank whenever it does not hear the
service.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any, Protocol

from hardware.display import protocol
from hardware.display.drawing import Box, Matrix, NotDrawn, Picture, blank, caption_box, draw, plain

logger = logging.getLogger(__name__)


class Surface(Protocol):
    """What a picture is put on."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as they are now."""
        ...

    def put(self, picture: Picture, caption: str, box: Box | None) -> None:
        """Show a picture of this size; returns after the flip. A surface may leave out the caption, whose place is `box`."""
        ...


class DisplayWindow:
    """Keeps one surface at the service's command. `backoff`: first and longest wait between attempts to connect, in seconds."""

    def __init__(self, path: Path, surface: Surface, *, simulated: bool, backoff: tuple[float, float] = (0.2, 5.0)) -> None:
        self._path = path
        self._surface = surface
        self._simulated = simulated
        self._backoff = backoff
        self._symbol: Matrix | None = None
        self._caption = ""
        self._writer: asyncio.StreamWriter | None = None
        self._silence: float | None = None  # seconds without a word after which the service counts as gone

    async def run(self) -> None:
        """Connect, obey, connect again; until cancelled. Blank whenever not connected."""
        self._put(None, "")
        first, longest = self._backoff
        wait = first
        while True:
            welcomed = await self._session()
            wait = first if welcomed else min(2 * wait, longest)
            await asyncio.sleep(wait)

    def redraw(self) -> None:
        """The surface has another size: draw again. A code that no longer fits is taken down, and the service told by hanging up."""
        try:
            self._put(self._symbol, self._caption)
        except NotDrawn as error:
            logger.warning("the code was taken down: %s", error)
            self._put(None, "")
            if self._writer is not None:
                self._writer.close()

    async def _session(self) -> bool:
        """One connection, to its end. True when the service took this window."""
        try:
            reader, writer = await asyncio.open_unix_connection(self._path, limit=protocol.LONGEST_LINE)
        except OSError:
            return False
        self._writer = writer
        self._silence = None
        width, height = self._surface.size
        hello = {"say": "hello", "simulated": self._simulated, "width": width, "height": height}
        welcomed = False
        try:
            writer.write(protocol.line(hello))
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
            if self._symbol is not None:
                self._put(None, "")
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
                self._put(None, "")
                return {"say": "up", "number": protocol.number(message)}
            case "show":
                return self._show(message)
            case "refuse":
                raise protocol.NotUnderstood(f"it refused this window: {message.get('reason')!r}")
            case _:
                raise protocol.NotUnderstood("a message that no service says")
        return None

    def _show(self, message: dict[str, Any]) -> dict[str, Any]:
        number = protocol.number(message)
        try:
            self._put(protocol.matrix(message), plain(str(message.get("caption", ""))))
        except NotDrawn as error:
            self._put(None, "")
            return {"say": "refused", "number": number, "reason": str(error)}
        return {"say": "up", "number": number}

    def _put(self, symbol: Matrix | None, caption: str) -> None:
        """Draw for the surface's size of now. What is remembered is only what is up."""
        width, height = self._surface.size
        picture = blank(width, height) if symbol is None else draw(symbol, width, height)
        box = caption_box(symbol.size, width, height) if symbol is not None and caption else None
        self._surface.put(picture, caption, box)
        self._symbol, self._caption = symbol, caption
