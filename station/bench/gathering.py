"""Gathering: the rows of an import that is one act come in several messages; nothing of them is written before the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from station.bench.record import Record
from station.domain.errors import BadRoster, WrongUse
from station.domain.roster import Row, repeated
from station.ports import Actor

PATIENCE = 3600.0  # seconds without a message after which rows are forgotten


@dataclass(slots=True)
class Gathered:
    """Rows of one actor's import, so far. `begun`: its name, and when it began (milliseconds since the epoch); `at`: last message."""

    begun: int
    at: float
    rows: list[Row] = field(default_factory=list, repr=False)
    seen: dict[str, int] = field(default_factory=dict, repr=False)


class Gathering:
    """One import at a time for each actor: a new one takes the place of what was left lying. Kept in memory only, so that a service
    that ends forgets it."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._kept: dict[str, Gathered] = {}

    def keep(self, actor: Actor, rows: Sequence[Row], *, place: int, begun: int | None, most: int) -> Gathered:
        """Take these rows, the first of which is at `place`; without `begun` a new import begins.

        `most`: rows of one import. They are written in one commit, and others wait for it.

        Raises WrongUse where a part is missing or they are too many, BadRoster where a user is there twice; then all is forgotten.
        """
        now = self._record.clock.now()
        self._kept = {name: one for name, one in self._kept.items() if now - one.at < PATIENCE}
        if begun is None:
            self._kept[actor.name] = Gathered(int(now * 1000), now)
        gathered = self._find(actor, begun if begun is not None else self._kept[actor.name].begun)
        try:
            self._add(gathered, rows, place, most)
        except (BadRoster, WrongUse):
            self.drop(actor, gathered.begun)
            raise
        gathered.at = now
        return gathered

    def _add(self, gathered: Gathered, rows: Sequence[Row], place: int, most: int) -> None:
        if place != len(gathered.rows):
            raise _broken_off()
        if place + len(rows) > most:
            raise WrongUse(f"These are more than {most} users.", "Import them with: sixtap users import FILE")
        for number, row in enumerate(rows, place + 1):
            numbered = replace(row, line=number)
            if problems := repeated(numbered, gathered.seen):
                raise BadRoster(
                    f"Row {number} cannot be imported: {problems[0]}.", "Correct it; nothing was imported.", tuple(problems)
                )
            gathered.rows.append(numbered)

    def take(self, actor: Actor, begun: int, count: int) -> Sequence[Row]:
        """All rows of this import, which are so many; they are forgotten here. Raises WrongUse where some are missing."""
        gathered = self._find(actor, begun)
        self.drop(actor, begun)
        if len(gathered.rows) != count:
            raise _broken_off()
        return gathered.rows

    def drop(self, actor: Actor, begun: int) -> bool:
        """Forget this import; whether there was one."""
        there = actor.name in self._kept and self._kept[actor.name].begun == begun
        if there:
            del self._kept[actor.name]
        return there

    def _find(self, actor: Actor, begun: int) -> Gathered:
        gathered = self._kept.get(actor.name)
        if gathered is None or gathered.begun != begun:
            raise _broken_off()
        return gathered


def _broken_off() -> WrongUse:
    return WrongUse("This import broke off; nothing of it was written.", "Import the file again.")
