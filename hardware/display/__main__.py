"""The attached screen's window: `python -P -m hardware.display --socket PATH [--windowed | --screen-mm LONG_SIDE]`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from pathlib import Path

from hardware.display import outputs
from hardware.display.edid import millimetres
from hardware.display.legibility import by_long_side
from hardware.display.surface import ScreenSurface
from hardware.display.window import DisplayWindow, Measure
from hardware.errors import DeviceNotOpened

_POLL_SECONDS = 1 / 30


def _measure(screen_mm: float | None) -> Measure:
    """By the measured long side, else by what the connected monitors say of themselves. A framed window fills none."""
    if screen_mm is None:
        return lambda width, height: millimetres(outputs.connected(), width, height)
    return lambda width, height: by_long_side(width, height, screen_mm)


def _long_side(text: str) -> float:
    value = float(text)
    if not 10 <= value <= 10_000:
        raise argparse.ArgumentTypeError("a screen's long side is 10 to 10000 mm")
    return value


async def _run(path: Path, surface: ScreenSurface, measure: Measure) -> None:
    """Serve until the window is closed or the process is asked to end."""
    window = DisplayWindow(path, surface, simulated=False, measure=measure)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with asyncio.TaskGroup() as group:
        client = group.create_task(window.run())
        while not stopping.is_set():
            match surface.poll():
                case "closed":
                    stopping.set()
                case "resized":
                    window.redraw()
            await asyncio.sleep(_POLL_SECONDS)
        client.cancel()


def main() -> None:
    """Parse the arguments, open the window, serve."""
    parser = argparse.ArgumentParser(prog="hardware.display", description="The window of the attached screen.")
    parser.add_argument("--socket", type=Path, required=True, help="the service's display socket")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--windowed", action="store_true", help="a framed window, for a desktop")
    long_side = "long side of the screen's picture in millimetres, where the monitor does not tell it or tells it wrongly"
    kind.add_argument("--screen-mm", type=_long_side, metavar="LONG_SIDE", help=long_side)
    arguments = parser.parse_args()
    logging.basicConfig(format="%(levelname)s %(message)s")
    try:
        surface = ScreenSurface(windowed=arguments.windowed)
    except DeviceNotOpened as error:
        parser.exit(1, f"{error}\n")
    try:
        asyncio.run(_run(arguments.socket, surface, _measure(arguments.screen_mm)))
    finally:
        surface.close()


if __name__ == "__main__":
    main()
