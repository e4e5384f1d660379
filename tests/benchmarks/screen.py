"""`python -m tests.benchmarks.screen`: from the service's command to a code that is really up on the attached screen, in milliseconds.

The window is a process of its own, as large as the desktop: on the compositor that is there, else on an Xvfb of 1920 x 1080 that is
started for it, else on SDL's dummy driver, whose desktop is smaller. Beside it, in this process and on the same screen: the copy and
the flip of a prepared picture of the same size, which every window must make.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import segno

from hardware.display.drawing import Matrix, draw
from hardware.display.server import DisplayServer

TIMES = 50
AIM = 50  # ms
SIZE = "1920x1080x24"


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """A screen for SDL while this lasts, named in the environment; what kind it is."""
    kind = os.environ.get("SDL_VIDEODRIVER") or next(
        (kind for kind, name in (("wayland", "WAYLAND_DISPLAY"), ("x11", "DISPLAY")) if os.environ.get(name)), ""
    )
    if kind:
        yield kind
        return
    server = shutil.which("Xvfb")
    if server is None:
        os.environ["SDL_VIDEODRIVER"] = "dummy"
        yield "dummy"
        return
    ours, theirs = os.pipe()
    command = (server, "-displayfd", str(theirs), "-screen", "0", SIZE, "-nolisten", "tcp")
    process = subprocess.Popen(command, pass_fds=(theirs,), stderr=subprocess.DEVNULL)
    os.close(theirs)
    try:
        with os.fdopen(ours) as told:  # its number, once it listens
            number = told.readline().strip()
        if not number:
            sys.exit("Xvfb does not start: set SDL_VIDEODRIVER=dummy, or DISPLAY to a screen that is there")
        os.environ |= {"DISPLAY": f":{number}", "SDL_VIDEODRIVER": "x11"}
        yield "x11 (Xvfb)"
    finally:
        process.terminate()
        process.wait()


def symbol(version: int, number: int) -> Matrix:
    """Codes of one size whose contents differ."""
    rows = segno.make_qr(f"sixtap benchmark {number}", version=version, error="l").matrix
    return Matrix(len(rows), b"".join(bytes(row) for row in rows))


async def shown(folder: Path) -> dict[int, list[float]]:
    """By version: milliseconds of each `show`, each of two forms as on a bench, from a blank screen."""
    attached = asyncio.Event()
    server = DisplayServer(folder / "display.sock", ping_seconds=1.0)
    server.on_change = attached.set
    await server.start()
    arguments = ("-P", "-m", "hardware.display", "--socket", str(folder / "display.sock"))
    window = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    took: dict[int, list[float]] = {14: [], 20: [], 25: []}
    try:
        await asyncio.wait_for(attached.wait(), 20)
        for version, times in took.items():
            for number in range(TIMES):
                forms = (symbol(version, number), symbol(version, -1 - number))
                began = time.perf_counter()
                await server.show(forms)
                times.append((time.perf_counter() - began) * 1000)
                await server.blank()
    finally:
        window.terminate()
        await window.wait()
        await server.close()
    return took


def bare() -> tuple[tuple[int, int], list[float]]:
    """The size of the desktop, and milliseconds to copy and flip a picture that is ready."""
    from hardware.display.surface import ScreenSurface

    surface, times = ScreenSurface(), []
    size = surface.size
    flip = surface.prepare(draw(symbol(20, 0), *size))
    for _ in range(TIMES):
        began = time.perf_counter()
        flip()
        times.append((time.perf_counter() - began) * 1000)
    surface.close()
    return size, times


def main() -> None:
    """Print it all."""
    with screen() as kind:
        with tempfile.TemporaryDirectory(prefix="bench-") as made:
            took = asyncio.run(shown(Path(made)))
        size, times = bare()
    limit = statistics.median(times)
    for version, each in took.items():
        median = statistics.median(each)
        print(f"version {version}: {median:.1f} ms, worst {max(each):.1f} ms (aim: {AIM}); {median / limit:.1f} times the bare flip")
    print(f"bare copy and flip of {size[0]} x {size[1]} on {kind}: {limit:.2f} ms, worst {max(times):.2f} ms")


if __name__ == "__main__":
    main()
