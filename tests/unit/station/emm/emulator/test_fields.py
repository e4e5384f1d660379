from typing import Any

import pytest

from station.emm.emulator.discovery import document
from station.emm.emulator.errors import ApiError
from station.emm.emulator.fields import select
from station.emm.emulator.schema import Schemas

SCHEMAS = Schemas(document().schemas)
PAGE: dict[str, Any] = {
    "devices": [
        {"name": "a", "state": "ACTIVE", "hardwareInfo": {"serialNumber": "1", "model": "m"}},
        {"name": "b", "hardwareInfo": {"serialNumber": "2", "model": "m"}},
    ],
    "nextPageToken": "n",
}


def selected(selector: str) -> dict[str, Any]:
    return select(PAGE, {"$ref": "ListDevicesResponse"}, selector, SCHEMAS)


@pytest.mark.parametrize("selector", ["*", "devices,nextPageToken", "devices/*,nextPageToken", "*(*)"])
def test_selects_everything(selector: str) -> None:
    assert selected(selector) == PAGE


@pytest.mark.parametrize("selector", ["devices(name,hardwareInfo/serialNumber)", "devices/name, devices/hardwareInfo(serialNumber)"])
def test_selects_inside_lists_and_objects(selector: str) -> None:
    assert selected(selector) == {
        "devices": [
            {"name": "a", "hardwareInfo": {"serialNumber": "1"}},
            {"name": "b", "hardwareInfo": {"serialNumber": "2"}},
        ]
    }


def test_leaves_out_what_is_absent() -> None:
    assert selected("devices/state") == {"devices": [{"state": "ACTIVE"}, {}]}


@pytest.mark.parametrize(
    "selector",
    [
        "nope",
        "devices/nope",
        "devices/name/more",
        "devices(",
        "devices(name",
        "devices)",
        "name,,state",
        ",",
        "devices()",
        "devices;name",
        "devices" + "/devices" * 5000,
    ],
)
def test_refuses_selectors_that_lead_nowhere(selector: str) -> None:
    with pytest.raises(ApiError, match="Error expanding 'fields' parameter") as caught:
        selected(selector)
    assert caught.value.code == 400
