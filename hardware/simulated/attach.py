"""Drivers for the parts of a simulated bench, for a service in the world at DIR (`sim:DIR`). The protocol is in `stage.py`."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from hardware.errors import DeviceLost, DeviceNotOpened
from hardware.readings import Frame, KnownSymbol, Sighting
from hardware.simulated.link import connect
from hardware.simulated.outlets import GONE, HEADER

READY: Final = b"r"
RETRY_SECONDS: Final = 0.25  # real ones, between two looks for a world that has ended


class SimCamera:
    """The camera of the world at `folder`. DeviceNotOpened where no world is.

    Read it in a thread of its own: time stands still from a frame's arrival to the next `read`, or `close`.
    """

    simulated = True

    def __init__(self, folder: str | Path) -> None:
        self._path = Path(folder) / "camera.sock"
        self._link = connect(self._path)
        self._reading = threading.Lock()

    def read(self) -> Frame:
        """The next frame, as soon as there is one; says that the one before is done with.

        DeviceLost when the camera is unplugged, the world has ended, or `close` was called. Another `read` after it was
        unplugged, or on a camera that was opened unplugged, waits until it is plugged in.
        """
        with self._reading:
            try:
                self._link.sendall(READY)
                kind, number, at, rows, columns = HEADER.unpack(self._receive(bytearray(HEADER.size)))
                if kind == GONE:
                    raise DeviceLost(f"the simulated camera at {self._path} is unplugged; plug it in again")
                pixels = np.empty((rows, columns), np.uint8)
                self._receive(pixels.data.cast("B"))
            except OSError as error:
                raise DeviceLost(f"the simulated camera at {self._path} is gone: its world has ended, or it was closed") from error
            return Frame(number, at, pixels)

    def close(self) -> None:
        """Lets go of the camera; a `read` that waits in another thread ends with DeviceLost."""
        with suppress(OSError):
            self._link.shutdown(socket.SHUT_RDWR)
        with self._reading:
            self._link.close()

    def _receive(self, buffer: bytearray | memoryview) -> bytearray | memoryview:
        view, got = memoryview(buffer), 0
        while got < len(view):
            count = self._link.recv_into(view[got:], flags=socket.MSG_WAITALL)
            if not count:
                raise ConnectionResetError
            got += count
        return buffer


class _Lines(ABC):
    """A part that speaks in lines, heard in a thread of its own. A world that has ended is looked for until it is there again."""

    simulated = True
    part: str

    def __init__(self, folder: str | Path) -> None:
        self._path = Path(folder) / f"{self.part}.sock"
        self._link = connect(self._path)
        self._closed = threading.Event()
        self._swapping = threading.Lock()
        self._thread: threading.Thread | None = None
        self._up = True

    def close(self) -> None:
        """Stops; returns when the thread has ended. Nothing is called after that."""
        with self._swapping:
            self._closed.set()
            with suppress(OSError):
                self._link.shutdown(socket.SHUT_RDWR)
        if self._thread is None:
            self._link.close()
        elif self._thread is not threading.current_thread():
            self._thread.join()

    @abstractmethod
    def _take(self, message: Mapping[str, Any]) -> None:
        """One message of the part's own kind."""

    def _listen(self, lost: Callable[[str], None], back: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=self._run, args=(lost, back), name=f"simulated {self.part}", daemon=True)
        self._thread.start()

    def _run(self, lost: Callable[[str], None], back: Callable[[], None]) -> None:
        while not self._closed.is_set():
            with suppress(OSError), self._link.makefile("rb") as lines:
                self._link.sendall(READY)
                while (line := lines.readline()).endswith(b"\n"):  # a world that is killed may leave half a line
                    self._sort(json.loads(line), lost, back)
                    self._link.sendall(READY)
            self._link.close()
            self._turn(False, lost, back, "its world has ended; start it again")
            if self._find_world():
                self._turn(True, lost, back)

    def _sort(self, message: Mapping[str, Any], lost: Callable[[str], None], back: Callable[[], None]) -> None:
        if message["kind"] in ("gone", "back"):
            self._turn(message["kind"] == "back", lost, back, "it is unplugged; plug it in again")
        else:
            self._take(message)

    def _turn(self, up: bool, lost: Callable[[str], None], back: Callable[[], None], reason: str = "") -> None:
        if up == self._up or self._closed.is_set():
            return
        self._up = up
        if up:
            back()
        else:
            lost(f"simulated {self.part} {self._path}: {reason}")

    def _find_world(self) -> bool:
        while not self._closed.wait(RETRY_SECONDS):
            with suppress(DeviceNotOpened), self._swapping:
                self._link = connect(self._path)
                if self._closed.is_set():
                    self._link.close()
                    return False
                return True
        return False


class SimWitness(_Lines):
    """The witness that knows the truth, in place of one that judges frames. DeviceNotOpened where no world is."""

    part = "witness"

    def __init__(self, folder: str | Path) -> None:
        super().__init__(folder)
        self._expected: tuple[str, ...] = ()
        self._heard: Callable[[Sighting], None] = lambda sighting: None

    def start(self, heard: Callable[[Sighting], None], lost: Callable[[str], None], back: Callable[[], None]) -> None:
        """Looks on, in a thread of its own, in which all three are called; they must not raise and not wait.

        heard: one sighting. lost: why there are none for now, once. back: there are some again, only after `lost`.
        """
        self._heard = heard
        self._listen(lost, back)

    def expect(self, forms: Sequence[KnownSymbol]) -> None:
        """From the next sighting on, `code` means one of these; a viewfinder with another code is `viewfinder`."""
        self._expected = tuple(hashlib.sha256(form.modules).hexdigest() for form in forms)

    def pictures(self) -> tuple[bytes | None, bytes | None]:
        """None: it looks at no pixels."""
        return None, None

    def _take(self, message: Mapping[str, Any]) -> None:
        facts = {name: value for name, value in message.items() if name not in ("kind", "code")}
        if facts["quad"] is not None:
            facts["quad"] = tuple((x, y) for x, y in facts["quad"])
        sighting = Sighting(**facts)
        expected = self._expected
        if sighting.code and message["code"] in expected:
            sighting = replace(sighting, form=expected.index(message["code"]))
        elif sighting.code:
            sighting = replace(sighting, screen="viewfinder", score=0.0, z=0.0, ppm=None)
        self._heard(sighting)


class SimScanner(_Lines):
    """The barcode scanner of the world at `folder`. DeviceNotOpened where no world is."""

    part = "scanner"

    def __init__(self, folder: str | Path) -> None:
        super().__init__(folder)
        self._heard: Callable[[str], None] = lambda text: None

    def start(self, heard: Callable[[str], None], lost: Callable[[str], None], back: Callable[[], None]) -> None:
        """Listens, in a thread of its own, in which all three are called; they must not raise and not wait.

        heard: a label's text. lost: why there is no scanner for now, once. back: there is one again, only after `lost`.
        """
        self._heard = heard
        self._listen(lost, back)

    def _take(self, message: Mapping[str, Any]) -> None:
        self._heard(message["text"])
