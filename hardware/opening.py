"""URL -> driver. Each driver is imported only when its URL is opened: a bench without a scanner loads no serial library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hardware.errors import DeviceNotOpened

if TYPE_CHECKING:
    from hardware.camera import Camera
    from hardware.readings import KnownSymbol, Sighting

CAMERAS = "v4l2:/dev/video0, http://..., file:FOLDER, sim:DIR"
SCANNERS = "serial:/dev/serial/by-id/...?baud=9600, sim:DIR"


class WitnessDriver(Protocol):
    """Judges what a camera sees. Callbacks come in its own thread; `heard` has returned before the next frame is taken."""

    @property
    def simulated(self) -> bool: ...
    def start(self, heard: Callable[[Sighting], None], lost: Callable[[str], None], back: Callable[[], None]) -> None: ...
    def expect(self, forms: Sequence[KnownSymbol]) -> None: ...
    def pictures(self) -> tuple[bytes | None, bytes | None]: ...
    def close(self) -> None: ...


class ScannerDriver(Protocol):
    """Reads labels: `heard` gets each one's text. Callbacks come in its own thread."""

    def start(self, heard: Callable[[str], None], lost: Callable[[str], None], back: Callable[[], None]) -> None: ...
    def close(self) -> None: ...


def open_camera(url: str) -> Camera:
    """A camera by URL. DeviceNotOpened names what is wrong; a camera that is only missing now raises when it is read."""
    if _scheme(url, CAMERAS, {"v4l2", "http", "https", "file", "sim"}) == "sim":
        from hardware.simulated.attach import SimCamera

        return SimCamera(url.removeprefix("sim:"))
    from hardware import camera

    return camera.open_camera(url)


def open_witness(url: str, *, memory: Path | None = None) -> WitnessDriver:
    """The witness over the camera at `url`; `sim-witness:DIR` is the twin's, which is told what is true and looks at no pixels.

    memory: a file in which the empty stand is remembered, so that a restart with a phone on it still knows. DeviceNotOpened.
    """
    scheme = _scheme(url, f"{CAMERAS}, sim-witness:DIR", {"v4l2", "http", "https", "file", "sim", "sim-witness"})
    if scheme == "sim-witness":
        from hardware.simulated.attach import SimWitness

        return SimWitness(url.removeprefix("sim-witness:"))
    from hardware.witness import Witness

    return Witness(lambda: open_camera(url), memory=memory)


def open_scanner(url: str) -> ScannerDriver:
    """A barcode scanner by URL. DeviceNotOpened for a URL that cannot work; a scanner that is only missing is looked for."""
    if _scheme(url, SCANNERS, {"serial", "sim"}) == "sim":
        from hardware.simulated.attach import SimScanner

        return SimScanner(url.removeprefix("sim:"))
    from hardware.scanner import Scanner

    return Scanner(url)


def _scheme(url: str, known: str, schemes: set[str]) -> str:
    """The URL's scheme. DeviceNotOpened when it is none of `schemes`; without the rest, which may hold a password."""
    scheme, found, _ = url.partition(":")
    if not found or scheme not in schemes:
        named = f"no driver is named {scheme!r}" if found else "a part's URL begins with its driver's name and a colon"
        raise DeviceNotOpened(f"{named}: use one of {known}")
    return scheme
