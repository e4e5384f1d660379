"""Device records: what the account lists of a phone that enrolled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from . import invented
from .people import Code, People, Quirks, User
from .refusals import Refusal

# (path, WPCO) -> enrollment_type; what is not here is refused
OUTCOMES: Mapping[tuple[str, bool], str] = {
    ("setup_wizard", True): invented.WPCO_TYPE,
    ("setup_wizard", False): invented.FULLY_MANAGED_TYPE,
    ("settings", True): invented.PERSONAL_TYPE,
}


@dataclass(slots=True)
class Device:
    """One record. `synced` is None until the phone first came back after its enrollment."""

    id: str
    user: str
    group: str
    policy: str
    kind: str
    android: str
    hardware: Mapping[str, str] = field(repr=False)
    enrolled: datetime
    synced: datetime | None = None

    def record(self, quirks: Quirks) -> dict[str, Any]:
        """As the API writes it. Only of a fully managed phone does anybody learn the numbers on its box."""
        open_ = self.kind == invented.FULLY_MANAGED_TYPE
        return {
            "id": quirks.ident(self.id),
            "name": f"{self.hardware.get('manufacturer', '')} {self.hardware.get('model', '')}".strip(),
            "nickname": "",
            "enrollment_type": self.kind,
            "manufacturer": self.hardware.get("manufacturer", ""),
            "os_version": quirks.version(self.android),
            "serial_number": self.hardware.get("serialNumber") if open_ else None,
            "imei": self.hardware.get("imei", "") if open_ else "",
            "enrollment_timestamp": quirks.date(self.enrolled),
            "last_sync_timestamp": quirks.date(self.synced),
            "lock_acknowledge_time": "" if quirks.empty_numbers else None,
            "tinymdm_app_version": quirks.version("6.2"),
            "user_id": quirks.ident(self.user),
            "group_id": quirks.ident(self.group) or None,
            "policy_id": quirks.ident(self.policy) or None,
            "transfer_status": "",
        }


class Devices:
    """All records, in the order of enrollment. `licences`: how many there may be."""

    def __init__(self, people: People, licences: int) -> None:
        self._people = people
        self.licences = licences
        self.all: dict[str, Device] = {}
        self._held: Counter[str] = Counter()

    def enroll(self, code: Code, path: str, android: str, hardware: Mapping[str, str], now: datetime) -> Device:
        """A phone that read this code. The code stays good for others. Raises 400, 402, 409."""
        kind = OUTCOMES.get((path, code.wpco))
        if kind is None:
            raise Refusal(400, "This code cannot enroll a personally owned device.")
        if len(self.all) >= self.licences:
            raise Refusal(402, "No licence left")
        people = self._people
        if code.group:
            group = people.group(code.owner)
            # work profiles do not tell the numbers on the box: the date stands in
            label = hardware.get("serialNumber", "") if kind == invented.FULLY_MANAGED_TYPE else now.strftime("%Y-%m-%d")
            user = people.generic(group, label)
        else:
            user = people.user(code.owner)
        return self.add(user, kind, android, hardware, now)

    def add(self, user: User, kind: str, android: str, hardware: Mapping[str, str], now: datetime) -> Device:
        """A record for this user. Raises 409 when they have as many devices as one may have."""
        if self._held[user.id] >= invented.DEVICES_EACH:
            raise Refusal(409, "This user has too many devices")
        self._held[user.id] += 1
        ident = str(500_000 + len(self.all) + 1)
        device = Device(ident, user.id, user.group, self._people.policy_of(user), kind, android, dict(hardware), now)
        self.all[ident] = device
        return device

    def get(self, ident: str) -> Device:
        """Raises 400 for what is no device's id, 404."""
        if not ident.isdigit():
            raise Refusal(400, "Invalid device id")
        if ident not in self.all:
            raise Refusal(404, "Device not found")
        return self.all[ident]

    def applied(self, device: Device, now: datetime) -> None:
        """The phone applied its policy and came back to say so; without a policy there is nothing that it could apply."""
        if device.policy:
            device.synced = now
