"""Records read liberally: every form that was met, and nothing from what cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from station.domain.policy import Mode
from station.emm.tinymdm.calling import next_query
from station.emm.tinymdm.records import Reader, ident, moment, number, version

PARIS = ZoneInfo("Europe/Paris")
AT = datetime(2026, 5, 26, 12, 31, 57, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("written", "zone", "read"),
    [
        (AT, UTC, AT),
        (int(AT), PARIS, AT),
        (str(int(AT)), PARIS, AT),
        (int(AT * 1000), UTC, AT),
        ("2026-05-26T12:31:57Z", PARIS, AT),
        ("2026-05-26T14:31:57+02:00", UTC, AT),
        ("2026-05-26 12:31:57", UTC, AT),
        ("2026-05-26 14:31:57", PARIS, AT),
        ("26-05-2026 12:31:57", UTC, AT),
        ("26-05-2026 14:31:57", PARIS, AT),
    ],
)
def test_a_date_is_read_in_every_form(written: object, zone: ZoneInfo, read: float) -> None:
    assert moment(written, zone) == read


@pytest.mark.parametrize("odd", [None, "", 0, -5, True, "soon", "31-02-2026 00:00:00", [], {}, float("nan"), float("inf"), "9" * 30])
def test_what_is_no_date_is_none(odd: object) -> None:
    assert moment(odd, UTC) is None


@pytest.mark.parametrize(("written", "read"), [("14", "14"), (14, "14"), (14.0, "14"), (7.1, "7.1"), (None, ""), (True, ""), ("", "")])
def test_a_version_is_text_or_number(written: object, read: str) -> None:
    assert version(written) == read


@pytest.mark.parametrize(("written", "read"), [("", None), ("40", 40), (40.0, 40), (None, None), (True, None), ("many", None)])
def test_a_number_may_be_an_empty_text(written: object, read: int | None) -> None:
    assert number(written) == read


@pytest.mark.parametrize(("written", "read"), [(17, "17"), ("a-1", "a-1"), ("../x", ""), ("", ""), (None, ""), ("..", ""), (True, "")])
def test_an_id_is_a_part_of_an_address_or_nothing(written: object, read: str) -> None:
    assert ident(written) == read


@pytest.mark.parametrize("record", [None, [], {}, {"id": ""}, {"id": None, "user_id": 1}, {"id": "a/b"}, "x"])
def test_a_record_without_an_id_is_none(record: object) -> None:
    assert Reader({}, {}, UTC, simulated=False).device(record) is None


def test_a_record_full_of_nonsense_is_a_device_that_tells_nothing() -> None:
    fields = ("enrollment_type", "os_version", "serial_number", "imei", "enrollment_timestamp", "user_id")
    found = Reader({}, {}, UTC, simulated=False).device({"id": 5, **{name: ["odd"] for name in fields}})
    assert found is not None
    device, user, group = found
    assert (device.name, device.token, user, group) == ("devices/5", "", "", "")
    assert (device.management_mode, device.android, device.serial, device.enrolled) == ("", "", "", None)
    assert device.applied_state == "PROVISIONING"


def test_a_work_profiles_owner_is_not_guessed_unless_somebody_says_it() -> None:
    record = {"id": "1", "enrollment_type": "work_profile"}
    bare = Reader({}, {}, UTC, simulated=False).device(record)
    told = Reader({}, {"work_profile": Mode.WORK_PROFILE}, UTC, simulated=False).device(record)
    assert bare is not None
    assert told is not None
    assert (bare[0].management_mode, bare[0].ownership) == ("PROFILE_OWNER", "")
    assert (told[0].management_mode, told[0].ownership) == ("PROFILE_OWNER", "PERSONALLY_OWNED")


@pytest.mark.parametrize(
    ("following", "query"),
    [
        (None, {}),
        ("", {}),
        (False, {}),
        ("https://elsewhere.example/steal", {}),
        ("https://elsewhere.example/api/v1/devices?per_page=10&page=2", {"per_page": "10", "page": "2"}),
        ("/api/v1/devices?page=3", {"per_page": "1000", "page": "3"}),
        (2, {"per_page": "1000", "page": "2"}),
        ("4", {"per_page": "1000", "page": "4"}),
    ],
)
def test_of_the_next_pages_address_only_the_query_counts(following: object, query: dict[str, str]) -> None:
    assert next_query(following, {"per_page": "1000"}) == query
