"""One bench in virtual time on a ledger in memory, its surroundings, and its lives: it can be killed at any write, call or picture."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from hardware.simulated.loop import VirtualLoop
from station.bench.bench import Bench
from station.bench.desk import Desk, Timing
from station.bench.fittings import Fittings
from station.bench.intake import new_batch
from station.bench.steps import Step, next_step
from station.domain.enrollment import Enrollment
from station.domain.policy import Mode
from station.domain.roster import Row
from station.emm.emulator import Emulator
from station.ports import Actor, Batch, Display, Hearing, Ledger, Mailer, ManagementService, Recorded, Witness
from station.store.ledger import SqlLedger, open_ledger
from station.store.pictures import PictureFolder
from tests.bench.cloud import Cloud
from tests.bench.post import Post
from tests.bench.stand_ins import Camera, Handset, LabelScanner, LoopClock, Screen
from tests.bench.voice import Voice

T = TypeVar("T")
Moment = Literal["before", "after"]
OPERATOR, LEAD = Actor("olga", "operator"), Actor("lea", "lead")
FRAME_SECONDS = 0.1
COUNTED = {"commit", "claim", "release", "mint", "code", "revoke", "show", "blank", "send"}  # acts at which a life may end
LONGEST_ACT = 120.0


class Crashed(Exception):
    """The bench died while it did what was asked."""


class Stuck(AssertionError):
    """The bench neither did what was asked nor said why not."""


class Life:
    """The time of one process. When it is over, nothing that the process does reaches the outside, and nothing answers it."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self._left: tuple[int, Moment] | None = None
        self._mute: list[asyncio.Task[Any] | None] = []

    def end_at(self, acts: int, moment: Moment) -> None:
        """End just before or just after the `acts`-th act from now."""
        self._left = (acts, moment)

    async def through(self, call: Callable[[], Awaitable[T]], *, counted: bool) -> T:
        """Do it, unless this life is over or ends at it."""
        if counted and self._left is not None:
            self._left = (self._left[0] - 1, self._left[1])
        ends = counted and self._left is not None and self._left[0] == 0
        if ends and self._left is not None and self._left[1] == "before":
            self.over.set()
        if not self.over.is_set():
            result = await call()
            if ends:
                self.over.set()
            if not self.over.is_set():
                return result
        self._mute.append(asyncio.current_task())  # asyncio itself holds no task, and this one's future nobody else
        await asyncio.get_running_loop().create_future()  # the dead hear no answer
        raise AssertionError("unreachable")


class Mortal:
    """Something outside, as one life reaches it."""

    def __init__(self, inner: object, life: Life) -> None:
        self._inner = inner
        self._life = life

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        else:
            setattr(self._inner, name, value)

    def __getattr__(self, name: str) -> Any:
        part = getattr(self._inner, name)
        if inspect.isasyncgenfunction(part):
            return lambda: self._pages(part)
        if not inspect.iscoroutinefunction(part):
            return part

        async def call(*args: Any, **named: Any) -> Any:
            return await self._life.through(lambda: part(*args, **named), counted=name in COUNTED)

        return call

    async def _pages(self, part: Callable[[], AsyncIterator[Any]]) -> AsyncIterator[Any]:
        pages = part()
        while True:
            page = await self._life.through(lambda: anext(pages, None), counted=False)
            if page is None:
                return
            yield page


@dataclass(frozen=True, slots=True)
class Setup:
    """How the bench is equipped and what its batches demand."""

    users: int = 3
    more_users: int = 0  # in a second batch
    generic: int = 0  # phones of a generic code, in place of users
    trays: int = 2
    camera: bool = True
    label: bool = False
    attestation: Literal["never", "lead", "operator"] = "lead"
    lifetime: int = 7200
    extras: tuple[tuple[str, object], ...] = ()
    pictures: Path | None = None  # where pictures of scans are kept
    hearing: bool = False  # the management service tells of devices by itself


