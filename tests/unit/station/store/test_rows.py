"""Every value comes back from its table as it went in."""

from __future__ import annotations

from collections.abc import Callable
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, insert, select

from station.domain.enrollment import Attempt, Enrollment, Phone
from station.domain.evidence import Device, Evidence
from station.ports import Batch, Effect, ModelNote, Preference, Recorded, StoredPolicy, User
from station.store import rows, schema
from station.store.opening import open_memory

KINDS: dict[type, tuple[Table, Callable[[Any], rows.Values], Callable[[Any], object]]] = {
    User: (schema.users, rows.user_values, rows.user),
    Batch: (schema.batches, rows.batch_values, rows.batch),
    Enrollment: (schema.enrollments, rows.enrollment_values, rows.enrollment),
    Attempt: (schema.attempts, rows.plain_values, rows.attempt),
    Phone: (schema.phones, rows.plain_values, rows.phone),
    Device: (schema.devices, rows.device_values, rows.device),
    StoredPolicy: (schema.policies, rows.plain_values, rows.policy),
    ModelNote: (schema.notes, rows.plain_values, rows.note),
    Preference: (schema.preferences, rows.plain_values, rows.preference),
    Effect: (schema.effects, rows.plain_values, rows.effect),
    Evidence: (schema.evidence, rows.evidence_values, rows.evidence),
    Recorded: (schema.events, rows.recorded_values, rows.recorded),
}

SCALARS: dict[object, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Whatever a field of this type may hold, within what a database and JSON have a form for."""
    if get_origin(hint) is UnionType:
        return st.one_of([values(part) for part in get_args(hint)])
    if get_origin(hint) is dict:
        return st.dictionaries(SCALARS[str], st.one_of(list(SCALARS.values())), max_size=3)
    return SCALARS.get(hint, st.from_type(hint))


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_comes_back_as_it_went_in(kind: type) -> None:
    table, to_row, to_value = KINDS[kind]
    opened = open_memory()
    every = {name: values(hint) for name, hint in get_type_hints(kind).items()}

    @settings(max_examples=30, deadline=None)
    @given(st.builds(kind, **every))
    def round_trip(value: object) -> None:
        with opened.connection.begin() as transaction:
            opened.connection.execute(insert(table), [to_row(value)])
            (row,) = opened.connection.execute(select(table)).mappings()
            assert to_value(row) == value
            transaction.rollback()

    opened.connection.connection.execute("PRAGMA foreign_keys=OFF")
    try:
        round_trip()
    finally:
        opened.close()
