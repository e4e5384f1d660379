"""A barcode scanner on a serial line (USB-CDC or RS-232): bytes to scans."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable

from hardware.serialline import SerialLine

LONGEST_FRAME = 512  # bytes; the largest labels (DataMatrix with several values) hold less
_STX = b"\x02"
_ENDS = re.compile(rb"[\r\n\x03]")  # CR, LF, ETX
_STALE_SECONDS = 2.0  # 512 bytes take 0.6 s at 9600 baud: a longer pause inside a frame means that its end is lost
_AIM = re.compile(r"\]([A-Za-z][0-9A-Za-z])")


class Scan(str):
    """The text of one barcode, with the kind of code it came from.

    `symbology` is the AIM symbology identifier without its bracket (ISO/IEC 15424), e.g. `C0` Code 128, `C1` GS1-128, `E0` EAN-13,
    `d2` GS1 DataMatrix, `Q1` QR; None when the scanner does not send it.
    """

    __slots__ = ("symbology",)
    symbology: str | None

    def __new__(cls, text: str, symbology: str | None = None) -> Scan:
        """A scan of `text`."""
        scan = super().__new__(cls, text)
        scan.symbology = symbology
        return scan

    @classmethod
    def parse(cls, frame: bytes) -> Scan:
        """The scan in one frame: UTF-8, else Latin-1; without control characters; its AIM prefix taken off."""
        try:
            text = frame.decode()
        except UnicodeDecodeError:
            text = frame.decode("latin-1")
        text = "".join(character for character in text if character >= " " and not "\x7f" <= character <= "\x9f").strip()
        prefix = _AIM.match(text)
        return cls(text[prefix.end() :], prefix[1]) if prefix else cls(text)


class Frames:
    """Cuts a stream of bytes into frames that end with CR, LF, CRLF or ETX; a leading STX is dropped.

    Never yields a part of a frame: one that is too long, that another STX interrupts, that stood unfinished for two seconds, or that
    `cut` ended is dropped, up to the next end or STX. To scan again is cheap, a truncated serial number is not.
    """

    def __init__(self) -> None:
        self._part = b""
        self._spoilt = False
        self._touched = 0.0

    def feed(self, data: bytes, at: float) -> list[bytes]:
        """The frames that `data`, received at `at` (seconds, any monotonic clock), completes. Empty ones are left out."""
        if self._part and at - self._touched > _STALE_SECONDS:
            self._part, self._spoilt = b"", True
        self._touched = at
        *ended, rest = _ENDS.split(data)
        frames = [frame for piece in ended if (frame := self._end(piece))]
        self._add(rest)
        return frames

    def cut(self) -> None:
        """The line broke: what is unfinished will never be whole."""
        self._part, self._spoilt = b"", False

    def _add(self, piece: bytes) -> None:
        _, start, after = piece.rpartition(_STX)
        if start:
            self.cut()
        self._part += after
        if len(self._part) > LONGEST_FRAME:
            self._part, self._spoilt = b"", True

    def _end(self, piece: bytes) -> bytes:
        self._add(piece)
        frame = b"" if self._spoilt else self._part
        self.cut()
        return frame


class Scanner:
    """A scanner at `serial:/dev/serial/by-id/...?baud=9600`. DeviceNotOpened when the URL is not of this form.

    A scanner that is missing or unplugged is no error: `lost` says so, and the scanner is looked for until it is back.
    """

    def __init__(self, url: str, *, backoff: tuple[float, float] = (0.25, 5.0)) -> None:
        self._line = SerialLine(url, backoff=backoff)
        self._frames = Frames()
        self._thread: threading.Thread | None = None

    def start(self, heard: Callable[[Scan], None], lost: Callable[[str], None], back: Callable[[], None]) -> None:
        """Listen, in a thread of its own, in which all three are called; they must not raise and not wait.

        heard: one scan. lost: why the scanner is not there (also at the start), once. back: it is there again, only after `lost`.
        """

        def received(data: bytes) -> None:
            for frame in self._frames.feed(data, time.monotonic()):
                scan = Scan.parse(frame)
                if scan:
                    heard(scan)

        def broken(reason: str) -> None:
            self._frames.cut()
            lost(f"scanner {reason}")

        self._thread = threading.Thread(target=self._line.run, args=(received, broken, back), name="scanner", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and let go of the line; returns when the thread has ended. Nothing is called after that."""
        self._line.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
