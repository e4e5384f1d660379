"""`python -m tests.benchmarks.terminal`: from the start of the terminal's process to its first picture, on a pseudo-terminal.

The same is measured of a bare Textual program beside it: what any program on it must cost at the least.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

from tests.system.service import Service

RUNS = 5
LONGEST = 20.0  # seconds until a start counts as failed
BARE = "from textual.app import App\nfrom textual.widgets import Static\n"
BARE += "class A(App):\n    def compose(self):\n        yield Static('FIRST PICTURE')\nA().run()\n"


def first_paint(arguments: list[str], wanted: bytes) -> float:
    """Milliseconds until `wanted` is on the screen of a program that is started so, on a terminal of 98 x 31."""
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execv(arguments[0], arguments)  # noqa: S606 - our own interpreter, no shell
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 31, 98, 0, 0))
    seen = b""
    try:
        while wanted not in seen:
            ready, _, _ = select.select([terminal], [], [], LONGEST)
            if not ready:
                raise TimeoutError(f"no {wanted!r} within {LONGEST} s")
            seen += os.read(terminal, 1 << 16)
        return (time.perf_counter() - began) * 1000
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(terminal)


def main() -> None:
    """Print both, and how many times the bare program's time ours is."""
    python = sys.executable
    with tempfile.TemporaryDirectory(prefix="bench-") as made, Service(Path(made)) as service:
        ours = [first_paint([python, "-P", "-m", "tui", "--socket", str(service.socket)], b"No batch is running") for _ in range(RUNS)]
    bare = [first_paint([python, "-P", "-c", BARE], b"FIRST PICTURE") for _ in range(RUNS)]
    print(f"first picture: {statistics.median(ours):.0f} ms, worst {max(ours):.0f} ms (aim: 1000)")
    print(
        f"a bare Textual program: {statistics.median(bare):.0f} ms; {statistics.median(ours) / statistics.median(bare):.1f} times that"
    )


if __name__ == "__main__":
    main()
