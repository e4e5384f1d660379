from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.station.emm.emulator.conftest import Clock, Door

PARTIAL = {"name", "expirationTimestamp", "allowPersonalUsage", "value", "qrCode"}


def test_a_mint_answers_the_whole_token(door: Door) -> None:
    token = door.mint(additionalData="ref-1", policyName="office", duration="7200s")
    assert token["name"].startswith("enterprises/LC00sixtap/enrollmentTokens/")
    assert token["value"] not in token["name"]
    assert len(token["value"]) == 20
    assert {key: value for key, value in token.items() if key not in ("name", "value", "qrCode")} == {
        "expirationTimestamp": "2026-03-02T10:00:00Z",
        "additionalData": "ref-1",
        "allowPersonalUsage": "PERSONAL_USAGE_ALLOWED",
        "duration": "7200s",
        "oneTimeOnly": True,
        "policyName": "enterprises/LC00sixtap/policies/office",
    }


def test_the_qr_code_is_the_json_that_android_device_policy_is_provisioned_with(door: Door) -> None:
    token = door.mint()
    assert json.loads(token["qrCode"]) == {
        "android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME": "com.google.android.apps.work.clouddpc/"
        ".receivers.CloudDeviceAdminReceiver",
        "android.app.extra.PROVISIONING_DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
        "android.app.extra.PROVISIONING_DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "https://play.google.com/managed/"
        "downloadManagingApp?identifier=setup",
        "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE": {
            "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN": token["value"]
        },
    }
    assert len(token["qrCode"].encode()) == 533


def test_a_lifetime_over_90_days_gives_a_longer_value(door: Door) -> None:
    assert len(door.mint(duration=f"{90 * 86400}s")["value"]) == 20
    assert len(door.mint(duration=f"{90 * 86400 + 1}s")["value"]) == 24


def test_the_default_is_one_hour_and_the_default_policy(door: Door) -> None:
    token = door.mint()
    assert token["expirationTimestamp"] == "2026-03-02T09:00:00Z"
    assert token["policyName"] == "enterprises/LC00sixtap/policies/default"


def test_the_longest_lifetime_ends_with_time_itself(door: Door) -> None:
    token = door.mint(duration="315576000000s")
    assert token["expirationTimestamp"].startswith("9999-12-31T23:59:59")


def test_ignores_what_only_the_server_sets_and_the_deprecated_user(door: Door) -> None:
    token = door.mint(name="enterprises/LC00sixtap/enrollmentTokens/mine", value="mine", user={"accountIdentifier": "u1"})
    assert token["value"] != "mine"
    assert not token["name"].endswith("mine")
    assert "user" not in token


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"duration": "59s"}, "enrollment_token.duration", "at least 60 seconds"),
        ({"duration": "-60s"}, "enrollment_token.duration", "at least 60 seconds"),
        ({"duration": "1h"}, "enrollment_token.duration", "duration must end with 's'"),
        ({"duration": 3600}, "enrollment_token.duration", "google.protobuf.Duration"),
        ({"additionalData": "x" * 1025}, "enrollment_token.additional_data", "1024 characters or less"),
        ({"policyName": "enterprises/OTHER/policies/a"}, "enrollment_token.policy_name", "enterprises/OTHER/policies/a"),
        ({"policyName": "policies/a"}, "enrollment_token.policy_name", "Invalid policy name"),
        ({"policyName": "enterprises/LC00sixtap/policies/"}, "enrollment_token.policy_name", "Invalid policy name"),
        ({"policyName": "enterprises/LC00sixtap/policies/a/b"}, "enrollment_token.policy_name", "Invalid policy name"),
        ({"allowPersonalUsage": None}, "enrollment_token.allow_personal_usage", "must be given"),
        (
            {"allowPersonalUsage": "ALLOW_PERSONAL_USAGE_UNSPECIFIED"},
            "enrollment_token.allow_personal_usage",
            "must be given",
        ),
        ({"allowPersonalUsage": "YES"}, "enrollment_token.allow_personal_usage", '(TYPE_ENUM), "YES"'),
        ({"oneTimeOnly": "true"}, "enrollment_token.one_time_only", "(TYPE_BOOL)"),
        ({"bogus": 1}, "enrollment_token", "Unknown name \"bogus\" at 'enrollment_token': Cannot find field."),
        (
            {"googleAuthenticationOptions": {"requiredAccountEmail": "a@example.com"}},
            "enrollment_token.google_authentication_options.required_account_email",
            "REQUIRED",
        ),
    ],
)
def test_refuses_a_bad_mint_and_makes_nothing(door: Door, fields: dict[str, object], field: str, message: str) -> None:
    asked = {"allowPersonalUsage": "PERSONAL_USAGE_ALLOWED"} | fields
    body = {key: value for key, value in asked.items() if value is not None}
    error = door.refusal("POST", "enrollmentTokens", body)
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    [detail] = error["details"]
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    [violation] = detail["fieldViolations"]
    assert violation["field"] == field
    assert message in violation["description"]
    assert violation["description"] == error["message"]
    assert len(door.emulator.tokens) == 0


