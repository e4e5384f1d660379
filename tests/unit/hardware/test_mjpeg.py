"""Motion JPEG over HTTP: answers as cameras of several makes give them, and as no camera should."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import pytest

from hardware.errors import DeviceNotOpened
from hardware.mjpeg import MjpegStream

PATIENCE = 5.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=%s\r\nConnection: close\r\n\r\n"


def jpeg(level: int) -> bytes:
    return cv2.imencode(".jpg", np.full((72, 128, 3), level, np.uint8))[1].tobytes()


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A host that answers every request with these bytes and hangs up; the requests it got."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                while True:
                    line, _ = listener.accept()
                    with line:
                        asked.append(line.recv(4096))
                        line.sendall(answer)
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", asked
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(PATIENCE)


def levels(answer: bytes) -> list[int | None]:
    """The level of each picture until the end; None for a damaged one."""
    found: list[int | None] = []
    with answering(answer) as (host, _):
        stream = MjpegStream(f"http://{host}/stream", "camera", PATIENCE)
        while stream.grab():
            got, pixels = stream.retrieve()
            found.append(int(pixels[30, 30]) if got and pixels is not None else None)
        stream.release()
    return found


def part(body: bytes, *headers: bytes, edge: bytes = b"frame") -> bytes:
    return b"--" + edge + b"\r\n" + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body + b"\r\n"


def with_length(body: bytes, edge: bytes = b"frame") -> bytes:
    return part(body, b"Content-Type: image/jpeg", b"Content-Length: %d" % len(body), edge=edge)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(HEAD % b"frame" + with_length(jpeg(50)) + with_length(jpeg(90)), id="usual"),
        pytest.param(HEAD % b'"--frame"' + with_length(jpeg(50)) + with_length(jpeg(90)), id="dashes in the boundary's name"),
        pytest.param(
            HEAD % b"frame" + part(jpeg(50), b"content-length:%d" % len(jpeg(50)), b"X-Time: 1") + with_length(jpeg(90)),
            id="small letters",
        ),
        pytest.param(HEAD % b"frame" + part(jpeg(50)) + part(jpeg(90)) + b"--frame--\r\n", id="no lengths"),
        pytest.param(
            HEAD % b"frame" + b"hello\r\n\r\n" + with_length(jpeg(50)) + b"\r\n\r\n" + with_length(jpeg(90)), id="a preamble"
        ),
    ],
)
def test_pictures_are_taken_off_the_line_one_by_one(answer: bytes) -> None:
    assert levels(answer) == [50, 90]


def test_a_damaged_picture_is_one_picture_less() -> None:
    assert levels(HEAD % b"frame" + with_length(b"nonsense") + with_length(jpeg(90))) == [None, 90]


def test_half_a_picture_is_the_end() -> None:
    assert levels(HEAD % b"frame" + with_length(jpeg(50)) + with_length(jpeg(90))[:-200]) == [50]


@pytest.mark.parametrize("length", [b"-5", b"many", b"99999999999"])
def test_a_length_that_cannot_be_is_the_end(length: bytes) -> None:
    assert levels(HEAD % b"frame" + part(jpeg(50), b"Content-Length: " + length)) in ([], [50])


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "name and password"),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "status 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", "text/html"),
        (b"\x00\xff", "does not open"),
        (b"", "does not open"),
    ],
)
def test_what_is_no_stream_is_refused_in_words(answer: bytes, says: str) -> None:
    with answering(answer) as (host, _), pytest.raises(DeviceNotOpened, match=says):
        MjpegStream(f"http://{host}/stream", "camera", PATIENCE)


def test_a_host_that_is_not_there_is_refused_in_words() -> None:
    with pytest.raises(DeviceNotOpened, match="switched on"):
        MjpegStream("http://127.0.0.1:9/stream", "camera", PATIENCE)
    with pytest.raises(DeviceNotOpened, match="does not open"):
        MjpegStream("http:///stream", "camera", PATIENCE)


def test_the_name_and_password_of_a_url_are_sent_and_never_said() -> None:
    with answering(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n") as (host, asked):
        with pytest.raises(DeviceNotOpened) as refused:
            MjpegStream(f"http://bench:se%20cret@{host}/stream?key=hidden", "camera", PATIENCE)
        assert base64.b64encode(b"bench:se cret") in asked[0]
        assert asked[0].startswith(b"GET /stream?key=hidden ")
        assert "cret" not in str(refused.value)
        assert "hidden" not in str(refused.value)
