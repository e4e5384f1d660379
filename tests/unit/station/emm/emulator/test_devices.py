from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.station.emm.emulator.conftest import Clock, Door

ALLOWED, FULL, USERLESS = (
    "PERSONAL_USAGE_ALLOWED",
    "PERSONAL_USAGE_DISALLOWED",
    "PERSONAL_USAGE_DISALLOWED_USERLESS",
)
REPORTING = {"statusReportingSettings": {"softwareInfoEnabled": True, "networkInfoEnabled": True}}


def applied(door: Door, name: str) -> dict[str, Any]:
    return door.ask("POST", "/phones/report", {"device": name, "phase": "applied"})


@pytest.mark.parametrize(
    ("path", "usage", "mode", "ownership"),
    [
        ("setup_wizard", ALLOWED, "PROFILE_OWNER", "COMPANY_OWNED"),
        ("setup_wizard", FULL, "DEVICE_OWNER", "COMPANY_OWNED"),
        ("setup_wizard", USERLESS, "DEVICE_OWNER", "COMPANY_OWNED"),
        ("settings", ALLOWED, "PROFILE_OWNER", "PERSONALLY_OWNED"),
    ],
)
def test_the_path_and_the_token_decide_mode_and_ownership(door: Door, path: str, usage: str, mode: str, ownership: str) -> None:
    token = door.mint(allowPersonalUsage=usage)
    answer = door.ask("POST", "/phones/enroll", door.phone(token["value"], path))
    assert answer["state"] == "PROVISIONING"
    assert answer["setup"] == {
        "managementMode": mode,
        "ownership": ownership,
        "policyName": "enterprises/LC00sixtap/policies/default",
    }
    device = door.device(answer["device"])
    assert (device["managementMode"], device["ownership"]) == (mode, ownership)


@pytest.mark.parametrize("usage", [FULL, USERLESS])
def test_a_personal_phone_cannot_use_a_token_that_disallows_personal_usage(door: Door, usage: str) -> None:
    token = door.mint(allowPersonalUsage=usage)
    error = door.refusal("POST", "/phones/enroll", door.phone(token["value"], "settings"))
    assert (error["code"], error["status"]) == (400, "FAILED_PRECONDITION")
    assert len(door.emulator.devices) == 0
    door.enroll(token["value"])


