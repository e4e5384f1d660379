from typing import Any

import pytest

from station.emm.emulator.discovery import document
from station.emm.emulator.schema import Schemas, snake_case

SCHEMAS = Schemas(document().schemas)
ANYTHING: tuple[object, ...] = ("text", 1, 1.5, True, [], {}, None)


def messages(name: str, value: object, at: str = "policy") -> list[tuple[str, str]]:
    return [(wrong.field, wrong.description) for wrong in SCHEMAS.read(name, value, at)[1]]


def test_takes_a_policy_with_every_kind_of_field() -> None:
    policy: dict[str, Any] = {
        "cameraAccess": "CAMERA_ACCESS_DISABLED",
        "minimumApiLevel": 30,
        "maximumTimeToLock": "30000",
        "installAppsDisabled": True,
        "applications": [{"packageName": "a.b", "managedConfiguration": {"any": [1, {"thing": None}]}}],
        "openNetworkConfiguration": {"NetworkConfigurations": []},
        "shortSupportMessage": {"localizedMessages": {"de": "Hallo"}},
        "systemUpdate": {"type": "WINDOWED", "startMinutes": 0, "endMinutes": 60},
    }
    assert SCHEMAS.read("Policy", policy, "policy") == (policy, [])


def test_leaves_out_nulls_and_output_only_fields_and_writes_large_integers_as_text() -> None:
    read, wrong = SCHEMAS.read("Policy", {"maximumTimeToLock": 30000, "cameraAccess": None}, "policy")
    assert (read, wrong) == ({"maximumTimeToLock": "30000"}, [])
    read, wrong = SCHEMAS.read("Enterprise", {"enterpriseType": "MANAGED_GOOGLE_DOMAIN", "primaryColor": 1})
    assert (read, wrong) == ({"primaryColor": 1}, [])


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"x": 1}, "policy", "Invalid JSON payload received. Unknown name \"x\" at 'policy': Cannot find field."),
        (
            {"applications": [{}, {"installKind": "A"}]},
            "policy.applications[1]",
            "Invalid JSON payload received. Unknown name \"installKind\" at 'policy.applications[1]': Cannot find field.",
        ),
        ({"cameraAccess": "OFF"}, "policy.camera_access", "Invalid value at 'policy.camera_access' (TYPE_ENUM), \"OFF\""),
        ({"cameraAccess": 1}, "policy.camera_access", "Invalid value at 'policy.camera_access' (TYPE_ENUM), 1"),
        (
            {"installAppsDisabled": "yes"},
            "policy.install_apps_disabled",
            "Invalid value at 'policy.install_apps_disabled' (TYPE_BOOL), \"yes\"",
        ),
        ({"minimumApiLevel": 2**31}, "policy.minimum_api_level", f"Invalid value at 'policy.minimum_api_level' (TYPE_INT32), {2**31}"),
        ({"minimumApiLevel": True}, "policy.minimum_api_level", "Invalid value at 'policy.minimum_api_level' (TYPE_INT32), true"),
        (
            {"maximumTimeToLock": "soon"},
            "policy.maximum_time_to_lock",
            "Invalid value at 'policy.maximum_time_to_lock' (TYPE_INT64), \"soon\"",
        ),
        (
            {"frpAdminEmails": ["a", 1]},
            "policy.frp_admin_emails[1]",
            "Invalid value at 'policy.frp_admin_emails[1]' (TYPE_STRING), 1",
        ),
        ({"frpAdminEmails": "a"}, "policy.frp_admin_emails", "Invalid value at 'policy.frp_admin_emails' (repeated field), \"a\""),
        (
            {"systemUpdate": "now"},
            "policy.system_update",
            "Invalid value at 'policy.system_update' (type.googleapis.com/google.android.devicemanagement.v1.SystemUpdate), \"now\"",
        ),
        (
            {"systemUpdate": []},
            "policy",
            (
                "Invalid JSON payload received. Unknown name \"systemUpdate\" at 'policy': "
                "Proto field is not repeating, cannot start list."
            ),
        ),
        (
            {"minimumApiLevel": {}},
            "policy.minimum_api_level",
            "Invalid value at 'policy' (minimum_api_level), Starting an object on a scalar field",
        ),
        (
            {"shortSupportMessage": {"localizedMessages": {"de": 1}}},
            "policy.short_support_message.localized_messages[0].value",
            "Invalid value at 'policy.short_support_message.localized_messages[0].value' (TYPE_STRING), 1",
        ),
        (
            {"passwordPolicies": [{"passwordExpirationTimeout": "1h"}]},
            "policy.password_policies[0].password_expiration_timeout",
            (
                "Invalid value at 'policy.password_policies[0].password_expiration_timeout' "
                "(type.googleapis.com/google.protobuf.Duration), Field 'passwordExpirationTimeout', "
                "Illegal duration format; duration must end with 's'"
            ),
        ),
    ],
)
def test_says_what_is_wrong_in_googles_words(body: object, field: str, message: str) -> None:
    assert messages("Policy", body) == [(field, message)]


def test_names_unknown_fields_of_the_root_without_a_place() -> None:
    assert messages("Policy", {"x": 1}, "") == [("", 'Invalid JSON payload received. Unknown name "x": Cannot find field.')]


def test_finds_everything_that_is_wrong_at_once() -> None:
    assert len(messages("Policy", {"x": 1, "y": 2, "minimumApiLevel": "z"})) == 3


@pytest.mark.parametrize("value", [30, "30", 30.0, -1, 2**31 - 1])
def test_takes_integers_in_each_json_form(value: object) -> None:
    read, wrong = SCHEMAS.read("Policy", {"minimumApiLevel": value})
    assert wrong == []
    assert read == {"minimumApiLevel": int(str(value).removesuffix(".0"))}


@pytest.mark.parametrize("value", [1.5, "1.5", "0x1", "", float("1e300")])
def test_refuses_other_values_as_integers(value: object) -> None:
    assert len(messages("Policy", {"minimumApiLevel": value})) == 1


def test_reads_every_scalar_format_of_the_whole_document() -> None:
    """A newer client's document may bring formats that the checker has not met: they must fall back, not crash."""
    for name, schema in document().schemas.items():
        for field in schema.get("properties", {}):
            for value in ANYTHING:
                SCHEMAS.read(name, {field: value})


def test_spells_fields_as_messages_do() -> None:
    assert snake_case("allowPersonalUsage") == "allow_personal_usage"
    assert snake_case("qrCode") == "qr_code"
