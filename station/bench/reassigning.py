"""A place in a queue goes to another user: somebody fell ill, or left, and the phone that waits for them is wanted by another.

Only a place may go, never a phone: whose code a phone has read, theirs it is. What was made for who had the place before is void.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from station.bench.cycle import NOT_REVOKED
from station.bench.decisions import Decisions
from station.bench.minting import MintAhead
from station.bench.people import find_user
from station.bench.record import Record
from station.bench.revoking import revoke
from station.domain.enrollment import ATTESTABLE, OPEN, REASSIGNED, Attempt, Enrollment, Reassigned, State
from station.domain.errors import NotFound, WrongUse
from station.ports import Actor, Change, Fact, Minting, Reassign, User

IN_RACK = ("stand", "tray")
ANOTHER_BATCH = "Put the other user into a batch of their own."
INSTEAD: dict[State, tuple[str, str]] = {
    State.SHOWING: ("Its code is on the screen.", "Set the phone aside, or retry the unit; then reassign it."),
    State.INVITED: ("Its code was sent or given out.", "Retry the unit, which revokes that code; then reassign it."),
    State.SCANNED: ("A phone has read its code.", "Let it finish, return the phone and run it again for the other user."),
    State.ENROLLED: ("A phone is enrolled for it.", "Let it finish, return the phone and run it again for the other user."),
    State.VERIFIED: ("Its user has the phone.", "Return the phone (sixtap device return) and run it again for the other user."),
    State.FAILED: ("It is given up.", ANOTHER_BATCH),
    State.SKIPPED: ("Its user was left out.", ANOTHER_BATCH),
}
"""Why a place in this state cannot go to another user, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Given:
    """Who had the place, and who has it, by id."""

    former: str
    user: str


class Reassigning:
    """One act of a lead. Held places go back to the queue first, with all that a retry does."""

    def __init__(self, record: Record, decisions: Decisions, minting: MintAhead, service: Minting) -> None:
        self._record = record
        self._decisions = decisions
        self._minting = minting
        self._service = service

    async def reassign(self, actor: Actor, ident: str, who: str | None, reason: str = "") -> Given:
        """Give the place to `who` (id, e-mail, or a name that nobody else has); None: back to who had it before.

        Raises NotFound; WrongUse where the place cannot go, or they are in a queue already; what a retry raises for a held one.
        """
        ledger = self._record.ledger
        user = await find_user(ledger, who if who is not None else await self._former(ident))
        unit = await self._givable(ident, user)
        await self._must_be_free(user, unit)
        if unit.state is State.HELD:
            await self._decisions.retry(actor, ident)
        async with self._record.roster, self._record.turn:
            unit = await self._givable(ident, user)
            fresh = await find_user(ledger, user.id)  # they may have been changed or removed meanwhile
            await self._must_be_free(fresh, unit)
            void = [one for one in await ledger.attempts(ident) if one.ended != REASSIGNED]
            await self._give(actor, unit, fresh, void, reason)
        await self._minting.withdraw(ident)
        self._minting.queue_changed()
        await self._revoke(void)
        return Given(unit.user, user.id)

    async def _give(self, actor: Actor, unit: Enrollment, user: User, void: Sequence[Attempt], reason: str) -> None:
        batch = await self._record.ledger.batch(unit.batch)
        policy = user.policy or batch.policy
        if not policy:
            raise WrongUse(f"{user.name or user.id} has no policy.", "Assign one: sixtap users assign --policy NAME USER")
        change = Change(
            actor,
            attempts=tuple(replace(one, ended=REASSIGNED) for one in void),
            reassign=Reassign(unit.id, user.id),
        )
        if not user.policy:  # a policy is the user's, not the batch's
            fact = Fact("PolicyAssigned", {"policy": policy, "users": [user.id]}, batch.id)
            change = replace(change, users=(replace(user, policy=policy),), facts=(fact,))
        event = Reassigned(unit.user, user.id, user.mode or batch.mode, policy, reason[:200])
        await self._record.move(unit, event, change=change)

    async def _former(self, ident: str) -> str:
        """Who had this place before, by id."""
        found, after = "", 0
        while page := await self._record.ledger.events(after=after, enrollment=ident):
            found = next((str(one.body["former"]) for one in reversed(page) if one.kind == Reassigned.__name__), found)
            after = page[-1].seq
        if not found:
            raise NotFound("This place was never another user's, as far as this bench knows.", "Say whose it shall be.")
        return found

    # --- what stands against it -----------------------------------------------------------------------------------------------

    async def _givable(self, ident: str, user: User) -> Enrollment:
        """The place as it is now. Raises WrongUse saying why it cannot go, and what to do instead."""
        ledger = self._record.ledger
        unit = await ledger.enrollment(ident)
        if not unit.user:
            raise WrongUse("A code for many phones names nobody.", "Place whichever phone is at hand.")
        if unit.user == user.id:
            raise WrongUse(f"The place is {user.name or user.id}'s already.", "Choose another user.")
        if unit.state in INSTEAD:
            raise WrongUse(*INSTEAD[unit.state])
        attempts = await ledger.attempts(ident)
        own = [one for one in attempts if one.ended != REASSIGNED]
        if any(one.scanned is not None or one.device is not None for one in attempts):
            raise WrongUse(
                "A phone has read a code of this place.",
                "Return that phone and run it again; skip this unit, and put the other user into a batch of their own.",
            )
        if unit.reason in ATTESTABLE:
            raise WrongUse("Nobody knows yet whether the phone read the code.", "Attest it, or retry the unit; then reassign it.")
        if self._service.capabilities.permanent and any(one.shown is not None for one in own):
            raise WrongUse("Its code was shown and cannot be revoked: it is its user's for good.", f"Skip this unit. {ANOTHER_BATCH}")
        if unit.state is State.QUEUED and await ledger.phones(enrollment=ident, places=IN_RACK):
            raise WrongUse("A phone stands on the stand for it.", "Take the phone away first.")
        return unit

    async def _must_be_free(self, user: User, unit: Enrollment) -> None:
        for place in await self._record.ledger.enrollments_of(user.id):
            if place.state in OPEN or place.state is State.HELD or (place.batch == unit.batch and place.state is State.VERIFIED):
                batch = await self._record.ledger.batch(place.batch)
                raise WrongUse(
                    f"{user.name or user.id} has a place in batch {batch.name} already ({place.state}).",
                    "Choose somebody who is in no queue, or skip that place first.",
                )

    async def _revoke(self, void: Sequence[Attempt]) -> None:
        """What was made ahead and never came up. A token that nobody saw ends by its lifetime too."""
        try:
            for attempt in void:
                if attempt.ended is None:
                    await revoke(self._record, self._service, attempt)
        except NOT_REVOKED as why:
            self._record.desk.part("service", "lost", str(why))
