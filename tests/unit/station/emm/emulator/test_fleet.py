from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.station.emm.emulator.conftest import Door


def walk(door: Door) -> list[dict[str, object]]:
    devices, query = [], {"pageSize": "100"}
    while True:
        page = door.ask("GET", "devices", **query)
        devices += page.get("devices", [])
        if "nextPageToken" not in page:
            return devices
        query["pageToken"] = page["nextPageToken"]


def test_a_fleet_is_the_same_for_a_seed(door_of: Callable[..., Door]) -> None:
    fleet = walk(door_of(fleet=250))
    assert fleet == walk(door_of(fleet=250))
    assert fleet != walk(door_of(fleet=250, seed=2))


def test_a_fleet_is_active_mixed_and_plausible(door_of: Callable[..., Door]) -> None:
    door = door_of(fleet=250)
    devices = walk(door)
    assert len(devices) == len({device["name"] for device in devices}) == 250
    assert {device["appliedState"] for device in devices} == {"ACTIVE"}
    assert {(device["managementMode"], device["ownership"]) for device in devices} == {
        ("PROFILE_OWNER", "COMPANY_OWNED"),
        ("DEVICE_OWNER", "COMPANY_OWNED"),
        ("PROFILE_OWNER", "PERSONALLY_OWNED"),
    }
    times = [str(device["enrollmentTime"]) for device in devices]
    assert times == sorted(times)
    assert all(str(device["enrollmentTime"]) <= str(device["lastStatusReportTime"]) <= "2026-03-02T08" for device in devices)
    assert door.ask("GET", "enrollmentTokens") == {}


def test_a_new_phone_is_listed_behind_the_fleet(door_of: Callable[..., Door]) -> None:
    door = door_of(fleet=120)
    name = door.enroll(door.mint()["value"])
    assert [device["name"] for device in walk(door)][-1] == name


def test_no_fleet_leaves_the_enterprise_empty(door: Door) -> None:
    assert door.ask("GET", "devices") == {}
    assert door.ask("GET", "policies") == {}
