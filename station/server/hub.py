"""Events to many clients: a slow one misses statuses in between, never an event of the record."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from station import wire
from station.domain.errors import SixtapError
from station.ports import Recorded
from station.server.views import Views, recorded

LOG = logging.getLogger("sixtap.server")
MOST_WAITING = 20_000  # recorded events; a client further behind is disconnected and starts again from a snapshot

Passing = wire.Heard | wire.BadgeHeard


class Subscriber:
    """What one client has still to be sent: all events after `known`, and the newest status only.

    `ended` is set when it shall be sent nothing more: the service stops, or (`overrun`) it is too far behind.
    """

    def __init__(self) -> None:
        self._events: deque[wire.Recorded] = deque()
        self._status: wire.Status | None = None
        self._passing: list[Passing] = []
        self._bell = asyncio.Event()
        self.known = 0
        self.overrun = False
        self.ended = asyncio.Event()

    def put_event(self, event: wire.Recorded) -> None:
        if self.overrun:
            return
        self._events.append(event)
        if len(self._events) > MOST_WAITING:
            self.overrun = True
            self._events.clear()
            self.ended.set()
        self._bell.set()

    def put_status(self, status: wire.Status) -> None:
        self._status = status
        self._bell.set()

    def put_passing(self, message: Passing) -> None:
        self._passing.append(message)
        self._bell.set()

    async def next(self) -> list[wire.Recorded | wire.Status | Passing]:
        """Everything that waits, oldest event first, then what is only passing by, the status last."""
        await self._bell.wait()
        self._bell.clear()
        waiting: list[wire.Recorded | wire.Status | Passing] = [event for event in self._events if event.seq > self.known]
        self._events.clear()
        waiting += self._passing
        self._passing.clear()
        if self._status is not None:
            waiting.append(self._status)
            self._status = None
        return waiting


class Hub:
    """Builds one status when something changed, and hands it to all."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._subscribers: set[Subscriber] = set()
        self._changed = asyncio.Event()
        self._building = asyncio.Lock()

    def ring(self) -> None:
        """The desk changed."""
        self._changed.set()

    def hear(self, events: tuple[Recorded, ...]) -> None:
        """Events were committed."""
        for event in events:
            if event.kind in {"UsersImported", "UserEdited", "UserRemoved"}:
                self._views.forget_names()
            elif event.kind == "DeviceEnrolled":
                self._views.forget_times()
            if self._subscribers:
                message = recorded(event)
                for subscriber in self._subscribers:
                    subscriber.put_event(message)

    def pass_on(self, message: wire.Heard) -> None:
        """Tell who listens now; nobody hears it later."""
        for subscriber in self._subscribers:
            subscriber.put_passing(message)

    async def subscribe(self) -> tuple[Subscriber, wire.Status]:
        """A new client's line, and the status with which it begins. Raises what a failing ledger raises."""
        async with self._building:  # no older status may follow this one
            subscriber = Subscriber()
            self._subscribers.add(subscriber)
            try:
                status = await self._views.status()
            except BaseException:
                self.unsubscribe(subscriber)
                raise
            subscriber.known = status.seq
            return subscriber, status

    def unsubscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.discard(subscriber)

    def dismiss(self) -> None:
        """The service stops: nobody is sent anything more."""
        for subscriber in self._subscribers:
            subscriber.ended.set()

    async def run(self) -> None:
        """Send a status after each change; changes that come while one is built share the next."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            async with self._building:
                if self._subscribers:
                    await self._tell_status()

    async def _tell_status(self) -> None:
        try:
            status = await self._views.status()
        except SixtapError as why:
            LOG.warning("No status can be sent: %s", why)  # the service stays up: the next change tries again
            return
        for subscriber in self._subscribers:
            subscriber.put_status(status)
