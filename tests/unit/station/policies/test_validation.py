"""Documents held against Google's schema."""

from __future__ import annotations

from typing import Any

import pytest

from station.domain.policy import Mode
from station.emm.emulator.discovery import document as emulated
from station.emm.emulator.schema import Schemas
from station.policies.validation import check, fields, problems

WRONG: list[tuple[dict[str, Any], str, str, dict[str, str]]] = [
    ({"cameraDisable": True}, "cameraDisable", "unknown_field", {"near": "cameraDisabled"}),
    ({"camera_disabled": True}, "camera_disabled", "unknown_field", {"near": "cameraDisabled"}),
    ({"usbDataAccess": "X"}, "usbDataAccess", "unknown_field", {"near": "deviceConnectivityManagement.usbDataAccess"}),
    ({"zzz": 1}, "zzz", "unknown_field", {"near": ""}),
    ({"applications": [{}, {"autoupdatemode": ""}]}, "applications[1].autoupdatemode", "unknown_field", {"near": "autoUpdateMode"}),
    ({"cameraDisabled": "yes"}, "cameraDisabled", "wrong_type", {"expected": "flag", "got": "text"}),
    ({"cameraDisabled": 1}, "cameraDisabled", "wrong_type", {"expected": "flag", "got": "number"}),
    ({"applications": {"packageName": "a"}}, "applications", "wrong_type", {"expected": "list", "got": "object"}),
    ({"applications": ["a"]}, "applications[0]", "wrong_type", {"expected": "object", "got": "text"}),
    ({"applications": [None]}, "applications[0]", "wrong_type", {"expected": "value", "got": "null"}),
    ({"applications": [{"packageName": 7}]}, "applications[0].packageName", "wrong_type", {"expected": "text", "got": "number"}),
    ({"frpAdminEmails": [["a"]]}, "frpAdminEmails[0]", "wrong_type", {"expected": "text", "got": "list"}),
    ({"minimumApiLevel": True}, "minimumApiLevel", "wrong_type", {"expected": "int32", "got": "flag"}),
    ({"minimumApiLevel": 1.5}, "minimumApiLevel", "bad_format", {"expected": "int32"}),
    ({"minimumApiLevel": 2**31}, "minimumApiLevel", "bad_format", {"expected": "int32"}),
    ({"maximumTimeToLock": "soon"}, "maximumTimeToLock", "bad_format", {"expected": "int64"}),
    ({"maximumTimeToLock": 2**63}, "maximumTimeToLock", "bad_format", {"expected": "int64"}),
    ({"locationMode": "LOCATION_ENFORCE"}, "locationMode", "bad_value", {"value": "LOCATION_ENFORCE", "near": "LOCATION_ENFORCED"}),
    ({"locationMode": "location_enforced"}, "locationMode", "bad_value", {"value": "location_enforced", "near": "LOCATION_ENFORCED"}),
    ({"locationMode": 3}, "locationMode", "bad_value", {"value": "3", "near": ""}),
    ({"locationMode": ["OFF"]}, "locationMode", "wrong_type", {"expected": "text", "got": "list"}),
    ({"stayOnPluggedModes": ["AC", "DC"]}, "stayOnPluggedModes[1]", "bad_value", {"value": "DC", "near": ""}),
    ({"passwordPolicies": [{"passwordExpirationTimeout": "90 days"}]}, "passwordPolicies[0].passwordExpirationTimeout", "bad_format",
     {"expected": "duration"}),
    ({"deviceConnectivityManagement": []}, "deviceConnectivityManagement", "wrong_type", {"expected": "object", "got": "list"}),
    ({"longSupportMessage": {"localizedMessages": {"fr": 1}}}, "longSupportMessage.localizedMessages.fr", "wrong_type",
     {"expected": "text", "got": "number"}),
]  # fmt: skip

GOOD: list[dict[str, Any]] = [
    {},
    {"cameraDisabled": None, "name": "enterprises/E/policies/P", "version": "3"},
    {"minimumApiLevel": "30", "maximumTimeToLock": 30000},
    {"minimumApiLevel": 30.0, "maximumTimeToLock": "30000"},
    {"passwordPolicies": [{"passwordExpirationTimeout": "7776000s"}, {"passwordExpirationTimeout": "1.5s"}]},
    {"applications": [{"managedConfiguration": {"anything": [1, {"at": None}]}}], "openNetworkConfiguration": {"x": [1]}},
    {"longSupportMessage": {"localizedMessages": {"fr": "Bonjour"}}, "locationMode": "LOCATION_MODE_UNSPECIFIED"},
    {"deviceConnectivityManagement": {"wifiSsidPolicy": {"wifiSsids": [{"wifiSsid": "office"}]}}},
]


@pytest.mark.parametrize(("document", "path", "reason", "args"), WRONG)
def test_what_google_would_refuse_is_named_with_what_may_be_meant(
    document: dict[str, Any], path: str, reason: str, args: dict[str, str]
) -> None:
    assert [(one.path, one.reason, one.args) for one in problems(document)] == [(path, reason, args)]


@pytest.mark.parametrize("document", GOOD)
def test_a_good_document_has_no_problems(document: dict[str, Any]) -> None:
    assert problems(document) == ()


def test_the_emulator_refuses_the_same_documents_although_it_shares_no_code() -> None:
    schemas = Schemas(emulated().schemas)
    refused = [bool(schemas.read("Policy", document)[1]) for document, *_ in WRONG]
    assert refused == [True] * len(WRONG)
    assert [bool(schemas.read("Policy", document)[1]) for document in GOOD] == [False] * len(GOOD)


def test_every_problem_is_found_once_and_before_what_a_mode_makes_of_the_rest() -> None:
    document = {"adjustVolumeDisabled": True, "cameraDisable": True, "bluetoothDisabled": "x", "cameraDisabled": True}
    assert [(one.path, one.support) for one in check(document, Mode.WPCO)] == [
        ("cameraDisable", "invalid"),
        ("bluetoothDisabled", "invalid"),
        ("adjustVolumeDisabled", "no"),
        ("cameraDisabled", "profile"),
    ]


def test_the_fields_of_the_schema_are_written_as_in_the_catalogue() -> None:
    known = list(fields())
    assert len(known) == len(set(known)) > 300
    assert "applications[].permissionGrants[].policy" in known
