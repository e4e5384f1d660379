from datetime import UTC, datetime, timedelta, timezone

import pytest

from station.emm.emulator import wellknown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("900s", timedelta(minutes=15)),
        ("0s", timedelta()),
        ("1.5s", timedelta(seconds=1.5)),
        ("-0.5s", timedelta(seconds=-0.5)),
        ("0.000000001s", timedelta()),
    ],
)
def test_reads_durations(text: str, expected: timedelta) -> None:
    assert wellknown.parse_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("900", "must end with 's'"),
        ("15m", "must end with 's'"),
        ("", "must end with 's'"),
        ("s", "failed to parse seconds"),
        ("1e3s", "failed to parse seconds"),
        ("٣s", "failed to parse seconds"),
        ("1.s", "failed to parse seconds"),
        ("315576000001s", "exceeds limits"),
    ],
)
def test_refuses_other_texts_as_durations(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wellknown.parse_duration(text)


@pytest.mark.parametrize("text", ["3600s", "0.500s", "-1.250s", "0.000001s", "315576000000s"])
def test_writes_durations_that_read_back(text: str) -> None:
    assert wellknown.format_duration(wellknown.parse_duration(text)) == text


def test_writes_timestamps_in_utc_with_z() -> None:
    moment = datetime(2026, 3, 2, 9, 0, 1, tzinfo=timezone(timedelta(hours=1)))
    assert wellknown.format_timestamp(moment) == "2026-03-02T08:00:01Z"
    assert wellknown.format_timestamp(moment.replace(microsecond=5000)) == "2026-03-02T08:00:01.005Z"
    assert wellknown.format_timestamp(moment.replace(microsecond=5)) == "2026-03-02T08:00:01.000005Z"
    assert wellknown.format_timestamp(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00Z"


@pytest.mark.parametrize("text", ["2026-03-02", "2026-03-02T08:00:00", "2026-13-02T08:00:00Z", "yesterday"])
def test_refuses_other_texts_as_timestamps(text: str) -> None:
    with pytest.raises(ValueError, match=r"timestamp|month"):
        wellknown.check_timestamp(text)


def test_takes_timestamps_with_an_offset() -> None:
    wellknown.check_timestamp("2026-03-02T08:00:00.123456789+01:00")


def test_reads_field_masks() -> None:
    assert wellknown.parse_field_mask("a,bC.dE") == (("a",), ("bC", "dE"))
    assert wellknown.parse_field_mask("") == ()


@pytest.mark.parametrize("text", ["a b", "a..b", "A", "a[0]", "a/b", "*"])
def test_refuses_other_texts_as_field_masks(text: str) -> None:
    with pytest.raises(ValueError, match="Illegal field mask path"):
        wellknown.parse_field_mask(text)
