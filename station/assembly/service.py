"""The service of one bench: ledger, management service, hardware, bench and server, wired and run."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from hardware.display.server import DisplayServer
from hardware.errors import HardwareError
from hardware.simulated.follower import Follower
from hardware.simulated.loop import VirtualLoop, run_virtual
from station.assembly.configured import configured
from station.assembly.hearing import open_hearing
from station.assembly.mailing import mailed_for, open_mailer
from station.assembly.management import CountingService, Managed, open_management
from station.assembly.parts import AttachedScreen, open_camera_witness, open_label_scanner, open_screen
from station.bench.bench import Bench
from station.bench.desk import Desk, Timing
from station.bench.fittings import Fittings
from station.config import Config
from station.domain.errors import ConfigurationError, StopBench
from station.domain.payload import Payload, with_extras
from station.domain.policy import Mode
from station.emm.amapi.hearing import Subscription
from station.notify import Notifier
from station.policies.fitting import fit
from station.ports import Clock
from station.server.app import Server
from station.server.peers import RoleGroups, roles_by_group
from station.store.ledger import SqlLedger, open_ledger
from station.store.pictures import PictureFolder
from station.store.staffkey import badge_key


class WallClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()


class WorldClock:
    """The twin's clock: its epoch plus the event loop's virtual time."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._epoch = loop.epoch

    def now(self) -> float:
        return (self._epoch + timedelta(seconds=self._loop.time())).timestamp()


def product_version() -> str:
    """The installed distribution's version; "source" when run from a tree that is not installed."""
    try:
        return version("sixtap")
    except PackageNotFoundError:
        return "source"


def serve(config: Config, *, prepare: Callable[[SqlLedger], None] = lambda _: None) -> None:
    """Run the service until SIGTERM or SIGINT. `prepare` sees the ledger before anything is written (fault injection in tests).

    Raises SixtapError when it cannot start.
    """
    main: Coroutine[Any, Any, None] = _main(config, prepare)
    if config.twin is None:
        asyncio.run(main)
        return
    try:
        run_virtual(main, governor=Follower(config.twin.folder))
    except HardwareError as why:
        main.close()
        raise ConfigurationError(str(why), "Start the twin's world first, or remove [twin].") from None


async def _main(config: Config, prepare: Callable[[SqlLedger], None]) -> None:
    loop, notifier, stop = asyncio.get_running_loop(), Notifier(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)  # once or often: the first one begins the end, more do not disturb it
    async with running(config, prepare=prepare, notifier=notifier) as work:
        gc.collect()
        gc.freeze()  # what was loaded stays: looking through it again would stop the bench for a tenth of a second each time
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        gc.unfreeze()  # else libraries complain at the end of what was never collected
        notifier.stopping()
        if work.done():
            work.result()


@asynccontextmanager
async def running(
    config: Config, *, prepare: Callable[[SqlLedger], None] = lambda _: None, notifier: Notifier | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """The service, started and ready, for the time of the block; yields the task that ends only when something broke."""
    loop = asyncio.get_running_loop()
    notifier = notifier or Notifier({})
    clock = WorldClock(loop) if isinstance(loop, VirtualLoop) else WallClock()
    async with AsyncExitStack() as stack:
        _make_folder(config.state)
        ledger = await stack.enter_async_context(open_ledger(config.state / "ledger.db", bench=config.bench, clock=clock))
        prepare(ledger)
        managed = open_management(config, clock, ledger)
        stack.push_async_callback(managed.service.close)
        hearing = await stack.enter_async_context(open_hearing(config))
        screen = open_screen(config)
        bench = _bench(config, clock, ledger, managed, hearing, screen)
        screen.on_change = bench.cycle.display_changed
        await bench.recover()
        server = _server(config, bench, _figures(managed.service, hearing))
        try:
            await screen.start()
        except HardwareError as why:
            raise ConfigurationError(f"hardware.display: {why}", "Correct the path in the configuration.") from None
        stack.push_async_callback(screen.close)
        await stack.enter_async_context(server.listening(config.socket))
        work = asyncio.create_task(_run(bench, server, notifier))
        try:
            notifier.ready()
            yield work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def _server(config: Config, bench: Bench, figures: Callable[[], dict[str, float]]) -> Server:
    roles = config.roles
    resolve = roles_by_group(RoleGroups(operator=roles.operator, lead=roles.lead, admin=roles.admin))
    folders = config.terminal.folders
    return Server(bench, resolve, product_version(), figures, shared=roles.shared, configured=configured(config), folders=folders)


def _bench(
    config: Config, clock: Clock, ledger: SqlLedger, managed: Managed, hearing: Subscription | None, screen: DisplayServer
) -> Bench:
    service, witness, scanner = managed.service, open_camera_witness(config), open_label_scanner(config)
    simulated = config.twin is not None or service.capabilities.simulated or bool(witness and witness.simulated)
    desk = Desk(config.bench, _timing(config), simulated=simulated, language=config.language, lock_after=config.roles.lock_after)
    extras = config.provisioning_extras()
    with_extras(Payload({}), extras, Mode.FULLY_MANAGED)  # a wrong extra is said now, not at the first phone
    fittings = Fittings(
        pictures=PictureFolder(config.state / "evidence"),
        mailer=open_mailer(config),
        mailed_for=mailed_for(config),
        hearing=hearing,
        vault=managed.vault,
        book=managed.book,
        roster=managed.roster,
        secret=config.secret,
        fit=fit,
        badge_key=badge_key(config.state / "staff.key"),
        free_mb=lambda: shutil.disk_usage(config.state).free / 1e6,
    )
    attached = AttachedScreen(screen, simulated=simulated)
    return Bench(desk, ledger, clock, service, attached, witness, scanner, extras, fittings)


async def _run(bench: Bench, server: Server, notifier: Notifier) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(bench.run())
        tasks.create_task(server.hub.run())
        if notifier.interval is not None:
            tasks.create_task(_feed_watchdog(bench, notifier, notifier.interval))


async def _feed_watchdog(bench: Bench, notifier: Notifier, interval: float) -> None:
    """Signs of life from the loop that runs the bench, each after a question that its ledger answered."""
    while True:
        try:
            await bench.record.ledger.head()
        except StopBench as why:
            bench.desk.stop(why)  # the screen says so; being killed for it would not mend it
        notifier.watchdog()
        await asyncio.sleep(interval)


def _timing(config: Config) -> Timing:
    return Timing(trays=config.rack.trays, calls_per_minute=config.emm.calls_per_minute, **config.times.model_dump())


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o750)
    except OSError as error:
        raise ConfigurationError(
            f"The folder {path} cannot be made: {error.strerror}.", "Set `state` to a folder of your own."
        ) from None


def _figures(service: CountingService, hearing: Subscription | None) -> Callable[[], dict[str, float]]:
    ready = _seconds_since_start()
    asked: list[CountingService | Subscription] = [service, hearing] if hearing else [service]

    def figures() -> dict[str, float]:
        found = {"ready_seconds": round(ready, 3), "memory_mb": round(_memory_mb(), 1)}
        return {**found, **{f"calls.{method}": float(count) for one in asked for method, count in one.calls.items()}}

    return figures


def _seconds_since_start() -> float:
    """Since this process was started: proc(5), /proc/pid/stat, field 22, in clock ticks since boot."""
    fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[-1].split()
    return time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK")


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