class Rig:
    """The bench and all around it. Everything here is called from outside of the loop and returns when it is done."""

    def __init__(self, setup: Setup = Setup()) -> None:
        self.setup = setup
        self.loop = VirtualLoop()
        self.loop.set_exception_handler(self._unhandled)
        self.unhandled: list[str] = []
        self.clock = LoopClock(self.loop)
        self.screen = Screen()
        self.camera = Camera(self.clock, self.screen)
        self.scanner = LabelScanner()
        self.cloud = Cloud(self.clock, Emulator("LC00sixtap", 7, self.clock.moment))
        self.post = Post()
        self.voice = Voice(self.cloud) if setup.hearing else None
        self.on_recorded: Callable[[tuple[Recorded, ...]], None] = lambda _: None
        self.on_life: Callable[[], None] = lambda: None
        self.phones: list[Handset] = []
        self._stack = contextlib.AsyncExitStack()
        opened = open_ledger("sqlite://", bench="bench-1", clock=self.clock)
        self.ledger: SqlLedger = self.loop.run_until_complete(self._stack.enter_async_context(opened))
        self._begin()
        self.batches = [self._batch(name, count) for name, count in (("first", setup.users), ("second", setup.more_users)) if count]

    def _batch(self, name: str, users: int) -> str:
        users = 0 if self.setup.generic and name == "first" else users
        rows = [Row(number, f"User {number} of {name}", f"user{number}@{name}.example") for number in range(1, users + 1)]
        made = self.act(self.bench.people.import_users(LEAD, rows))
        generic = self.setup.generic if name == "first" else 0
        order: Batch = new_batch(
            name,
            Mode.WPCO,
            "default",
            generic=generic,
            prefix="DEMO-" if generic else "",
            simulated=True,
            identity="label" if self.setup.label else "none",
            attestation=self.setup.attestation,
            token_lifetime=self.setup.lifetime,
        )
        return self.act(self.bench.intake.create_batch(LEAD, order, made.users or None)).id

    # --- lives ----------------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.life = Life()
        self.desk = Desk("bench-1", Timing(trays=self.setup.trays), simulated=True)
        self.bench = Bench(
            self.desk,
            cast("Ledger", Mortal(self.ledger, self.life)),
            self.clock,
            cast("ManagementService", Mortal(self.service(), self.life)),
            cast("Display", Mortal(self.screen, self.life)),
            cast("Witness", self.camera) if self.setup.camera else None,
            self.scanner if self.setup.label else None,
            dict(self.setup.extras),
            Fittings(
                pictures=PictureFolder(self.setup.pictures) if self.setup.pictures else None,
                mailer=cast("Mailer", Mortal(self.post, self.life)),
                hearing=cast("Hearing", Mortal(self.voice, self.life)) if self.voice else None,
                **self.parts(),
            ),
        )
        self.bench.record.hearers.append(lambda recorded: self.on_recorded(recorded))
        self.screen.on_change = self.bench.cycle.display_changed
        self.on_life()
        self._work = self.loop.create_task(self._live())

    def service(self) -> object:
        """The management service, as it is outside of every life."""
        return self.cloud

    def parts(self) -> dict[str, Any]:
        """What else this bench is given."""
        return {}

    async def _live(self) -> None:
        await self.bench.recover()
        await self.bench.run()

    def crash(self) -> None:
        """The process dies where it stands and is started again."""
        self._die()
        self.loop.run_until_complete(self.ledger.release_all())
        self._begin()
        self.wait(0.5)

    def _die(self) -> None:
        self.life.over.set()
        self.camera._callbacks = None
        for _ in range(50):
            tasks = asyncio.all_tasks(self.loop)
            if not tasks:
                break
            for task in tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.wait(tasks, timeout=0.01))
        assert not asyncio.all_tasks(self.loop), "the dead bench does not come to rest"
        self.screen.symbol = None  # a window that lost the service blanks itself

    def close(self) -> None:
        """End everything."""
        self._die()
        self.loop.run_until_complete(self._stack.aclose())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    # --- time -----------------------------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Let time pass; a bench that dies meanwhile is started again."""
        self.loop.run_until_complete(self._until_over(asyncio.sleep(seconds)))
        self._sound()
        if self.life.over.is_set():
            self.crash()

    def act(self, doing: Coroutine[Any, Any, T]) -> T:
        """What a person does at the bench. Raises what the bench says to it; Crashed when the bench dies of it."""
        task = self.loop.create_task(doing)
        self.loop.run_until_complete(self._until_over(asyncio.wait({task}, timeout=LONGEST_ACT)))
        self._sound()
        if self.life.over.is_set() and not task.done():
            self.crash()
            raise Crashed
        if not task.done():
            raise Stuck(f"the bench did not answer within {LONGEST_ACT} seconds")
        self.wait(0.3)
        return task.result()

    async def _until_over(self, other: Coroutine[Any, Any, object]) -> None:
        waiting = {asyncio.ensure_future(other), asyncio.ensure_future(self.life.over.wait())}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def _sound(self) -> None:
        """The bench's own task runs on: nothing ends it but its death."""
        if self._work.done() and not self.life.over.is_set():
            self._work.result()
            raise AssertionError("the bench ended by itself")
        assert not self.unhandled, self.unhandled

    def _unhandled(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.unhandled.append(f"{context.get('message')}: {context.get('exception')!r}")

    # --- at the stand ---------------------------------------------------------------------------------------------------------

    def frames(self, count: int) -> None:
        """The camera films."""
        for _ in range(count):
            self.camera.look()
            self.wait(FRAME_SECONDS)

    def unbox(self) -> Handset:
        """A new phone."""
        number = len(self.phones) + 1
        body = f"35000000{number:06d}"
        self.phones.append(Handset(f"SN{number:06d}", body + _luhn(body)))
        return self.phones[-1]

    def read(self, enrollment: str) -> Enrollment:
        """The enrollment, as the ledger has it."""
        return self.loop.run_until_complete(self.ledger.enrollment(enrollment))

    def queue(self, batch: int = 0) -> tuple[Enrollment, ...]:
        """A batch's enrollments."""
        return self.loop.run_until_complete(self.ledger.enrollments(batch=self.batches[batch]))

    @property
    def step(self) -> Step:
        return next_step(self.desk)


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
