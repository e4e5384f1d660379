"""Tells systemd how the service is: ready, alive, stopping (sd_notify(3), over a datagram socket; standard library only)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Mapping


class Notifier:
    """The service's line to its manager. Does nothing where there is none (`NOTIFY_SOCKET` unset).

    A message that cannot be sent is dropped: the bench does not stop because its manager is restarting.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._interval = _watchdog_seconds(environment)

    @property
    def interval(self) -> float | None:
        """Seconds between two signs of life: half of what WatchdogSec= allows (sd_watchdog_enabled(3)). None: none are wanted."""
        return self._interval

    def ready(self) -> None:
        """Start-up is finished; units that are ordered after this one may start."""
        self._send("READY=1")

    def watchdog(self) -> None:
        """A sign of life. Call it only from the loop whose life it proves."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Shutting down has begun."""
        self._send("STOPPING=1")

    async def keep_alive(self) -> None:
        """Give signs of life from this event loop, until cancelled; returns at once when none are wanted."""
        while self._address and self._interval is not None:
            self.watchdog()
            await asyncio.sleep(self._interval)

    def _send(self, message: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as line:
            line.sendto(message.encode(), address)


def _watchdog_seconds(environment: Mapping[str, str]) -> float | None:
    """Half of WATCHDOG_USEC, where that is set and meant for this process (WATCHDOG_PID)."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    meant_for = environment.get("WATCHDOG_PID", "")
    if not microseconds.isdecimal() or int(microseconds) == 0 or (meant_for and meant_for != str(os.getpid())):
        return None
    return int(microseconds) / 2_000_000
