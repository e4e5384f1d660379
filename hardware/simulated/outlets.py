"""What the stage sends to one reader after the other: camera pictures, sightings, label texts. The protocol is in `stage.py`."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import math
import socket
import struct
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from hardware.readings import Sighting
from hardware.simulated.loop import VirtualLoop

HEADER: Final = struct.Struct("<cQdHH")
PICTURE: Final = b"P"
GONE: Final = b"G"

FRAME_SECONDS: Final = 0.1  # between two frames while a scan is possible, and at least between any two
IDLE_SECONDS: Final = 10.0  # between two frames while nothing changes

Message = Sequence[bytes | memoryview]


class View(Protocol):
    """What is on the stage: the world, as its cameras see it.

    changed: set whenever what they see changed, also when `busy_view` did; the stage clears it. busy_view: film at the full
    rate. frame: grey pixels, shape (rows, columns). truth: what is there. truth_digest: SHA-256, in hexadecimal, of the
    modules (row-major bytes of 0 and 1) of the symbol inside the phone's viewfinder, None where there is none.
    """

    @property
    def changed(self) -> asyncio.Event: ...
    @property
    def busy_view(self) -> bool: ...
    def frame(self) -> NDArray[np.uint8]: ...
    def truth(self) -> Sighting: ...
    def truth_digest(self) -> str | None: ...


class Reader:
    """One connection to a part, and what its driver knows."""

    def __init__(self, loop: VirtualLoop, link: socket.socket) -> None:
        self.link = link
        self.news = asyncio.Event()  # there may be a message now
        self.number = 0
        self.last = -math.inf  # when it got its last picture
        self.changed = True  # since then
        self.plugged = True  # as far as its driver knows
        self.texts: deque[tuple[str, asyncio.Future[bool]]] = deque()
        self.reading: asyncio.Future[bool] | None = None  # the text that it has now
        self._loop = loop
        self._ready = asyncio.Event()
        self._task = asyncio.current_task()
        loop.add_reader(link, self._hear)

    async def ready(self) -> None:
        """Returns when the reader is done with what it got and ready for more. Cancelled when it goes away, at any await."""
        await self._ready.wait()
        self._ready.clear()

    async def wait_for_news(self, until: float) -> None:
        """Returns at news, or at a time."""
        try:
            async with asyncio.timeout_at(until if until < math.inf else None):
                await self.news.wait()
        except TimeoutError:
            pass
        self.news.clear()

    async def send(self, message: Message) -> None:
        """ConnectionError when the reader has gone away."""
        for part in message:
            await self._loop.sock_sendall(self.link, part)

    def leave(self) -> None:
        """The connection is about to be closed."""
        self._loop.remove_reader(self.link)
        self.forget()

    def answer(self, read: bool) -> None:
        """Tells who waits for it whether the text that the reader had was read."""
        reading, self.reading = self.reading, None
        if reading is not None and not reading.done():
            reading.set_result(read)

    def forget(self) -> None:
        """It gets none of the texts that it has not read."""
        self.answer(False)
        while self.texts:
            _, self.reading = self.texts.popleft()
            self.answer(False)

    def _hear(self) -> None:
        try:
            said = self.link.recv(16)
        except BlockingIOError:
            return
        except ConnectionError:
            said = b""
        if said:
            self._ready.set()
        else:
            self._loop.remove_reader(self.link)
            if self._task is not None:
                self._task.cancel()


class Outlet(ABC):
    """One part of the bench, plugged in or not, with those who read it."""

    def __init__(self) -> None:
        self.plugged = True
        self.readers: list[Reader] = []

    @abstractmethod
    def due(self, reader: Reader) -> float:
        """When there is a message for this reader, as things stand."""

    @abstractmethod
    def take(self, reader: Reader, now: float) -> Message:
        """The message that is due."""

    def turned(self) -> Message:
        """Says that the part has been unplugged or plugged in; nothing where drivers are not told."""
        return [_line({"kind": "back" if self.plugged else "gone"})]

    def plug(self, plugged: bool) -> None:
        """Plugs the part in, or unplugs it."""
        self.plugged = plugged
        self.tell()

    def tell(self) -> None:
        """There may be a message for the readers now."""
        for reader in self.readers:
            reader.news.set()

    async def serve(self, loop: VirtualLoop, link: socket.socket) -> None:
        """Serves one connection until it ends; time stands still while the reader has a message."""
        reader = Reader(loop, link)
        self.readers.append(reader)
        try:
            await reader.ready()
            self.greet(reader)
            while True:
                message = await self._next(reader, loop)
                with loop.hold(alone=True):
                    await reader.send(message)
                    await reader.ready()
                reader.answer(True)
        except ConnectionError:
            return  # it went away while it was sent something
        finally:
            self.readers.remove(reader)
            reader.leave()

    def greet(self, reader: Reader) -> None:
        """A new reader is ready for its first message. Its driver takes the part for plugged in."""
        reader.plugged = True

    async def _next(self, reader: Reader, loop: VirtualLoop) -> Message:
        """Waits until there is a message."""
        while True:
            if reader.plugged != self.plugged:
                reader.plugged = self.plugged
                if turned := self.turned():
                    return turned
            due = self.due(reader) if self.plugged else math.inf
            if due <= loop.time():
                return self.take(reader, loop.time())
            await reader.wait_for_news(due)


class Pictures(Outlet):
    """A part that films: at the full rate while a scan is possible, else when something changed, and now and then."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view

    def due(self, reader: Reader) -> float:
        return reader.last + (FRAME_SECONDS if reader.changed or self.view.busy_view else IDLE_SECONDS)

    def take(self, reader: Reader, now: float) -> Message:
        reader.changed = False
        reader.last = now
        reader.number += 1
        return self.picture(reader.number, now)

    @abstractmethod
    def picture(self, number: int, now: float) -> Message:
        """What there is to see now."""

    def changed(self) -> None:
        """There is something else to see."""
        for reader in self.readers:
            reader.changed = True
        self.tell()


