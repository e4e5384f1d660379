"""Accounts: users of the roster are made known to a management service that keeps users of its own, with the flags of their file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from station.bench.people import People
from station.bench.record import Record
from station.domain.errors import ServiceRefused, TryAgain
from station.ports import Actor, Person, Roster, User


class Accounts:
    """One act after each import. `roster`: None where the management service knows no persons; then nothing is done."""

    def __init__(self, record: Record, people: People, roster: Roster | None) -> None:
        self._record = record
        self._people = people
        self._roster = roster

    @property
    def kept(self) -> bool:
        """Whether the management service keeps users of its own."""
        return self._roster is not None

    async def follow(self, actor: Actor, users: Sequence[str], mail: Sequence[bool]) -> dict[str, object]:
        """Make these users known there; `mail`: the service shall send its own mail to whom it creates.

        Facts: `mailed` (ids of users who got that mail), `unknown_there` (who could not be made known, or not wholly, and why). The
        import stands whatever comes of this: importing them again mends it.
        """
        if self._roster is None or not users:
            return {}
        found = [await self._record.ledger.user(ident) for ident in users]
        there = [_person(user, wanted) for user, wanted in zip(found, mail, strict=True) if user is not None]
        try:
            outcomes = await self._roster.put_users(there)
        except (TryAgain, ServiceRefused) as why:
            return {"mailed": [], "unknown_there": [{"user": person.user, "why": str(why)} for person in there]}
        known: Mapping[str, str] = {one.user: one.account for one in outcomes if one.account}
        await self._people.note_accounts(actor, known)
        return {
            "mailed": [one.user for one in outcomes if one.mailed],
            "unknown_there": [{"user": one.user, "why": one.problem} for one in outcomes if one.problem],
        }


def _person(user: User, mail: bool) -> Person:
    # an anonymous user goes by the alias of the directory, where the file gives one
    name = (user.directory if user.anonymous else "") or user.name
    return Person(user.id, name, user.email, user.anonymous, user.group, user.custom, user.account, mail)
