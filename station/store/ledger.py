"""The record, as the station's Ledger port asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from station.domain.enrollment import Attempt, Enrollment, Phone, PhoneCount, State, UserCount
from station.domain.evidence import Device, Evidence
from station.domain.setuptimes import SetupTime
from station.ports import (
    Batch,
    Change,
    Clock,
    Effect,
    KeptSetting,
    Lease,
    ModelNote,
    Preference,
    Recorded,
    StaffMember,
    StoredPolicy,
    UnitFound,
    User,
)
from station.store import chain, kept, leases, lookup, reading, windows, writing
from station.store.database import Database, open_database


class SqlLedger:
    """station.ports.Ledger on a Database. Events are those of its own bench; everything else is shared by all benches in it.

    Every call is one transaction, run off the event loop, in the order of the calls. A call whose waiter is cancelled still runs
    whole. Times come from the clock at the moment of the call. `before_commit` and `after_commit` are for fault injection: they are
    called in the ledger's thread just before and after the COMMIT of every `commit`; what the first raises undoes the change, what the
    second raises reaches the caller although the change is written.
    """

    def __init__(self, database: Database, *, bench: str, clock: Clock) -> None:
        self.bench = bench
        self.before_commit: Callable[[], None] | None = None
        self.after_commit: Callable[[], None] | None = None
        self._database = database
        self._clock = clock

    async def commit(self, change: Change) -> tuple[Recorded, ...]:
        """Write a change, or nothing of it. Raises LeaseLost, NotFound, WrongUse (values that cannot be recorded), LedgerFailed."""
        job = partial(writing.write, change=change, bench=self.bench, at=self._clock.now())
        return await asyncio.shield(self._database.submit(job, before_commit=self.before_commit, after_commit=self.after_commit))

    async def claim(self, batch: str, seconds: float) -> tuple[Enrollment, Lease] | None:
        """Lease the lowest queued enrollment that nobody holds. Who is cancelled while waiting holds nothing afterwards."""
        job = partial(leases.claim, batch=batch, bench=self.bench, now=self._clock.now(), seconds=seconds)
        claimed = self._database.submit(job)
        try:
            return await asyncio.shield(claimed)
        except asyncio.CancelledError:
            claimed.add_done_callback(self._give_back)
            raise

    def _give_back(self, claimed: asyncio.Future[tuple[Enrollment, Lease] | None]) -> None:
        if claimed.cancelled() or claimed.exception() is not None or (taken := claimed.result()) is None:
            return
        if not self._database.closing:
            self._database.submit(partial(leases.release, lease=taken[1], bench=self.bench))

    async def renew(self, lease: Lease, seconds: float) -> Lease:
        """The lease, from now on for `seconds`. LeaseLost when another took it or it was released."""
        return await self._database.run(partial(leases.renew, lease=lease, bench=self.bench, now=self._clock.now(), seconds=seconds))

    async def release(self, lease: Lease) -> None:
        """Give it back at once; nothing happens when it is another's by now."""
        await self._database.run(partial(leases.release, lease=lease, bench=self.bench))

    async def release_all(self) -> int:
        """Free every lease of this bench; how many. For the start: an earlier process of this bench cannot be alive."""
        return await self._database.run(partial(leases.release_all, bench=self.bench))

    async def enrollment(self, ident: str) -> Enrollment:
        """NotFound when there is none."""
        return await self._database.run(partial(reading.enrollment, ident=ident))

    async def enrollments(
        self, *, batch: str | None = None, states: Sequence[State] = (), after: int = 0, limit: int = 500
    ) -> tuple[Enrollment, ...]:
        """By position, those greater than `after`. A page holds all that share its last position, so it may exceed `limit`."""
        return await self._database.run(partial(reading.enrollments, batch=batch, states=states, after=after, limit=limit))

    async def queue_window(
        self, batch: str, *, offset: int, limit: int, search: str = "", states: Sequence[State] = (), sort: str = "position"
    ) -> tuple[tuple[Enrollment, ...], int]:
        """Rows of a batch's queue from `offset` on, and how many there are. WrongUse for a window or an order that cannot be."""
        asked = partial(windows.queue_window, batch=batch, offset=offset, limit=limit, search=search, states=states, sort=sort)
        return await self._database.run(asked)

    async def attempt(self, ident: str) -> Attempt | None:
        return await self._database.run(partial(reading.attempt, ident=ident))

    async def attempts(self, enrollment: str) -> tuple[Attempt, ...]:
        """Oldest first."""
        return await self._database.run(partial(reading.attempts, enrollment=enrollment))

    async def attempt_by_token(self, token: str) -> Attempt | None:
        """By the token's resource name; the newest, where a service's code serves several attempts."""
        return await self._database.run(partial(reading.attempt_by_token, token=token))

    async def attempts_by_token(self, token: str) -> tuple[Attempt, ...]:
        """Oldest first: more than one where a code is permanent, or serves a whole batch."""
        return await self._database.run(partial(reading.attempts_by_token, token=token))

    async def attempt_by_device(self, device: str) -> Attempt | None:
        return await self._database.run(partial(reading.attempt_by_device, device=device))

    async def shared_attempts(self, batch: str) -> tuple[Attempt, ...]:
        """For each token of the batch that was neither revoked nor lost: its first attempt. Oldest first."""
        return await self._database.run(partial(reading.shared_attempts, batch=batch))

    async def phone(self, ident: str) -> Phone | None:
        return await self._database.run(partial(reading.phone, ident=ident))

    async def phones(
        self, *, batch: str | None = None, enrollment: str | None = None, places: Sequence[str] = ()
    ) -> tuple[Phone, ...]:
        """In the order in which they were received."""
        return await self._database.run(partial(reading.phones, batch=batch, enrollment=enrollment, places=places))

    async def device(self, name: str) -> Device | None:
        return await self._database.run(partial(reading.device, name=name))

    async def setup_times(self, limit: int = 200) -> tuple[SetupTime, ...]:
        """Of phones that were scanned and have their device, newest first."""
        return await self._database.run(partial(reading.setup_times, limit=limit))

    async def device_names(self) -> frozenset[str]:
        """Names of all devices that are attached to an attempt."""
        return await self._database.run(reading.device_names)

    async def evidence(self, enrollment: str) -> tuple[Evidence, ...]:
        """Of all its attempts, in the order of filing."""
        return await self._database.run(partial(reading.evidence, enrollment=enrollment))

    async def open_effects(self) -> tuple[Effect, ...]:
        """Those whose outcome is not known, oldest first."""
        return await self._database.run(reading.open_effects)

    async def counts(self, batch: str) -> tuple[UserCount, PhoneCount]:
        """Both counts at one moment; zeros for a batch that is not there."""
        return await self._database.run(partial(reading.counts, batch=batch))

    async def batch(self, ident: str) -> Batch:
        """By id, else by name. NotFound; WrongUse when several batches have this name."""
        return await self._database.run(partial(reading.batch, ident=ident))

    async def batches(self) -> tuple[Batch, ...]:
        """Oldest first."""
        return await self._database.run(reading.batches)

    async def user(self, ident: str) -> User | None:
        return await self._database.run(partial(reading.user, ident=ident))

    async def users_with(self, ids: Sequence[str]) -> tuple[User, ...]:
        """Those with these ids, in any order; who is not there is left out."""
        return await self._database.run(partial(reading.users_with, ids=ids))

    async def users(
        self, *, after: str = "", limit: int = 500, free: bool = False, group: str = "", search: str = ""
    ) -> tuple[User, ...]:
        """By id, those greater than `after`; `free`: only those without an enrollment that is not failed or skipped. `search`: a part
        of name or e-mail."""
        asked = partial(reading.users, after=after, limit=limit, free=free, group=group, search=search)
        return await self._database.run(asked)

    async def enrollments_of(self, user: str) -> tuple[Enrollment, ...]:
        """A user's places in all batches, oldest batch first."""
        return await self._database.run(partial(reading.enrollments_of, user=user))

    async def devices_with_serial(self, serial: str) -> tuple[Device, ...]:
        return await self._database.run(partial(reading.devices_with_serial, serial=serial))

    async def look_up(self, text: str, limit: int) -> tuple[UnitFound, ...]:
        """At most `limit` units, each once: ids first, people last."""
        return await self._database.run(partial(lookup.look_up, text=text, limit=limit))

    async def policy(self, name: str, version: int | None = None) -> StoredPolicy | None:
        """That version, or the newest."""
        return await self._database.run(partial(reading.policy, name=name, version=version))

    async def policies(self) -> tuple[StoredPolicy, ...]:
        """The newest version of each, by name."""
        return await self._database.run(reading.policies)

    async def policy_versions(self, name: str) -> tuple[StoredPolicy, ...]:
        """Oldest first."""
        return await self._database.run(partial(reading.policy_versions, name=name))

    async def notes(self) -> tuple[ModelNote, ...]:
        """By model; those that were not removed."""
        return await self._database.run(reading.notes)

    async def preference(self, account: str) -> Preference | None:
        return await self._database.run(partial(reading.preference, account=account))

    async def kept_settings(self) -> tuple[KeptSetting, ...]:
        """What was changed on this bench and not taken back, by key."""
        return await self._database.run(partial(kept.read, bench=self.bench))

    async def staff(self) -> tuple[StaffMember, ...]:
        """Who is active, by name."""
        return await self._database.run(reading.staff)

    async def staff_member(self, ident: str) -> StaffMember | None:
        return await self._database.run(partial(reading.staff_member, ident=ident))

    async def find_users(self, emails: Sequence[str] = (), names: Sequence[str] = ()) -> tuple[User, ...]:
        """Those with one of these addresses, or one of these names, whatever their capitals; empty texts find nobody."""
        return await self._database.run(partial(reading.find_users, emails=emails, names=names))

    async def queued_of(self, users: Sequence[str]) -> tuple[Enrollment, ...]:
        """The enrollments of these users that wait in a queue."""
        return await self._database.run(partial(reading.queued_of, users=users))

    async def events(
        self, *, after: int = 0, limit: int = 500, enrollment: str | None = None, batch: str | None = None
    ) -> tuple[Recorded, ...]:
        """This bench's, by seq, those greater than `after`."""
        return await self._database.run(
            partial(reading.events, bench=self.bench, after=after, limit=limit, enrollment=enrollment, batch=batch)
        )

    async def newest_events(
        self, *, before: int = 0, limit: int = 500, search: str = "", actors: Sequence[str] = ()
    ) -> tuple[Recorded, ...]:
        """This bench's, newest first, those before the number `before` (0: from the newest on) with `search` in kind or actor,
        or, with a `search`, of these actors."""
        asked = partial(reading.newest_events, bench=self.bench, before=before, limit=limit, search=search, actors=actors)
        return await self._database.run(asked)

    async def head(self) -> tuple[int, str]:
        """This bench's newest event: seq and hash (0 and the empty chain's hash when there is none)."""
        return await self._database.run(partial(chain.head, bench=self.bench))

    async def close(self) -> None:
        """Run what is queued, then close the database. May be called twice."""
        await self._database.close()


@asynccontextmanager
async def open_ledger(url_or_path: str | Path, *, bench: str, clock: Clock) -> AsyncIterator[SqlLedger]:
    """The ledger at a path or `sqlite:///path`; `sqlite://` is one in memory.

    Raises LedgerFailed when another process has it, when it is damaged or newer than this version, ConfigurationError for an
    address that cannot work. Leases of an earlier process of this bench are freed.
    """
    async with open_database(url_or_path) as database:
        ledger = SqlLedger(database, bench=bench, clock=clock)
        await ledger.release_all()
        yield ledger
