from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.station.emm.emulator.conftest import Door


def test_patch_creates_a_policy_and_counts_its_versions(door: Door) -> None:
    first = door.ask("PATCH", "policies/default", {"cameraDisabled": True})
    assert first == {"name": "enterprises/LC00sixtap/policies/default", "version": "1", "cameraDisabled": True}
    second = door.ask("PATCH", "policies/default", {"minimumApiLevel": 30})
    assert second == {"name": "enterprises/LC00sixtap/policies/default", "version": "2", "minimumApiLevel": 30}
    assert door.ask("GET", "policies/default") == second


def test_patch_ignores_the_name_and_version_in_the_body(door: Door) -> None:
    answer = door.ask("PATCH", "policies/a", {"name": "enterprises/LC00sixtap/policies/b", "version": "77"})
    assert answer == {"name": "enterprises/LC00sixtap/policies/a", "version": "1"}


def test_an_update_mask_touches_only_what_it_names(door: Door) -> None:
    reporting = {"networkInfoEnabled": True, "softwareInfoEnabled": True}
    door.ask("PATCH", "policies/a", {"cameraDisabled": True, "statusReportingSettings": reporting, "minimumApiLevel": 30})
    answer = door.ask(
        "PATCH",
        "policies/a",
        {"statusReportingSettings": {"networkInfoEnabled": False}, "installAppsDisabled": True},
        updateMask="statusReportingSettings.networkInfoEnabled,minimumApiLevel",
    )
    assert answer == {
        "name": "enterprises/LC00sixtap/policies/a",
        "version": "2",
        "cameraDisabled": True,
        "statusReportingSettings": {"networkInfoEnabled": False, "softwareInfoEnabled": True},
    }


@pytest.mark.parametrize("mask", ["nope", "cameraDisabled.more", "applications.packageName", "status_reporting", "a b"])
def test_refuses_a_mask_that_policy_does_not_have(door: Door, mask: str) -> None:
    error = door.refusal("PATCH", "policies/a", {}, updateMask=mask)
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["details"][0]["fieldViolations"][0]["field"] == "update_mask"


def test_a_refused_patch_changes_nothing(door: Door) -> None:
    door.ask("PATCH", "policies/a", {"cameraDisabled": True})
    door.refusal("PATCH", "policies/a", {"minimumApiLevel": 30}, updateMask="minimumApiLevel,nope")
    door.refusal("PATCH", "policies/a", {"cameraDisabled": "no"})
    assert door.ask("GET", "policies/a")["version"] == "1"


def test_lists_policies_in_pages(door: Door) -> None:
    assert door.ask("GET", "policies") == {}
    for number in range(12):
        door.ask("PATCH", f"policies/p{number}", {})
    door.ask("PATCH", "policies/p0", {"cameraDisabled": True})
    page = door.ask("GET", "policies")
    assert [policy["name"].rsplit("/")[-1] for policy in page["policies"]] == [f"p{number}" for number in range(10)]
    rest = door.ask("GET", "policies", pageToken=page["nextPageToken"])
    assert [policy["name"].rsplit("/")[-1] for policy in rest["policies"]] == ["p10", "p11"]
    assert "nextPageToken" not in rest


def test_an_unknown_policy_is_404(door: Door) -> None:
    error = door.refusal("GET", "policies/none")
    assert error == {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}


def test_an_answer_is_a_copy(door: Door) -> None:
    door.ask("PATCH", "policies/a", {"frpAdminEmails": ["a@example.com"]})
    policy = door.emulator.policies.get("enterprises/LC00sixtap/policies/a")
    policy.resource()["frpAdminEmails"].append("b@example.com")
    assert policy.resource()["frpAdminEmails"] == ["a@example.com"]
