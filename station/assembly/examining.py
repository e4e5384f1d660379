"""The camera's self-test, its calibration and the taught screens, behind the station's port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from hardware.errors import HardwareError, TeachingRefused
from hardware.onlooking import Lesson, SelfTest, Watching
from hardware.readings import Frame, Sighting
from hardware.vision.advice import UNKNOWN, Advice, Optics, advice, compare, keep, kept
from hardware.vision.calibration import Reading
from station.domain.errors import NotFound, PartLost, WrongUse
from station.ports import Symbol

PATIENCE = 12.0  # seconds for the first picture; a camera at rest sends few
LINGER = 3.0  # seconds after which fewer pictures than wanted must do


class CameraExaminer:
    """Examines the camera over a driver that can be looked over the shoulder. `folder`: where the calibration is kept."""

    def __init__(self, driver: Watching, folder: Path, optics: Optics = UNKNOWN) -> None:
        self._driver = driver
        self._calibration = folder / "calibration.json"
        self._optics = optics

    @property
    def calibrated(self) -> bool:
        return self._calibration.exists()

    async def self_test(self, symbol: Symbol, *, keep_it: bool = False) -> dict[str, object]:
        test = SelfTest(symbol, asyncio.get_running_loop().time())
        await self._look(test.saw, lambda: test.frames > 0)
        try:
            reading = await asyncio.to_thread(test.reading)
        except HardwareError as why:
            raise PartLost(f"The camera could not be examined: {why}.") from why
        old = await asyncio.to_thread(kept, self._calibration)
        keeps = keep_it and reading.seen
        if keeps:
            await asyncio.to_thread(self._keep, reading)
        return {
            "reading": {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(reading).items()},
            "advice": _plain(advice(reading, self._optics)),
            "changes": _plain(compare(old, reading)) if old is not None else [],
            "compared": old is not None,
            "kept": keeps,
        }

    def _keep(self, reading: Reading) -> None:
        try:
            keep(self._calibration, reading)
        except OSError as why:
            raise WrongUse(f"The calibration cannot be kept in {self._calibration}: {why.strerror}.", "Make room there.") from None

    async def teach(self, kind: str, name: str) -> None:
        library, lesson = self._driver.library, Lesson()
        if library is None:
            raise WrongUse("This bench keeps no taught screens.", "")
        await self._look(lesson.saw, lambda: lesson.frames > 0)
        try:
            await asyncio.to_thread(lesson.teach, library, kind, name)
        except HardwareError as why:
            raise WrongUse(f"The screen was not taught: {why}.", "") from why

    async def forget(self, name: str) -> None:
        library = self._driver.library
        try:
            if library is not None:
                await asyncio.to_thread(library.forget, name)
        except TeachingRefused as why:
            raise NotFound(f"Nothing was forgotten: {why}.", "") from why

    def taught(self) -> tuple[str, ...]:
        return self._driver.library.names() if self._driver.library is not None else ()

    async def _look(self, saw: Callable[[Frame, Sighting], bool], any_yet: Callable[[], bool]) -> None:
        """Hands the witness's frames over until they are enough, or the time for that is over."""
        loop, called = asyncio.get_running_loop(), asyncio.Event()
        done = False

        def look(frame: Frame, sighting: Sighting) -> None:
            nonlocal done
            done = done or saw(frame, sighting)
            if not loop.is_closed():
                loop.call_soon_threadsafe(called.set)

        stop = self._driver.look_on(look)
        began = loop.time()
        try:
            while not done:
                left = began + (LINGER if any_yet() else PATIENCE) - loop.time()
                async with asyncio.timeout(max(0.0, left)):
                    await called.wait()
                called.clear()
        except TimeoutError:
            pass  # what came must do
        finally:
            stop()


def _plain(found: list[Advice]) -> list[dict[str, object]]:
    return [asdict(one) for one in found]
