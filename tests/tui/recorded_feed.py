"""A stand-in for the service: replays lists of wire events, keeps the commands that it was sent, answers as it was told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Literal

from station.client import CannotReach, Refused
from station.filereader import read_apart
from station.wire import (
    BatchReport,
    BatchView,
    ChainChecked,
    CodeSymbol,
    Command,
    Done,
    Event,
    EventPage,
    Head,
    LookupPage,
    MatrixRow,
    Note,
    PolicyPage,
    PolicyReport,
    PolicyView,
    Preflight,
    PreflightItem,
    Problem,
    QueueWindow,
    Recorded,
    Settings,
    StaffView,
    UnitBrief,
    UnitView,
    UserFile,
    UserPage,
    UserView,
)


class RecordedFeed:
    """Satisfies tui.feed.Feed.

    `play` queues events for whoever listens; `hang_up` ends the connection, `come_back` lets the next one through. `refuse` makes
    the next command fail with a Problem, `vanish` makes it unanswered, `hold` keeps commands and some answers waiting until
    `let_go`. `facts` says what commands of a kind made, or how it follows from one. What queries answer is in the attributes that
    are named as they are.
    """

    def __init__(self, events: Iterable[Event] = (), *, batches: Iterable[BatchView] = (), units: Iterable[UnitBrief] = ()) -> None:
        self.sent: list[Command] = []
        self.connections = 0
        self.away = False
        self.facts: dict[str, Any] = {}
        self.laid: tuple[str, ...] = ()
        self.asked: list[tuple[object, ...]] = []
        self.people: tuple[UserView, ...] = ()
        self.taken: set[str] = set()
        self.crew: tuple[StaffView, ...] = ()
        self.kept: tuple[PolicyView, ...] = ()
        self.written: tuple[Note, ...] = ()
        self.options: tuple[MatrixRow, ...] = ()
        self.report: PolicyReport | None = None
        self.checks: tuple[PreflightItem, ...] = ()
        self.symbol: CodeSymbol | None = None
        self.story: UnitView | None = None
        self.record: tuple[Recorded, ...] = ()
        self.called: dict[str, str] = {}
        self.flaw: tuple[int, Literal["missing", "detached", "changed"]] | None = None
        self.tallied: BatchReport | None = None
        self.configured = Settings(file="", items=())
        self.stories: dict[str, UnitView] = {}
        self.pictures: dict[str, bytes] = {}
        self.found: dict[str, LookupPage] = {}
        self.batched, self.queued = tuple(batches), tuple(units)
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
        answer = self.facts.get(command.command, {})
        return Done(facts=answer(command) if callable(answer) else answer)

    async def folders(self) -> tuple[str, ...]:
        return self.laid

    async def read_users(self, content: bytes, maps: Mapping[str, str], headed: bool | None = None) -> UserFile:
        self.asked.append(("read", dict(maps), headed))
        await self._open.wait()
        return await read_apart(content, maps, headed)

    async def staff(self) -> tuple[StaffView, ...]:
        self.asked.append(("staff",))
        return self.crew

    async def batches(self) -> tuple[BatchView, ...]:
        return self.batched

    async def batch_report(self, batch: str) -> BatchReport:
        self.asked.append(("report", batch))
        assert self.tallied is not None
        return self.tallied

    async def queue(
        self, batch: str, *, offset: int = 0, limit: int = 100, search: str = "", states: str = "", sort: str = ""
    ) -> QueueWindow:
        self.asked.append(("queue", batch, offset, search, states, sort))
        await self._open.wait()
        found = [unit for unit in self.queued if search.casefold() in unit.user.casefold() or search == str(unit.position)]
        found = [unit for unit in found if not states or unit.state in states.split(",")]
        keys = {"name": lambda unit: unit.user, "state": lambda unit: unit.state, "position": lambda unit: unit.position}
        found.sort(key=keys[sort.removeprefix("-")], reverse=sort.startswith("-"))
        return QueueWindow(items=tuple(found[offset : offset + limit]), offset=offset, total=len(found))

    async def unit(self, enrollment: str) -> UnitView:
        self.asked.append(("unit", enrollment))
        await self._open.wait()
        bare = UnitView(unit=UnitBrief(enrollment=enrollment, position=1, user="", state="held"), attempts=(), evidence=(), events=())
        return self.stories.get(enrollment) or self.story or bare

    async def picture(self, enrollment: str, which: Literal["before", "after"]) -> bytes:
        self.asked.append(("picture", enrollment, which))
        if which not in self.pictures:
            raise Refused(Problem(kind="NotFound", message="No picture was kept."))
        return self.pictures[which]

    async def head(self) -> Head:
        last = self.record[-1] if self.record else None
        return Head(seq=last.seq if last else 0, hash=last.hash if last else "e" * 64, bench="bench-1")

    async def newest(self, *, before: int = 0, limit: int = 100, search: str = "") -> EventPage:
        self.asked.append(("newest", before, search))
        found = [one for one in reversed(self.record) if search.casefold() in f"{one.kind} {one.actor}".casefold()]
        found = [one for one in found if not before or one.seq < before]
        after = found[limit - 1].seq if len(found) > limit else None
        return EventPage(items=tuple(found[:limit]), after=after, names=self.called)

    async def verify(self, *, after: int = 0, previous: str = "", limit: int = 1000) -> ChainChecked:
        self.asked.append(("verify", after, previous))
        await self._open.wait()
        if self.away:
            raise CannotReach("No service answers at /run/sixtap.sock.")
        end = min(len(self.record), after + limit)
        if self.flaw is not None and self.flaw[0] <= end:
            good = self.flaw[0] - 1
            return ChainChecked(checked=good - after, ok=False, problem=self.flaw[1], after=None, previous="0")
        return ChainChecked(
            checked=end - after, ok=True, problem=None, after=end if end < len(self.record) else None, previous=f"h{end}"
        )

    async def lookup(self, text: str) -> LookupPage:
        self.asked.append(("lookup", text))
        await self._open.wait()
        return self.found.get(text, LookupPage(items=(), more=False))

    async def notes(self) -> tuple[Note, ...]:
        return self.written

    async def users(self, *, after: str = "", limit: int = 500, search: str = "", group: str = "", free: bool = False) -> UserPage:
        self.asked.append(("users", after, search, group, *(["free"] if free else [])))
        found = [user for user in self.people if search.casefold() in f"{user.name} {user.email}".casefold()]
        found = [user for user in found if group in ("", user.group) and user.id > after and not (free and user.id in self.taken)]
        return UserPage(items=tuple(found[:limit]), after=found[limit - 1].id if len(found) > limit else None)

    async def code(self, attempt: str) -> CodeSymbol:
        self.asked.append(("code", attempt))
        assert self.symbol is not None
        return self.symbol

    async def policies(self, name: str = "") -> PolicyPage:
        newest = {policy.name: policy for policy in self.kept}
        return PolicyPage(items=tuple(policy for policy in self.kept if policy.name == name) if name else tuple(newest.values()))

    async def check_policy(self, name: str, mode: str, *, version: int | None = None) -> PolicyReport:
        self.asked.append(("check", name, mode, version))
        assert self.report is not None
        return self.report

    async def matrix(self) -> tuple[MatrixRow, ...]:
        return self.options

    async def settings(self) -> Settings:
        self.asked.append(("settings",))
        return self.configured

    async def preflight(self, batch: str) -> Preflight:
        return Preflight(batch=batch, ready=all(item.level != "refuse" for item in self.checks), items=self.checks)
