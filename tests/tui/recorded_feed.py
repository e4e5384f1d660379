"""A stand-in for the service: replays lists of wire events, keeps the commands that it was sent, answers as it was told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from station.client import CannotReach, Refused
from station.wire import BatchView, Command, Done, Event, Problem, UnitBrief, UnitPage


class RecordedFeed:
    """Satisfies tui.feed.Feed.

    `play` queues events for whoever listens; `hang_up` ends the connection, `come_back` lets the next one through. `refuse` makes
    the next command fail with a Problem, `vanish` makes it unanswered, `hold` keeps commands waiting until `let_go`.
    """

    def __init__(self, events: Iterable[Event] = (), *, batches: Iterable[BatchView] = (), units: Iterable[UnitBrief] = ()) -> None:
        self.sent: list[Command] = []
        self.pages: list[tuple[str, int, int]] = []
        self.connections = 0
        self.away = False
        self._batches, self._units = tuple(batches), tuple(units)
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._refusals: list[Problem] = []
        self._vanished = False
        self._open = asyncio.Event()
        self._open.set()
        self.play(*events)

    @property
    def quiet(self) -> bool:
        """Whether everything that was played has been taken."""
        return self._events.empty()

    def play(self, *events: Event) -> None:
        for event in events:
            self._events.put_nowait(event)

    def hang_up(self) -> None:
        self.away = True
        self._events.put_nowait(None)

    def come_back(self, *events: Event) -> None:
        self.away = False
        self.play(*events)

    def refuse(self, problem: Problem) -> None:
        self._refusals.append(problem)

    def vanish(self) -> None:
        self._vanished = True

    def hold(self) -> None:
        self._open.clear()

    def let_go(self) -> None:
        self._open.set()

    async def events(self) -> AsyncIterator[Event]:
        self.connections += 1
        if self.away:
            raise CannotReach("No service answers at /run/sixtap.sock. Start it with: sixtap serve")
        while (event := await self._events.get()) is not None:
            yield event
        raise CannotReach("No service answers at /run/sixtap.sock. Start it with: sixtap serve")

    async def command(self, command: Command) -> Done:
        self.sent.append(command)
        await self._open.wait()
        if self._vanished:
            self._vanished = False
            raise CannotReach("No service answers at /run/sixtap.sock.")
        if self._refusals:
            raise Refused(self._refusals.pop(0))
        return Done()

    async def batches(self) -> tuple[BatchView, ...]:
        return self._batches

    async def units(self, batch: str, *, after: int = 0, limit: int = 500, states: str = "") -> UnitPage:
        self.pages.append((batch, after, limit))
        rest = [unit for unit in self._units if unit.position > after]
        page = tuple(rest[:limit])
        return UnitPage(items=page, after=page[-1].position if len(rest) > limit else None)
