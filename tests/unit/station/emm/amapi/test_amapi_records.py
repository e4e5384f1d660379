from __future__ import annotations

import importlib.resources
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.evidence import Device
from station.domain.policy import Mode
from station.emm.amapi import records
from station.ports import PolicyVersion, TokenOrder

FULL: dict[str, Any] = {
    "name": "enterprises/E/devices/D1",
    "enrollmentTokenName": "enterprises/E/enrollmentTokens/T1",
    "enrollmentTokenData": "attempt-1",
    "managementMode": "PROFILE_OWNER",
    "ownership": "COMPANY_OWNED",
    "state": "DISABLED",
    "appliedState": "ACTIVE",
    "policyName": "enterprises/E/policies/ordered",
    "appliedPolicyName": "enterprises/E/policies/applied",
    "apiLevel": 33,
    "enrollmentTime": "2026-01-05T08:00:00.123456789Z",
    "hardwareInfo": {"serialNumber": "R58N123", "model": "Pixel 8a", "brand": "google"},
    "networkInfo": {"imei": "350000000000006"},
    "softwareInfo": {"androidVersion": "13.0.1"},
}


def test_reads_every_field_of_a_device() -> None:
    assert records.device_of(FULL, simulated=False) == Device(
        name="enterprises/E/devices/D1",
        token="enterprises/E/enrollmentTokens/T1",  # noqa: S106  # a name, no secret
        reference="attempt-1",
        management_mode="PROFILE_OWNER",
        ownership="COMPANY_OWNED",
        state="DISABLED",
        applied_state="ACTIVE",
        policy="ordered",
        applied_policy="applied",
        serial="R58N123",
        imei="350000000000006",
        model="Pixel 8a",
        android="13.0.1",
        enrolled=1767600000.123456,
        simulated=False,
    )


def test_a_device_that_tells_only_its_name_has_empty_fields() -> None:
    assert records.device_of({"name": "enterprises/E/devices/D1"}, simulated=True) == Device(
        "enterprises/E/devices/D1", simulated=True
    )


def test_an_enterprise_specific_id_is_no_serial_number() -> None:
    hardware = {"serialNumber": "B54Z-7OY3", "enterpriseSpecificId": "B54Z-7OY3"}
    device = records.device_of(FULL | {"hardwareInfo": hardware}, simulated=False)
    assert device is not None
    assert device.serial == ""


@pytest.mark.parametrize(
    ("told", "level", "android"),
    [
        (None, 23, "6.0"), (None, 29, "10"), (None, 30, "11"), (None, 32, "12"), (None, 33, "13"), (None, 36, "16"), (None, 37, "17"),
        (None, "34", "14"), (None, 34.0, "14"), (None, 12, ""), (None, True, ""), (None, None, ""), (None, "x", ""),
        (None, float("inf"), ""), (None, -1, ""),
        ("11", 30, "11"), ("12L", 32, "12L"), ("VanillaIceCream", 35, "15"), (14, 34, "14"), ("", 34, "14"),
    ],
)  # fmt: skip
def test_the_android_version_is_what_software_info_tells_else_that_of_the_api_level(told: object, level: object, android: str) -> None:
    device = records.device_of({"name": "d", "softwareInfo": {"androidVersion": told}, "apiLevel": level}, simulated=False)
    assert device is not None
    assert device.android == android


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-01-05T08:00:00Z", 1767600000.0), ("2026-01-05T09:00:00+01:00", 1767600000.0), ("2026-01-05T08:00:00", None),
        ("soon", None), ("", None), (5, None), (None, None), ({}, None),
    ],
)  # fmt: skip
def test_times_are_seconds_since_the_epoch_or_nothing(value: object, seconds: float | None) -> None:
    assert records.timestamp(value) == seconds


def test_records_without_a_name_are_left_out_of_a_page() -> None:
    page = {"devices": [FULL, {"state": "ACTIVE"}, "odd", None, {"name": 7}]}
    assert [device.name for device in records.devices_of(page, simulated=False)] == ["enterprises/E/devices/D1"]


