"""Prepared codes: what is taken for one, for which mode, which two are the same, and what of them differs between users."""

from __future__ import annotations

import json

import pytest

from station.domain.errors import BadPayload
from station.domain.payload import ADMIN, BUNDLE, TOKEN, parse, serialise
from station.domain.policy import Mode
from station.domain.prepared import DOWNLOAD, PreparedCode, check_fit, checked, meaning, varying
from station.domain.symbol import draw

LINK = "https://enterprise.google.com/android/enroll?et=ABCDEFGHIJ"
SECRET = "0123456789abcdef"  # noqa: S105 - part of a code


def code(**bundle: object) -> str:
    return json.dumps({ADMIN: "com.example.agent/.Receiver", BUNDLE: bundle})


@pytest.mark.parametrize("mode", [None, Mode.WPCO, Mode.FULLY_MANAGED, Mode.DEDICATED])
def test_a_provisioning_code_fits_every_mode_of_company_owned_phones(mode: Mode | None) -> None:
    assert checked(code(id=SECRET), mode) == "provisioning"


@pytest.mark.parametrize("mode", [None, Mode.WORK_PROFILE])
def test_a_work_profile_s_link_is_taken_for_work_profiles(mode: Mode | None) -> None:
    assert checked(LINK, mode) == "link"


def test_another_https_link_is_taken_only_where_work_profile_is_said() -> None:
    assert checked("https://mdm.example/byod/42", Mode.WORK_PROFILE) == "link"


REFUSED: list[tuple[str, Mode | None, str]] = [
    ("https://mdm.example/byod/42", None, "web address only"),
    ("http://mdm.example/byod/42", Mode.WORK_PROFILE, "web address only"),
    ("https://play.google.com/store/apps/details?id=x", Mode.WPCO, "web address only"),
    ("https://enterprise.google.com/android/enroll?et=", None, "web address only"),
    (LINK, Mode.WPCO, "work profile's link; a wpco phone needs"),
    (code(id=SECRET), Mode.WORK_PROFILE, "gets its work profile by a link"),
    ("", None, "no provisioning extras"),
    ("hello", None, "no provisioning extras"),
    ("[1]", None, "no provisioning extras"),
    ("[" * 2000, None, "no provisioning extras"),
    ('{"a": 1}', None, "no provisioning extras"),
    (json.dumps({ADMIN: "just a name"}), None, "PACKAGE/CLASS"),
    (json.dumps({ADMIN: "com.example/.R", DOWNLOAD: "https://x/a.apk"}), None, "no checksum"),
    (code(id="x" * 3000), None, "longer than 2953"),
]


@pytest.mark.parametrize(("content", "mode", "says"), REFUSED)
def test_what_is_no_code_for_the_mode_is_refused_and_never_quoted(content: str, mode: Mode | None, says: str) -> None:
    with pytest.raises(BadPayload, match=says) as refused:
        checked(content, mode)
    assert refused.value.remedy
    assert SECRET not in str(refused.value)
    assert "et=" not in str(refused.value)


def test_a_fit_is_asked_again_when_the_mode_is_known() -> None:
    check_fit("link", Mode.WORK_PROFILE)
    check_fit("provisioning", None)
    with pytest.raises(BadPayload):
        check_fit("provisioning", Mode.WORK_PROFILE)


def test_the_same_code_is_known_in_whatever_order_its_keys_are_written() -> None:
    taken = json.loads(code(a="1", b="2"))
    assert meaning(json.dumps(taken, indent=2)) == meaning(serialise(parse(json.dumps(dict(reversed(taken.items()))))))
    assert meaning(code(a="1")) != meaning(code(a="2"))
    assert meaning(LINK) == LINK


def test_a_prepared_code_is_not_told_by_its_repr() -> None:
    assert SECRET not in repr(PreparedCode(code(id=SECRET), "provisioning", "anna.png"))
    assert "anna" not in repr(PreparedCode(code(id=SECRET), "provisioning", "anna.png"))


# --- what differs between users --------------------------------------------------------------------------------------------------


def test_what_differs_is_found_by_comparing_users_codes() -> None:
    codes = [code(server="https://a.very.long.address.example/that/all/share", user=f"id-{at}", mode="wpco") for at in range(3)]
    assert varying(codes) == (BUNDLE, "user")
    assert varying([*codes, code(other="form")]) == (BUNDLE, "user")


def test_the_longest_of_several_that_differ_is_chosen_and_the_one_that_differs_most() -> None:
    codes = [code(user=f"id-{at}", token=f"{at}" * 20, half=f"{at % 2}" * 40) for at in range(4)]
    assert varying(codes) == (BUNDLE, "token")


@pytest.mark.parametrize("codes", [[], [code(a="1")], [code(a="1"), code(b="2")], [code(a="1"), code(a="1")]])
def test_nothing_is_known_to_differ_without_two_codes_of_one_form(codes: list[str]) -> None:
    assert varying(codes) == ()


def modules_that_vary(content: str, keys: tuple[str, ...] = ()) -> bytes:
    return draw(parse(content, keys), mask=3).varies


def really_differ(one: str, two: str) -> list[int]:
    drawn, other = draw(parse(one), mask=3), draw(parse(two), mask=3)
    return [at for at, (a, b) in enumerate(zip(drawn.modules, other.modules, strict=True)) if a != b]


def test_the_symbol_of_a_foreign_agent_s_code_varies_where_its_longest_text_stands() -> None:
    one, two = code(mode="wpco", id=SECRET), code(mode="wpco", id=SECRET[::-1])
    varies = modules_that_vary(one)
    assert any(varies)
    assert not all(varies)
    assert all(varies[at] for at in really_differ(one, two))


def test_the_symbol_varies_where_users_codes_were_seen_to_differ() -> None:
    shared = "https://a.very.long.address.example/that/all/share"
    one, two = code(server=shared, id=SECRET), code(server=shared, id=SECRET[::-1])
    keys = varying([one, two])
    differ = really_differ(one, two)
    assert all(modules_that_vary(one, keys)[at] for at in differ)
    assert not all(modules_that_vary(one)[at] for at in differ), "without the keys the longest text is taken, which all share"


def test_google_s_own_token_is_found_without_being_told() -> None:
    one, two = code(**{"a": "x" * 60, TOKEN: "A" * 20}), code(**{"a": "x" * 60, TOKEN: "B" * 20})
    assert all(modules_that_vary(one)[at] for at in really_differ(one, two))


def test_a_code_without_any_text_for_the_agent_varies_nowhere() -> None:
    assert not any(modules_that_vary(code(number=4)))
