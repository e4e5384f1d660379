"""The bench's hardware behind the station's ports: driver threads reach the event loop, driver errors become the station's."""

from __future__ import annotations

import asyncio
import pwd
from collections.abc import Callable, Sequence
from pathlib import Path

from hardware.display.server import DisplayServer
from hardware.errors import HardwareError
from hardware.onlooking import Watching
from hardware.opening import ScannerDriver, WitnessDriver, open_scanner, open_witness
from hardware.vision.advice import Optics
from station.assembly.examining import CameraExaminer
from station.config import Config
from station.domain.errors import ConfigurationError, PartLost
from station.ports import CodeStep, Legibility, ScreenPage, Sighting, Symbol
from station.words import words
from station.words.onscreen import BESIDE_THE_CODE


class AttachedScreen:
    """The display port over the window's socket. A simulated window counts as none where the bench is real."""

    def __init__(self, server: DisplayServer, *, simulated: bool) -> None:
        self._server = server
        self._may_be_simulated = simulated

    @property
    def simulated(self) -> bool:
        return self._server.simulated

    @property
    def attached(self) -> bool:
        return self._server.attached and (self._may_be_simulated or not self._server.simulated)

    @property
    def legibility(self) -> Legibility | None:
        return self._server.legibility

    @property
    def on_form(self) -> Callable[[float, int], None]:
        return self._server.on_form

    @on_form.setter
    def on_form(self, call: Callable[[float, int], None]) -> None:
        self._server.on_form = call

    def say(self, step: CodeStep | None, language: str) -> None:
        self._server.say(words(language)(BESIDE_THE_CODE[step]) if step is not None else "")

    async def show(self, forms: Sequence[Symbol], caption: str = "") -> None:
        try:
            await self._server.show(forms, caption)
        except HardwareError as why:
            raise PartLost(str(why)) from why

    async def page(self, name: ScreenPage) -> None:
        try:
            await self._server.page(name)
        except HardwareError as why:
            raise PartLost(str(why)) from why

    async def blank(self) -> None:
        try:
            await self._server.blank()
        except HardwareError as why:
            raise PartLost(str(why)) from why


class CameraWitness:
    """The witness port over a driver that calls from its own thread."""

    def __init__(self, driver: WitnessDriver, examiner: CameraExaminer | None = None) -> None:
        self._driver = driver
        self.examiner: CameraExaminer | None = examiner

    @property
    def simulated(self) -> bool:
        return self._driver.simulated

    def start(self, heard: Callable[[Sighting], None], lost: Callable[[str], None], back: Callable[[], None]) -> None:
        post = _poster(asyncio.get_running_loop())
        self._driver.start(lambda seen: post(heard, seen), lambda why: post(lost, why), lambda: post(back))

    def expect(self, forms: Sequence[Symbol]) -> None:
        self._driver.expect(forms)

    async def pictures(self) -> tuple[bytes | None, bytes | None]:
        return await asyncio.to_thread(self._driver.pictures)

    async def close(self) -> None:
        await asyncio.to_thread(self._driver.close)


class LabelScanner:
    """The scanner port over a driver that calls from its own thread."""

    def __init__(self, driver: ScannerDriver) -> None:
        self._driver = driver

    def start(self, heard: Callable[[str], None], lost: Callable[[str], None], back: Callable[[], None]) -> None:
        post = _poster(asyncio.get_running_loop())
        self._driver.start(lambda scan: post(heard, getattr(scan, "text", scan)), lambda why: post(lost, why), lambda: post(back))

    async def close(self) -> None:
        await asyncio.to_thread(self._driver.close)


def _poster(loop: asyncio.AbstractEventLoop) -> Callable[..., None]:
    def post(call: Callable[..., None], *args: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(call, *args)

    return post


def open_screen(config: Config) -> DisplayServer:
    """The attached screen's socket; windows of the named accounts may attach, by default only the service's own."""
    uids: set[int] | None = None
    if config.hardware.display_users:
        try:
            uids = {pwd.getpwnam(name).pw_uid for name in config.hardware.display_users}
        except KeyError as error:
            raise ConfigurationError(
                f"hardware.display_users: the account {error} does not exist.", "Create it, or correct it."
            ) from None
    ping_seconds = None if config.twin else 1.0
    return DisplayServer(config.hardware.display, allowed_uids=uids, ping_seconds=ping_seconds, screen_mm=config.hardware.screen_mm)


def open_camera_witness(config: Config) -> CameraWitness | None:
    """The witness for `hardware.camera`; None where there is no camera."""
    if not config.hardware.camera:
        return None
    try:
        driver = open_witness(config.hardware.camera, memory=Path(config.state) / "stand.npz")
    except HardwareError as why:
        raise ConfigurationError(f"hardware.camera: {why}", "Correct the URL in the configuration.") from None
    optics = Optics(config.hardware.screen_mm, config.hardware.distance_mm)
    examiner = CameraExaminer(driver, Path(config.state), optics) if isinstance(driver, Watching) else None
    return CameraWitness(driver, examiner)


def open_label_scanner(config: Config) -> LabelScanner | None:
    """The scanner for `hardware.scanner`; None where there is none."""
    if not config.hardware.scanner:
        return None
    try:
        return LabelScanner(open_scanner(config.hardware.scanner))
    except HardwareError as why:
        raise ConfigurationError(f"hardware.scanner: {why}", "Correct the URL in the configuration.") from None
