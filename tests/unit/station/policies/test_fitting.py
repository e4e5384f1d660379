"""Which places of a document are judged, and how."""

from __future__ import annotations

import pytest

from station.domain.policy import Mode
from station.policies.fitting import fit, used


@pytest.mark.parametrize(
    ("document", "places"),
    [
        ({}, ()),
        ({"cameraDisabled": None}, ()),
        ({"cameraDisabled": False}, ("cameraDisabled",)),
        ({"frpAdminEmails": ["a@example.org", "b@example.org"]}, ("frpAdminEmails",)),
        ({"frpAdminEmails": []}, ("frpAdminEmails",)),
        ({"usageLog": {}}, ("usageLog",)),
        ({"usageLog": {"enabledLogTypes": ["SECURITY_LOGS"]}}, ("usageLog.enabledLogTypes",)),
        ({"choosePrivateKeyRules": [{"urlPattern": "x"}, {"urlPattern": "y"}]}, ("choosePrivateKeyRules",)),
        ({"applications": [{"packageName": "a"}, {"disabled": True}]}, ("applications[0].packageName", "applications[1].disabled")),
        ({"applications": [{"packageName": "a"}, {}]}, ("applications", "applications[0].packageName")),
        ({"applications": [{"roles": [{}, {"roleType": "KIOSK"}]}]}, ("applications[0].roles", "applications[0].roles[1].roleType")),
        ({"applications": [{"managedConfiguration": {"packageName": "x"}}]}, ("applications[0].managedConfiguration",)),
        ({"systemUpdate": {"freezePeriods": [{"startDate": {"day": 1}}]}}, ("systemUpdate.freezePeriods",)),
        ({"applications": "oops"}, ("applications",)),
        ({"inventedOption": {"a": 1}}, ("inventedOption",)),
    ],
)
def test_a_place_is_judged_by_the_innermost_option_that_is_known(document: dict[str, object], places: tuple[str, ...]) -> None:
    assert used(document) == places


def test_an_option_that_the_catalogue_does_not_know_is_said_to_be_so() -> None:
    found = fit({"inventedOption": 1}, Mode.WPCO)
    assert [(one.path, one.support, one.reason, one.stated) for one in found] == [
        ("inventedOption", "unknown", "not_in_catalogue", False)
    ]


def test_an_option_without_effect_is_not_also_called_too_new() -> None:
    nfc: dict[str, object] = {"deviceRadioState": {"nfc": "NFC_DISABLED"}}
    assert [(one.reason, one.args) for one in fit(nfc, Mode.WPCO, 9)] == [
        ("use", {"instead": "deviceWidePolicies.deviceRadioState.nfc"})
    ]
    assert [(one.support, one.reason, one.args) for one in fit(nfc, Mode.FULLY_MANAGED, 14)] == [
        ("no", "android_too_old", {"least": 15, "android": 14})
    ]
    assert fit(nfc, Mode.FULLY_MANAGED, 15) == ()
