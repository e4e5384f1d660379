"""The twin's world, wired: emulator, attached screen in memory, phones, hands, camera; the service attaches to it by `sim:` URLs."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hardware.display.memory import MemoryWindow
from hardware.simulated.conductor import Conductor
from hardware.simulated.faults import FAULTS
from hardware.simulated.loop import virtual_loop
from hardware.simulated.phone import Phone
from hardware.simulated.stage import Stage
from hardware.simulated.world import World
from station import wire
from station.assembly.hands import Hands
from station.assembly.report import all_units, build_report
from station.assembly.twinclouds import Emm, Now, Sleep, android_cloud, android_section, export_codes, tinymdm_cloud, tinymdm_section
from station.client import Client
from station.domain.errors import WrongUse
from station.domain.faults import FAULTS as EXPECTED
from station.domain.roster import Row
from station.emm.emulator import Emulator
from station.emm.tinymdm_standin import StandIn

SCREEN = (1080, 1920)  # width and height of the attached screen; it stands upright
TAPS_AFTER = 4.0  # seconds until somebody at the rack taps what a phone asks for
GENERIC_LIFETIME = 86_400  # seconds
LATE = 4200.0  # how long overdue units are waited for after everything else has ended


@dataclass(frozen=True, slots=True)
class TwinOptions:
    """One run of the twin. `pixels` False: the witness is told what is true, where pictures are not the question. `hearing`: the
    management service tells of devices by itself. `generic`: one code for as many phones as there are rows, and no users. `by_hand`:
    somebody at the screen starts the batch and decides about phones; the twin's hands only do what the screen says."""

    seed: int = 7
    pixels: bool = True
    trays: int = 10
    handling: float = 20.0
    setup: float = 150.0
    faults: tuple[str, ...] = ()
    mode: str = "wpco"
    policy: str = "default"
    label: bool = False
    fleet: int = 0
    hearing: bool = False
    generic: bool = False
    by_hand: bool = False
    emm: Emm = "amapi"
    rows: tuple[Row, ...] = field(default=(), repr=False)


def faults_for(names: tuple[str, ...], phones: int, seed: int) -> Iterator[str | None]:
    """What is wrong with the phones as they are unboxed: every named fault once, dealt among good phones by the seed."""
    unknown = sorted(set(names) - set(FAULTS))
    if unknown:
        raise WrongUse(f"The twin knows no fault named {unknown[0]!r}.", f"It knows: {', '.join(FAULTS)}.")
    dealt: list[str | None] = [*names, *[None] * max(0, phones - len(names))]
    random.Random(f"{seed}:faults").shuffle(dealt)
    yield from dealt


def service_config(folder: Path, endpoint: str, options: TwinOptions) -> dict[str, Any]:
    """The configuration of a service that lives in the world of `folder`."""
    camera = "sim" if options.pixels else "sim-witness"
    times = {"first_poll": min(30.0, options.setup / 2)}
    return {
        "bench": "twin",
        "state": str(folder / "state"),
        "socket": str(folder / "sixtap.sock"),
        "emm": android_section(endpoint, hearing=options.hearing)
        if options.emm == "amapi"
        else tinymdm_section(folder, endpoint, options.policy),
        "hardware": {
            "camera": f"{camera}:{folder}",
            "scanner": f"sim:{folder}" if options.label else "",
            "display": str(folder / "display.sock"),
        },
        "rack": {"trays": options.trays},
        "times": times,
        "twin": {"folder": str(folder), "seed": options.seed},
    }


@dataclass(slots=True)
class Twin:
    """A running world. `emulator` is the management service's stand-in, `endpoint` its URL."""

    world: World
    stage: Stage
    window: MemoryWindow
    emulator: Emulator | StandIn
    endpoint: str
    epoch: float
    folder: Path


@asynccontextmanager
async def twin_world(folder: Path, options: TwinOptions, *, on_flip: Callable[[], None] = lambda: None) -> AsyncIterator[Twin]:
    """The world without hands, for the time of the block. Runs on a VirtualLoop."""
    loop = virtual_loop()
    epoch = loop.epoch

    def now() -> datetime:
        return epoch + timedelta(seconds=loop.time())

    async def latency(seconds: float) -> None:
        with loop.lend():  # the service's call holds time while it waits for this very answer
            await asyncio.sleep(seconds)

    async with AsyncExitStack() as stack:
        emulator, endpoint = await stack.enter_async_context(_cloud(folder, options, now, latency))
        window = MemoryWindow(folder / "display.sock", width=SCREEN[0], height=SCREEN[1])
        world = World(
            seed=options.seed,
            screen=lambda: window.pixels,
            emulator=endpoint,
            setup_seconds=options.setup,
            simple=not options.pixels,
            taps_after=TAPS_AFTER,
        )

        def flipped() -> None:
            world.screen_changed()
            on_flip()

        window.on_flip = flipped
        await stack.enter_async_context(world)
        stage = await stack.enter_async_context(Stage(folder, world))
        screen = asyncio.create_task(window.run())
        stack.callback(screen.cancel)
        yield Twin(world, stage, window, emulator, endpoint, epoch.timestamp(), folder)


