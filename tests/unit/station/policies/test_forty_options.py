"""`sixtap policies check` on a document with forty options: what is flagged is what the catalogue's file says, mode by mode."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import station.policies
from station.cli.printing import FAILED
from tests.unit.station.cli.sixtap import sixtap

FORTY = Path(__file__).with_name("forty.yaml")
MODES = ("fully_managed", "dedicated", "wpco", "work_profile")

# where each option stands in the document -> the catalogue's row for it
USED = {
    "accountTypesWithManagementDisabled": "accountTypesWithManagementDisabled[]",
    "addUserDisabled": "addUserDisabled",
    "adjustVolumeDisabled": "adjustVolumeDisabled",
    "advancedSecurityOverrides.commonCriteriaMode": "advancedSecurityOverrides.commonCriteriaMode",
    "advancedSecurityOverrides.developerSettings": "advancedSecurityOverrides.developerSettings",
    "advancedSecurityOverrides.mtePolicy": "advancedSecurityOverrides.mtePolicy",
    "advancedSecurityOverrides.untrustedAppsPolicy": "advancedSecurityOverrides.untrustedAppsPolicy",
    "alwaysOnVpnPackage.packageName": "alwaysOnVpnPackage.packageName",
    "alwaysOnVpnPackage.lockdownEnabled": "alwaysOnVpnPackage.lockdownEnabled",
    "applications[0].packageName": "applications[].packageName",
    "applications[0].installType": "applications[].installType",
    "applications[0].managedConfiguration": "applications[].managedConfiguration",
    "applications[0].permissionGrants": "applications[].permissionGrants[]",
    "applications[1].packageName": "applications[].packageName",
    "applications[1].installType": "applications[].installType",
    "applications[1].workProfileWidgets": "applications[].workProfileWidgets",
    "applications[1].roles[0].roleType": "applications[].roles[].roleType",
    "autoDateAndTimeZone": "autoDateAndTimeZone",
    "blockApplicationsEnabled": "blockApplicationsEnabled",
    "cameraAccess": "cameraAccess",
    "complianceRules": "complianceRules[]",
    "crossProfilePolicies.crossProfileCopyPaste": "crossProfilePolicies.crossProfileCopyPaste",
    "defaultPermissionPolicy": "defaultPermissionPolicy",
    "deviceConnectivityManagement.usbDataAccess": "deviceConnectivityManagement.usbDataAccess",
    "deviceConnectivityManagement.wifiSsidPolicy.wifiSsidPolicyType": "deviceConnectivityManagement.wifiSsidPolicy.wifiSsidPolicyType",
    "deviceConnectivityManagement.wifiSsidPolicy.wifiSsids": "deviceConnectivityManagement.wifiSsidPolicy.wifiSsids[]",
    "deviceRadioState.wifiState": "deviceRadioState.wifiState",
    "factoryResetDisabled": "factoryResetDisabled",
    "frpAdminEmails": "frpAdminEmails[]",
    "keyguardDisabled": "keyguardDisabled",
    "locationMode": "locationMode",
    "minimumApiLevel": "minimumApiLevel",
    "openNetworkConfiguration": "openNetworkConfiguration",
    "passwordPolicies[0].passwordScope": "passwordPolicies[].passwordScope",
    "passwordPolicies[0].passwordQuality": "passwordPolicies[].passwordQuality",
    "personalUsagePolicies.maxDaysWithWorkOff": "personalUsagePolicies.maxDaysWithWorkOff",
    "personalUsagePolicies.personalApplications[0].packageName": "personalUsagePolicies.personalApplications[].packageName",
    "personalUsagePolicies.personalApplications[0].installType": "personalUsagePolicies.personalApplications[].installType",
    "screenCaptureDisabled": "screenCaptureDisabled",
    "statusReportingSettings.hardwareStatusEnabled": "statusReportingSettings.hardwareStatusEnabled",
    "statusReportingSettings.softwareInfoEnabled": "statusReportingSettings.softwareInfoEnabled",
    "usageLog": "usageLog",
}

# By hand, from Google's reference and the guide to work profiles: what must be flagged, and what must not.
BY_HAND: dict[str, dict[str, str | None]] = {
    "fully_managed": {
        "addUserDisabled": "no",
        "adjustVolumeDisabled": None,
        "crossProfilePolicies.crossProfileCopyPaste": "no",
        "keyguardDisabled": "no",
        "personalUsagePolicies.maxDaysWithWorkOff": "no",
        "applications[1].installType": None,
    },
    "dedicated": {"keyguardDisabled": None, "applications[1].workProfileWidgets": "no", "blockApplicationsEnabled": "no"},
    "wpco": {
        "addUserDisabled": None,
        "adjustVolumeDisabled": "no",
        "advancedSecurityOverrides.mtePolicy": "partial",
        "applications[0].packageName": "profile",
        "applications[1].installType": "partial",
        "deviceConnectivityManagement.usbDataAccess": None,
        "factoryResetDisabled": "no",
        "keyguardDisabled": "no",
        "locationMode": "partial",
        "personalUsagePolicies.maxDaysWithWorkOff": None,
        "screenCaptureDisabled": "profile",
    },
    "work_profile": {
        "deviceConnectivityManagement.usbDataAccess": "no",
        "frpAdminEmails": "no",
        "passwordPolicies[0].passwordQuality": "partial",
        "personalUsagePolicies.personalApplications[0].installType": "no",
        "statusReportingSettings.hardwareStatusEnabled": "no",
        "statusReportingSettings.softwareInfoEnabled": None,
    },
}


@cache
def checked(mode: str, *options: str) -> dict[str, Any]:
    ran = sixtap("policies", "check", str(FORTY), "--mode", mode, "--json", *options)
    assert (ran.code, ran.err) == (FAILED, "")
    report: dict[str, Any] = json.loads(ran.out)
    return report


def rows() -> Mapping[str, Mapping[str, str]]:
    """The catalogue's file, read without its reader."""
    with (Path(station.policies.__path__[0]) / "modes.csv").open(encoding="utf-8") as file:
        return {row["field"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("mode", MODES)
def test_exactly_the_options_are_flagged_that_the_catalogue_says(mode: str) -> None:
    report, cells = checked(mode), rows()
    assert report["options"] == len(USED) >= 40
    flagged = [(one["path"], one["support"], one["stated"]) for one in report["findings"]]
    expected = [(path, cells[field][mode], cells[field]["basis"] == "stated") for path, field in USED.items()]
    assert sorted(flagged) == sorted(row for row in expected if row[1] != "yes")
    order = ["no", "partial", "profile"]
    assert [order.index(support) for _, support, _ in flagged] == sorted(order.index(support) for _, support, _ in flagged)


@pytest.mark.parametrize("mode", MODES)
def test_what_is_known_by_hand_is_flagged_so(mode: str) -> None:
    flagged = {one["path"]: one["support"] for one in checked(mode)["findings"]}
    assert {path: flagged.get(path) for path in BY_HAND[mode]} == BY_HAND[mode]


@pytest.mark.parametrize("mode", MODES)
def test_people_are_told_each_option_with_a_reason(mode: str) -> None:
    findings = checked(mode)["findings"]
    ran = sixtap("policies", "check", str(FORTY), "--mode", mode)
    lines = ran.out.splitlines()
    assert [line.split("\t")[1] for line in lines[1:-1]] == [one["path"] for one in findings]
    assert all(len(line.split("\t")[3]) > 20 and "{" not in line for line in lines[1:-1]), ran.out
    assert lines[-1].startswith(f"{FORTY} for {mode}: {len(USED)} options; ")


def test_a_value_without_effect_is_named() -> None:
    reasons = {one["path"]: (one["reason"], one["args"]) for one in checked("wpco")["findings"]}
    assert reasons["applications[1].installType"] == ("value_without_effect", {"value": "KIOSK"})
    assert reasons["applications[0].installType"] == ("install_types", {})


def test_an_old_android_is_told_beside_the_mode() -> None:
    def needs(*options: str) -> set[tuple[str, int]]:
        found = checked("wpco", *options)["findings"]
        return {(one["path"], one["args"]["least"]) for one in found if one["reason"] == "android_too_old"}

    assert needs() == set()
    wifi = "deviceConnectivityManagement.wifiSsidPolicy"
    at_13 = {("advancedSecurityOverrides.mtePolicy", 14)}
    assert needs("--android", "13") == at_13
    at_11 = at_13 | {
        (f"{wifi}.wifiSsidPolicyType", 13),
        (f"{wifi}.wifiSsids", 13),
        ("deviceRadioState.wifiState", 13),
        ("usageLog", 12),
    }
    assert needs("--android", "11") == at_11
