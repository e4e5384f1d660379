"""What people keep at the bench beside the record of units: notes about phone models, and the language that each reads."""

from __future__ import annotations

from station.bench.record import Record
from station.domain.errors import WrongUse
from station.ports import Actor, Change, Fact, ModelNote, Preference


async def language_of(record: Record, account: str) -> str:
    """What this account reads: its own choice, else the bench's, as where there is no account."""
    kept = await record.ledger.preference(account) if account else None
    return kept.language if kept is not None and kept.language else record.desk.language


class Notebook:
    """Small things that survive the service."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def language(self, account: str) -> str:
        """What this account reads: its own choice, else the bench's."""
        return await language_of(self._record, account)

    async def set_language(self, actor: Actor, language: str) -> None:
        """From the next connection on. An empty one: the bench's own."""
        await self._record.commit(Change(actor, preferences=(Preference(actor.name, language),)))

    async def put_note(self, actor: Actor, model: str, text: str) -> None:
        """What to know about this model; an empty text removes the note."""
        name, note = " ".join(model.split()), " ".join(text.split())
        if not name.isprintable() or not note.isprintable() or not name:
            raise WrongUse("A note's model and text are plain letters.", "Leave control characters out.")
        fact = Fact("NoteChanged", {"model": name, "removed": not note})
        await self._record.commit(Change(actor, notes=(ModelNote(name, note),), facts=(fact,)))

    async def notes(self) -> tuple[ModelNote, ...]:
        """By model."""
        return await self._record.ledger.notes()