def _cloud(folder: Path, options: TwinOptions, now: Now, sleep: Sleep) -> AbstractAsyncContextManager[tuple[Emulator | StandIn, str]]:
    if options.emm == "tinymdm":
        return tinymdm_cloud(folder, options.seed, now, options.fleet, sleep, options.policy)
    return android_cloud(options.seed, now, options.fleet, sleep, options.policy, hearing=options.hearing)


async def prepare_batch(
    client: Client, options: TwinOptions, *, name: str = "demo", imported_then: Callable[[], Awaitable[None]] | None = None
) -> str:
    """Import the users, make a batch of them in their order (or of a generic code for as many phones), start it. Returns the batch's
    id. `imported_then`: done in between."""
    order = wire.CreateBatch(
        name=name,
        mode=options.mode,
        policy=options.policy,
        identity="label" if options.label else "none",
        attestation="operator",
    )
    if options.generic:
        order = order.model_copy(update={"phones": len(options.rows), "prefix": "DEMO-", "token_lifetime": GENERIC_LIFETIME})
    else:
        rows = tuple(wire.UserRow.model_validate(row.values()) for row in options.rows)
        imported = await client.command(wire.ImportUsers(rows=rows))
        order = order.model_copy(update={"users": tuple(imported.facts["users"])})
        if imported_then is not None:
            await imported_then()
    batch = str((await client.command(order)).facts["batch"])
    if not options.by_hand:
        await client.command(wire.StartBatch(batch=batch))
    return batch


async def service_attached() -> None:
    """Wait until the service follows the world's clock and listens: it does so before time goes on."""
    governor = virtual_loop().governor
    if isinstance(governor, Conductor):
        await governor.wait_for(governor.expected)
    await asyncio.sleep(0.1)


@dataclass(frozen=True, slots=True)
class FaultOutcome:
    """Where a faulty phone's user ended, and whether the table of faults (station.domain.faults) allows that."""

    fault: str
    user: str
    state: str
    reason: str | None
    as_told: bool


async def run_batch(
    twin: Twin, options: TwinOptions, heard: Callable[[wire.Event], None] = lambda _: None
) -> tuple[dict[str, Any], list[FaultOutcome]]:
    """Hands work through one batch until every user is settled; returns the report, and what came of each fault."""
    await service_attached()
    async with Client(twin.folder / "sixtap.sock") as client:
        batch = await prepare_batch(client, options, imported_then=_console(twin, client, options))
        scan = _scanner(twin.stage) if options.label else None
        faults = faults_for(options.faults, len(options.rows), options.seed)
        hands = Hands(twin.world, client, faults, options.handling, scan, decides=not options.by_hand)
        hands.heard = heard
        work = asyncio.create_task(hands.run())
        try:
            await _finished(hands, work)
            outcomes = fault_outcomes(hands.presented, [unit async for unit in all_units(client, batch)])
            return await build_report(client, batch, options.seed, twin.epoch), outcomes
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def _console(twin: Twin, client: Client, options: TwinOptions) -> Callable[[], Awaitable[None]] | None:
    """What an administrator does at the management service's console once the users are there."""
    standin = twin.emulator
    if not isinstance(standin, StandIn):
        return None
    return lambda: export_codes(standin, client, options.rows, options.mode, twin.folder / "exported")


def fault_outcomes(presented: list[tuple[Phone, str]], units: list[wire.UnitBrief]) -> list[FaultOutcome]:
    """The last phone of a user decides where the user ends; one before it must have been one that is set aside."""
    names = {id(fault): name for name, fault in FAULTS.items()}
    by_id = {unit.enrollment: unit for unit in units}
    last = {enrollment: phone for phone, enrollment in presented}
    outcomes: dict[str, FaultOutcome] = {}
    for phone, enrollment in presented:
        name, unit = names.get(id(phone.fault)), by_id[enrollment]
        if name is None:
            continue
        row = EXPECTED[name]
        ended = {(str(state), str(reason) if reason else None) for state, reason in row.ends}
        told = (unit.state, unit.reason) in ended if last[enrollment] is phone and not row.set_aside else row.set_aside
        outcomes[phone.id] = FaultOutcome(name, unit.user, unit.state, unit.reason, told)
    return list(outcomes.values())


def _scanner(stage: Stage) -> Callable[[str], object]:
    running: set[asyncio.Task[bool]] = set()

    def scan(text: str) -> None:
        task = asyncio.ensure_future(stage.scan(text))
        running.add(task)
        task.add_done_callback(running.discard)

    return scan


async def _finished(hands: Hands, work: asyncio.Task[None]) -> None:
    """All users settled; overdue ones get the time that a late phone may take."""
    waiting = asyncio.create_task(_settled(hands))
    done, _ = await asyncio.wait({waiting, work}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if work in done:
        work.result()


async def _settled(hands: Hands) -> None:
    def closed(status: wire.Status) -> bool:
        return status.batch is not None and status.batch.users.open == 0 and status.question is None

    while True:
        await hands.until(closed)
        try:
            async with asyncio.timeout(LATE):
                await hands.until(lambda status: closed(status) and all(unit.reason != "overdue" for unit in status.held))
        except TimeoutError:
            pass
        if hands.status is not None and closed(hands.status):
            return


def write_report(path: Path, report: dict[str, Any]) -> None:
    """As JSON, the same bytes for the same report."""
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False, sort_keys=False) + "\n", encoding="utf-8")
