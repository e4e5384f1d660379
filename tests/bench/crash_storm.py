"""A five-unit run whose service is killed at one write, in its own process, while the world lives on."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import tempfile
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Literal

from hardware.display.drawing import Picture
from hardware.simulated.conductor import Conductor
from hardware.simulated.loop import run_virtual, virtual_loop
from hardware.simulated.symbol import read
from station import wire
from station.assembly.hands import Hands
from station.assembly.report import build_report
from station.assembly.service import serve
from station.assembly.twin import Twin, TwinOptions, service_attached, service_config, twin_world
from station.client import CannotReach, Client, Refused
from station.config import Config
from station.domain.audit import Chain
from station.domain.roster import Row
from station.store.ledger import SqlLedger
from tests.bench.stand_ins import BUNDLE, TOKEN_EXTRA

UNITS = 5
Moment = Literal["before", "after"]
PROCESSES = multiprocessing.get_context("forkserver")


def die_at(config: dict[str, Any], write: int, moment: Moment, written: Any) -> None:
    """The service's process: SIGKILL just before or just after its `write`-th commit. Counts commits in `written`."""

    def kill_when_due() -> None:
        if written.value == write:
            os.kill(os.getpid(), signal.SIGKILL)

    def before() -> None:
        written.value += 1
        if moment == "before":
            kill_when_due()

    def prepare(ledger: SqlLedger) -> None:
        ledger.before_commit = before
        ledger.after_commit = kill_when_due if moment == "after" else None

    serve(Config.model_validate(config), prepare=prepare)


@dataclass(slots=True)
class Screen:
    """What the attached screen showed, and which of its codes a phone has read. A code is known by its token, whatever its form."""

    twin: Twin
    read: set[str] = field(default_factory=set)
    shown_after_read: list[str] = field(default_factory=list)
    now: str | None = None
    _seen: set[str] = field(default_factory=set)
    _tokens: list[tuple[Picture, str | None]] = field(default_factory=list)  # of the last pictures

    def flipped(self) -> None:
        before, self.now = self.now, self._token(self.twin.window.pixels)
        if self.now != before and self.now in self.read:
            self.shown_after_read.append(self.now)

    def _token(self, picture: Picture) -> str | None:
        known = next((one for one in self._tokens if one[0] is picture), None)
        if known is None:
            text = read(picture)
            known = (picture, None if text is None else json.loads(text)[BUNDLE][TOKEN_EXTRA])
            self._tokens = [*self._tokens, known][-4:]
        return known[1]

    def look_at_phones(self) -> None:
        for phone in self.twin.world.phones:
            if phone.has_read and phone.id not in self._seen and self.now is not None:
                self._seen.add(phone.id)
                self.read.add(self.now)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run left behind."""

    died: bool
    writes: int
    report: dict[str, Any]
    flaw: str | None
    posts: dict[str, int]
    shown_after_read: list[str]
    codes_read: int


def run_case(write: int, moment: Moment, *, hearing: bool = False) -> Outcome:
    """One five-unit run; `write` 0 kills nothing. `hearing`: the service hears of devices by Pub/Sub."""
    with tempfile.TemporaryDirectory(prefix="storm-") as made:
        folder = Path(made)
        return run_virtual(_storm(folder, write, moment, hearing), governor=Conductor(folder, expected=1))


async def _storm(folder: Path, write: int, moment: Moment, hearing: bool) -> Outcome:
    rows = tuple(Row(number, f"User {number}", f"user{number}@example.com") for number in range(1, UNITS + 1))
    options = TwinOptions(seed=11, pixels=False, trays=3, handling=6.0, setup=40.0, hearing=hearing, rows=rows)
    written = PROCESSES.Value("i", 0)
    screens: list[Screen] = []

    def flipped() -> None:
        for one in screens:
            one.flipped()

    async with twin_world(folder, options, on_flip=flipped) as twin:
        screen = Screen(twin)
        screens.append(screen)
        watching = asyncio.create_task(_watch_phones(screen))
        config = service_config(folder, twin.endpoint, options)
        keeper = asyncio.create_task(_keep_running(config, write, moment, written))
        working = asyncio.create_task(_work(twin, options))
        try:
            await asyncio.wait({working, keeper, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (working, watching, keeper):
                task.cancel()
            result, _, died = await asyncio.gather(working, watching, keeper, return_exceptions=True)
        if isinstance(died, BaseException):
            raise died
        if isinstance(result, BaseException):
            raise result
        report, flaw = result
        posts: dict[str, int] = {}
        for request in twin.emulator.journal.resource():
            if request["method"].endswith("enrollmentTokens.create") and request["reference"]:
                posts[request["reference"]] = posts.get(request["reference"], 0) + 1
        return Outcome(died is True, written.value, report, flaw, posts, screen.shown_after_read, len(screen.read))


async def _watch_phones(screen: Screen) -> None:
    while True:
        screen.look_at_phones()
        await asyncio.sleep(0.05)


async def _keep_running(config: dict[str, Any], write: int, moment: Moment, written: Any) -> bool:
    """Start the service, and once more when it was killed. True when it was."""
    died = False
    process = _start(config, write, moment, written)
    try:
        await _ended(process)
        died = process.exitcode == -signal.SIGKILL
        assert died, f"the service ended by itself with code {process.exitcode}"
        uncounted = PROCESSES.Value("i", 0)  # kept: the new process opens it while it starts
        process = _start(config, -1, moment, uncounted)
        await _ended(process)
        raise AssertionError(f"the restarted service ended with code {process.exitcode}")
    except asyncio.CancelledError:
        return died
    finally:
        process.kill()


def _start(config: dict[str, Any], write: int, moment: Moment, written: Any) -> BaseProcess:
    process = PROCESSES.Process(target=die_at, args=(config, write, moment, written), daemon=True)
    process.start()
    return process


async def _ended(process: BaseProcess) -> None:
    loop = virtual_loop()
    gone = asyncio.Event()
    loop.add_reader(process.sentinel, gone.set)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()


async def _work(twin: Twin, options: TwinOptions) -> tuple[dict[str, Any], str | None]:
    async with Client(twin.folder / "sixtap.sock") as client:
        await _batch_running(client, options)
        hands = Hands(twin.world, client, iter(()), options.handling, None)
        work = asyncio.create_task(hands.run())
        try:
            await hands.until(lambda status: status.batch is not None and status.batch.users.verified == UNITS)
            batch = (await client.batches())[0].id
            report = await build_report(client, batch, options.seed, twin.epoch)
            head = (await client.head()).hash
            chain = Chain()
            page = await client.record(limit=1000)
            chain.feed([event.model_dump(mode="json", exclude={"type"}) for event in page.items], expected=head)
            flaw = chain.finish(head)
            return report, flaw.what if flaw else None
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


async def _batch_running(client: Client, options: TwinOptions) -> None:
    """Import, create, start: each until the service has said that it is done, as an admin would after a crash."""
    await service_attached()
    while True:
        try:
            known = {batch.name: batch for batch in await client.batches()}
            if "storm" not in known:
                rows = tuple(wire.UserRow(name=row.name, email=row.email) for row in options.rows)
                ids = (await client.command(wire.ImportUsers(rows=rows))).facts["users"]
                await client.command(wire.CreateBatch(name="storm", policy="default", attestation="operator", users=tuple(ids)))
                continue
            if known["storm"].state == "running":
                return
            await client.command(wire.StartBatch(batch="storm"))
        except (CannotReach, Refused):
            await asyncio.sleep(0.5)