class CameraOutlet(Pictures):
    """Frames. A camera that is plugged in again says nothing: a driver that opens it gets frames."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.missed = False  # somebody read it when it was unplugged
        self.found = threading.Event()  # and somebody reads it again

    def picture(self, number: int, now: float) -> Message:
        pixels = np.ascontiguousarray(self.view.frame(), np.uint8)
        rows, columns = pixels.shape
        return [HEADER.pack(PICTURE, number, now, rows, columns), pixels.data.cast("B")]

    def turned(self) -> Message:
        return [] if self.plugged else [HEADER.pack(GONE, 0, 0.0, 0, 0)]

    def plug(self, plugged: bool) -> None:
        self.missed = bool(self.readers) if not plugged else self.missed and not self.readers
        self.found.clear()
        super().plug(plugged)

    def greet(self, reader: Reader) -> None:
        reader.plugged = self.plugged
        self.found.set()


class WitnessOutlet(Pictures):
    """The truth about the stand."""

    def picture(self, number: int, now: float) -> Message:
        sighting = dataclasses.replace(self.view.truth(), number=number, at=now)
        return [_line({"kind": "sighting", "code": self.view.truth_digest(), **dataclasses.asdict(sighting)})]


class ScannerOutlet(Outlet):
    """Texts of labels that hands hold to the scanner."""

    def due(self, reader: Reader) -> float:
        return -math.inf if reader.texts else math.inf

    def take(self, reader: Reader, now: float) -> Message:
        text, reader.reading = reader.texts.popleft()
        return [_line({"kind": "text", "text": text})]

    def plug(self, plugged: bool) -> None:
        for reader in self.readers:
            reader.forget()
        super().plug(plugged)

    def scan(self, text: str) -> list[asyncio.Future[bool]]:
        """Holds a label to the scanner; each reader's future tells whether it has read it to the end."""
        heard = []
        for reader in self.readers if self.plugged else []:
            heard.append(asyncio.get_running_loop().create_future())
            reader.texts.append((text, heard[-1]))
        self.tell()
        return heard


def _line(message: Mapping[str, object]) -> bytes:
    return json.dumps(message).encode() + b"\n"