def test_a_new_device_is_provisioning_and_names_its_token(door: Door) -> None:
    token = door.mint(additionalData="ref-7")
    name = door.enroll(token["value"])
    device = door.device(name)
    assert device.pop("userName").startswith("enterprises/LC00sixtap/users/")
    assert device == {
        "name": name,
        "managementMode": "PROFILE_OWNER",
        "ownership": "COMPANY_OWNED",
        "state": "PROVISIONING",
        "appliedState": "PROVISIONING",
        "policyName": "enterprises/LC00sixtap/policies/default",
        "enrollmentTime": "2026-03-02T08:00:00Z",
        "lastStatusReportTime": "2026-03-02T08:00:00Z",
        "enrollmentTokenName": token["name"],
        "enrollmentTokenData": "ref-7",
        "hardwareInfo": {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a", "serialNumber": "S1"},
        "apiLevel": 34,
    }


def test_a_device_becomes_active_with_the_policy_that_it_applied(door: Door, clock: Clock) -> None:
    door.ask("PATCH", "policies/office", {})
    door.ask("PATCH", "policies/office", {})
    name = door.enroll(door.mint(policyName="office")["value"])
    clock.forward(minutes=3)
    assert applied(door, name) == {"device": name, "state": "ACTIVE"}
    device = door.device(name)
    assert (device["state"], device["appliedState"], device["policyCompliant"]) == ("ACTIVE", "ACTIVE", True)
    assert device["appliedPolicyName"] == "enterprises/LC00sixtap/policies/office"
    assert device["appliedPolicyVersion"] == "2"
    assert device["lastStatusReportTime"] == device["lastPolicySyncTime"] == "2026-03-02T08:03:00Z"
    assert device["enrollmentTime"] == "2026-03-02T08:00:00Z"


def test_a_device_without_a_policy_stays_provisioning(door: Door) -> None:
    name = door.enroll(door.mint(policyName="none")["value"])
    assert applied(door, name)["state"] == "PROVISIONING"
    assert "policyCompliant" not in door.device(name)


def test_a_status_report_moves_the_time_and_the_version_only(door: Door, clock: Clock) -> None:
    door.ask("PATCH", "policies/default", REPORTING)
    name = door.enroll(door.mint()["value"])
    clock.forward(seconds=30)
    said = {"device": name, "phase": "status", "androidVersion": "15", "apiLevel": 35}
    assert door.ask("POST", "/phones/report", said)["state"] == "PROVISIONING"
    assert door.device(name)["lastStatusReportTime"] == "2026-03-02T08:00:30Z"
    assert door.device(name)["apiLevel"] == 35
    applied(door, name)
    assert door.device(name)["softwareInfo"] == {"androidVersion": "15"}


def test_imei_and_android_version_come_only_with_their_toggles(door: Door) -> None:
    names = []
    for policy, settings in {"none": {}, "all": REPORTING}.items():
        door.ask("PATCH", f"policies/{policy}", settings)
        names.append(door.enroll(door.mint(policyName=policy)["value"], serial=policy))
        applied(door, names[-1])
    without, with_all = map(door.device, names)
    assert "networkInfo" not in without
    assert "softwareInfo" not in without
    assert without["hardwareInfo"]["serialNumber"] == "none"
    assert with_all["networkInfo"] == {"imei": "350"}
    assert with_all["softwareInfo"] == {"androidVersion": "14"}


def test_toggles_count_from_when_the_policy_is_applied(door: Door) -> None:
    door.ask("PATCH", "policies/default", {})
    name = door.enroll(door.mint()["value"])
    applied(door, name)
    door.ask("PATCH", "policies/default", REPORTING)
    assert "networkInfo" not in door.device(name)
    applied(door, name)
    assert door.device(name)["networkInfo"] == {"imei": "350"}
    assert door.device(name)["appliedPolicyVersion"] == "2"


@pytest.mark.parametrize(("api_level", "hidden"), [(30, False), (31, True)])
def test_a_personal_phone_from_android_12_hides_its_serial_and_imei(door: Door, api_level: int, hidden: bool) -> None:
    door.ask("PATCH", "policies/default", REPORTING)
    name = door.enroll(door.mint()["value"], "settings", api_level, serial="REAL")
    applied(door, name)
    device = door.device(name)
    hardware = device["hardwareInfo"]
    assert ("networkInfo" not in device) is hidden
    assert (hardware["serialNumber"] != "REAL") is hidden
    assert (hardware.get("enterpriseSpecificId") == hardware["serialNumber"]) is hidden


def test_a_phone_that_enrolls_again_names_its_earlier_records(door: Door) -> None:
    first = door.enroll(door.mint()["value"], serial="A")
    other = door.enroll(door.mint()["value"], serial="B")
    second = door.enroll(door.mint()["value"], serial="A")
    third = door.enroll(door.mint()["value"], serial="A")
    assert "previousDeviceNames" not in door.device(other)
    assert door.device(second)["previousDeviceNames"] == [first]
    assert door.device(third)["previousDeviceNames"] == [first, second]
    assert door.device(first)["name"] == first


def test_a_personal_phone_is_known_again_by_its_enterprise_specific_id(door: Door) -> None:
    first = door.enroll(door.mint()["value"], "settings", serial="A")
    second = door.enroll(door.mint()["value"], "settings", serial="A")
    assert door.device(second)["previousDeviceNames"] == [first]


def test_a_one_time_token_enrolls_one_phone(door: Door) -> None:
    token = door.mint()
    door.enroll(token["value"], serial="A")
    error = door.refusal("POST", "/phones/enroll", door.phone(token["value"], serial="B"))
    assert (error["code"], error["status"]) == (409, "ALREADY_EXISTS")
    assert len(door.emulator.devices) == 1


def test_a_token_for_many_enrolls_many_until_it_is_deleted(door: Door) -> None:
    token = door.mint(oneTimeOnly=False)
    door.enroll(token["value"], serial="A")
    device = door.enroll(token["value"], serial="B")
    door.ask("DELETE", f"/v1/{token['name']}")
    assert door.refusal("POST", "/phones/enroll", door.phone(token["value"], serial="C"))["code"] == 404
    assert door.device(device)["enrollmentTokenName"] == token["name"]


def test_an_expired_token_enrolls_nobody(door: Door, clock: Clock) -> None:
    token = door.mint(duration="60s")
    clock.forward(seconds=60)
    error = door.refusal("POST", "/phones/enroll", door.phone(token["value"]))
    assert (error["code"], error["status"]) == (400, "FAILED_PRECONDITION")


def test_an_unknown_token_enrolls_nobody_and_is_not_repeated(door: Door) -> None:
    error = door.refusal("POST", "/phones/enroll", door.phone("guessed"))
    assert error["code"] == 404
    assert "guessed" not in str(error)


def test_setup_learns_which_account_must_sign_in(door: Door) -> None:
    options = {"authenticationRequirement": "REQUIRED", "requiredAccountEmail": "a@example.com"}
    token = door.mint(googleAuthenticationOptions=options)
    answer = door.ask("POST", "/phones/enroll", door.phone(token["value"]))
    assert answer["setup"]["googleAuthenticationOptions"] == options


@pytest.mark.parametrize("key", ["token", "path", "androidVersion", "apiLevel", "hardware"])
def test_an_incomplete_phone_is_told_what_it_left_out(door: Door, key: str) -> None:
    body = door.phone("x")
    del body[key]
    assert key in door.refusal("POST", "/phones/enroll", body)["message"]


def test_a_phone_needs_a_serial_number_and_known_words(door: Door) -> None:
    assert "serialNumber" in door.refusal("POST", "/phones/enroll", door.phone("x", serial=""))["message"]
    assert "TYPE_ENUM" in door.refusal("POST", "/phones/enroll", door.phone("x", path="nfc"))["message"]
    assert "Unknown name" in door.refusal("POST", "/phones/enroll", door.phone("x") | {"more": 1})["message"]
    assert "phase" in door.refusal("POST", "/phones/report", {"device": "x"})["message"]
    assert door.refusal("POST", "/phones/report", {"device": "x", "phase": "status"})["code"] == 404
