"""Questions to the ledger, each inside the caller's transaction, so that no answer shows half a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Select, exists, func, select

from station.domain.enrollment import OPEN, Attempt, Enrollment, Phone, PhoneCount, State, UserCount
from station.domain.errors import NotFound, WrongUse
from station.domain.evidence import Device, Evidence
from station.ports import Batch, Effect, Recorded, User
from station.store import rows, schema

T = TypeVar("T")

# So many parameters fit into one statement on every SQLite (its default limit was 999 for long).
_ASKED_AT_ONCE = 500


def _all(connection: Connection, query: Select[Any], value: Callable[[RowMapping], T]) -> tuple[T, ...]:
    return tuple(value(row) for row in connection.execute(query).mappings())


def _first(connection: Connection, query: Select[Any], value: Callable[[RowMapping], T]) -> T | None:
    row = connection.execute(query.limit(1)).mappings().first()
    return None if row is None else value(row)


def _page(limit: int) -> int:
    # SQLite takes a negative limit for none at all.
    if limit < 1:
        raise WrongUse(f"A page of {limit} rows cannot be read.", "Ask for one row or more.")
    return limit


def enrollment(connection: Connection, ident: str) -> Enrollment:
    found = _first(connection, select(schema.enrollments).where(schema.enrollments.c.id == ident), rows.enrollment)
    if found is None:
        raise NotFound(f"There is no enrollment {ident}.", "Look it up in its batch.")
    return found


def enrollments(
    connection: Connection, *, batch: str | None, states: Sequence[State], after: int, limit: int
) -> tuple[Enrollment, ...]:
    """A page never ends between two rows of one position: the next page, asked by position, would leave the second out."""
    columns = schema.enrollments.c
    asked = select(schema.enrollments).where(columns.position > after)
    if batch is not None:
        asked = asked.where(columns.batch == batch)
    if states:
        asked = asked.where(columns.state.in_([state.value for state in states]))
    asked = asked.order_by(columns.position, columns.id)
    last = connection.execute(asked.with_only_columns(columns.position).offset(_page(limit) - 1).limit(1)).scalar()
    return _all(connection, asked if last is None else asked.where(columns.position <= last), rows.enrollment)


def attempt(connection: Connection, ident: str) -> Attempt | None:
    return _first(connection, select(schema.attempts).where(schema.attempts.c.id == ident), rows.attempt)


def attempts(connection: Connection, enrollment: str) -> tuple[Attempt, ...]:
    columns = schema.attempts.c
    return _all(connection, select(schema.attempts).where(columns.enrollment == enrollment).order_by(columns.ord), rows.attempt)


def attempt_by_token(connection: Connection, token: str) -> Attempt | None:
    columns = schema.attempts.c
    return _first(connection, select(schema.attempts).where(columns.token == token).order_by(columns.ord.desc()), rows.attempt)


def phone(connection: Connection, ident: str) -> Phone | None:
    return _first(connection, select(schema.phones).where(schema.phones.c.id == ident), rows.phone)


def phones(connection: Connection, *, batch: str | None, enrollment: str | None, places: Sequence[str]) -> tuple[Phone, ...]:
    columns = schema.phones.c
    asked = select(schema.phones).order_by(columns.ord)
    if batch is not None:
        asked = asked.where(columns.batch == batch)
    if enrollment is not None:
        asked = asked.where(columns.enrollment == enrollment)
    if places:
        asked = asked.where(columns.place.in_(list(places)))
    return _all(connection, asked, rows.phone)


def device(connection: Connection, name: str) -> Device | None:
    return _first(connection, select(schema.devices).where(schema.devices.c.name == name), rows.device)


def device_names(connection: Connection) -> frozenset[str]:
    attached = schema.attempts.c.device
    return frozenset(connection.execute(select(attached).where(attached.is_not(None))).scalars())


def evidence(connection: Connection, enrollment: str) -> tuple[Evidence, ...]:
    joined = select(schema.evidence).join(schema.attempts, schema.attempts.c.id == schema.evidence.c.attempt)
    asked = joined.where(schema.attempts.c.enrollment == enrollment).order_by(schema.evidence.c.ord)
    return _all(connection, asked, rows.evidence)


def open_effects(connection: Connection) -> tuple[Effect, ...]:
    columns = schema.effects.c
    return _all(connection, select(schema.effects).where(columns.outcome.is_(None)).order_by(columns.ord), rows.effect)


def counts(connection: Connection, batch: str) -> tuple[UserCount, PhoneCount]:
    """`received` counts all rows, so a row in no known state would show as a count that does not close."""
    state = _tally(connection, select(schema.enrollments.c.state, func.count()), schema.enrollments.c.batch == batch)
    users = UserCount(
        received=sum(state.values()),
        verified=state.get(State.VERIFIED, 0),
        held=state.get(State.HELD, 0),
        failed=state.get(State.FAILED, 0),
        skipped=state.get(State.SKIPPED, 0),
        open=sum(state.get(one, 0) for one in OPEN),
    )
    place = _tally(connection, select(schema.phones.c.place, func.count()), schema.phones.c.batch == batch)
    phones = PhoneCount(
        received=sum(place.values()),
        verified=place.get("verified", 0),
        in_rack=place.get("stand", 0) + place.get("tray", 0),
        set_aside=place.get("set_aside", 0),
        failed=place.get("failed", 0),
    )
    return users, phones


def _tally(connection: Connection, counted: Select[Any], of_batch: Any) -> Mapping[str, int]:
    grouped = counted.where(of_batch).group_by(counted.selected_columns[0])
    return {row[0]: row[1] for row in connection.execute(grouped)}


def batch(connection: Connection, ident: str) -> Batch:
    columns = schema.batches.c
    found = _first(connection, select(schema.batches).where(columns.id == ident), rows.batch)
    if found is not None:
        return found
    named = _all(connection, select(schema.batches).where(columns.name == ident).limit(2), rows.batch)
    if not named:
        raise NotFound(f"There is no batch {ident}.", "List the batches to see their names.")
    if len(named) > 1:
        raise WrongUse(f"Several batches are named {ident}.", "Say which by its id.")
    return named[0]


def batches(connection: Connection) -> tuple[Batch, ...]:
    return _all(connection, select(schema.batches).order_by(schema.batches.c.created, schema.batches.c.id), rows.batch)


def user(connection: Connection, ident: str) -> User | None:
    return _first(connection, select(schema.users).where(schema.users.c.id == ident), rows.user)


def users(connection: Connection, *, after: str, limit: int, free: bool) -> tuple[User, ...]:
    columns = schema.users.c
    asked = select(schema.users).where(columns.id > after).order_by(columns.id).limit(_page(limit))
    if free:
        taken = schema.enrollments.c.state.not_in([State.FAILED.value, State.SKIPPED.value])
        asked = asked.where(~exists().where(schema.enrollments.c.user == columns.id, taken))
    return _all(connection, asked, rows.user)


def find_users(connection: Connection, emails: Iterable[str]) -> tuple[User, ...]:
    folded = sorted({email.casefold() for email in emails} - {""})
    columns = schema.users.c
    found: list[User] = []
    for start in range(0, len(folded), _ASKED_AT_ONCE):
        asked = select(schema.users).where(columns.email_folded.in_(folded[start : start + _ASKED_AT_ONCE]))
        found.extend(_all(connection, asked, rows.user))
    return tuple(sorted(found, key=lambda user: user.id))


def events(
    connection: Connection, *, bench: str, after: int, limit: int, enrollment: str | None, batch: str | None
) -> tuple[Recorded, ...]:
    columns = schema.events.c
    asked = select(schema.events).where(columns.bench == bench, columns.seq > after)
    if enrollment is not None:
        asked = asked.where(columns.enrollment == enrollment)
    if batch is not None:
        asked = asked.where(columns.batch == batch)
    return _all(connection, asked.order_by(columns.seq).limit(_page(limit)), rows.recorded)
