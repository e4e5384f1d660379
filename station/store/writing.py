"""One Change, written inside the caller's transaction: all of it, or an error and nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache, lru_cache

from sqlalchemy import Connection, Dialect, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from station.domain.enrollment import Enrollment, JourneyEvent
from station.domain.errors import LeaseLost, NotFound, WrongUse
from station.domain.evidence import Evidence
from station.ports import Change, Fact, Recorded
from station.store import chain, kept, leases, reassigning, reordering, rows, schema
from station.store.chain import Draft
from station.store.plain import check_text


def write(connection: Connection, change: Change, *, bench: str, at: float) -> tuple[Recorded, ...]:
    """Write it and its events: moves, then facts, then one EvidenceFiled for each evidence. Raises LeaseLost, NotFound, WrongUse."""
    if change.lease is not None:
        leases.check(connection, change.lease, bench=bench)
    _replace(connection, schema.users, [rows.user_values(user) for user in change.users])
    _replace(connection, schema.batches, [rows.batch_values(batch) for batch in change.batches])
    _insert(connection, schema.enrollments, [rows.enrollment_values(new) for new in change.enrollments])
    if change.forget:
        connection.execute(delete(schema.users).where(schema.users.c.id.in_(change.forget)))
    if change.reorder is not None:
        reordering.reorder(connection, change.reorder, now=at)
    if change.reassign is not None:
        reassigning.check(connection, change.reassign, bench=bench, now=at)
    drafts = [_move(connection, moved, event) for moved, event in change.moves]
    _replace(connection, schema.attempts, [rows.plain_values(attempt) for attempt in change.attempts])
    _replace(connection, schema.phones, [rows.plain_values(phone) for phone in change.phones])
    _replace(connection, schema.devices, [rows.device_values(device) for device in change.devices])
    _replace(connection, schema.policies, [rows.plain_values(policy) for policy in change.policies])
    _replace(connection, schema.notes, [rows.plain_values(note) for note in change.notes])
    _replace(connection, schema.preferences, [rows.plain_values(one) for one in change.preferences])
    _replace(connection, schema.staff, [rows.plain_values(one) for one in change.staff])
    kept.write(connection, change.settings, bench=bench)
    _replace(connection, schema.effects, [rows.plain_values(effect) for effect in change.effects])
    drafts += [_fact(connection, fact) for fact in change.facts]
    drafts += [_filed(connection, piece) for piece in change.evidence]
    _insert(connection, schema.evidence, [rows.evidence_values(piece) for piece in change.evidence])
    if change.release_lease:
        if change.lease is None:
            raise WrongUse("A change that releases a lease must carry it.", "Give the lease with it; nothing was written.")
        leases.release(connection, change.lease, bench=bench)
    return chain.append(connection, drafts, bench=bench, at=at, actor=change.actor)


def _move(connection: Connection, moved: Enrollment, event: JourneyEvent) -> Draft:
    table = schema.enrollments
    before = connection.execute(select(table.c.state, table.c.revision).where(table.c.id == moved.id)).first()
    if before is None:
        raise NotFound(f"There is no enrollment {moved.id}.", "Nothing was written.")
    values = rows.enrollment_values(moved)
    _check(table, [values])
    # who moves on may hold a copy that is older than the queue's order
    del values["id"], values["position"]
    expected = moved.revision - 1
    if connection.execute(update(table).where(table.c.id == moved.id, table.c.revision == expected).values(values)).rowcount != 1:
        raise LeaseLost(
            f"Enrollment {moved.id} changed meanwhile: its revision is {before.revision}, not {expected}.",
            "Nothing was written. Look at the unit as it is now and decide again.",
        )
    body: dict[str, object] = {"reason": moved.reason, **asdict(event), "from": before.state, "to": moved.state}
    return Draft(type(event).__name__, body, moved.batch, moved.id)


def _fact(connection: Connection, fact: Fact) -> Draft:
    batch = fact.batch
    if batch is None and fact.enrollment is not None:
        batch = _batch_of(connection, fact.enrollment)
    return Draft(fact.kind, fact.body, batch, fact.enrollment)


def _filed(connection: Connection, evidence: Evidence) -> Draft:
    table = schema.attempts
    enrollment = connection.execute(select(table.c.enrollment).where(table.c.id == evidence.attempt)).scalar()
    if enrollment is None:
        raise NotFound(f"There is no attempt {evidence.attempt} to file {evidence.kind} evidence for.", "Nothing was written.")
    return Draft("EvidenceFiled", asdict(evidence), _batch_of(connection, enrollment), enrollment)


def _batch_of(connection: Connection, enrollment: str) -> str | None:
    table = schema.enrollments
    found: str | None = connection.execute(select(table.c.batch).where(table.c.id == enrollment)).scalar()
    return found


def _insert(connection: Connection, table: Table, new: Sequence[rows.Values]) -> None:
    if new:
        _check(table, new)
        connection.execute(insert(table), new)


def _replace(connection: Connection, table: Table, new: Sequence[rows.Values]) -> None:
    if new:
        # Straight to the driver: the values are the driver's own kinds, and looking at each once more takes as long as writing it.
        statement, places = _compiled(table, tuple(new[0]), connection.dialect)
        try:
            connection.exec_driver_sql(statement, [tuple(map(row.__getitem__, places)) for row in new] if places else list(new))
        except UnicodeEncodeError:
            _check(table, new)  # it names the column
            raise


@lru_cache(maxsize=64)
def _compiled(table: Table, columns: tuple[str, ...], dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """The upsert's text, and the columns by place, where the driver takes values by place."""
    compiled = _upsert(table, dialect.name).compile(dialect=dialect, column_keys=list(columns))
    return str(compiled), tuple(compiled.positiontup or ())


@cache
def _upsert(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Insert, or overwrite the row of the same id in place: its `ord` and what refers to it stay."""
    # Kept: building this statement takes longer than running it.
    statement: sqlite.Insert | postgresql.Insert = sqlite.insert(table)
    if dialect == "postgresql":
        statement = postgresql.insert(table)
    keys = ["id"] if "id" in table.c else [column.name for column in table.primary_key]
    fresh = {column.name: statement.excluded[column.name] for column in table.c if column.name not in {*keys, "ord"}}
    return statement.on_conflict_do_update(index_elements=keys, set_=fresh)


def _check(table: Table, new: Iterable[rows.Values]) -> None:
    for values in new:
        for column, value in values.items():
            if isinstance(value, str):
                check_text(value, f"{table.name}.{column}")
