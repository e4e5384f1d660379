"""Questions to the ledger, each inside the caller's transaction, so that no answer shows half a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Select, exists, func, select

from station.domain.enrollment import OPEN, Attempt, Enrollment, Phone, PhoneCount, State, UserCount
from station.domain.errors import NotFound, WrongUse
from station.domain.evidence import Device, Evidence
from station.domain.setuptimes import SetupTime
from station.ports import Batch, Effect, ModelNote, Preference, Recorded, StaffMember, StoredPolicy, User
from station.store import rows, schema

T = TypeVar("T")

# So many parameters fit into one statement on every SQLite (its default limit was 999 for long).
_ASKED_AT_ONCE = 500
_DEAD = ("revoked", "uncertain", "refused", "expired")  # why an attempt ended whose token is of no use to others either


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


def attempts_by_token(connection: Connection, token: str) -> tuple[Attempt, ...]:
    columns = schema.attempts.c
    return _all(connection, select(schema.attempts).where(columns.token == token).order_by(columns.ord), rows.attempt)


def attempt_by_device(connection: Connection, device: str) -> Attempt | None:
    return _first(connection, select(schema.attempts).where(schema.attempts.c.device == device), rows.attempt)


def shared_attempts(connection: Connection, batch: str) -> tuple[Attempt, ...]:
    columns, enrollments = schema.attempts.c, schema.enrollments.c
    joined = select(func.min(columns.ord)).join(schema.enrollments, enrollments.id == columns.enrollment)
    firsts = joined.where(enrollments.batch == batch, columns.token.is_not(None)).group_by(columns.token)
    asked = select(schema.attempts).where(columns.ord.in_(firsts), columns.ended.is_(None) | columns.ended.not_in(_DEAD))
    return _all(connection, asked.order_by(columns.ord), rows.attempt)


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


def setup_times(connection: Connection, *, limit: int) -> tuple[SetupTime, ...]:
    attempts, devices = schema.attempts.c, schema.devices.c
    took = devices.enrolled - attempts.scanned
    joined = select(devices.model, took.label("seconds")).join(schema.devices, devices.name == attempts.device)
    asked = joined.where(attempts.scanned.is_not(None), took > 0).order_by(attempts.ord.desc()).limit(_page(limit))
    return _all(connection, asked, lambda row: SetupTime(row["model"], row["seconds"]))


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


def users_with(connection: Connection, ids: Sequence[str]) -> tuple[User, ...]:
    found: list[User] = []
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        asked = select(schema.users).where(schema.users.c.id.in_(ids[start : start + _ASKED_AT_ONCE]))
        found.extend(_all(connection, asked, rows.user))
    return tuple(found)


def users(connection: Connection, *, after: str, limit: int, free: bool, group: str, search: str) -> tuple[User, ...]:
    columns = schema.users.c
    asked = select(schema.users).where(columns.id > after).order_by(columns.id).limit(_page(limit))
    if group:
        asked = asked.where(columns.group == group)
    if search:
        asked = asked.where(columns.name.icontains(search, autoescape=True) | columns.email.icontains(search, autoescape=True))
    if free:
        taken = schema.enrollments.c.state.not_in([State.FAILED.value, State.SKIPPED.value])
        asked = asked.where(~exists().where(schema.enrollments.c.user == columns.id, taken))
    return _all(connection, asked, rows.user)


def enrollments_of(connection: Connection, user: str) -> tuple[Enrollment, ...]:
    columns, batches = schema.enrollments.c, schema.batches.c
    asked = select(schema.enrollments).join(schema.batches, batches.id == columns.batch).where(columns.user == user)
    return _all(connection, asked.order_by(batches.created, columns.position), rows.enrollment)


def devices_with_serial(connection: Connection, serial: str) -> tuple[Device, ...]:
    columns = schema.devices.c
    return _all(connection, select(schema.devices).where(columns.serial == serial).order_by(columns.name), rows.device)


def policy(connection: Connection, name: str, version: int | None) -> StoredPolicy | None:
    columns = schema.policies.c
    asked = select(schema.policies).where(columns.name == name).order_by(columns.version.desc())
    return _first(connection, asked if version is None else asked.where(columns.version == version), rows.policy)


def policies(connection: Connection) -> tuple[StoredPolicy, ...]:
    columns = schema.policies.c
    newest = select(columns.name, func.max(columns.version).label("version")).group_by(columns.name).subquery()
    asked = select(schema.policies).join(newest, (newest.c.name == columns.name) & (newest.c.version == columns.version))
    return _all(connection, asked.order_by(columns.name), rows.policy)


def policy_versions(connection: Connection, name: str) -> tuple[StoredPolicy, ...]:
    columns = schema.policies.c
    return _all(connection, select(schema.policies).where(columns.name == name).order_by(columns.version), rows.policy)


def notes(connection: Connection) -> tuple[ModelNote, ...]:
    columns = schema.notes.c
    return _all(connection, select(schema.notes).where(columns.text != "").order_by(columns.model), rows.note)


def preference(connection: Connection, account: str) -> Preference | None:
    return _first(connection, select(schema.preferences).where(schema.preferences.c.account == account), rows.preference)


def staff(connection: Connection) -> tuple[StaffMember, ...]:
    columns = schema.staff.c
    return _all(connection, select(schema.staff).where(columns.active).order_by(columns.name, columns.id), rows.staff)


def staff_member(connection: Connection, ident: str) -> StaffMember | None:
    return _first(connection, select(schema.staff).where(schema.staff.c.id == ident), rows.staff)


def find_users(connection: Connection, emails: Iterable[str], names: Iterable[str]) -> tuple[User, ...]:
    columns = schema.users.c
    found: dict[str, User] = {}
    for column, wanted in ((columns.email_folded, emails), (columns.name_folded, names)):
        folded = sorted({text.casefold() for text in wanted} - {""})
        for start in range(0, len(folded), _ASKED_AT_ONCE):
            asked = select(schema.users).where(column.in_(folded[start : start + _ASKED_AT_ONCE]))
            found.update((user.id, user) for user in _all(connection, asked, rows.user))
    return tuple(found[ident] for ident in sorted(found))


def queued_of(connection: Connection, users: Sequence[str]) -> tuple[Enrollment, ...]:
    columns = schema.enrollments.c
    found: list[Enrollment] = []
    for start in range(0, len(users), _ASKED_AT_ONCE):
        asked = select(schema.enrollments).where(columns.user.in_(users[start : start + _ASKED_AT_ONCE]))
        found.extend(_all(connection, asked.where(columns.state == State.QUEUED.value), rows.enrollment))
    return tuple(found)


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


def newest_events(
    connection: Connection, *, bench: str, before: int, limit: int, search: str, actors: Sequence[str] = ()
) -> tuple[Recorded, ...]:
    columns = schema.events.c
    asked = select(schema.events).where(columns.bench == bench)
    if before:
        asked = asked.where(columns.seq < before)
    if search:
        said = columns.kind.icontains(search, autoescape=True) | columns.actor.icontains(search, autoescape=True)
        asked = asked.where(said | columns.actor.in_(list(actors)))
    return _all(connection, asked.order_by(columns.seq.desc()).limit(_page(limit)), rows.recorded)
