"""Device records: what the service knows of a phone that enrolled.

Source: Android Management API reference, enterprises.devices and "Provision devices". Fields at their default (false, empty)
are left out, as Google's JSON leaves them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Literal

from .errors import ApiError, not_found
from .policies import Policy
from .seeded import Seeded
from .tokens import EnrollmentToken
from .wellknown import format_timestamp

Path = Literal["setup_wizard", "settings"]
SERIAL_HIDDEN_FROM = 31  # Android 12: personally owned work profiles report an id of the enterprise's own instead

# (path, allowPersonalUsage) -> (managementMode, ownership); what is not here is refused
OUTCOMES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("setup_wizard", "PERSONAL_USAGE_ALLOWED"): ("PROFILE_OWNER", "COMPANY_OWNED"),
    ("setup_wizard", "PERSONAL_USAGE_DISALLOWED"): ("DEVICE_OWNER", "COMPANY_OWNED"),
    ("setup_wizard", "PERSONAL_USAGE_DISALLOWED_USERLESS"): ("DEVICE_OWNER", "COMPANY_OWNED"),
    ("settings", "PERSONAL_USAGE_ALLOWED"): ("PROFILE_OWNER", "PERSONALLY_OWNED"),
}


@dataclass(frozen=True, slots=True)
class Phone:
    """What a phone says of itself. hardware: brand, manufacturer, model, serialNumber and, where it has one, imei."""

    android_version: str
    api_level: int
    hardware: Mapping[str, str]


@dataclass(slots=True)
class Device:
    """One record. `applied` is the policy as the phone last applied it, None while it is being provisioned."""

    number: int
    name: str
    user_name: str
    token_name: str
    token_data: str
    policy_name: str
    management_mode: str
    ownership: str
    hardware: Mapping[str, str]
    imei: str
    android_version: str
    api_level: int
    enrolled: datetime
    reported: datetime
    previous: Sequence[str] = ()
    applied: Policy | None = field(default=None, repr=False)
    synced: datetime | None = None

    @property
    def state(self) -> str:
        """PROVISIONING until a policy is applied, then ACTIVE."""
        return "ACTIVE" if self.applied else "PROVISIONING"

    @property
    def reports_hardware_ids(self) -> bool:
        return self.ownership == "COMPANY_OWNED" or self.api_level < SERIAL_HIDDEN_FROM

    def resource(self) -> dict[str, Any]:
        """The Device as the API returns it."""
        record: dict[str, Any] = {
            "name": self.name,
            "userName": self.user_name,
            "managementMode": self.management_mode,
            "ownership": self.ownership,
            "state": self.state,
            "appliedState": self.state,
            "policyName": self.policy_name,
            "enrollmentTime": format_timestamp(self.enrolled),
            "lastStatusReportTime": format_timestamp(self.reported),
            "enrollmentTokenName": self.token_name,
            "hardwareInfo": dict(self.hardware),
            "apiLevel": self.api_level,
        }
        if self.token_data:
            record["enrollmentTokenData"] = self.token_data
        if self.previous:
            record["previousDeviceNames"] = list(self.previous)
        return record | self._applied_fields()

    def _applied_fields(self) -> dict[str, Any]:
        policy = self.applied
        if policy is None:
            return {}
        fields: dict[str, Any] = {
            "appliedPolicyName": policy.name,
            "appliedPolicyVersion": str(policy.version),
            "policyCompliant": True,
        }
        if self.synced:
            fields["lastPolicySyncTime"] = format_timestamp(self.synced)
        if policy.reports("softwareInfoEnabled"):
            fields["softwareInfo"] = {"androidVersion": self.android_version}
        if policy.reports("networkInfoEnabled") and self.imei and self.reports_hardware_ids:
            fields["networkInfo"] = {"imei": self.imei}
        return fields


class Devices:
    """All device records, in the order of enrollment. Only a phone itself can make its record go."""

    def __init__(self, enterprise: str, seeded: Seeded) -> None:
        self._enterprise = enterprise
        self._seeded = seeded
        self._devices: list[Device] = []
        self._by_name: dict[str, Device] = {}
        self._names_by_serial: dict[str, list[str]] = {}
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._devices)

    def all(self) -> Sequence[Device]:
        return self._devices

    def get(self, name: str) -> Device:
        """Raises 404 for an unknown name."""
        device = self._by_name.get(name)
        if device is None:
            raise not_found()
        return device

    def enroll(self, token: EnrollmentToken, path: str, phone: Phone, now: datetime) -> Device:
        """A new record, PROVISIONING, for a token that may be redeemed; counts the token's use.

        Raises 400 FAILED_PRECONDITION when this path cannot lead to what the token allows; the token stays unused then.
        """
        outcome = OUTCOMES.get((path, token.personal_usage))
        if outcome is None:
            raise ApiError(
                400,
                f"A token with {token.personal_usage} cannot enroll a personally owned device.",
                status="FAILED_PRECONDITION",
            )
        data: str = token.settings.get("additionalData", "")
        device = self.add(outcome, token.name, data, token.policy_name, phone, now)
        token.used += 1
        return device

    def add(
        self,
        outcome: tuple[str, str],
        token_name: str,
        token_data: str,
        policy_name: str,
        phone: Phone,
        now: datetime,
    ) -> Device:
        """A new record without a look at any token."""
        number = next(self._numbers)
        management_mode, ownership = outcome
        hardware = {key: value for key, value in phone.hardware.items() if key != "imei"}
        if ownership == "PERSONALLY_OWNED" and phone.api_level >= SERIAL_HIDDEN_FROM:
            own_id = self._enterprise_specific_id(hardware["serialNumber"])
            hardware |= {"serialNumber": own_id, "enterpriseSpecificId": own_id}
        names = self._names_by_serial.setdefault(hardware["serialNumber"], [])
        device = Device(
            number=number,
            name=f"{self._enterprise}/devices/{self._seeded.hexadecimal(16, 'device', number)}",
            user_name=f"{self._enterprise}/users/{self._seeded.digits(17, 'user', number)}",
            token_name=token_name,
            token_data=token_data,
            policy_name=policy_name,
            management_mode=management_mode,
            ownership=ownership,
            hardware=hardware,
            imei=phone.hardware.get("imei", ""),
            android_version=phone.android_version,
            api_level=phone.api_level,
            enrolled=now,
            reported=now,
            previous=tuple(names),
        )
        names.append(device.name)
        self._devices.append(device)
        self._by_name[device.name] = device
        return device

    def remove(self, name: str) -> Device:
        """The record is gone; what it last was. Raises 404 for an unknown name."""
        device = self.get(name)
        self._devices.remove(device)
        del self._by_name[name]
        return device

    def _enterprise_specific_id(self, serial: str) -> str:
        """The same for every enrollment of one phone in this enterprise; tells nothing of its serial number."""
        text = self._seeded.letters(16, "enterprise specific id", serial).upper()
        return "-".join(text[start : start + 4] for start in range(0, 16, 4))
