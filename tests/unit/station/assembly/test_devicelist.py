"""A console's device list: its columns, its dates, whose each row is."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from station.assembly.exported.devicelist import Dates, DeviceList, read_devices
from station.domain.called import People, Person
from station.domain.errors import BadRoster
from station.domain.policy import Mode

ANNA = Person("u_1", "Anna Meier", "anna@example.org", "881")
BEN, OTHER_BEN = Person("u_2", "Ben Otto", "ben@example.org"), Person("u_3", "Ben Otto", "ben.otto@example.org")
PEOPLE = People([ANNA, BEN, OTHER_BEN])
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC).timestamp()


def read(header: str, *rows: str) -> DeviceList:
    return read_devices([(at, line.split("|")) for at, line in enumerate((header, *rows), 1)], PEOPLE, Dates(NOW, UTC))


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "Name|Serial number|IMEI|Model|OS version|Enrolment date|Enrolment type|User",
            "Tab 4|S1|35|A55|Android 14|{}|WPCO|Anna Meier",
        ),
        ("N° de série|imei|Modèle|Version Android|Date d'enrôlement|Type d'enrôlement|Utilisateur", "S1|35|A55|14|{}|cope|Meier Anna"),
        ("id|serial_number|imei|model|os_version|enrollment_timestamp|enrollment_type|user_id", '9|S1|35|A55|14|{}|WPCO|="881"'),
        ("User e-mail|Serial|IMEI|Device model|Android version|Enrolled at|Mode|Comment", "ANNA@example.org|S1|35|A55|14|{}|wpco|x"),
    ],
)
def test_lists_of_several_consoles_are_understood(header: str, row: str) -> None:
    found = read(header.replace("User e-mail", "User email"), row.format("2026-11-22T17:30:00Z"), "")
    assert (found.others, found.problems, found.timed) == (0, [], True)
    [one] = found.devices
    assert (one.person, one.serial, one.imei, one.model, one.android, one.mode) == (ANNA, "S1", "35", "A55", "14", Mode.WPCO)
    assert one.enrolled == NOW - 1800
    assert one.ident in {"S1", "9"}


def test_rows_of_people_who_are_not_in_the_roster_are_counted_only() -> None:
    found = read("user|serial", "Carla|S1", "|S2", "anna@example.org|S3")
    assert (found.others, [one.serial for one in found.devices], found.timed) == (2, ["S3"], False)


def test_a_name_that_two_users_have_is_a_bad_row_and_their_e_mail_decides() -> None:
    found = read("user|email|serial", "Ben Otto||S1", "Ben Otto|ben@example.org|S2")
    assert [str(problem) for problem in found.problems] == [
        "line 2, column user: 'Ben Otto': may be Ben Otto <ben@example.org> or Ben Otto <ben.otto@example.org>"
    ]
    assert [one.person for one in found.devices] == [BEN]


@pytest.mark.parametrize("word", ["Work profile", "work_profile", "", "supervised"])
def test_a_mode_that_the_word_does_not_tell_is_not_guessed(word: str) -> None:
    assert read("user|mode", f"anna@example.org|{word}").devices[0].mode is None


def test_devices_without_a_number_of_their_own_are_told_apart() -> None:
    found = read("user|model", "anna@example.org|A55", "anna@example.org|A55", "anna@example.org|" + "x" * 200)
    assert len({one.ident for one in found.devices}) == 3
    assert len(found.devices[2].model) == 80


def test_a_list_without_users_is_refused() -> None:
    with pytest.raises(BadRoster, match="No column of the list names users"):
        read("serial|model", "S1|A55")


# --- dates -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T17:30:15Z", "2026-11-22T17:30:15Z"),
        ("2026-11-22 17:30:15", "2026-11-22T17:30:15Z"),
        ("2026-11-22T18:30:15+01:00", "2026-11-22T17:30:15Z"),
        ("22/11/2026 17:30:15", "2026-11-22T17:30:15Z"),
        ("22-11-2026 17:30:15", "2026-11-22T17:30:15Z"),
        ("22.11.2026, 17:30", "2026-11-22T17:30:59Z"),  # lists without seconds round down
        ("3/4/2026 8:05", "2026-04-03T08:05:59Z"),
        ("04/22/2026 08:05", "2026-04-22T08:05:59Z"),
        ("2026-04-03", "2026-04-03T23:59:59Z"),
        ("22/11/2026", "2026-11-22T18:00:00Z"),  # not a time to come
        ("1795366215", "2026-11-22T16:50:15Z"),
        ("1795366215000", "2026-11-22T16:50:15Z"),
    ],
)
def test_dates_of_every_form_are_read(text: str, moment: str) -> None:
    assert Dates(NOW, UTC).read(text) == datetime.fromisoformat(moment).timestamp()


def test_zone_and_order_are_as_a_person_said() -> None:
    assert (
        Dates(NOW, ZoneInfo("Europe/Paris")).read("22/11/2026 17:30:15") == datetime(2026, 11, 22, 16, 30, 15, tzinfo=UTC).timestamp()
    )
    assert Dates(NOW, UTC, month_first=True).read("3/4/2026 8:05:00") == datetime(2026, 3, 4, 8, 5, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("text", ["yesterday", "31/02/2026", "2026-13-01", "99/99/9999 1:2", "12", "22/11/26"])
def test_what_is_no_date_is_a_bad_row(text: str) -> None:
    [problem] = read("user|enrolled", f"anna@example.org|{text}").problems
    assert (problem.line, problem.reason) == (2, "is no date")
