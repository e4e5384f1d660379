"""A console's device list, exported as a table: which column is what, whose each row is, and when that device enrolled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from station.domain.called import People, Person
from station.domain.columns import bare, fold
from station.domain.errors import BadRoster
from station.domain.policy import Mode
from station.domain.roster import RowProblem
from station.domain.rosterrows import Cells

# How consoles head these columns, in letters and digits alone (see station.domain.columns.fold).
HEADERS: Mapping[str, str] = {
    "email": "email mail useremail emailaddress useremailaddress owneremail courriel adresseemail emailutilisateur adressemail",
    "account": "userid accountid useridentifier idutilisateur",
    "user": "user username owner assignedto assigneduser utilisateur nomutilisateur nomdutilisateur nomdelutilisateur fullname",
    "name": "name nom",
    "ident": "id deviceid deviceidentifier enrollmentid idappareil",
    "serial": "serial serialnumber serialno sn numerodeserie numeroserie nodeserie nserie ndeserie",
    "imei": "imei imei1 imeinumber imeimeid numeroimei",
    "model": "model devicemodel modelname modele modeleappareil appareil device",
    "android": "android androidversion osversion os version versionandroid versiondandroid systemversion versionos",
    "enrolled": "enrolled enrolledat enrollmentdate enrolleddate enrollmenttime enrollmenttimestamp enrolmentdate dateenrolled"
    " registered registrationdate addedon createdat dateenrolement datedenrolement dateenrollement datedinscription enrolele",
    "mode": "mode managementmode enrollmenttype enrollmentmode enrolmenttype type modedegestion typedenrolement modedenrolement",
}  # fmt: skip
WHO = ("email", "account", "user", "name")
_FIELD_OF = {word: name for name, words in HEADERS.items() for word in (name, *words.split())}
# A plain "work profile" may be a company-owned phone's or a personal one's: then the list does not tell the mode.
_MODES: Mapping[str, Mode] = {
    **dict.fromkeys(("fullymanaged", "cobo", "deviceowner", "entierementgere", "workmanageddevice"), Mode.FULLY_MANAGED),
    **dict.fromkeys(("dedicated", "cosu", "kiosk", "kiosque", "dedie"), Mode.DEDICATED),
    **dict.fromkeys(("wpco", "cope", "workprofileoncompanyowneddevice", "companyownedworkprofile"), Mode.WPCO),
    **dict.fromkeys(("byod", "personallyowned", "personallyownedworkprofile"), Mode.WORK_PROFILE),
}
_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?")
_CLOCK = re.compile(r"\d:\d\d(:\d\d)?")
MILLISECONDS_FROM = 1e11  # as seconds this is the year 5138
EPOCH_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """One device of a user of the roster. `enrolled` in seconds since the epoch; None where the list has no such column."""

    person: Person
    ident: str
    serial: str = ""
    imei: str = ""
    model: str = ""
    android: str = ""
    mode: Mode | None = None
    enrolled: float | None = None


@dataclass(slots=True)
class DeviceList:
    """What was read: `others` counts rows of people who are not in the roster, `timed` tells of a column for the enrollment."""

    devices: list[Listed] = field(default_factory=list)
    others: int = 0
    timed: bool = False
    problems: list[RowProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dates:
    """How the list's dates are meant: `zone` where none is written (None: this machine's), and 03/04 as the 4th of March or not."""

    now: float
    zone: tzinfo | None = None
    month_first: bool = False

    def read(self, text: str) -> float | None:
        """The last moment that this text can mean, but not one to come: lists round down, to minutes or days. None: no date."""
        if text.isascii() and text.isdigit() and len(text) >= EPOCH_DIGITS:
            number = float(text)
            return number / 1000 if number >= MILLISECONDS_FROM else number
        found = _DATE.fullmatch(text)
        try:
            moment = self._from_parts(found) if found else datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
            clock = _CLOCK.search(text)
            exact = 0 if clock and clock[1] else 59 if clock else 86_399
            return min((moment + timedelta(seconds=exact)).timestamp(), max(self.now, moment.timestamp()))
        except (ValueError, OverflowError):
            return None

    def _from_parts(self, found: re.Match[str]) -> datetime:
        first, second, year, hour, minute, seconds = (int(part or 0) for part in found.groups())
        month_first = (self.month_first and first <= 12) or second > 12
        day, month = (second, first) if month_first else (first, second)
        return datetime(year, month, day, hour, minute, seconds)  # noqa: DTZ001 - the zone is added by the caller


def read_devices(rows: Iterable[Cells], people: People, dates: Dates) -> DeviceList:
    """The list's rows that are about users of the roster. BadRoster when no column names users."""
    table = iter(rows)
    line, header = next(table, (1, ()))
    fields: dict[str, int] = {}
    for place, cell in enumerate(header):
        fields.setdefault(_FIELD_OF.get(fold(cell), ""), place)
    if not set(WHO) & set(fields):
        there = ", ".join(cell for cell in header if cell)[:300]
        raise BadRoster(f"No column of the list names users (line {line}: {there}).", "Export it with the user or the e-mail.")
    found = DeviceList(timed="enrolled" in fields)
    seen: Counter[str] = Counter()
    for line, cells in table:
        said = {name: bare(cells[place]) for name, place in fields.items() if place < len(cells)}
        if any(said.values()):
            _take(found, line, said, people, dates, seen)
    return found


def _take(found: DeviceList, line: int, said: Mapping[str, str], people: People, dates: Dates, seen: Counter[str]) -> None:
    column, persons = next(((name, known) for name in WHO if (known := people.exactly(said.get(name, "")))), ("", ()))
    if not persons:
        found.others += 1
        return
    if len(persons) > 1:
        found.problems.append(RowProblem(line, column, said[column][:80], f"may be {' or '.join(map(str, persons[:4]))}"))
        return
    written = said.get("enrolled", "")
    enrolled = dates.read(written) if written else None
    if found.timed and enrolled is None:
        found.problems.append(RowProblem(line, "enrolled", written[:80], "is no date"))
        return
    told = {name: said.get(name, "")[:80] for name in ("serial", "imei", "model", "android")}
    told["android"] = re.sub(r"(?i)^android\s*", "", told["android"])[:40]
    ident = _ident(said, persons[0], enrolled)
    seen[ident] += 1
    ident = ident if seen[ident] == 1 else f"{ident[:70]}-{seen[ident]}"
    found.devices.append(Listed(persons[0], ident, mode=_MODES.get(fold(said.get("mode", ""))), enrolled=enrolled, **told))


def _ident(said: Mapping[str, str], person: Person, enrolled: float | None) -> str:
    """What the device is called here: by anything that no other has."""
    own = next((said[name] for name in ("ident", "serial", "imei") if said.get(name)), f"{person.id}-{int(enrolled or 0)}")
    return re.sub(r"[^A-Za-z0-9._-]", "-", own)[:80]
