"""Events to many clients: a slow one misses statuses in between, never an event of the record."""

from __future__ import annotations

import asyncio
from collections import deque

from station import wire
from station.ports import Recorded
from station.server.views import Views, recorded

MOST_WAITING = 20_000  # recorded events; a client further behind is disconnected and starts again from a snapshot


class Subscriber:
    """What one client has still to be sent: all events, and the newest status only."""

    def __init__(self) -> None:
        self._events: deque[wire.Recorded] = deque()
        self._status: wire.Status | None = None
        self._bell = asyncio.Event()
        self.overrun = False

    def put_event(self, event: wire.Recorded) -> None:
        self._events.append(event)
        self.overrun = len(self._events) > MOST_WAITING
        self._bell.set()

    def put_status(self, status: wire.Status) -> None:
        self._status = status
        self._bell.set()

    async def next(self) -> list[wire.Recorded | wire.Status]:
        """Everything that waits, oldest event first, the status last."""
        await self._bell.wait()
        self._bell.clear()
        waiting: list[wire.Recorded | wire.Status] = list(self._events)
        self._events.clear()
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

    def ring(self) -> None:
        """The desk changed."""
        self._changed.set()

    def hear(self, events: tuple[Recorded, ...]) -> None:
        """Events were committed."""
        for event in events:
            if event.kind == "UsersImported":
                self._views.forget_names()
            message = recorded(event)
            for subscriber in self._subscribers:
                subscriber.put_event(message)

    def subscribe(self) -> Subscriber:
        subscriber = Subscriber()
        self._subscribers.add(subscriber)
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.discard(subscriber)

    async def run(self) -> None:
        """Send a status after each change; changes that come while one is built share the next."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._subscribers:
                status = await self._views.status()
                for subscriber in self._subscribers:
                    subscriber.put_status(status)
