"""Starts the terminal: `python -P -m tui --socket PATH [--kiosk] [--language CODE]`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
from pathlib import Path

from station.client import Client
from tui.app import BenchApp


async def run(socket: Path, kiosk: bool, language: str) -> None:
    """Run the terminal against the service behind `socket`, until it is closed."""
    async with Client(socket) as client:
        here = kiosk or "SSH_CONNECTION" not in os.environ  # whoever comes over ssh has a keyboard, and no scanner
        app = BenchApp(client, kiosk=kiosk, language=language, here=here)
        client.idle = lambda: app.idle
        await app.run_async()


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -P -m tui", description="The terminal of one sixtap bench.")
    parser.add_argument("--socket", type=Path, required=True, help="the service's Unix socket")
    parser.add_argument("--kiosk", action="store_true", help="nothing on the keyboard leaves the terminal")
    parser.add_argument("--language", default="", help="its language, such as fr; else the person's own")
    arguments = parser.parse_args()
    gc.freeze()  # what was imported stays for good: looking through it all costs a key up to 75 ms now and then
    asyncio.run(run(arguments.socket, arguments.kiosk, arguments.language))


if __name__ == "__main__":
    main()
