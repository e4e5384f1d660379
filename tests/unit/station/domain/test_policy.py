"""Management modes: what is asked for, what must come back, and what a policy's name may be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.errors import WrongUse
from station.domain.policy import ALLOW_PERSONAL_USAGE, EXPECTED_RECORD, MINIMUM_ANDROID, Mode, android_major, policy_id

STEADY = settings(deadline=None, derandomize=True, max_examples=150)


def test_every_mode_has_a_row_in_every_table() -> None:
    assert set(ALLOW_PERSONAL_USAGE) == set(EXPECTED_RECORD) == set(MINIMUM_ANDROID) == set(Mode)


def test_what_is_asked_of_the_service_decides_what_its_record_says() -> None:
    """Android Management API reference, AllowPersonalUsage: a company-owned device with personal usage has a work profile."""
    for mode, (management_mode, ownership) in EXPECTED_RECORD.items():
        personal = ALLOW_PERSONAL_USAGE[mode] == "PERSONAL_USAGE_ALLOWED"
        assert (management_mode == "PROFILE_OWNER") == personal
        assert (ownership == "PERSONALLY_OWNED") == (mode is Mode.WORK_PROFILE)
    assert ALLOW_PERSONAL_USAGE[Mode.DEDICATED] != ALLOW_PERSONAL_USAGE[Mode.FULLY_MANAGED]
    assert MINIMUM_ANDROID[Mode.WPCO] == 11


@pytest.mark.parametrize("text", ["sales", "policies/sales", "enterprises/LC01abc/policies/sales"])
def test_a_policy_may_be_named_by_its_id_or_its_resource_name(text: str) -> None:
    assert policy_id(text) == "sales"


@pytest.mark.parametrize("ident", ["a", "A.b_c~d-9", "x" * 128, "...", ".hidden"])
def test_an_id_comes_back_unchanged(ident: str) -> None:
    assert policy_id(ident) == ident


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "two words", "x" * 129, "naïve", "sales\n", "a?b=c", "a%2Fb"),
        *("a/b", "enterprises/E/sales", "enterprises/E/policies/", "policies/a/b", "enterprises//policies/a"),
        *(".", "..", "enterprises/E/policies/.."),
    ],
)
def test_what_is_no_policy_name_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(WrongUse) as caught:
        policy_id(text)
    assert repr(text) in str(caught.value)
    assert caught.value.remedy


@STEADY
@given(st.text(max_size=30))
def test_any_text_gives_an_id_fit_for_an_address_or_is_refused(text: str) -> None:
    try:
        ident = policy_id(text)
    except WrongUse:
        return
    assert text.endswith(ident)
    assert ident.isascii()
    assert not set(ident) & set("/?#% ")


@pytest.mark.parametrize(
    ("version", "major"), [("11", 11), (" 14 ", 14), ("8.1.0", 8), ("16 Beta", 16), ("", None), ("Tiramisu", None), ("-1", None)]
)
def test_the_major_version_is_the_leading_number(version: str, major: int | None) -> None:
    assert android_major(version) == major
