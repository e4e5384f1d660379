"""Followers for tests: in processes of their own, and in threads of the test's."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware.simulated.follower import Follower
from hardware.simulated.loop import run_virtual

ROOT = Path(__file__).parents[4]
SCRIPT = Path(__file__).with_name("follower_process.py")


@contextmanager
def living(folder: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A follower in a process of its own; it is killed in the end."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", str(SCRIPT), folder, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def follower(folder: str, main: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """A follower in a thread of this process."""
    errors: list[BaseException] = []

    async def program() -> None:
        await main()

    def run() -> None:
        try:
            run_virtual(program(), governor=Follower(folder))
        except BaseException as error:  # noqa: BLE001  # goes to the test's own thread
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(20)
    assert not thread.is_alive()
    assert not errors, errors