def test_control_characters_do_not_survive() -> None:
    device = records.device_of({"name": "d", "hardwareInfo": {"model": "Pixel\x1b[2J\n8a"}}, simulated=False)
    assert device is not None
    assert device.model == "Pixel[2J8a"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text("a7é/.\n", max_size=8),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.sampled_from([*FULL, "imei", "version", "devices"]), below, max_size=4)
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*FULL, "devices", "policies", "nextPageToken", "version"]), JSON))
def test_no_json_whatever_makes_reading_fail(answer: dict[str, object]) -> None:
    for device in records.devices_of({"devices": [answer, answer]}, simulated=True):
        assert device.name
        assert all(isinstance(value, str | bool | float | None) for value in (device.serial, device.android, device.enrolled))
    records.devices_of(answer, simulated=True)
    records.policy_versions_of(answer)
    records.policy_version_of(answer)
    assert isinstance(records.next_page(answer), str)


def test_policy_versions_are_ids_and_numbers() -> None:
    page = {
        "policies": [{"name": "enterprises/E/policies/a", "version": "12"}, {"name": "enterprises/E/policies/b"}, {"version": "1"}]
    }
    assert records.policy_versions_of(page) == (PolicyVersion("a", 12), PolicyVersion("b", 0))


@pytest.mark.parametrize(
    ("mode", "usage"),
    [
        (Mode.WPCO, "PERSONAL_USAGE_ALLOWED"),
        (Mode.WORK_PROFILE, "PERSONAL_USAGE_ALLOWED"),
        (Mode.FULLY_MANAGED, "PERSONAL_USAGE_DISALLOWED"),
        (Mode.DEDICATED, "PERSONAL_USAGE_DISALLOWED_USERLESS"),
    ],
)
def test_every_mode_orders_its_personal_usage_and_a_single_use(mode: Mode, usage: str) -> None:
    body = records.token_body(TokenOrder("attempt-1", mode, "p", 60), "enterprises/E/policies/p")
    assert (body["allowPersonalUsage"], body["oneTimeOnly"], body["duration"]) == (usage, True, "60s")


def schemas() -> dict[str, Any]:
    """The schemas that Google publishes, as the installed client library carries them."""
    folder = importlib.resources.files("googleapiclient") / "discovery_cache" / "documents"
    document: dict[str, Any] = json.loads((folder / "androidmanagement.v1.json").read_text())
    found: dict[str, Any] = document["schemas"]
    return found


@pytest.mark.parametrize(
    ("mask", "schema"),
    [
        (records.DEVICE_FIELDS, "Device"),
        (records.DEVICE_PAGE_FIELDS, "ListDevicesResponse"),
        (records.ORDERED_FIELDS, "EnrollmentToken"),
        (records.CODE_FIELDS, "EnrollmentToken"),
        (records.POLICY_PAGE_FIELDS, "ListPoliciesResponse"),
        (records.POLICY_VERSION_FIELDS, "Policy"),
    ],
)
def test_every_field_asked_for_is_one_that_google_publishes(mask: str, schema: str) -> None:
    known, path, last = schemas(), [schema], schema
    for part in re.findall(r"\w+|[(),]", mask):
        if part == "(":
            path.append(last)
        elif part == ")":
            path.pop()
        elif part != ",":
            field = known[path[-1]]["properties"][part]
            last = field.get("$ref") or field.get("items", {}).get("$ref", "")
    assert len(path) == 1


@pytest.mark.parametrize("mode", list(Mode))
def test_the_body_of_a_mint_fits_the_schema_that_google_publishes(mode: Mode) -> None:
    known = schemas()["EnrollmentToken"]["properties"]
    body = records.token_body(TokenOrder("attempt-1", mode, "p", 60), "enterprises/E/policies/p")
    assert body.keys() <= known.keys()
    assert body["allowPersonalUsage"] in known["allowPersonalUsage"]["enum"]
