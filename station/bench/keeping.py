"""Prepared codes in the house: they come in checked, serve one user each, and are purged once that user's unit is settled.

Where no service tells of devices, the console's list or a person's word does; both are acts of their own, in that person's name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from station.bench.people import find_user
from station.bench.rack import Rack
from station.bench.record import Record
from station.domain.enrollment import CLOSED, STILL_EXPECTED, Enrollment, State
from station.domain.errors import NotAllowed, RefuseUnit, TryAgain, WrongUse
from station.domain.evidence import ATTESTED, Device
from station.domain.prepared import PreparedCode, checked, meaning, varying
from station.ports import BENCH, Actor, Batch, Change, CodeVault, DeviceBook, Fact, Recorded, User

SETTLES = frozenset({"Verified", "Failed", "Skipped", "UserRemoved"})
COMPARED = 50  # codes that are looked at to know what differs between users
AWAITED = frozenset({State.SCANNED, State.INVITED, State.ENROLLED})
Outcome = Literal["new", "replaced", "same"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A user's code as lists show it, without its content; `damaged` where it cannot be opened any more."""

    user: User
    code: PreparedCode | None


class Keeping:
    """Each method is one act of one actor. `book`: None where a service tells of devices by itself."""

    def __init__(self, record: Record, vault: CodeVault, rack: Rack, book: DeviceBook | None) -> None:
        self._record = record
        self._vault = vault
        self._rack = rack
        self._book = book
        self._ended: asyncio.Queue[tuple[Literal["unit", "user"], str]] = asyncio.Queue()
        self._writing = asyncio.Lock()
        record.hearers.append(self._hear)

    # --- codes -----------------------------------------------------------------------------------------------------------------

    async def put(self, actor: Actor, codes: Mapping[str, PreparedCode], *, dry_run: bool = False) -> dict[str, Outcome]:
        """Keep these codes, by user's id; what became of each. All of them are looked at before the first is kept.

        Raises BadPayload, NotFound, WrongUse (a code that two users share, or that is known for another one) naming the user.
        """
        async with self._writing:
            users = {ident: await find_user(self._record.ledger, ident) for ident in codes}
            await self._refuse_shared(codes, users)
            outcomes = {ident: await self._outcome(users[ident], code) for ident, code in codes.items()}
            fresh = [ident for ident, outcome in outcomes.items() if outcome != "same"]
            if fresh and not dry_run:
                keys = await self._differing(codes)
                await self._record.commit(Change(actor, facts=(Fact("CodesImported", {"users": fresh}),)))
                now = self._record.clock.now()
                for ident in fresh:
                    code = codes[ident]
                    await self._vault.put(ident, replace(code, imported=now, varying=keys if code.kind == "provisioning" else ()))
        return outcomes

    async def _refuse_shared(self, codes: Mapping[str, PreparedCode], users: Mapping[str, User]) -> None:
        first: dict[str, str] = {}
        for ident, code in codes.items():
            other = first.setdefault(meaning(code.content), ident)
            known = other if other != ident else await self._vault.known_for(code.content) or ident
            if known != ident:
                owner = await self._record.ledger.user(known)
                raise WrongUse(
                    f"The code for {users[ident].name} ({ident}) is the code of {owner.name if owner else 'another user'} ({known}).",
                    "Export each user's own code; nothing was imported.",
                )

    async def _outcome(self, user: User, code: PreparedCode) -> Outcome:
        checked(code.content, code.mode or user.mode)
        try:
            before = await self._vault.get(user.id)
        except RefuseUnit:  # damaged: this one mends it
            return "replaced"
        if before is None:
            return "new"
        same = meaning(before.content) == meaning(code.content)
        return "same" if same and (before.mode, before.expires) == (code.mode, code.expires) else "replaced"

    async def _differing(self, codes: Mapping[str, PreparedCode]) -> tuple[str, ...]:
        """Where these codes differ; a single one is compared with those that are kept already."""
        contents = [code.content for code in codes.values() if code.kind == "provisioning"][:COMPARED]
        for ident in (await self._vault.users())[: COMPARED - len(contents)]:
            kept = await self._opened(ident) if ident not in codes else None
            if kept is not None and kept.kind == "provisioning":
                contents.append(kept.content)
        return varying(contents)

    async def _opened(self, ident: str) -> PreparedCode | None:
        try:
            return await self._vault.get(ident)
        except RefuseUnit:
            return None

    async def kept(self) -> list[Kept]:
        """Who has a code."""
        users = [(ident, await self._record.ledger.user(ident)) for ident in await self._vault.users()]
        return [Kept(user or User(ident, ""), await self._opened(ident)) for ident, user in users]

    async def purge(self, actor: Actor, users: Sequence[str] | None) -> int:
        """Overwrite and remove the codes of these users (id, e-mail or name), or of all; how many there were."""
        named = await self._vault.users() if users is None else [(await find_user(self._record.ledger, who)).id for who in users]
        async with self._writing:
            gone = [ident for ident in named if await self._vault.purge(ident)]
            if gone:
                await self._record.commit(Change(actor, facts=(Fact("CodesPurged", {"users": gone, "why": "ordered"}),)))
        return len(gone)

    # --- settled -----------------------------------------------------------------------------------------------------------------

    def _hear(self, events: tuple[Recorded, ...]) -> None:
        for event in events:
            if event.kind == "UserRemoved":
                self._ended.put_nowait(("user", str(event.body.get("user"))))
            elif event.kind in SETTLES and event.enrollment is not None:
                self._ended.put_nowait(("unit", event.enrollment))

    async def run(self) -> None:
        """Purge what has served, for as long as the service runs; first what an earlier run left."""
        for ident in await self._vault.users():
            self._ended.put_nowait(("user", ident))
        while True:
            kind, ident = await self._ended.get()
            user = ident if kind == "user" else (await self._record.ledger.enrollment(ident)).user
            try:
                await self._purge_settled(user)
            except TryAgain:  # the disk
                self._ended.put_nowait(("user", user))
                await asyncio.sleep(self._record.desk.timing.retry)

    async def _purge_settled(self, user: str) -> None:
        if not user:  # a row of a generic code is nobody's
            return
        if await self._record.ledger.user(user) is None:
            await self._vault.forget(user)
            return
        async with self._writing:
            code = await self._opened(user)
            if code is not None and await self._has_served(user, code) and await self._vault.purge(user):
                await self._record.commit(Change(BENCH, facts=(Fact("CodesPurged", {"users": [user], "why": "settled"}),)))

    async def _has_served(self, user: str, code: PreparedCode) -> bool:
        """Whether all units of this user are settled, and the last of them after this code came in."""
        units = await self._record.ledger.enrollments_of(user)
        if not units or any(unit.state not in CLOSED for unit in units):
            return False
        events = [event for unit in units for event in await self._record.ledger.events(enrollment=unit.id)]
        return any(event.kind in SETTLES and event.at >= code.imported for event in events)

    # --- devices -----------------------------------------------------------------------------------------------------------------

    async def take_list(self, actor: Actor, devices: Sequence[Device]) -> int:
        """The console's whole device list, each with the token of its user; what fits is attached. How many there are."""
        book = self._own_book()
        await self._record.commit(Change(actor, facts=(Fact("DevicesListed", {"devices": len(devices)}),)))
        await self._rack.bring(book.take_list(devices), actor)
        return len(devices)

    async def confirm(self, actor: Actor, ident: str, serial: str) -> str:
        """A person's word that the console has this unit's device, as far as the batch counts such words. The device's name."""
        book, record = self._own_book(), self._record
        if not book.takes_word:
            raise NotAllowed("This bench takes nobody's word for a device.", "Import the console's list: sixtap codes devices FILE")
        enrollment = await record.ledger.enrollment(ident)
        _check_word(actor, await record.ledger.batch(enrollment.batch), "a device")
        attempt = await record.ledger.attempt(enrollment.attempt) if enrollment.attempt else None
        if attempt is None or attempt.token is None or not _awaited(enrollment):
            raise WrongUse(f"The unit is {enrollment.state}: no device is awaited.", "Confirm it once its code was scanned.")
        name, simulated = f"attested/{attempt.id}", record.desk.simulated
        device = Device(name, attempt.token, state=ATTESTED, serial=serial, enrolled=record.clock.now(), simulated=simulated)
        fact = Fact("DeviceAttested", {"attempt": attempt.id, "device": name, "serial": serial}, enrollment.batch, ident)
        await record.commit(Change(actor, facts=(fact,)))
        await self._rack.bring(_given(book, device), actor)
        return name

    def _own_book(self) -> DeviceBook:
        if self._book is None:
            raise WrongUse("The management service tells of devices by itself.", "Wait for its record.")
        return self._book


async def _given(book: DeviceBook, device: Device) -> tuple[Device, ...]:
    await book.take_word(device)
    return (device,)


def _awaited(enrollment: Enrollment) -> bool:
    return enrollment.state in AWAITED or (enrollment.state is State.HELD and enrollment.reason in STILL_EXPECTED)


def _check_word(actor: Actor, batch: Batch, what: str) -> None:
    """Whose word counts is the batch's to say."""
    if batch.attestation == "never":
        raise NotAllowed(f"Batch {batch.name} takes nobody's word for {what}.", "Wait for the console's list.")
    if batch.attestation == "lead" and actor.role not in {"lead", "admin"}:
        raise NotAllowed(f"Batch {batch.name} takes only a lead's word for {what}.", "Ask a lead.")
