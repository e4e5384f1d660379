"""The operator's terminal in the kiosk session: `python -P -m hardware.display.arranging /usr/bin/foot ...`.

Runs the terminal with letters for the space that it has there, and keeps it and the window of codes in their places while screens
are plugged in and out. A terminal's letters are fixed while it runs: where they must change, it is started anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import sys
from collections.abc import Sequence
from typing import Any

from hardware.display.arrangement import LETTERS, letters, orders, screens, terminals_area

logger = logging.getLogger(__name__)

_EVENTS = '["workspace", "window", "tick"]'
"""A screen that comes or goes brings or moves a workspace. The first tick comes when all others will."""
_PAUSE = 1.0  # seconds until a session that did not answer is asked again
_GRACE = 3.0  # seconds for the terminal to end by itself


class NoSession(Exception):
    """The session does not answer."""


async def _sway(*arguments: str) -> bytes:
    """What `swaymsg` answers. NoSession when there is nobody to answer."""
    process = await asyncio.create_subprocess_exec("swaymsg", *arguments, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    if process.returncode == 1:  # 2: an order that was not carried out
        raise NoSession
    return said


async def _asked(what: str) -> Any:
    try:
        return json.loads(await _sway("-r", "-t", what))
    except ValueError:
        raise NoSession from None


def with_letters(command: Sequence[str], size: int | None) -> list[str]:
    """The terminal's command with letters of so many pixels; None: those of its own configuration."""
    chosen = [] if size is None else [f"--override=font={LETTERS}:pixelsize={size}"]
    return [command[0], *chosen, *command[1:]]


class Terminal:
    """The operator's terminal. `ended`: set when it ended by itself; `code` is what it ended with."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._size: int | None = None
        self.ended = asyncio.Event()
        self.code = 0

    @property
    def running(self) -> bool:
        return self._process is not None

    async def have(self, size: int | None) -> None:
        """Run with letters of this size; what runs with others is started anew."""
        if self._process is not None and size == self._size:
            return
        await self.stop()
        self._size = size
        self._process = await asyncio.create_subprocess_exec(*with_letters(self._command, size))
        self._watch = asyncio.create_task(self._wait(self._process))

    async def _wait(self, process: asyncio.subprocess.Process) -> None:
        self.code = await process.wait()
        self.ended.set()

    async def stop(self) -> None:
        if self._process is None or self._watch is None:
            return
        self._watch.cancel()
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(_GRACE):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._process = None


async def _arrange(terminal: Terminal) -> None:
    """Once as everything is now."""
    found = screens(await _asked("get_outputs"))
    if found:  # while there is none, the terminal stays as it is
        area = terminals_area(found)
        await terminal.have(None if area is None else letters(area))
    for order in orders(found, await _asked("get_tree")):
        await _sway("--", order)


async def keep_arranged(terminal: Terminal) -> None:
    """Again after each event of the session, until cancelled; without a session the terminal runs as it is configured."""
    while True:
        process = await asyncio.create_subprocess_exec(
            "swaymsg", "-m", "-r", "-t", "subscribe", _EVENTS, stdout=asyncio.subprocess.PIPE, limit=1 << 20
        )
        try:
            while process.stdout is not None and await process.stdout.readline():
                await _arrange(terminal)
        except NoSession:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        logger.warning("the kiosk session does not answer: its windows stay where they are")
        if not terminal.running:
            await terminal.have(None)
        await asyncio.sleep(_PAUSE)


async def run(command: Sequence[str]) -> int:
    """Until the terminal ends, or this process is asked to; the terminal's exit code."""
    terminal, stopping = Terminal(command), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    arranging = asyncio.create_task(keep_arranged(terminal))
    waiting = [asyncio.create_task(event.wait()) for event in (terminal.ended, stopping)]
    try:
        done, _ = await asyncio.wait([*waiting, arranging], return_when=asyncio.FIRST_COMPLETED)
        if arranging in done:
            arranging.result()
    finally:
        for task in (*waiting, arranging):
            task.cancel()
        await asyncio.gather(*waiting, arranging, return_exceptions=True)
        await terminal.stop()
    return terminal.code


if __name__ == "__main__":
    logging.basicConfig(format="%(levelname)s %(message)s")
    if len(sys.argv) < 2:
        sys.exit("usage: python -P -m hardware.display.arranging TERMINAL [ARGUMENT]...")
    sys.exit(asyncio.run(run(sys.argv[1:])))
