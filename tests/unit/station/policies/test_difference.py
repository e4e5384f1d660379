"""What differs between two documents."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.policies.difference import differences

APP, OTHER = {"packageName": "a", "disabled": True}, {"packageName": "b"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {}, []),
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": True}, [("a", "changed", 1, True)]),
        ({"a": 1}, {"b": None}, [("b", "added", None, None), ("a", "removed", 1, None)]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", "changed", 1, 2)]),
        ({"a": {"b": 1}}, {"a": [1]}, [("a", "changed", {"b": 1}, [1])]),
        ({"apps": [APP]}, {"apps": [OTHER, APP]}, [("apps[0]", "added", None, OTHER)]),
        ({"apps": [OTHER, APP]}, {"apps": [APP]}, [("apps[0]", "removed", OTHER, None)]),
        ({"apps": [APP, OTHER]}, {"apps": [OTHER, APP]}, [("apps", "moved", ["a", "b"], ["b", "a"])]),
        ({"apps": [APP]}, {"apps": [OTHER, {**APP, "disabled": False}]}, [
            ("apps[0]", "added", None, OTHER), ("apps[1].disabled", "changed", True, False)]),
        ({"mails": ["a", "b"]}, {"mails": ["b", "c"]}, [("mails[1]", "added", None, "c"), ("mails[0]", "removed", "a", None)]),
        ({"rules": [{"x": 1}, {"x": 1}]}, {"rules": [{"x": 1}, {"x": 2}]}, [("rules[1].x", "changed", 1, 2)]),
        ({"apps": [APP, APP]}, {"apps": [APP]}, [("apps[1]", "removed", APP, None)]),
        ({"n": [1, 2]}, {"n": [1, 3]}, [("n[1]", "changed", 2, 3)]),
        ({"n": []}, {"n": ["x"]}, [("n[0]", "added", None, "x")]),
    ],
)  # fmt: skip
def test_each_place_is_named(old: dict[str, Any], new: dict[str, Any], expected: list[tuple[object, ...]]) -> None:
    assert [(one.path, one.kind, one.old, one.new) for one in differences(old, new)] == expected


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "packageName"]), inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3)


@settings(max_examples=40, deadline=None)
@given(DOCUMENTS, DOCUMENTS)
def test_there_is_a_difference_exactly_if_the_documents_differ(old: dict[str, Any], new: dict[str, Any]) -> None:
    same = repr(_ordered(old)) == repr(_ordered(new))  # repr: 1 is not True
    assert (differences(old, new) == ()) == same


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(entry) for entry in value] if isinstance(value, list) else value
