from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.enrollment import HoldReason
from station.domain.errors import WrongUse
from station.store.plain import from_json, plain, to_json

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUES = st.dictionaries(TEXT, st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=8))


@given(VALUES)
def test_whatever_is_accepted_reads_back_the_same(values: dict[str, object]) -> None:
    text = to_json(values, "It")
    assert from_json(text) == values
    assert to_json(from_json(text), "It") == text


def test_enums_are_kept_by_value_and_tuples_as_lists() -> None:
    assert plain({"reason": HoldReason.BY_OPERATOR, "trays": (1, (2,))}, "It") == {"reason": "by-operator", "trays": [1, [2]]}


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        (math.nan, "not finite"),
        (-math.inf, "not finite"),
        ("a\ud800b", "surrogate"),
        ("\ud83d\ude00", "surrogate"),
        ({"a": ["\udfff"]}, r"score\.a\[0\].*surrogate"),
        ({"\udc80": 1}, "surrogate"),
        ({1: "a"}, "no text"),
        (2**63, "64 bits"),
        (b"bytes", "bytes"),
        ({1, 2}, "set"),
    ],
)
def test_what_would_not_read_back_is_refused_by_place_and_cause(value: object, cause: str) -> None:
    with pytest.raises(WrongUse, match=cause) as caught:
        plain({"score": value}, "The body of Noted")
    str(caught.value).encode("utf-8")


def test_a_refusal_does_not_repeat_the_value() -> None:
    with pytest.raises(WrongUse) as caught:
        plain({"name": "Grace \ud800"}, "The user")
    assert "Grace" not in str(caught.value)


def test_endless_nesting_is_refused() -> None:
    loop: dict[str, object] = {}
    loop["loop"] = loop
    with pytest.raises(WrongUse, match="nested deeper"):
        plain(loop, "It")


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"a": NaN}', '"text"', "[" * 100_000])
def test_a_spoiled_text_comes_back_as_unreadable(text: str) -> None:
    assert from_json(text) == {"unreadable": text}
