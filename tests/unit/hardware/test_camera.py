"""Cameras by URL: recordings, network streams, devices that are not there."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hardware.camera import Camera, open_camera
from hardware.errors import DeviceLost, DeviceNotOpened
from hardware.livecamera import LiveCamera
from hardware.recording import Recording
from hardware.witness import Witness
from tests.unit.hardware.benchpicture import Bench, PhonePicture, attached, symbol, viewfinder

EDGE = b"--frame\r\nContent-Type: image/jpeg\r\n"


def picture(level: int) -> bytes:
    return cv2.imencode(".jpg", np.full((72, 128, 3), level, np.uint8))[1].tobytes()


class Stream:
    """A network camera: sends pictures of the level it is told, until it is switched off."""

    def __init__(self) -> None:
        self.level = 50
        self.on = threading.Event()
        self.on.set()
        self.more = threading.Semaphore(0)
        stream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                while stream.on.is_set():
                    body = picture(stream.level)
                    try:
                        self.wfile.write(EDGE + b"Content-Length: %d\r\n\r\n" % len(body) + body + b"\r\n")
                    except OSError:
                        return
                    stream.more.acquire(timeout=0.01)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/stream"

    def close(self) -> None:
        self.on.clear()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def read_to_the_end(camera: Camera) -> None:
    while True:
        camera.read()


@pytest.fixture
def stream() -> Iterator[Stream]:
    stream = Stream()
    yield stream
    stream.close()


def test_a_folder_of_pictures_is_replayed_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name, level in (("b.png", 20), ("a.png", 10), ("c.png", 30)):
        cv2.imwrite(str(tmp_path / name), np.full((72, 128), level, np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")
    camera = open_camera(f"file:{tmp_path}?fps=5")
    frames = [camera.read() for _ in range(3)]
    assert [int(frame.pixels[0, 0]) for frame in frames] == [10, 20, 30]
    assert [(frame.number, frame.at) for frame in frames] == [(0, 0.0), (1, 0.2), (2, 0.4)]
    assert camera.simulated
    with pytest.raises(DeviceLost, match="has ended"):
        camera.read()


def test_a_video_is_replayed_as_grey_pictures_at_its_own_pace(tmp_path: Path) -> None:
    path = tmp_path / "with space.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (128, 72))
    for level in (40, 200):
        writer.write(np.full((72, 128, 3), level, np.uint8))
    writer.release()
    camera = open_camera(f"file:{str(path).replace(' ', '%20')}")
    first, second = camera.read(), camera.read()
    assert first.pixels.shape == (72, 128)
    assert first.pixels.dtype == np.uint8
    assert abs(int(second.pixels[30, 30]) - 200) < 6
    assert second.at - first.at == pytest.approx(1 / 25)
    with pytest.raises(DeviceLost):
        camera.read()


def test_a_recording_with_a_damaged_picture_says_which(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"nonsense")
    with pytest.raises(DeviceLost, match=r"a\.png"):
        open_camera(f"file:{tmp_path}").read()


def test_a_closed_recording_gives_no_more(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((72, 128), np.uint8))
    camera = open_camera(f"file:{tmp_path}")
    camera.close()
    with pytest.raises(DeviceLost):
        camera.read()


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("file:/no/such/folder", "no such recording"),
        ("file:/tmp?fps=0", "fps"),
        ("file:/tmp?speed=2", "fps"),
        ("v4l2:/dev/no-such-camera", "/dev/no-such-camera"),
        ("v4l2:/dev/null?colour=1", "colour"),
        ("v4l2:/dev/null?width=wide", "width"),
        ("v4l2:/dev/null?fourcc=MOTIONJPEG", "fourcc"),
        ("v4l2:/dev/null", "v4l2:/dev/null"),
        ("usb:0", "usb"),
    ],
)
def test_what_cannot_be_opened_is_refused_by_name(url: str, names: str) -> None:
    with pytest.raises(DeviceNotOpened, match=names):
        open_camera(url)


def test_a_network_camera_gives_its_newest_picture_each_once(stream: Stream) -> None:
    camera = open_camera(stream.url)
    assert not camera.simulated
    frames = [camera.read() for _ in range(3)]
    assert frames[0].pixels.shape == (72, 128)
    assert frames[0].number < frames[1].number < frames[2].number
    assert frames[0].at <= frames[1].at <= frames[2].at
    stream.level = 220
    while camera.read().pixels[30, 30] < 200:  # old pictures come to an end, however slowly they are read
        pass
    camera.close()
    with pytest.raises(DeviceLost, match="closed"):
        camera.read()


def test_a_network_camera_that_goes_away_is_lost_and_can_be_opened_again(stream: Stream) -> None:
    camera = open_camera(stream.url)
    camera.read()
    stream.on.clear()
    with pytest.raises(DeviceLost, match="sends no more pictures"):
        read_to_the_end(camera)
    camera.close()
    stream.on.set()
    again = open_camera(stream.url)
    assert again.read().pixels.shape == (72, 128)
    again.close()


def test_closing_ends_a_read_that_waits(stream: Stream) -> None:
    camera = open_camera(stream.url)
    assert isinstance(camera, LiveCamera)
    camera.read()
    ended: list[str] = []

    def reading() -> None:
        try:
            read_to_the_end(camera)
        except DeviceLost as why:
            ended.append(str(why))

    thread = threading.Thread(target=reading)
    thread.start()
    camera.close()
    thread.join(10)
    assert ended


def test_a_password_in_the_url_is_in_no_message() -> None:
    with pytest.raises(DeviceNotOpened) as refused:
        open_camera("http://bench:secret@127.0.0.1:9/stream?key=secret")
    assert "secret" not in str(refused.value)
    assert "127.0.0.1:9/stream" in str(refused.value)


def test_a_recording_is_witnessed_and_stamped_as_simulated(tmp_path: Path) -> None:
    ours, blank = symbol(7), Bench().picture()
    phone = PhonePicture(viewfinder(attached(ours)))
    for number, filmed in enumerate((blank, blank, Bench(ours).picture(), Bench(ours, [phone]).picture())):
        cv2.imwrite(str(tmp_path / f"{number}.png"), filmed)
    said: queue.Queue[Any] = queue.Queue()
    witness = Witness(lambda: Recording(f"file:{tmp_path}"), memory=None)
    witness.expect((ours,))
    witness.start(said.put, said.put, lambda: None)
    seen = [said.get(timeout=20) for _ in range(5)]
    witness.close()
    assert [(one.stand, one.screen) for one in seen[:4]] == [("empty", "none")] * 3 + [("phone", "code")]
    assert "has ended" in seen[4]
    assert witness.simulated
