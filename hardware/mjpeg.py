"""Motion JPEG over HTTP, as network cameras send it: one endless answer of JPEG pictures (multipart/x-mixed-replace).

Pictures are taken off the line undecoded, so one that nobody wants costs next to nothing.
"""

from __future__ import annotations

import base64
import http.client
import ssl
from contextlib import suppress
from urllib.parse import unquote, urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.errors import DeviceNotOpened

LONGEST_LINE = 4096
LARGEST_PICTURE = 16 << 20  # bytes; a 4K picture of the best quality has about 8 million


class MjpegStream:
    """The pictures of one network camera, for one thread.

    DeviceNotOpened, in words for a person, when there is no such stream; a name and password in the URL stay out of them.
    patience: seconds without a byte after which it counts as gone.
    """

    def __init__(self, url: str, name: str, patience: float) -> None:
        parts = urlsplit(url)
        line: http.client.HTTPConnection | None = None
        try:
            line = self._line = _connected(parts.scheme, parts.hostname or "", parts.port, patience)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            self._line.request("GET", target, headers=_headers(parts.username, parts.password))
            self._answer = self._line.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as why:
            if line is not None:
                line.close()
            cause = why.strerror if isinstance(why, OSError) and why.strerror else type(why).__name__
            raise DeviceNotOpened(f"{name} does not open ({cause}): check that it is there and switched on") from None
        refusal = _refusal(self._answer)
        if refusal:
            self.release()
            raise DeviceNotOpened(f"{name} {refusal}")
        self._edge = b"--" + (self._answer.headers.get_param("boundary") or "").strip().removeprefix("--").encode()  # type: ignore[union-attr]  # a plain boundary is text
        self._picture = b""
        self._at_part = False  # the edge before the next part was read already

    def grab(self) -> bool:
        """Takes the next picture off the line. False when there will be none."""
        try:
            self._picture = self._part()
        except (OSError, http.client.HTTPException, ValueError):
            self._picture = b""
        return bool(self._picture)

    def retrieve(self) -> tuple[bool, NDArray[np.uint8] | None]:
        """The picture that was grabbed, grey; False where it is damaged."""
        pixels = cv2.imdecode(np.frombuffer(self._picture, np.uint8), cv2.IMREAD_GRAYSCALE)
        return (False, None) if pixels is None else (True, np.asarray(pixels, np.uint8))

    def release(self) -> None:
        """Hangs up."""
        with suppress(OSError):
            self._answer.close()
        with suppress(OSError):
            self._line.close()

    def _part(self) -> bytes:
        """One part's content; nothing at the end of the stream."""
        within, self._at_part, length = self._at_part, False, -1
        while line := self._answer.readline(LONGEST_LINE):
            text = line.strip()
            if text.startswith(self._edge):
                within, length = True, -1
            elif within and not text:
                break
            elif within and text[:15].lower() == b"content-length:":
                length = int(text[15:])
        if not line:
            return b""
        if length > LARGEST_PICTURE:
            raise ValueError("no camera sends such pictures")
        return self._exactly(length) if length >= 0 else self._to_the_edge()

    def _exactly(self, length: int) -> bytes:
        content = self._answer.read(length)
        return content if len(content) == length else b""

    def _to_the_edge(self) -> bytes:
        """The content of a part whose length is not told: it ends where the next one begins."""
        content = bytearray()
        while line := self._answer.readline(LARGEST_PICTURE):
            if line.startswith(self._edge):
                self._at_part = True
                return bytes(content.removesuffix(b"\r\n"))
            content += line
            if len(content) > LARGEST_PICTURE:
                raise ValueError("no camera sends such pictures")
        return b""


def _connected(scheme: str, host: str, port: int | None, patience: float) -> http.client.HTTPConnection:
    if not host:
        raise ValueError("no host")
    secure = scheme == "https"
    line = (
        http.client.HTTPSConnection(host, port, timeout=patience, context=ssl.create_default_context())
        if secure
        else http.client.HTTPConnection(host, port, timeout=patience)
    )
    line.connect()
    return line


def _headers(user: str | None, password: str | None) -> dict[str, str]:
    if user is None:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode("ascii")}


def _refusal(answer: http.client.HTTPResponse) -> str:
    """Why this answer is no stream; empty when it is one."""
    if answer.status in (401, 403):
        return "asks for a name and password: put them before the host in its URL"
    if answer.status != 200:
        return f"answers with status {answer.status}: check the path in its URL"
    if answer.headers.get_content_type() != "multipart/x-mixed-replace":
        return (
            f"sends {answer.headers.get_content_type()[:60]}, not a stream of pictures: its URL must be that of the Motion JPEG stream"
        )
    return ""
