"""`python -m tests.benchmarks.screen`: from the service's command to a code that is really up on the attached screen, in milliseconds.

The window is a process of its own, on the screen that SDL finds (`SDL_VIDEODRIVER=dummy` where there is none), as large as the
desktop it says it has. Beside it, in this process: the copy and the flip of a prepared picture of the same size, which every window
must make.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import segno

from hardware.display.drawing import Matrix, draw
from hardware.display.server import DisplayServer

TIMES = 50
AIM = 50  # ms


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
    environment = {"SDL_VIDEODRIVER": "dummy", **os.environ}
    arguments = ("-P", "-m", "hardware.display", "--socket", str(folder / "display.sock"))
    window = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment)
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
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    from hardware.display.surface import ScreenSurface

    surface, times = ScreenSurface(), []
    size = surface.size
    flip = surface.prepare(draw(symbol(20, 0), *size), "", None)
    for _ in range(TIMES):
        began = time.perf_counter()
        flip()
        times.append((time.perf_counter() - began) * 1000)
    surface.close()
    return size, times


def main() -> None:
    """Print it all."""
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        took = asyncio.run(shown(Path(made)))
    size, times = bare()
    limit = statistics.median(times)
    for version, each in took.items():
        median = statistics.median(each)
        print(f"version {version}: {median:.1f} ms, worst {max(each):.1f} ms (aim: {AIM}); {median / limit:.1f} times the bare flip")
    print(f"bare copy and flip of {size[0]} x {size[1]}: {limit:.2f} ms")


if __name__ == "__main__":
    main()
