"""Names for people: the record speaks of the staff by ids, and their names lie in a table that can be erased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from station import wire
from station.ports import Ledger, Recorded


async def staff_names(ledger: Ledger, actors: Iterable[str]) -> dict[str, str]:
    """The names of those of these actors who are of the staff; whose name was erased is left out, and so is an account."""
    wanted = set(actors)
    return {one.id: one.name for one in await ledger.staff() if one.id in wanted}


async def called(ledger: Ledger, search: str) -> tuple[str, ...]:
    """The ids of the staff whose names hold this text; nobody's for an empty one."""
    wanted = search.casefold()
    return tuple(one.id for one in await ledger.staff() if wanted in one.name.casefold()) if wanted else ()


async def story_names(ledger: Ledger, events: Sequence[Recorded], evidence: Sequence[wire.EvidenceView]) -> dict[str, str]:
    """Of one unit's story: who acted, and whose its place was."""
    names = await staff_names(ledger, (*(one.actor for one in events), *(one.actor for one in evidence)))
    places = sorted({str(one.body[who]) for one in events if one.kind == "Reassigned" for who in ("former", "user")})
    return names | {user.id: user.name for user in (await ledger.users_with(places) if places else ())}
