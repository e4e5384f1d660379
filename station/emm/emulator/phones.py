"""What phones say to the emulator: `POST /phones/enroll`, `/phones/report` and `/phones/leave`. Not part of Google's API.

In reality Android Device Policy speaks to Google in private; here a simulated phone speaks plain JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .devices import Device, Devices, Phone
from .errors import Violation, invalid
from .policies import Policies
from .schema import Schemas
from .tokens import Tokens

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer", "format": "int32"}
_HARDWARE = ("brand", "manufacturer", "model", "serialNumber", "imei")
_SCHEMAS = Schemas(
    {
        "Enrollment": {
            "id": "Enrollment",
            "type": "object",
            "properties": {
                "token": _TEXT,
                "path": {"type": "string", "enum": ["setup_wizard", "settings"]},
                "androidVersion": _TEXT,
                "apiLevel": _NUMBER,
                "hardware": {"id": "Hardware", "type": "object", "properties": dict.fromkeys(_HARDWARE, _TEXT)},
            },
        },
        "Report": {
            "id": "Report",
            "type": "object",
            "properties": {
                "device": _TEXT,
                "phase": {"type": "string", "enum": ["applied", "status"]},
                "androidVersion": _TEXT,
                "apiLevel": _NUMBER,
            },
        },
        "Leaving": {"id": "Leaving", "type": "object", "properties": {"device": _TEXT}},
    }
)


def enroll(body: object, tokens: Tokens, devices: Devices, now: datetime) -> dict[str, Any]:
    """A phone redeems a token on its way through setup ("setup_wizard": company owned) or from its settings (personal).

    Answers the device's name, its state and what setup goes on with. Raises 400 for a malformed body or a combination that
    cannot be, 404, 409 or 400 for a token that is unknown, used or expired.
    """
    said = _read("Enrollment", body, ("token", "path", "androidVersion", "apiLevel", "hardware"))
    hardware: Mapping[str, str] = said["hardware"]
    if not hardware.get("serialNumber"):
        raise _missing("hardware.serialNumber")
    token = tokens.redeemable(said["token"], now)
    phone = Phone(said["androidVersion"], said["apiLevel"], hardware)
    device = devices.enroll(token, said["path"], phone, now)
    setup: dict[str, Any] = {
        "managementMode": device.management_mode,
        "ownership": device.ownership,
        "policyName": device.policy_name,
    }
    if "googleAuthenticationOptions" in token.settings:
        setup["googleAuthenticationOptions"] = dict(token.settings["googleAuthenticationOptions"])
    return {"device": device.name, "state": device.state, "setup": setup}


def report(body: object, devices: Devices, policies: Policies, now: datetime) -> dict[str, Any]:
    """A phone reports its state; phase "applied" says that it applied its policy, as the policy is now.

    A phone whose policy does not exist stays PROVISIONING. Raises 400 for a malformed body, 404 for an unknown device.
    """
    said = _read("Report", body, ("device", "phase"))
    device = devices.get(said["device"])
    device.reported = now
    device.android_version = said.get("androidVersion", device.android_version)
    device.api_level = said.get("apiLevel", device.api_level)
    if said["phase"] == "applied":
        _apply(device, policies, now)
    return {"device": device.name, "state": device.state}


def leave(body: object, devices: Devices) -> Device:
    """A phone is managed no more: its owner removed the work profile, or it was reset. The record that went.

    Raises 400 for a malformed body, 404 for an unknown device.
    """
    return devices.remove(_read("Leaving", body, ("device",))["device"])


def _apply(device: Device, policies: Policies, now: datetime) -> None:
    policy = policies.find(device.policy_name)
    if policy is not None:
        device.applied = policy
        device.synced = now


def _read(name: str, body: object, required: tuple[str, ...]) -> dict[str, Any]:
    said, violations = _SCHEMAS.read(name, body)
    if violations:
        raise invalid(*violations)
    for key in required:
        if key not in said:
            raise _missing(key)
    read: dict[str, Any] = said
    return read


def _missing(key: str) -> Exception:
    return invalid(Violation(key, f"The phone left out '{key}'."))
