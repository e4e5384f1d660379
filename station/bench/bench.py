"""The bench as a whole: its parts wired together, and the tasks that run as long as the service does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping

from station.bench.accounts import Accounts
from station.bench.cycle import Cycle
from station.bench.decisions import Decisions
from station.bench.desk import Desk
from station.bench.eyesight import Eyesight
from station.bench.fittings import Fittings
from station.bench.gathering import Gathering
from station.bench.generic import GenericCodes
from station.bench.givingout import GivingOut
from station.bench.intake import Intake
from station.bench.invitations import Invitations
from station.bench.issuing import Issuing
from station.bench.keeping import Keeping
from station.bench.leaving import Leaving
from station.bench.listening import Listening
from station.bench.matching import Matching
from station.bench.minting import MintAhead
from station.bench.notebook import Notebook
from station.bench.people import People
from station.bench.policybook import PolicyBook
from station.bench.posting import Outbox
from station.bench.preflight import Preflight
from station.bench.queueing import Queueing
from station.bench.rack import Rack
from station.bench.reassigning import Reassigning
from station.bench.record import Record
from station.bench.recovery import Recovery
from station.bench.setupwatch import SetupWatch
from station.bench.staff import Staff
from station.bench.tuning import Tuning
from station.domain.errors import SixtapError, StopBench, TryAgain
from station.ports import SCANNER, Clock, Display, Ledger, ManagementService, Scanner, Sighting, Witness


class Bench:
    """One bench: ledger, management service, attached screen, camera and scanner (either may be absent), and what else it has."""

    def __init__(
        self,
        desk: Desk,
        ledger: Ledger,
        clock: Clock,
        service: ManagementService,
        display: Display,
        witness: Witness | None,
        scanner: Scanner | None,
        extras: Mapping[str, object],
        fittings: Fittings | None = None,
    ) -> None:
        fittings = fittings or Fittings()
        self.desk = desk
        self.record = Record(ledger, clock, desk)
        self.witness = witness
        self.scanner = scanner
        self.pictures = fittings.pictures
        self.minting = MintAhead(self.record, service, extras)
        self.cycle = Cycle(self.record, self.minting, service, display, witness, fittings.pictures)
        self.generic = GenericCodes(self.record, service)
        self.rack = Rack(self.record, service, Matching(self.record, service, self.generic), self.cycle.moved)
        self.decisions = Decisions(self.record, self.cycle, self.rack, self.minting, service)
        self.issuing = Issuing(self.record, service, self.rack, extras)
        self.outbox = Outbox(self.record, self.issuing, fittings.mailer)
        self.recovery = Recovery(self.record, service, self.outbox)
        self.setup_watch = SetupWatch(self.record)
        self.eyesight = Eyesight(self.record, display, witness)
        self.listening = Listening(self.record, service, self.rack, fittings.hearing) if fittings.hearing else None
        self.label_problem = ""
        self.overhear: Callable[[str], bool] = lambda _: False  # whoever takes a scan that is no label says True
        self.badge_heard: Callable[[str], None] = lambda _: None
        self._labels: asyncio.Queue[str] = asyncio.Queue()
        self._make_office(service, extras, fittings)

    def _make_office(self, service: ManagementService, extras: Mapping[str, object], fittings: Fittings) -> None:
        """What people do away from the stand: users, batches, policies, codes that leave the house."""
        record = self.record
        self.people = People(record, self.minting, service)
        self.gathering = Gathering(record)
        self.accounts = Accounts(record, self.people, fittings.roster)
        self.leaving = Leaving(record, service, self.decisions)
        self.intake = Intake(record, self.cycle, self.minting, generic_codes=service.capabilities.generic)
        self.queueing = Queueing(record)
        self.reassigning = Reassigning(record, self.decisions, self.minting, service)
        self.invitations = Invitations(record, self.issuing, self.outbox, fittings.mailed_for)
        self.policybook = PolicyBook(record, service, fittings.secret)
        self.giving_out = GivingOut(record, self.issuing, self.minting, service)
        self.staff = Staff(record, fittings.badge_key)
        self.notebook = Notebook(record)
        self.tuning = Tuning(record)
        self.preflight = Preflight(record, service, extras, fittings.fit, fittings.free_mb)
        self.keeping = Keeping(record, fittings.vault, self.rack, fittings.book) if fittings.vault else None

    async def recover(self) -> None:
        """Take up what was changed here, and settle what an earlier run left open. Before `run`, and before clients are let in."""
        await self.tuning.take_up()
        await self.recovery.settle()

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Run until cancelled. An error that stops the bench stops it visibly; the service stays up to say so."""
        self._listen()
        try:
            async with asyncio.TaskGroup() as tasks:
                for task in (
                    self.recovery.finish_revokes(),
                    self.minting.run(),
                    self.minting.keep_leases(),
                    self.cycle.run(),
                    self.cycle.ask_about_held(),
                    self.rack.run(),
                    self.rack.watch_overdue(),
                    self.setup_watch.run(),
                    self.generic.run(),
                    self.outbox.run(),
                    self._read_labels(),
                    *([self.listening.run()] if self.listening else []),
                    *([self.keeping.run()] if self.keeping else []),
                ):
                    tasks.create_task(self._guarded(task))
                ready()
        finally:
            if self.witness:
                await self.witness.close()
            if self.scanner:
                await self.scanner.close()

    def _listen(self) -> None:
        desk = self.desk
        self.cycle.display_changed()
        if self.witness:
            desk.part("camera", "ok")
            self.witness.start(self._see, self.cycle.camera_lost, self.cycle.camera_back)
        else:
            desk.part("camera", "absent")
        if self.scanner:
            desk.part("scanner", "ok")
            self.scanner.start(
                self._labels.put_nowait,
                lambda why: desk.part("scanner", "lost", why),
                lambda: desk.part("scanner", "ok"),
            )
        else:
            desk.part("scanner", "absent")

    def _see(self, sighting: Sighting) -> None:
        self.cycle.hear(sighting)
        self.setup_watch.hear(sighting)

    async def _guarded(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except StopBench as why:
            self.desk.stop(why)

    async def _read_labels(self) -> None:
        while True:
            text = await self._labels.get()
            if self.overhear(text):
                continue
            if await self.staff.is_badge(text):  # a secret: it is never kept as a label
                self.badge_heard(text)
                continue
            try:
                await self.decisions.label(SCANNER, text)
                self.label_problem = ""
            except StopBench:
                raise
            except TryAgain as why:
                self.desk.part("service", "lost", str(why))
            except SixtapError as why:
                self.label_problem = str(why)
                self.desk.ring()
