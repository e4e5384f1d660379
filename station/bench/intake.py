"""Intake: batches are made of users, started and paused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from station.bench.cycle import Cycle
from station.bench.desk import Desk
from station.bench.minting import MintAhead
from station.bench.record import Record, new_id
from station.domain.enrollment import Enrollment
from station.domain.errors import WrongUse
from station.domain.policy import MINIMUM_ANDROID, Mode, policy_id
from station.ports import Actor, Batch, Change, Fact, User

AT_ONCE = 500  # users who are looked up together: one by one, thousands would take seconds


class Intake:
    """What admins and operators do before phones come."""

    def __init__(self, record: Record, cycle: Cycle, minting: MintAhead, *, generic_codes: bool) -> None:
        self._record = record
        self._cycle = cycle
        self._minting = minting
        self._generic_codes = generic_codes

    @property
    def _desk(self) -> Desk:
        return self._record.desk

    async def create_batch(self, actor: Actor, batch: Batch, users: Sequence[str] | None) -> Batch:
        """A batch of the users given (by id, in order), or of all who are in no other; a generic one has phones instead of users."""
        name = batch.name.strip()
        if not name or len(name) > 100:
            raise WrongUse("A batch needs a name of 1 to 100 characters.", "")
        if any(other.name == name for other in await self._record.ledger.batches()):
            raise WrongUse(f"A batch named {name!r} exists already.", "Choose another name.")
        if batch.generic:
            return await self._create_generic(actor, replace(batch, name=name), users)
        async with self._record.roster:
            return await self._create(actor, replace(batch, name=name), await self._chosen(users))

    async def _create(self, actor: Actor, batch: Batch, chosen: Sequence[User]) -> Batch:
        if not chosen:
            raise WrongUse("There are no users for this batch.", "Import users first: sixtap users import FILE")
        policy = policy_id(batch.policy) if batch.policy else ""
        batch = replace(batch, id=new_id("b"), policy=policy, created=self._record.clock.now())
        bare = tuple(replace(user, policy=policy) for user in chosen if not user.policy)
        if bare and not policy:
            raise WrongUse(
                f"{len(bare)} of {len(chosen)} users have no policy, the first of them {bare[0].name}.",
                "Assign one to them (sixtap users assign --policy NAME), or name one for the batch (--policy NAME).",
            )
        facts = [Fact("BatchCreated", {"users": len(chosen), "mode": batch.mode, "policy": policy}, batch.id)]
        if bare:  # a policy is the user's, not the batch's
            facts.append(Fact("PolicyAssigned", {"policy": policy, "users": [user.id for user in bare]}, batch.id))
        # one commit: a crash leaves the whole batch or none of it
        enrollments = tuple(self._enrollment(batch, place, user) for place, user in enumerate(chosen, 1))
        await self._record.commit(Change(actor, batches=(batch,), users=bare, enrollments=enrollments, facts=tuple(facts)))
        return batch

    async def _create_generic(self, actor: Actor, batch: Batch, users: Sequence[str] | None) -> Batch:
        if users is not None:
            raise WrongUse("A generic code names nobody.", "Give users or a number of phones, not both.")
        if batch.names:
            raise WrongUse("A generic code names nobody.", "Names stand beside the codes of a batch of users.")
        if not self._generic_codes:
            raise WrongUse("This management service has no codes that many phones can use.", "Make a batch of users.")
        if batch.mode is Mode.WORK_PROFILE and batch.naming == "serial":
            raise WrongUse("Personally owned devices tell no serial number.", "Name them by sequence or date.")
        if not batch.policy:
            raise WrongUse("A generic code needs a policy.", "Name one: --policy NAME")
        batch = replace(batch, id=new_id("b"), policy=policy_id(batch.policy), created=self._record.clock.now())
        body: dict[str, object] = {
            "phones": batch.generic,
            "mode": batch.mode,
            "policy": batch.policy,
            "lifetime": batch.token_lifetime,
        }
        rows = tuple(Enrollment(new_id("e"), batch.id, place, "", batch.mode, batch.policy) for place in range(1, batch.generic + 1))
        fact = Fact("BatchCreated", body, batch.id)
        await self._record.commit(Change(actor, batches=(batch,), enrollments=rows, facts=(fact,)))
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
        known: dict[str, User] = {}
        for start in range(0, len(users), AT_ONCE):
            known |= {user.id: user for user in await ledger.users_with(users[start : start + AT_ONCE])}
        missing = [ident for ident in users if ident not in known]
        if missing:
            raise WrongUse(f"No user has the id {missing[0]!r}.", "List them with: sixtap users list")
        return [known[ident] for ident in users]

    def _enrollment(self, batch: Batch, position: int, user: User) -> Enrollment:
        return Enrollment(new_id("e"), batch.id, position, user.id, user.mode or batch.mode, user.policy or batch.policy)

    async def start(self, actor: Actor, ident: str) -> None:
        """Run this batch; one at a time."""
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
        running = replace(batch, state="running", started=batch.started or self._record.clock.now())
        await self._record.commit(Change(actor, batches=(running,), facts=(Fact("BatchStarted", {}, batch.id),)))
        desk.batch = running
        self._minting.queue_changed()

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
