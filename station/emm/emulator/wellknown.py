"""The JSON forms of protobuf's well-known types: Duration ("900s"), Timestamp (RFC 3339) and FieldMask ("a,b.c")."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

LONGEST_DURATION = 315_576_000_000  # seconds; about 10,000 years: google/protobuf/duration.proto
LAST_TIMESTAMP = datetime.max.replace(tzinfo=UTC)
_DURATION = re.compile(r"(-?\d{1,18})(?:\.(\d{1,9}))?s", re.ASCII)
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_MASK_PATH = re.compile(r"[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*")


def parse_duration(text: str) -> timedelta:
    """A Duration's JSON form; beyond microseconds it is cut. Raises ValueError with Google's wording."""
    if not text.endswith("s"):
        raise ValueError("Illegal duration format; duration must end with 's'")
    match = _DURATION.fullmatch(text)
    if not match:
        raise ValueError("Invalid duration format, failed to parse seconds")
    seconds, fraction = int(match[1]), match[2] or ""
    if abs(seconds) > LONGEST_DURATION:
        raise ValueError("Duration value exceeds limits")
    micros = int(fraction.ljust(6, "0")[:6])
    return timedelta(seconds=seconds, microseconds=-micros if text.startswith("-") else micros)


def check_timestamp(text: str) -> None:
    """Raise ValueError with Google's wording unless `text` is a Timestamp's JSON form."""
    if not _TIMESTAMP.fullmatch(text):
        raise ValueError("Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.")
    datetime.fromisoformat(text.upper())


def format_duration(value: timedelta) -> str:
    """ "3600s", "0.500s": no fraction, or 3 or 6 digits."""
    micros = value // timedelta(microseconds=1)
    return f"{'-' if micros < 0 else ''}{abs(micros) // 1_000_000}{_fraction(abs(micros) % 1_000_000)}s"


def format_timestamp(value: datetime) -> str:
    """RFC 3339 in UTC with "Z", no fraction, or 3 or 6 digits. `value` must be aware."""
    moment = value.astimezone(UTC)
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}{_fraction(moment.microsecond)}Z"


def _fraction(micros: int) -> str:
    if micros == 0:
        return ""
    return f".{micros // 1000:03d}" if micros % 1000 == 0 else f".{micros:06d}"


def parse_field_mask(text: str) -> tuple[tuple[str, ...], ...]:
    """ "a,b.c" -> (("a",), ("b", "c")), lower camel case. Raises ValueError for anything else."""
    paths = [path for path in text.split(",") if path]
    for path in paths:
        if not _MASK_PATH.fullmatch(path):
            raise ValueError(f"Illegal field mask path '{path}'")
    return tuple(tuple(path.split(".")) for path in paths)
