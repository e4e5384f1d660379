"""Appending to the record: one hash chain for each bench, its order its sequence numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from sqlalchemy import Connection, insert, select

from station.domain.audit import EMPTY, link
from station.ports import Actor, Recorded
from station.store import rows
from station.store.plain import check_text, plain
from station.store.schema import events


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it has its place in the chain."""

    kind: str
    body: dict[str, object]
    batch: str | None = None
    enrollment: str | None = None


def head(connection: Connection, bench: str) -> tuple[int, str]:
    """Seq and hash of the bench's newest event; 0 and the empty chain's hash when there is none."""
    newest = select(events.c.seq, events.c.hash).where(events.c.bench == bench).order_by(events.c.seq.desc()).limit(1)
    row = connection.execute(newest).first()
    return (0, EMPTY) if row is None else (row.seq, row.hash)


def append(connection: Connection, drafts: Sequence[Draft], *, bench: str, at: float, actor: Actor) -> tuple[Recorded, ...]:
    """Write these events behind the bench's newest one. Raises WrongUse for a body that would not read back the same."""
    if not drafts:
        return ()
    seq, previous = head(connection, bench)
    written = []
    for draft in drafts:
        seq += 1
        event = _linked(draft, Recorded(seq, float(at), bench, actor.name, actor.role, "", None, None, {}, previous, ""))
        previous = event.hash
        written.append(event)
    connection.execute(insert(events), [rows.recorded_values(event) for event in written])
    return tuple(written)


def _linked(draft: Draft, blank: Recorded) -> Recorded:
    event = replace(
        blank,
        kind=draft.kind,
        batch=draft.batch,
        enrollment=draft.enrollment,
        body=plain(draft.body, f"The body of {draft.kind}"),
    )
    for text in (event.actor, event.kind, event.batch, event.enrollment):
        check_text(text or "", f"The event {draft.kind}")
    return replace(event, hash=link({one.name: getattr(event, one.name) for one in fields(event)}))
