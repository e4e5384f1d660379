"""The attached screen's window: `python -P -m hardware.display --socket PATH [--windowed]`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from pathlib import Path

from hardware.display.surface import ScreenSurface
from hardware.display.window import DisplayWindow
from hardware.errors import DeviceNotOpened

_POLL_SECONDS = 1 / 30


async def _run(path: Path, surface: ScreenSurface) -> None:
    """Serve until the window is closed or the process is asked to end."""
    window = DisplayWindow(path, surface, simulated=False)
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
    parser.add_argument("--windowed", action="store_true", help="a framed window, for a desktop")
    arguments = parser.parse_args()
    logging.basicConfig(format="%(levelname)s %(message)s")
    try:
        surface = ScreenSurface(windowed=arguments.windowed)
    except DeviceNotOpened as error:
        parser.exit(1, f"{error}\n")
    try:
        asyncio.run(_run(arguments.socket, surface))
    finally:
        surface.close()


if __name__ == "__main__":
    main()
