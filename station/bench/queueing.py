"""The order of a queue: who waits can be served before others."""

from __future__ import annotations

from station.bench.record import Record
from station.domain.errors import WrongUse
from station.ports import Actor, Change, Fact, Reorder


class Queueing:
    """Moves those that wait. Whose code is made already keeps its turn: it comes next anyway."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def move(self, actor: Actor, ident: str, before: str | None) -> None:
        """Put a unit before another one of its batch, or first. NotFound; WrongUse when one of the two does not wait."""
        record = self._record
        if ident == before:
            raise WrongUse("Nobody can be put before themselves.", "Say before whom, or put the unit first.")
        async with record.turn:
            unit = await record.ledger.enrollment(ident)
            batch = await record.ledger.batch(unit.batch)
            if batch.generic:
                raise WrongUse("The phones of a code for many have no order.", "Place whichever phone is at hand.")
            fact = Fact("QueueReordered", {"before": before}, unit.batch, ident)
            await record.commit(Change(actor, reorder=Reorder(unit.batch, ident, before), facts=(fact,)))
