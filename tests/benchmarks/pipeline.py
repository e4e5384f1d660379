"""`python -m tests.benchmarks.pipeline`: how the witness keeps up with a live camera, end to end, and what it costs at rest.

A process of its own sends 1280 x 720 Motion JPEG at 30 frames a second over HTTP, as a network camera does; the witness runs here
and is all that this process does. Printed: frames judged a second, latency from a frame's arrival until its sighting is heard, and the
share of one core that this process used.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from hardware.camera import open_camera
from hardware.readings import Sighting
from hardware.witness import REST_AFTER, Figures, Witness
from tests.unit.hardware.benchpicture import Bench, PhonePicture, attached, setup, symbol, viewfinder

FPS = 30.0
SECONDS = 10.0
PICTURES = 8  # of each scene: every one has noise of its own
EDGE = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"


def scenes() -> dict[str, Bench]:
    """What the camera may be told to film."""
    ours, theirs = symbol(7), symbol(8)
    return {
        "empty": Bench(),
        "phone": Bench(phones=[PhonePicture(setup())]),
        "code": Bench(ours, [PhonePicture(viewfinder(attached(ours)))]),
        "other_code": Bench(ours, [PhonePicture(viewfinder(attached(theirs)))]),
        "code_alone": Bench(ours),
    }


def encoded(scene: Bench) -> list[bytes]:
    pictures = []
    for scene.seed in range(PICTURES):
        pictures.append(cv2.imencode(".jpg", scene.picture(), [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes())
    return pictures


class Filming(BaseHTTPRequestHandler):
    """Sends what `now` says, at the full rate; GET /film/SCENE changes it."""

    films: dict[str, list[bytes]]
    now = "empty"

    def do_GET(self) -> None:
        if self.path.startswith("/film/"):
            Filming.now = self.path.removeprefix("/film/")
            self.send_response(200)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        began, number = time.monotonic(), 0
        while True:
            film = self.films[self.now]
            picture = film[number % len(film)]
            try:
                self.wfile.write(EDGE % len(picture) + picture + b"\r\n")
            except OSError:
                return
            number += 1
            time.sleep(max(0.0, began + number / FPS - time.monotonic()))

    def log_message(self, *args: object) -> None:
        """Nothing: the process's output is its port."""


def serve() -> None:
    """The camera's process."""
    Filming.films = {name: encoded(scene) for name, scene in scenes().items()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Filming)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()


@contextmanager
def camera() -> Iterator[str]:
    """The URL of a camera that films."""
    with subprocess.Popen([sys.executable, "-m", "tests.benchmarks.pipeline", "serve"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


class Watching:
    """A witness at work, and what it said last."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.last: Sighting | None = None
        self.judging: list[float] = []
        self.latency: list[float] = []
        self._changed = threading.Condition()
        self.witness = Witness(lambda: open_camera(f"{url}/stream"), memory=None)
        self.witness.start(self._hear, lambda why: print("lost:", why), lambda: None)

    def _hear(self, sighting: Sighting) -> None:
        with self._changed:
            self.last = sighting
            self.judging.append(sighting.milliseconds)
            self.latency.append((time.monotonic() - sighting.at) * 1000)
            self._changed.notify_all()

    def film(self, scene: str, stand: str, screen: str) -> float:
        """Change the scene; seconds until the witness says so."""
        began = time.monotonic()
        urllib.request.urlopen(f"{self._url}/film/{scene}").close()  # noqa: S310  # our own process
        with self._changed:
            seen = self._changed.wait_for(lambda: self.last is not None and (self.last.stand, self.last.screen) == (stand, screen), 20)
        assert seen, f"the witness does not see {scene}: {self.last}"
        return time.monotonic() - began

    def measured(self, seconds: float) -> dict[str, float]:
        """Figures of the next seconds."""
        before: Figures = self.witness.figures()
        with self._changed:
            self.judging, self.latency = [], []
        cpu, began = time.process_time(), time.monotonic()
        time.sleep(seconds)
        lasted, used = time.monotonic() - began, time.process_time() - cpu
        after = self.witness.figures()
        return {
            "judged_per_second": round((after.judged - before.judged) / lasted, 1),
            "sent_per_second": round((after.judged + after.passed_over - before.judged - before.passed_over) / lasted, 1),
            "latency_median_ms": round(float(np.median(self.latency)), 1),
            "latency_p95_ms": round(float(np.percentile(self.latency, 95)), 1),
            "judging_median_ms": round(float(np.median(self.judging)), 1),
            "share_of_a_core_percent": round(100 * used / lasted, 1),
        }


def main() -> None:
    """Run everything and tell, as JSON."""
    figures: dict[str, dict[str, float]] = {}
    with camera() as url:
        watching = Watching(url)
        watching.film("empty", "empty", "none")
        time.sleep(REST_AFTER + 1)
        figures["at rest, empty stand"] = watching.measured(SECONDS)
        waking = watching.film("phone", "phone", "other")
        figures["wakes when a phone comes"] = {"seconds": round(waking, 3)}
        time.sleep(REST_AFTER + 1)
        figures["at rest, a phone stands there"] = watching.measured(SECONDS)
        watching.film("empty", "empty", "none")
        watching.witness.expect([symbol(7), symbol(7, order=1, mask=5)])
        watching.film("code_alone", "empty", "none")
        figures["code up, empty stand"] = watching.measured(SECONDS)
        watching.film("other_code", "phone", "viewfinder")
        figures["code up, another code in the viewfinder"] = watching.measured(SECONDS)
        watching.film("code", "phone", "code")
        figures["code up, in the viewfinder"] = watching.measured(SECONDS)
        watching.witness.close()
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
