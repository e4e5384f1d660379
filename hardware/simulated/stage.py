"""The world's sockets for a service's camera, witness and scanner (`attach.py` is the other end).

DIR/camera.sock, DIR/witness.sock and DIR/scanner.sock are Unix stream sockets. A reader sends one byte when it is ready for a
message, and the world sends it the next one as soon as there is one. From then on time stands still until the reader sends its next
byte, which says that it is done with the message, or goes away. So nothing is dropped, nothing queues, and a slow reader slows
nobody's clock.

    camera   HEADER (kind, number, virtual time, rows, columns); after a PICTURE's rows * columns grey bytes
    witness  a line of JSON: {"kind": "sighting", "code": digest of the code in the viewfinder or null, and a Sighting's fields}
    scanner  a line of JSON: {"kind": "text", "text": "..."}
    all      kind GONE or {"kind": "gone"} when the part is unplugged; {"kind": "back"} when it is plugged in again (not the camera)
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Literal

from hardware.simulated.link import listen
from hardware.simulated.loop import VirtualLoop, virtual_loop
from hardware.simulated.outlets import CameraOutlet, Outlet, Pictures, ScannerOutlet, View, WitnessOutlet

Part = Literal["camera", "witness", "scanner"]

SCAN_SECONDS: Final = 0.1  # from the label's coming into view to its text
REPLUG_PATIENCE: Final = 5.0  # real seconds that time waits for a driver to find its camera again
SEND_BUFFER: Final = 1 << 20  # bytes: a frame fits in, as far as the kernel allows (net.core.wmem_max)


class Stage:
    """Serves `view` in `folder` while it is entered with `async with`, on a VirtualLoop. An error in the view ends the block.

    Readers may come, die and come again at any moment. DeviceNotOpened where it cannot listen.
    """

    def __init__(self, folder: str | Path, view: View) -> None:
        self._view = view
        self._folder = Path(folder)
        self._camera = CameraOutlet(view)
        self._scanner = ScannerOutlet()
        self._outlets: dict[Part, Outlet] = {"camera": self._camera, "witness": WitnessOutlet(view), "scanner": self._scanner}
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners = ExitStack()

    async def __aenter__(self) -> Stage:
        loop = virtual_loop()
        with ExitStack() as listeners:
            links = {part: listeners.enter_context(_listening(self._folder / f"{part}.sock")) for part in self._outlets}
            await self._group.__aenter__()
            self._listeners = listeners.pop_all()
        for part, outlet in self._outlets.items():
            self._start(self._accept(loop, links[part], outlet))
        self._start(self._watch())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._camera.found.set()
        for task in self._tasks:
            task.cancel()
        with self._listeners:
            if isinstance(error, asyncio.CancelledError):  # by the group, for an error in the view, or from outside
                await self._group.__aexit__(kind, error, trace)
            else:
                await self._group.__aexit__(None, None, None)

    def attached(self, part: Part) -> int:
        """How many readers a part has."""
        return len(self._outlets[part].readers)

    def unplug(self, part: Part) -> None:
        """Pulls a part's cable; its readers are told before time goes on."""
        if self._outlets[part].plugged:
            self._outlets[part].plug(False)

    def replug(self, part: Part) -> None:
        """Puts the cable back. Where a camera's driver gave up its connection, time waits until it has found the camera again."""
        if not self._outlets[part].plugged:
            self._outlets[part].plug(True)
            if part == "camera" and self._camera.missed:
                self._start(self._wait_for_driver())

    async def scan(self, text: str) -> bool:
        """Holds a label to the scanner. True when a reader has taken the text; False when nobody did, and it is lost."""
        await asyncio.sleep(SCAN_SECONDS)
        return any(await asyncio.gather(*self._scanner.scan(text)))

    def _start(self, work: Coroutine[None, None, None], link: socket.socket | None = None) -> None:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if link is not None:  # a task that is cancelled before its first step closes nothing itself
            task.add_done_callback(lambda _: link.close())

    async def _accept(self, loop: VirtualLoop, listener: socket.socket, outlet: Outlet) -> None:
        while True:
            link, _ = await loop.sock_accept(listener)
            link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            self._start(outlet.serve(loop, link), link)

    async def _watch(self) -> None:
        while True:
            await self._view.changed.wait()
            self._view.changed.clear()
            for outlet in self._outlets.values():
                if isinstance(outlet, Pictures):
                    outlet.changed()

    async def _wait_for_driver(self) -> None:
        await asyncio.to_thread(self._camera.found.wait, REPLUG_PATIENCE)  # a job of an executor holds time


@contextmanager
def _listening(path: Path) -> Iterator[socket.socket]:
    with listen(path) as listener:
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)
