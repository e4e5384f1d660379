"""A user leaves: their codes are revoked, they leave every queue, their name is erased. The record keeps the opaque id."""

from __future__ import annotations

from station.bench.decisions import Decisions
from station.bench.people import find_user
from station.bench.record import Record
from station.bench.revoking import revoke
from station.domain.enrollment import CLOSED, Enrollment, State
from station.domain.errors import WrongUse
from station.ports import Actor, Change, Fact, Minting

UNDER_WAY = frozenset({State.SHOWING, State.SCANNED, State.ENROLLED})
WAITING = frozenset({State.QUEUED, State.INVITED, State.HELD})
IN_RACK = ("stand", "tray")


class Leaving:
    """What is done when a user leaves."""

    def __init__(self, record: Record, service: Minting, decisions: Decisions) -> None:
        self._record = record
        self._service = service
        self._decisions = decisions

    async def remove(self, actor: Actor, who: str) -> str:
        """Erase this user (by id, e-mail or name) when every code of theirs is void; returns the id.

        Raises WrongUse while their code is up or their phone is being set up, RefuseUnit when a device has used their code.
        """
        user = await find_user(self._record.ledger, who)
        places = await self._record.ledger.enrollments_of(user.id)
        for place in places:
            await self._refuse_under_way(place)
        for place in places:
            if place.state is State.INVITED:
                await self._decisions.retry(actor, place.id)  # it revokes first, and refuses when a device has used the code
            if place.state in WAITING:
                await self._decisions.skip(actor, place.id, "user removed")
            await self._revoke_unused(place)
        async with self._record.roster:
            if any(place.state not in CLOSED for place in await self._record.ledger.enrollments_of(user.id)):
                raise WrongUse("The user came into a queue meanwhile.", "Remove them once more.")
            await self._record.commit(Change(actor, facts=(Fact("UserRemoved", {"user": user.id}),), forget=(user.id,)))
        return user.id

    async def _refuse_under_way(self, place: Enrollment) -> None:
        if place.state in UNDER_WAY or await self._record.ledger.phones(enrollment=place.id, places=IN_RACK):
            raise WrongUse(
                f"Unit {place.id} of this user is {place.state}: the code is up, or the phone is being set up.",
                "Let it come to its end first, or decide about the unit.",
            )

    async def _revoke_unused(self, place: Enrollment) -> None:
        """Codes that were made ahead and never came up."""
        for attempt in await self._record.ledger.attempts(place.id):
            if attempt.token is not None and attempt.ended is None and attempt.scanned is None and attempt.device is None:
                await revoke(self._record, self._service, attempt)
