"""A scene for the stage, and what tests of its readers need."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hardware.readings import Frame, Sighting
from hardware.simulated.attach import SimCamera
from hardware.simulated.loop import run_virtual, virtual_loop
from hardware.simulated.stage import Stage

T = TypeVar("T")


@dataclass
class Scene:
    """Something to look at. `pictures` counts how often it was filmed."""

    busy_view: bool = False
    sighting: Sighting = field(default_factory=lambda: Sighting(0, 0.0, "empty", "none", 0))
    digest: str | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    pictures: int = 0
    shape: tuple[int, int] = (3, 4)

    def frame(self) -> NDArray[np.uint8]:
        self.pictures += 1
        return np.random.default_rng(self.pictures).integers(0, 256, self.shape, np.uint8)

    def truth(self) -> Sighting:
        return self.sighting

    def truth_digest(self) -> str | None:
        return self.digest

    def change(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.changed.set()


@dataclass(frozen=True)
class Symbol:
    """A code of one's own choice."""

    modules: bytes
    size: int = 21
    varies: bytes = b""
    relatives: tuple[bytes, ...] = ()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.modules).hexdigest()


class Notes:
    """What a driver says, with the virtual time, as its thread says it."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[tuple[float, object]] = asyncio.Queue()
        self._loop = virtual_loop()

    def take(self, word: object) -> None:
        self._loop.call_soon_threadsafe(lambda: self.said.put_nowait((self._loop.time(), word)))

    def back(self) -> None:
        self.take("back")

    async def next(self) -> tuple[float, object]:
        return await self.said.get()


def staged(folder: str, scene: Scene, story: Callable[[Stage], Awaitable[T]]) -> T:
    """Tells a story on a stage."""

    async def main() -> T:
        async with Stage(folder, scene) as stage:
            return await story(stage)

    return run_virtual(main())


async def in_thread(work: Callable[[], T]) -> T:
    """As asyncio.to_thread, but time may pass meanwhile."""
    loop = virtual_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # goes to who waits
            loop.call_soon_threadsafe(answer.set_exception, error)
        else:
            loop.call_soon_threadsafe(answer.set_result, result)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        return await answer
    finally:
        thread.join()


def film(folder: str, count: int, running: Callable[[], None] = lambda: None) -> list[Frame]:
    """So many frames; calls `running` after the first."""
    camera = SimCamera(folder)
    try:
        first = camera.read()
        running()
        return [first, *(camera.read() for _ in range(count - 1))]
    finally:
        camera.close()


async def filmed(folder: str, count: int) -> list[Frame]:
    """So many frames; time stands still until the camera runs, as a thread takes its time to start."""
    holds = virtual_loop().holds
    holds.change(1)
    return await in_thread(partial(film, folder, count, partial(holds.change, -1)))


def times(frames: list[Frame]) -> list[float]:
    return [round(frame.at, 6) for frame in frames]
