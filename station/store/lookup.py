"""Units found by a text that somebody read somewhere: on a box, in a console, on a list of names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from station.ports.lookup import Matched, UnitFound
from station.store import rows, schema

_UNITS, _ATTEMPTS, _PHONES = schema.enrollments.c, schema.attempts.c, schema.phones.c
_DEVICES, _USERS, _EVENTS = schema.devices.c, schema.users.c, schema.events.c
_TELLING = 6  # characters that the end of a resource name has at least: a shorter one would be the end of many
_IMEI = 15


def look_up(connection: Connection, *, text: str, limit: int) -> tuple[UnitFound, ...]:
    """At most `limit` units, each once, under the first thing that matches: ids first, people last."""
    found: dict[str, UnitFound] = {}
    for matched, asked in _questions(text):
        if len(found) >= limit:
            break
        for row in connection.execute(asked.limit(limit)).mappings():
            found.setdefault(row["id"], UnitFound(rows.enrollment(row), matched))
    units = list(found.values())[:limit]
    newest = _newest(connection, [unit.enrollment.id for unit in units])
    return tuple(UnitFound(unit.enrollment, unit.matched, *newest.get(unit.enrollment.id, ("", None))) for unit in units)


def _questions(text: str) -> Iterator[tuple[Matched, Select[Any]]]:
    units = select(schema.enrollments)
    tried = units.join(schema.attempts, _ATTEMPTS.enrollment == _UNITS.id).order_by(_ATTEMPTS.ord.desc())
    enrolled = tried.join(schema.devices, _DEVICES.name == _ATTEMPTS.device)
    labelled = units.join(schema.phones, _PHONES.enrollment == _UNITS.id).order_by(_PHONES.ord.desc())
    # a serial keeps its capitals, a person who types one does not
    written, digits = sorted({text, text.upper(), text.lower()}), text.replace(" ", "").replace("-", "")
    if len(digits) == _IMEI and digits.isascii() and digits.isdigit():
        written = sorted({*written, digits})
    yield "enrollment", units.where(_UNITS.id == text)
    yield "attempt", tried.where(_ATTEMPTS.id == text)
    yield "token", tried.where(_ATTEMPTS.token == text)
    yield "device", tried.where(_ATTEMPTS.device == text)
    yield "serial", enrolled.where(_DEVICES.serial.in_(written))
    yield "imei", enrolled.where(_DEVICES.imei.in_(written))
    yield "label", labelled.where(_PHONES.label.in_(written))
    if len(text) >= _TELLING and " " not in text:
        yield "token", tried.where(_ATTEMPTS.token.endswith(text, autoescape=True))
        yield "device", tried.where(_ATTEMPTS.device.endswith(text, autoescape=True))
    yield "user", _of_users(units, text.casefold())


def _of_users(units: Select[Any], folded: str) -> Select[Any]:
    """Whose name or address begins with it comes first."""
    name, email = _USERS.name_folded, _USERS.email_folded
    begins = name.startswith(folded, autoescape=True) | email.startswith(folded, autoescape=True)
    holds = name.contains(folded, autoescape=True) | email.contains(folded, autoescape=True)
    joined = units.join(schema.users, _USERS.id == _UNITS.user).where(holds)
    return joined.order_by(case((begins, 0), else_=1), name, _UNITS.position, _UNITS.id)


def _newest(connection: Connection, units: Sequence[str]) -> dict[str, tuple[str, float]]:
    """The newest event of each unit: whose bench, and when. Benches are asked for by name, as the index begins with them."""
    benches: list[str] = []
    bench = connection.execute(select(func.min(_EVENTS.bench))).scalar()
    while bench is not None:
        benches.append(bench)
        bench = connection.execute(select(func.min(_EVENTS.bench)).where(_EVENTS.bench > bench)).scalar()
    newest: dict[str, tuple[str, float]] = {}
    asked = select(_EVENTS.enrollment, _EVENTS.bench, func.max(_EVENTS.at)).group_by(_EVENTS.bench, _EVENTS.enrollment)
    for unit, name, at in connection.execute(asked.where(_EVENTS.bench.in_(benches), _EVENTS.enrollment.in_(units))):
        if unit not in newest or at > newest[unit][1]:
            newest[unit] = (name, at)
    return newest