def test_takes_1024_characters_of_any_script_as_additional_data(door: Door) -> None:
    assert door.mint(additionalData="ü" * 1024)["additionalData"] == "ü" * 1024


def test_takes_an_account_with_required_authentication(door: Door) -> None:
    options = {"authenticationRequirement": "REQUIRED", "requiredAccountEmail": "a@example.com"}
    assert door.mint(googleAuthenticationOptions=options)["googleAuthenticationOptions"] == options


def test_get_and_list_show_the_partial_view_with_the_value(door: Door) -> None:
    token = door.mint(additionalData="ref-1")
    view = door.ask("GET", f"/v1/{token['name']}")
    assert view.keys() == PARTIAL
    assert view == {key: token[key] for key in PARTIAL}
    assert door.ask("GET", "enrollmentTokens") == {"enrollmentTokens": [view]}


def test_an_expired_token_is_not_listed_nor_found(door: Door, clock: Clock) -> None:
    token = door.mint()
    clock.forward(minutes=59, seconds=59)
    assert door.ask("GET", f"/v1/{token['name']}")
    clock.forward(seconds=1)
    assert door.ask("GET", "enrollmentTokens") == {}
    assert door.refusal("GET", f"/v1/{token['name']}")["code"] == 404


def test_a_deleted_token_is_gone(door: Door) -> None:
    token, other = door.mint(), door.mint()
    assert door.ask("DELETE", f"/v1/{token['name']}") == {}
    assert door.refusal("GET", f"/v1/{token['name']}")["code"] == 404
    assert door.refusal("DELETE", f"/v1/{token['name']}")["status"] == "NOT_FOUND"
    assert [item["name"] for item in door.ask("GET", "enrollmentTokens")["enrollmentTokens"]] == [other["name"]]


def test_a_used_one_time_token_is_not_listed_and_another_is(door: Door) -> None:
    once, many = door.mint(), door.mint(oneTimeOnly=False)
    door.enroll(once["value"], serial="A")
    door.enroll(many["value"], serial="B")
    assert [item["name"] for item in door.ask("GET", "enrollmentTokens")["enrollmentTokens"]] == [many["name"]]
    assert door.refusal("GET", f"/v1/{once['name']}")["code"] == 404


def test_pages_of_tokens_are_10_by_default_and_100_at_most(door: Door) -> None:
    for _ in range(105):
        door.mint()
    assert len(door.ask("GET", "enrollmentTokens")["enrollmentTokens"]) == 10
    page = door.ask("GET", "enrollmentTokens", pageSize="1000")
    assert len(page["enrollmentTokens"]) == 100
    rest = door.ask("GET", "enrollmentTokens", pageSize="1000", pageToken=page["nextPageToken"])
    assert len(rest["enrollmentTokens"]) == 5


def test_the_same_seed_gives_the_same_tokens_and_devices(door_of: Callable[..., Door]) -> None:
    def story(seed: int, other_work: bool) -> tuple[dict[str, object], str]:
        door = door_of(seed=seed)
        if other_work:
            door.ask("PATCH", "policies/default", {})
        token = door.mint()
        return token, door.enroll(token["value"])

    assert story(1, other_work=False) == story(1, other_work=True)
    assert story(1, other_work=False) != story(2, other_work=False)


def test_a_token_never_shows_its_value_in_its_repr(door: Door) -> None:
    token = door.mint()
    assert token["value"] not in repr(door.emulator.tokens.get(token["name"], door.emulator.now()))
