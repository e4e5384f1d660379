"""TinyMDM's JSON records read into the station's own, liberally: what is missing or odd becomes empty, never an error.

Field names and their oddities are those that programs which call the API met: dates as epoch, ISO or DD-MM-YYYY HH:MM:SS, whole
numbers as "", versions as text or number. See docs/tinymdm.md for what is known and what is guessed.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from station.domain.evidence import Device
from station.domain.policy import EXPECTED_RECORD, Mode
from station.emm.amapi.records import as_list, as_map, text

# What `enrollment_type` tells by itself. A work profile's owner is not told by it: a company-owned one may be called the same.
KNOWN_TYPES: Mapping[str, tuple[str, str]] = {
    "fully_managed": ("DEVICE_OWNER", "COMPANY_OWNED"),
    "work_profile": ("PROFILE_OWNER", ""),
}
MILLISECONDS_FROM = 1e11  # as seconds this is the year 5138
_ID = re.compile(r"[A-Za-z0-9._~=-]{1,128}")
_DAY_FIRST = "%d-%m-%Y %H:%M:%S"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reader:
    """How this account's records are read.

    policies: our policy's name -> TinyMDM's id. types: `enrollment_type` -> mode, beyond KNOWN_TYPES. zone: of dates without one.
    """

    policies: Mapping[str, str]
    types: Mapping[str, Mode]
    zone: tzinfo
    simulated: bool
    _unknown: set[str] = field(default_factory=set)

    def device(self, record: object) -> tuple[Device, str, str] | None:
        """A device, and the ids of its user and its group; None for a record without an id. `token` stays empty here."""
        found = as_map(record)
        name = ident(found.get("id"))
        if not name:
            return None
        mode, ownership = self._mode(found.get("enrollment_type"))
        enrolled = moment(found.get("enrollment_timestamp"), self.zone)
        synced = moment(found.get("last_sync_timestamp"), self.zone)
        applied = enrolled is not None and synced is not None and synced > enrolled
        policy = self.policy_name(ident(found.get("policy_id")))
        device = Device(
            name=f"devices/{name}",
            management_mode=mode,
            ownership=ownership,
            applied_state="ACTIVE" if applied else "PROVISIONING",
            policy=policy,
            applied_policy=policy if applied else "",
            serial=text(found.get("serial_number")),
            imei=text(found.get("imei")),
            model=text(found.get("model")),
            android=version(found.get("os_version")),
            enrolled=enrolled,
            simulated=self.simulated,
        )
        return device, ident(found.get("user_id")), ident(found.get("group_id"))

    def policy_id(self, name: str) -> str:
        """TinyMDM's id of one of our policies."""
        return self.policies.get(name, name)

    def policy_name(self, known: str) -> str:
        """Our name of a policy of TinyMDM's."""
        return next((name for name, own in self.policies.items() if own == known), known)

    def _mode(self, kind: object) -> tuple[str, str]:
        """Management mode and ownership; empty where TinyMDM's word for it is not known here: never a guess."""
        word = text(kind, 60)
        if word in self.types:
            return EXPECTED_RECORD[self.types[word]]
        if word in KNOWN_TYPES:
            return KNOWN_TYPES[word]
        if word and word not in self._unknown:
            self._unknown.add(word)
            _log.warning("TinyMDM reports the enrollment type %r: say under [emm.enrollment_types] which mode that is.", word)
        return "", ""


def results(page: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The records of one page."""
    return [as_map(record) for record in as_list(page.get("results"))]


def ident(value: object) -> str:
    """An id, given as text or as a number; empty for anything that could be no part of an address."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) and value not in {".", ".."} else ""


def number(value: object) -> int | None:
    """A whole number from a number or a text; None for "" and anything else."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 20:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value)


def version(value: object) -> str:
    """A version, given as text or as a number: 14 and 14.0 are both "14"."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return f"{value:g}"
    return text(value, 40)


def moment(value: object, zone: tzinfo) -> float | None:
    """Seconds since the epoch of a date in any of the forms that were met; None for anything else."""
    if isinstance(value, str):
        return _moment(value.strip(), zone)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        return None
    return value / 1000 if value >= MILLISECONDS_FROM else float(value)


def _moment(written: str, zone: tzinfo) -> float | None:
    if written.isascii() and written.isdigit() and len(written) < 20:
        return moment(int(written), zone)
    for read in (datetime.fromisoformat, lambda text: datetime.strptime(text, _DAY_FIRST)):  # noqa: DTZ007 - the zone is added below
        try:
            found = read(written)
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC).timestamp()
        except (ValueError, OverflowError):
            continue
    return None
