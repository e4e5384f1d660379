"""The witness: watches the bench camera's frames in a thread of its own and says what they show."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from hardware.camera import Camera
from hardware.errors import DeviceLost, HardwareError
from hardware.judging import Judge
from hardware.livecamera import Attention, LiveCamera
from hardware.readings import Frame, KnownSymbol, Sighting
from hardware.vision.reference import Reference
from hardware.vision.sighter import Sighter
from hardware.vision.taught import Library

REST_AFTER = 5.0  # seconds in which nothing was expected and the stand did not change
LOOK_BACK = 1.0  # seconds of judging old frames for which a live camera may be left alone
MEASURED = 512  # newest frames over which latency is measured

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Figures:
    """judged: frames so far. passed_over: frames that the camera sent and nobody looked at, on purpose or for want of time.
    looked_back: frames that were found to show the code only when they were judged again. median_ms, p95_ms: from a frame's
    arrival until its sighting was heard, the newest ones."""

    judged: int
    passed_over: int
    looked_back: int
    median_ms: float
    p95_ms: float


class Witness:
    """Judges the frames of a camera, one at a time: a frame's callback has returned before the next frame is read.

    A camera that sends by itself is taken as it comes: the newest frame is judged, those that came meanwhile are passed over, but
    for two seconds of them that are kept while a code is up. Where nothing is expected and nothing changes it is looked at now
    and then. Any other camera is read frame by frame.

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
        self.library = Library(memory.with_name("taught")) if memory is not None else None
        self._sighter = Sighter(_remembered(memory), self.library)
        self._kept = self._sighter.reference
        self._judge = Judge(self._sighter)
        self._calm: tuple[object, float] | None = None  # what the stand shows, and since when
        self._resting = False
        self._latencies: deque[float] = deque(maxlen=MEASURED)
        self._counts = [0, 0, 0]  # judged, passed over, looked back
        self._swapping = threading.Lock()
        self._asked: tuple[KnownSymbol, ...] | None = None
        self._asked_times = 0
        self._onlookers: tuple[Callable[[Frame, Sighting], None], ...] = ()
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

    def expect(self, forms: Sequence[KnownSymbol]) -> None:
        """What the attached screen shows from now on: these forms of one content by turns, or, without any, no code. A frame that
        is being judged is judged again: no sighting begun after this returned knows anything of the code before. Call it before
        the picture goes up. ValueError if one is no symbol.
        """
        for form in forms:
            if not len(form.modules) == len(form.varies) == form.size**2:
                raise ValueError(f"a symbol of size {form.size} needs {form.size**2} modules and as many marks of what varies")
        with self._swapping:
            self._asked = tuple(forms)
            self._asked_times += 1
            camera = self._camera
        if isinstance(camera, LiveCamera):
            camera.attend("keep" if forms else "watch")

    def recent(self) -> list[tuple[Frame, Sighting]]:
        """The last two seconds, oldest first. The pictures may show a code: they must not leave the bench unmasked."""
        with self._swapping:
            return self._judge.recent()

    def pictures(self) -> tuple[bytes | None, bytes | None]:
        """Small PNG pictures of the phone's display before and after the code gave way, every code in them covered; None for
        one that cannot be had. Of the newest watch; takes some 20 ms, in any thread."""
        try:
            return self._judge.pictures()
        except Exception:  # noqa: BLE001  a scan must not be lost for a picture of it
            _log.exception("no pictures of the scan could be made")
            return None, None

    def figures(self) -> Figures:
        """How it keeps up."""
        with self._swapping:
            judged, passed_over, looked_back = self._counts
            latencies = np.array(self._latencies or [0.0]) * 1000
        return Figures(judged, passed_over, looked_back, float(np.median(latencies)), float(np.percentile(latencies, 95)))

    def look_on(self, saw: Callable[[Frame, Sighting], None]) -> Callable[[], None]:
        """Hands every judged frame to `saw` as well, in the witness's thread, until what this returns is called. The pictures may
        show a code: they must not leave the bench unmasked."""
        with self._swapping:
            self._onlookers = (*self._onlookers, saw)

        def stop() -> None:
            with self._swapping:
                self._onlookers = tuple(one for one in self._onlookers if one is not saw)

        return stop

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
        frames, last, self._resting = 0, -1, False
        try:
            while not self._closed.is_set():
                frame = camera.read()
                arrived = frame.at if isinstance(camera, LiveCamera) else time.monotonic()
                self._tell_back()
                found = self._judged(camera, frame)
                with self._swapping:
                    self._latencies.append(time.monotonic() - arrived)
                    self._counts = [n + m for n, m in zip(self._counts, (1, max(0, frame.number - last - 1), found), strict=True)]
                frames, last = frames + 1, frame.number
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

    def _judged(self, camera: Camera, frame: Frame) -> int:
        """Judges one frame and tells what it shows; how many older ones turned out to show the code."""
        live = camera if isinstance(camera, LiveCamera) else None
        self._judge.patience = LOOK_BACK if live is not None else None
        while True:
            with self._swapping:
                times, asked, self._asked = self._asked_times, self._asked, None
            if asked is not None:
                self._judge.expect(asked)
                self._calm = None

            def stale(times: int = times) -> bool:
                return times != self._asked_times

            if self._resting and not self._judge.expecting:
                sightings = [self._judge.at_rest(frame)]
            else:
                sightings = self._judge.judge(frame, live.kept if live is not None else list, stale)
            with self._swapping:
                if stale():
                    continue
                self._judge.keep(frame, sightings[-1])
                if live is not None:
                    attention = self._attention(sightings[-1])
                    self._resting = attention == "rest"
                    live.attend(attention)
                break
        self._remember()
        for sighting in sightings:
            if not self._closed.is_set():
                self._heard(sighting)
        for saw in self._onlookers:
            saw(frame, sightings[-1])
        return len(sightings) - 1

    def _attention(self, sighting: Sighting) -> Attention:
        shows = (sighting.stand, sighting.screen, sighting.phones)
        if self._calm is None or self._calm[0] != shows or sighting.at < self._calm[1]:
            self._calm = (shows, sighting.at)
        if self._judge.expecting:
            return "keep"
        return "rest" if sighting.at - self._calm[1] >= REST_AFTER else "watch"

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
