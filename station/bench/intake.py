"""Intake: users come into the roster, batches are made of them, batches are started and paused."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from station.bench.cycle import Cycle
from station.bench.desk import Desk
from station.bench.minting import MintAhead
from station.bench.record import Record, new_id
from station.domain.enrollment import Enrollment
from station.domain.errors import WrongUse
from station.domain.payload import Payload, with_extras
from station.domain.policy import MINIMUM_ANDROID, Mode, policy_id
from station.domain.roster import Row
from station.ports import Actor, Batch, Change, Fact, User

CHUNK = 200  # rows in one commit, so that a long import never stalls the bench


class Intake:
    """What admins and operators do before phones come."""

    def __init__(self, record: Record, cycle: Cycle, minting: MintAhead, extras: Mapping[str, object]) -> None:
        self._record = record
        self._cycle = cycle
        self._minting = minting
        self._extras = extras

    @property
    def _desk(self) -> Desk:
        return self._record.desk

    async def import_users(self, actor: Actor, rows: Sequence[Row]) -> dict[str, object]:
        """Add or change users; returns ids in the rows' order and how many were new or changed."""
        ledger = self._record.ledger
        mails = [row.email for row in rows if row.email]
        known = {user.email.casefold(): user for user in await ledger.find_users(mails)} if mails else {}
        users = [self._user(place, row, known.get(row.email.casefold()) if row.email else None) for place, row in enumerate(rows)]
        added = sum(user.id not in {one.id for one in known.values()} for user in users)
        for start in range(0, len(users), CHUNK):
            part = users[start : start + CHUNK]
            fact = Fact("UsersImported", {"users": [user.id for user in part]})
            await self._record.commit(Change(actor, users=tuple(part), facts=(fact,)))
        return {"users": [user.id for user in users], "added": added, "changed": len(users) - added}

    def _user(self, place: int, row: Row, known: User | None) -> User:
        # ids sort as the users came in, so that a batch of all users keeps the file's order
        ident = known.id if known else f"u_{int(self._record.clock.now() * 1000):012x}{place:06x}{secrets.token_hex(4)}"
        mode = Mode(row.mode) if row.mode else None
        return User(ident, row.name, row.email, policy_id(row.policy) if row.policy else "", mode, row.group)

    async def create_batch(self, actor: Actor, batch: Batch, users: Sequence[str] | None) -> Batch:
        """A batch of the users given (by id, in order), or of all who are in no other."""
        name = batch.name.strip()
        if not name or len(name) > 100:
            raise WrongUse("A batch needs a name of 1 to 100 characters.", "")
        if any(other.name == name for other in await self._record.ledger.batches()):
            raise WrongUse(f"A batch named {name!r} exists already.", "Choose another name.")
        chosen = await self._chosen(users)
        if not chosen:
            raise WrongUse("There are no users for this batch.", "Import users first: sixtap users import FILE")
        batch = replace(batch, id=new_id("b"), name=name, policy=policy_id(batch.policy), created=self._record.clock.now())
        fact = Fact("BatchCreated", {"users": len(chosen), "mode": batch.mode, "policy": batch.policy}, batch.id)
        # one commit: a crash leaves the whole batch or none of it
        enrollments = tuple(self._enrollment(batch, place, user) for place, user in enumerate(chosen, 1))
        await self._record.commit(Change(actor, batches=(batch,), enrollments=enrollments, facts=(fact,)))
        return batch

    async def _chosen(self, users: Sequence[str] | None) -> list[User]:
        ledger = self._record.ledger
        if users is None:
            chosen: list[User] = []
            while page := await ledger.users(after=chosen[-1].id if chosen else "", free=True):
                chosen += page
            return chosen
        if len(set(users)) < len(users):
            raise WrongUse("A user is named twice for this batch.", "Name each user once.")
        found = [await ledger.user(ident) for ident in users]
        missing = [ident for ident, user in zip(users, found, strict=True) if user is None]
        if missing:
            raise WrongUse(f"No user has the id {missing[0]!r}.", "List them with: sixtap users list")
        return [user for user in found if user is not None]

    def _enrollment(self, batch: Batch, position: int, user: User) -> Enrollment:
        return Enrollment(new_id("e"), batch.id, position, user.id, user.mode or batch.mode, user.policy or batch.policy)

    async def start(self, actor: Actor, ident: str) -> tuple[str, ...]:
        """Run this batch; one at a time. Returns warnings: extras of every code that the batch's mode ignores."""
        desk = self._desk
        batch = await self._record.ledger.batch(ident)
        if desk.batch is not None and desk.batch.id != batch.id and desk.batch.state == "running":
            raise WrongUse(f"Batch {desk.batch.name} is running.", "Pause it first.")
        if desk.unit is not None and desk.unit.batch != batch.id:
            raise WrongUse("A unit of another batch is before the screen.", "Run that batch until it is done, or set the unit aside.")
        if desk.simulated and not batch.simulated:
            raise WrongUse("A real batch refuses simulated parts.", "Configure real hardware, or make a batch on the twin.")
        if batch.simulated and not desk.simulated:
            raise WrongUse("This batch was made on the twin.", "Make a new batch on this bench.")
        warnings = with_extras(Payload({}), self._extras, batch.mode).warnings
        running = replace(batch, state="running", started=batch.started or self._record.clock.now())
        await self._record.commit(Change(actor, batches=(running,), facts=(Fact("BatchStarted", {}, batch.id),)))
        desk.batch = running
        self._minting.queue_changed()
        return warnings

    async def pause(self, actor: Actor, ident: str) -> None:
        """Nothing new is shown; what is in the rack goes on."""
        batch = await self._record.ledger.batch(ident)
        if batch.state != "running":
            raise WrongUse(f"Batch {batch.name} is not running.", "")
        paused = replace(batch, state="paused")
        await self._record.commit(Change(actor, batches=(paused,), facts=(Fact("BatchPaused", {}, batch.id),)))
        if self._desk.batch is not None and self._desk.batch.id == batch.id:
            self._desk.batch = paused
            self._cycle.paused()
        self._desk.ring()


def new_batch(name: str, mode: Mode, policy: str, *, simulated: bool, **more: object) -> Batch:
    """A batch before it has an id: with the mode's lowest Android version unless one is given."""
    minimum = more.pop("minimum_android", None) or MINIMUM_ANDROID[mode]
    return Batch("", name, mode, policy, simulated=simulated, minimum_android=int(str(minimum)), **more)  # type: ignore[arg-type]  # Batch checks nothing itself
