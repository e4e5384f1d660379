"""A serial line that may come and go: USB scanners, beacons, printers. The only importer of pyserial.

The device is named by a path that survives replugging (/dev/serial/by-id/..., /dev/serial/by-path/...), opened again and again until
it is there, and read until it fails.
"""

from __future__ import annotations

import contextlib
import termios
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import serial

from hardware.errors import DeviceNotOpened

_FAILURES = (OSError, termios.error)
"""What pyserial raises when a device goes: OSError, its SerialException (an OSError too), and from some calls termios.error."""


@dataclass(frozen=True, slots=True)
class SerialUrl:
    """Where a line is and how fast: `serial:/dev/serial/by-id/usb-...?baud=9600` (9600 when not given)."""

    path: str
    baud: int = 9600

    @classmethod
    def parse(cls, url: str) -> SerialUrl:
        """DeviceNotOpened when `url` is not of this form."""
        parts = urlsplit(url)
        settings = parse_qs(parts.query, keep_blank_values=True)
        baud = settings.pop("baud", ["9600"])
        path = parts.path
        if parts.scheme != "serial" or parts.netloc or not path.startswith("/") or parts.fragment:
            raise DeviceNotOpened(f"{url!r} names no serial line: write serial:/dev/serial/by-id/NAME?baud=9600")
        speeds = {str(speed): int(speed) for speed in serial.Serial.BAUDRATES}
        if settings or len(baud) != 1 or baud[0] not in speeds:
            raise DeviceNotOpened(f"{url!r}: a serial line's only setting is a usual speed, such as ?baud=9600 or ?baud=115200")
        return cls(path, speeds[baud[0]])


class SerialLine:
    """Reads one line for as long as it is wanted, through unplugging and replugging.

    `backoff`: first and longest wait between attempts to open, in seconds; the wait doubles and `close` interrupts it.
    """

    def __init__(self, url: str, *, backoff: tuple[float, float] = (0.25, 5.0)) -> None:
        self._url = SerialUrl.parse(url)
        self._backoff = backoff
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._port: serial.Serial | None = None

    def run(self, received: Callable[[bytes], None], lost: Callable[[str], None], back: Callable[[], None]) -> None:
        """Read in the calling thread until `close`.

        received: some bytes, as they come. lost: why it cannot be read, once for each loss, also when it is missing at the start.
        back: it is open again, only after `lost`. Of bytes around a loss none are repeated.
        """
        first, longest = self._backoff
        wait, missing = first, False
        while not self._closed.is_set():
            try:
                self._open()
                if missing:
                    missing = False
                    back()
                wait = first
                self._read(received)
            except _FAILURES as error:
                if not missing and not self._closed.is_set():
                    missing = True
                    lost(f"{self._url.path}: {_cause(error)}")
            finally:
                self._release()
            self._closed.wait(wait)
            wait = min(2 * wait, longest)

    def close(self) -> None:
        """End `run`, from any thread: what it waits for is interrupted."""
        with self._lock:
            self._closed.set()
            if self._port is not None:
                self._port.cancel_read()

    def _open(self) -> None:
        port = serial.Serial(self._url.path, self._url.baud, exclusive=True)
        with self._lock:
            self._port = port

    def _read(self, received: Callable[[bytes], None]) -> None:
        port = self._port
        while port is not None and not self._closed.is_set():
            data = port.read(max(1, port.in_waiting))
            if data:
                received(data)

    def _release(self) -> None:
        with self._lock:
            port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(*_FAILURES):
                port.close()


def _cause(error: Exception) -> str:
    """Why the line failed, in words and with what to do."""
    number = getattr(error, "errno", None)
    match number:
        case 2:
            return "not there; plug it in"
        case 13:
            return "permission denied; its udev rule must give it to the service's group"
        case 11 | 16:
            return "used by another program; end that"
        case _:
            return f"it went away or is no serial line ({error}); plug it in again"
