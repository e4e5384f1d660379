"""Windows into a long queue: some rows of a batch from any place on, in any order, and how many rows there are in all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, case, func, or_, select

from station.domain.enrollment import Enrollment, State
from station.domain.errors import WrongUse
from station.ports import QUEUE_SORTS
from station.store import rows, schema

_UNITS, _USERS = schema.enrollments.c, schema.users.c
_LONGEST = 9  # digits of a position: more do not fit into the column
# So many parameters fit into one statement on every SQLite (its default limit was 999 for long).
_ASKED_AT_ONCE = 500


def queue_window(
    connection: Connection, *, batch: str, offset: int, limit: int, search: str, states: Sequence[State], sort: str
) -> tuple[tuple[Enrollment, ...], int]:
    """The rows from `offset` on, at most `limit`, and how many there are in all. WrongUse for a window or an order that cannot be."""
    if offset < 0 or limit < 1:
        raise WrongUse(f"A window of {limit} rows from {offset} on cannot be read.", "Ask for one row or more, from 0 on.")
    if sort not in QUEUE_SORTS:
        raise WrongUse(f"{sort[:40]!r} is no order of a queue.", f"It may be {', '.join(QUEUE_SORTS)}.")
    listed = _listed(batch, search, states)
    total: int = connection.execute(listed.with_only_columns(func.count())).scalar_one()
    limit = min(limit, total - offset)
    if limit < 1:
        return (), total
    # Only ids are walked over, from the nearer end: an index holds them, whole rows would be read only to be left out.
    backwards = offset > total - offset
    asked = _ordered(listed, sort, search, backwards).offset(total - offset - limit if backwards else offset).limit(limit)
    ids = [row[0] for row in connection.execute(asked)]
    units = _by_ids(connection, ids)
    return tuple(units[ident] for ident in (reversed(ids) if backwards else ids)), total


def _listed(batch: str, search: str, states: Sequence[State]) -> Select[Any]:
    asked = select(_UNITS.id).where(_UNITS.batch == batch)
    if states:
        asked = asked.where(_UNITS.state.in_([state.value for state in states]))
    if search:
        folded = search.casefold()
        found = [_USERS.name_folded.icontains(folded, autoescape=True), _USERS.email_folded.icontains(folded, autoescape=True)]
        if search.isascii() and search.isdigit() and len(search) <= _LONGEST:
            found.append(_UNITS.position == int(search))
        asked = asked.outerjoin(schema.users, _USERS.id == _UNITS.user).where(or_(*found))
    return asked


def _ordered(listed: Select[Any], sort: str, search: str, backwards: bool) -> Select[Any]:
    by: list[Any] = [_UNITS.position, _UNITS.id]
    match sort.removeprefix("-"):
        case "state":
            by.insert(0, case({state.value: place for place, state in enumerate(State)}, value=_UNITS.state))
        case "name":
            by.insert(0, func.coalesce(_USERS.name_folded, ""))
            if not search:
                listed = listed.outerjoin(schema.users, _USERS.id == _UNITS.user)
    downwards = sort.startswith("-") is not backwards
    return listed.order_by(*(column.desc() for column in by) if downwards else by)


def _by_ids(connection: Connection, ids: Sequence[str]) -> dict[str, Enrollment]:
    found: dict[str, Enrollment] = {}
    for start in range(0, len(ids), _ASKED_AT_ONCE):
        asked = select(schema.enrollments).where(_UNITS.id.in_(ids[start : start + _ASKED_AT_ONCE]))
        found.update((row["id"], rows.enrollment(row)) for row in connection.execute(asked).mappings())
    return found
