"""Google's JSON records read into the station's own, liberally: what is missing or odd becomes empty, never an error.

Field names: Android Management API reference, enterprises.devices, enterprises.enrollmentTokens and enterprises.policies.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

from station.domain.evidence import Device
from station.domain.policy import ALLOW_PERSONAL_USAGE
from station.ports import PolicyVersion, Token, TokenOrder

# Partial responses (the `fields` system parameter) keep pages small, and keep the secret out of the answer to `create`.
DEVICE_FIELDS = (
    "name,enrollmentTokenName,enrollmentTokenData,managementMode,ownership,state,appliedState,policyName,appliedPolicyName,"
    "apiLevel,enrollmentTime,hardwareInfo(serialNumber,enterpriseSpecificId,model),networkInfo(imei),softwareInfo(androidVersion)"
)
DEVICE_PAGE_FIELDS = f"nextPageToken,devices({DEVICE_FIELDS})"
ORDERED_FIELDS = "name,expirationTimestamp"
CODE_FIELDS = "qrCode,value,expirationTimestamp"
TOKEN_PAGE_FIELDS = f"nextPageToken,enrollmentTokens({ORDERED_FIELDS})"  # without the secrets of other systems' tokens
POLICY_VERSION_FIELDS = "name,version"
POLICY_PAGE_FIELDS = f"nextPageToken,policies({POLICY_VERSION_FIELDS})"

# Opens Android Device Policy's work profile setup on a phone in use (Android Management API, "Provision devices", enrollment link).
ENROLLMENT_LINK = "https://enterprise.google.com/android/enroll?et="
LONGEST_REFERENCE = 1024  # characters of additionalData
SHORTEST_LIFETIME = 60  # seconds

_LONGEST_TEXT = 1024

# Android's platform versions by API level (Android reference, Build.VERSION_CODES). From 33 on it is the level less 20.
_ANDROID_OF_LEVEL = {
    21: "5.0", 22: "5.1", 23: "6.0", 24: "7.0", 25: "7.1", 26: "8.0", 27: "8.1", 28: "9", 29: "10", 30: "11", 31: "12", 32: "12",
}  # fmt: skip


def token_body(order: TokenOrder, policy_name: str) -> dict[str, object]:
    """What `enrollmentTokens.create` is sent. `policy_name` is the policy's full resource name."""
    return {
        "oneTimeOnly": order.uses == 1,
        "additionalData": order.reference,
        "allowPersonalUsage": ALLOW_PERSONAL_USAGE[order.mode],
        "policyName": policy_name,
        "duration": f"{order.lifetime}s",
    }


def device_of(record: object, *, simulated: bool) -> Device | None:
    """One device; None for a record without a name, which nothing could be attached to."""
    device = as_map(record)
    name = text(device.get("name"))
    if not name:
        return None
    hardware = as_map(device.get("hardwareInfo"))
    return Device(
        name=name,
        token=text(device.get("enrollmentTokenName")),
        reference=text(device.get("enrollmentTokenData")),
        management_mode=text(device.get("managementMode")),
        ownership=text(device.get("ownership")),
        state=text(device.get("state")),
        applied_state=text(device.get("appliedState")),
        policy=last_part(device.get("policyName")),
        applied_policy=last_part(device.get("appliedPolicyName")),
        serial=_serial(hardware),
        imei=text(as_map(device.get("networkInfo")).get("imei")),
        model=text(hardware.get("model")),
        android=_android(device),
        enrolled=timestamp(device.get("enrollmentTime")),
        simulated=simulated,
    )


def devices_of(answer: Mapping[str, object], *, simulated: bool) -> tuple[Device, ...]:
    """The devices of one page."""
    found = (device_of(record, simulated=simulated) for record in as_list(answer.get("devices")))
    return tuple(device for device in found if device is not None)


def tokens_of(answer: Mapping[str, object]) -> tuple[Token, ...]:
    """The tokens of one page that tell a name and when they expire."""
    records = [as_map(record) for record in as_list(answer.get("enrollmentTokens"))]
    found = ((text(record.get("name")), timestamp(record.get("expirationTimestamp"))) for record in records)
    return tuple(Token(name, expires) for name, expires in found if name and expires is not None)


def policy_version_of(record: object) -> PolicyVersion | None:
    """A policy's id and version; version 0 where the record tells none, None where it tells no name."""
    policy = as_map(record)
    ident = last_part(policy.get("name"))
    return PolicyVersion(ident, _number(policy.get("version")) or 0) if ident else None


def policy_versions_of(answer: Mapping[str, object]) -> tuple[PolicyVersion, ...]:
    """The policies of one page."""
    found = (policy_version_of(record) for record in as_list(answer.get("policies")))
    return tuple(policy for policy in found if policy is not None)


def next_page(answer: Mapping[str, object]) -> str:
    """The token of the page that follows; empty after the last one."""
    return text(answer.get("nextPageToken"), longest=None)


def as_map(value: object) -> Mapping[str, object]:
    """`value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """`value` if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object, longest: int | None = _LONGEST_TEXT) -> str:
    """A string's printable characters, cut to `longest`; empty for anything that is no string."""
    if not isinstance(value, str):
        return ""
    return "".join(letter for letter in value if letter.isprintable()).strip()[:longest]


def last_part(value: object) -> str:
    """`ID` of `enterprises/E/policies/ID`."""
    return text(value).rsplit("/", 1)[-1]


def timestamp(value: object) -> float | None:
    """Seconds since the epoch of an RFC 3339 time in UTC or with an offset; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.timestamp() if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _serial(hardware: Mapping[str, object]) -> str:
    # On personally-owned devices from Android 12 on, serialNumber repeats enterpriseSpecificId: no serial number of the box.
    serial, enterprise_id = text(hardware.get("serialNumber")), text(hardware.get("enterpriseSpecificId"))
    return "" if serial == enterprise_id else serial


def _android(device: Mapping[str, object]) -> str:
    """The version that softwareInfo tells where the policy asks for it, else the one that the API level stands for."""
    told = text(as_map(device.get("softwareInfo")).get("androidVersion"))
    if told[:1].isdigit():
        return told
    level = _number(device.get("apiLevel"))
    if level is None:
        return ""
    return str(level - 20) if level >= 33 else _ANDROID_OF_LEVEL.get(level, "")


def _number(value: object) -> int | None:
    """A whole number from a JSON number, or from a string as Google writes 64-bit numbers; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None
    return int(value) if math.isfinite(value) else None
