"""The witness: watches the bench camera's frames in a thread of its own and says what they show."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import cv2

from hardware.camera import Camera
from hardware.errors import DeviceLost, HardwareError
from hardware.readings import Frame, KnownSymbol, Sighting
from hardware.vision.reference import Reference
from hardware.vision.sighter import Sighter

KEPT_SECONDS = 2.0
KEPT_FRAMES = 64

_log = logging.getLogger(__name__)


class Witness:
    """Judges every frame of a camera, one at a time: a frame's callback has returned before the next frame is read.

    `camera_factory` opens the camera, again and again while it is not there; it may raise HardwareError. `memory`: file in
    which the look of the empty stand is kept, so that a phone is known for one after a restart too; it holds a small grey
    picture without a code. `simulated`: the camera is known not to be a real one; a camera that says so itself adds to it.
    `backoff`: first and longest wait, in seconds, between two tries to open the camera.
    """

    def __init__(
        self,
        camera_factory: Callable[[], Camera],
        *,
        memory: Path | None,
        simulated: bool = False,
        backoff: tuple[float, float] = (0.25, 2.0),
    ) -> None:
        self._open = camera_factory
        self._memory = memory
        self._simulated = simulated
        self._backoff = backoff
        self._sighter = Sighter(_remembered(memory))
        self._kept = self._sighter.reference
        self._recent: deque[tuple[Frame, Sighting]] = deque(maxlen=KEPT_FRAMES)
        self._swapping = threading.Lock()
        self._asked: tuple[KnownSymbol | None, bool] | None = None
        self._asked_times = 0
        self._camera: Camera | None = None
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._heard: Callable[[Sighting], None] = lambda sighting: None
        self._lost: Callable[[str], None] = lambda reason: None
        self._back: Callable[[], None] = lambda: None
        self._up = True

    @property
    def simulated(self) -> bool:
        """What it sees did not happen before a real camera."""
        return self._simulated

    def start(self, heard: Callable[[Sighting], None], lost: Callable[[str], None], back: Callable[[], None]) -> None:
        """Looks on, in a thread of its own, in which all three are called.

        heard: one sighting. lost: why there are none for now, once (also when there is no camera at the start). back: there
        are some again, only after `lost`.
        """
        self._heard, self._lost, self._back = heard, lost, back
        self._thread = threading.Thread(target=self._run, name="witness", daemon=True)
        self._thread.start()

    def expect(self, symbol: KnownSymbol | None, *, same_watch: bool = False) -> None:
        """What the attached screen shows from now on: this symbol, or no code. A frame that is being judged is judged again:
        no sighting begun after this returned knows anything of the symbol before. Call it before the picture goes up.

        `same_watch`: another form of the same content; the watch goes on. ValueError if it is no symbol.
        """
        if symbol is not None and not len(symbol.modules) == len(symbol.varies) == symbol.size**2:
            raise ValueError(f"a symbol of size {symbol.size} needs {symbol.size**2} modules and as many marks of what varies")
        with self._swapping:
            same_watch = same_watch and (self._asked is None or self._asked[1])
            self._asked = (symbol, same_watch)
            self._asked_times += 1

    def recent(self) -> list[tuple[Frame, Sighting]]:
        """The last two seconds, oldest first. The pictures may show a code: they must not leave the bench unmasked."""
        with self._swapping:
            return list(self._recent)

    def close(self) -> None:
        """Stops; returns when the thread has ended. Nothing is called after that."""
        with self._swapping:
            self._closed.set()
            camera = self._camera
        if camera is not None:
            camera.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    # ---- in the witness's thread ----

    def _run(self) -> None:
        cv2.setNumThreads(1)
        wait = self._backoff[0]
        while not self._closed.is_set():
            frames = 0
            try:
                frames = self._watch()
            except HardwareError as why:
                self._tell_lost(str(why))
            except Exception as error:  # noqa: BLE001  whatever it is, the bench must learn that nobody looks
                _log.exception("the witness failed; it begins anew")
                self._tell_lost(f"the witness failed on a frame ({type(error).__name__}); it begins anew")
            wait = self._backoff[0] if frames else min(wait * 2, self._backoff[1])
            self._closed.wait(wait)

    def _watch(self) -> int:
        """Judges frames until the camera is lost."""
        camera = self._opened()
        if camera is None:
            return 0
        frames = 0
        try:
            while not self._closed.is_set():
                frame = camera.read()
                self._tell_back()
                self._judge(frame)
                frames += 1
        except DeviceLost as why:
            self._tell_lost(str(why))
        finally:
            with self._swapping:
                self._camera = None
            with suppress(HardwareError):
                camera.close()
        return frames

    def _opened(self) -> Camera | None:
        camera = self._open()
        self._simulated = self._simulated or camera.simulated
        with self._swapping:
            if not self._closed.is_set():
                self._camera = camera
                return camera
        camera.close()
        return None

    def _judge(self, frame: Frame) -> None:
        while True:
            with self._swapping:
                times, asked, self._asked = self._asked_times, self._asked, None
            if asked is not None:
                self._sighter.expect(asked[0], same_watch=asked[1])
            sighting = self._sighter.see(frame)
            with self._swapping:
                if times != self._asked_times:
                    continue
                self._recent.append((frame, sighting))
                while sighting.at - self._recent[0][1].at > KEPT_SECONDS:
                    self._recent.popleft()
                break
        self._remember()
        if not self._closed.is_set():
            self._heard(sighting)

    def _remember(self) -> None:
        reference = self._sighter.reference
        if reference is None or reference is self._kept:
            return
        self._kept = reference
        if self._memory is None:
            return
        part = self._memory.with_name(self._memory.name + ".part")
        try:
            part.write_bytes(reference.encoded())
            part.replace(self._memory)
        except OSError as why:
            _log.warning("the look of the empty stand could not be kept in %s: %s", self._memory, why.strerror)

    def _tell_lost(self, reason: str) -> None:
        if self._up and not self._closed.is_set():
            self._up = False
            self._lost(reason)

    def _tell_back(self) -> None:
        if not self._up and not self._closed.is_set():
            self._up = True
            self._back()


def _remembered(memory: Path | None) -> Reference | None:
    try:
        return Reference.decoded(memory.read_bytes()) if memory is not None else None
    except OSError:
        return None
