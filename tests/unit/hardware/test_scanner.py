from __future__ import annotations

import os
import queue
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import DeviceNotOpened
from hardware.scanner import LONGEST_FRAME, Frames, Scan, Scanner
from hardware.serialline import SerialLine, SerialUrl

SECONDS = 5.0  # how long a thread may take before a test fails


class Plug:
    """A pseudo-terminal behind a symlink, as udev makes one: plugged in, spoken through, pulled out."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        link.symlink_to(os.ttyname(self._slave))

    def send(self, data: bytes) -> None:
        os.write(self.master, data)

    def pull(self) -> None:
        """Unplug: the line hangs up and its name goes."""
        self.link.unlink()
        os.close(self._slave)
        os.close(self.master)


class Ear:
    """Everything that a scanner said, in order, waited for with a limit."""

    def __init__(self) -> None:
        self.said: queue.Queue[tuple[str, str, str | None]] = queue.Queue()

    def start(self, scanner: Scanner) -> None:
        scanner.start(
            lambda scan: self.said.put(("heard", str(scan), scan.symbology)),
            lambda reason: self.said.put(("lost", reason, None)),
            lambda: self.said.put(("back", "", None)),
        )

    def next(self) -> tuple[str, str, str | None]:
        return self.said.get(timeout=SECONDS)

    def plug_in(self, link: Path) -> Plug:
        """Plug a scanner in and wait until it is open: what is sent before that is flushed."""
        assert self.next()[0] == "lost"
        plug = Plug(link)
        assert self.next()[0] == "back"
        return plug


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def scanner(tmp_path: Path, ear: Ear) -> Iterator[Callable[[], Scanner]]:
    """Starts a scanner at tmp_path/scanner; it is closed at the end of the test."""
    started: list[Scanner] = []

    def start() -> Scanner:
        opened = Scanner(f"serial:{tmp_path}/scanner?baud=115200", backoff=(0.005, 0.02))
        started.append(opened)
        ear.start(opened)
        return opened

    yield start
    for opened in started:
        opened.close()


def test_hears_scans_whatever_ends_their_frames(tmp_path: Path, ear: Ear, scanner: Callable[[], Scanner]) -> None:
    scanner()
    plug = ear.plug_in(tmp_path / "scanner")
    plug.send(b"R58M315CL4T\r\n\r\n352099001761481\r\x02]C0XYZ\x03]E04006381333931\n")
    assert [ear.next() for _ in range(4)] == [
        ("heard", "R58M315CL4T", None),
        ("heard", "352099001761481", None),
        ("heard", "XYZ", "C0"),
        ("heard", "4006381333931", "E0"),
    ]
    assert ear.said.empty()
    plug.pull()


def test_a_scanner_missing_at_the_start_is_said_once_and_found_when_it_comes(
    tmp_path: Path, ear: Ear, scanner: Callable[[], Scanner]
) -> None:
    scanner()
    kind, reason, _ = ear.next()
    assert kind == "lost"
    assert str(tmp_path / "scanner") in reason
    assert "plug it in" in reason
    plug = Plug(tmp_path / "scanner")
    assert ear.next()[0] == "back"
    plug.send(b"first\r")
    assert ear.next() == ("heard", "first", None)
    plug.pull()


def test_a_frame_cut_by_unplugging_is_dropped_and_the_scanner_recovers_behind_its_moved_name(
    tmp_path: Path, ear: Ear, scanner: Callable[[], Scanner]
) -> None:
    scanner()
    plug = ear.plug_in(tmp_path / "scanner")
    plug.send(b"whole\rR58M31")
    assert ear.next() == ("heard", "whole", None)
    plug.pull()
    again = ear.plug_in(tmp_path / "scanner")
    again.send(b"5CL4T\rR58M315CL4T\r")
    assert ear.next() == ("heard", "5CL4T", None)
    assert ear.next() == ("heard", "R58M315CL4T", None)
    again.pull()
    assert ear.next()[0] == "lost"


def test_garbage_bytes_never_stop_the_scanner(tmp_path: Path, ear: Ear, scanner: Callable[[], Scanner]) -> None:
    scanner()
    plug = ear.plug_in(tmp_path / "scanner")
    plug.send(bytes(range(256)).replace(b"\r", b"").replace(b"\n", b"").replace(b"\x03", b"") + b"\r")
    kind, text, _ = ear.next()
    assert kind == "heard"
    assert text.isprintable() or "\xad" in text
    plug.send(b"x" * (LONGEST_FRAME + 1) + b"\rgood\r")
    assert ear.next() == ("heard", "good", None)
    plug.pull()


def test_a_file_that_is_no_serial_line_is_a_lost_scanner(tmp_path: Path, ear: Ear, scanner: Callable[[], Scanner]) -> None:
    (tmp_path / "scanner").write_text("not a line")
    scanner()
    kind, reason, _ = ear.next()
    assert kind == "lost"
    assert "no serial line" in reason


def test_a_line_that_another_scanner_holds_is_said_to_be_in_use(tmp_path: Path, ear: Ear, scanner: Callable[[], Scanner]) -> None:
    first = scanner()
    plug = ear.plug_in(tmp_path / "scanner")
    plug.send(b"mine\r")
    assert ear.next() == ("heard", "mine", None)
    scanner()
    kind, reason, _ = ear.next()
    assert kind == "lost"
    assert "another program" in reason
    first.close()
    assert ear.next()[0] == "back"
    plug.pull()


def test_close_interrupts_reading_and_nothing_is_heard_after_it(tmp_path: Path, ear: Ear, scanner: Callable[[], Scanner]) -> None:
    opened = scanner()
    plug = ear.plug_in(tmp_path / "scanner")
    opened.close()
    plug.send(b"late\r")
    plug.pull()
    assert ear.said.empty()


def test_close_interrupts_the_wait_for_a_missing_scanner(tmp_path: Path, ear: Ear) -> None:
    opened = Scanner(f"serial:{tmp_path}/scanner", backoff=(3600.0, 3600.0))
    ear.start(opened)
    assert ear.next()[0] == "lost"
    opened.close()


def test_a_line_closed_before_it_runs_does_not_run(tmp_path: Path) -> None:
    line = SerialLine(f"serial:{tmp_path}/scanner")
    line.close()
    line.run(lambda _: pytest.fail("received"), lambda _: pytest.fail("lost"), lambda: pytest.fail("back"))


@pytest.mark.parametrize(
    "url",
    [
        "serial:dev/ttyACM0",
        "serial:",
        "serial://host/dev/x",
        "/dev/ttyACM0",
        "serial:/dev/x?baud=fast",
        "serial:/dev/x?baud=9601",
        "serial:/dev/x?baud=",
        "serial:/dev/x?baud=9600&baud=9600",
        "serial:/dev/x?parity=odd",
        "serial:/dev/x#part",
    ],
)
def test_a_url_that_cannot_work_is_refused_by_name(url: str) -> None:
    with pytest.raises(DeviceNotOpened, match="serial"):
        Scanner(url)


def test_a_url_names_path_and_speed() -> None:
    path = "/dev/serial/by-path/platform-xhci-hcd.0-usb-0:1.3:1.0"
    assert SerialUrl.parse(f"serial:{path}?baud=115200") == SerialUrl(path, 115200)
    assert SerialUrl.parse(f"serial:{path}") == SerialUrl(path, 9600)


@pytest.mark.parametrize(
    ("frame", "text", "symbology"),
    [
        (b"]C0R58M315CL4T", "R58M315CL4T", "C0"),
        (b"]d2010952123\x1d21ABC", "01095212321ABC", "d2"),
        (b"]Q1", "", "Q1"),
        (b"] no prefix", "] no prefix", None),
        (b"\xc5\x81\xc3\xb3d\xc5\xba", "Łódź", None),
        (b"caf\xe9", "café", None),
        (b"a\x00b\x1b[2Jc\x7f\xc2\x85d", "ab[2Jcd", None),
        (b"  padded ", "padded", None),
        (b"lowerUPPER", "lowerUPPER", None),
    ],
)
def test_a_frame_becomes_plain_text_and_a_symbology(frame: bytes, text: str, symbology: str | None) -> None:
    scan = Scan.parse(frame)
    assert (scan, scan.symbology) == (text, symbology)


@given(st.lists(st.binary(max_size=40)), st.lists(st.integers(1, 30)))
def test_frames_are_the_same_however_the_bytes_arrive(frames: list[bytes], cuts: list[int]) -> None:
    wanted = [clean for frame in frames if (clean := frame.translate(None, b"\r\n\x02\x03"))]
    stream = b"".join(clean + end for clean, end in zip(wanted, [b"\r", b"\r\n", b"\n", b"\x03"] * len(wanted), strict=False))
    cutter, got = Frames(), []
    for length in [*cuts, len(stream) + 1]:
        piece, stream = stream[:length], stream[length:]
        got += cutter.feed(piece, 0.0)
    assert got == wanted


def test_a_frame_that_stood_unfinished_is_dropped_with_its_tail() -> None:
    frames = Frames()
    assert frames.feed(b"R58M31", 10.0) == []
    assert frames.feed(b"5CL4T\rR58M315CL4T\r", 12.5) == [b"R58M315CL4T"]
    assert frames.feed(b"sl", 13.0) == []
    assert frames.feed(b"ow\r", 14.9) == [b"slow"]


def test_an_over_long_frame_is_dropped_up_to_its_end_however_it_arrives() -> None:
    frames = Frames()
    for _ in range(LONGEST_FRAME + 5):
        assert frames.feed(b"x", 0.0) == []
    assert frames.feed(b"tail\r" + b"y" * LONGEST_FRAME + b"\r", 0.0) == [b"y" * LONGEST_FRAME]


def test_a_second_start_of_text_drops_what_it_interrupts() -> None:
    assert Frames().feed(b"\x02cut\x02whole\x03", 0.0) == [b"whole"]
