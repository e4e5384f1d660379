"""A fleet that was enrolled before: devices from a seed, so that paging and polling meet a real number of records."""

from __future__ import annotations

from datetime import datetime, timedelta

from .devices import Devices, Phone
from .policies import Policies
from .seeded import Seeded

POLICY_ID = "fleet"
SPREAD = timedelta(days=400)  # enrollments lie this far back
_REPORTING = {"statusReportingSettings": {"softwareInfoEnabled": True, "networkInfoEnabled": True}}
_MODELS = (
    ("google", "Google", "Pixel 8a", "14", 34),
    ("samsung", "samsung", "SM-A556B", "14", 34),
    ("samsung", "samsung", "SM-G556B", "13", 33),
    ("motorola", "motorola", "moto g84 5G", "13", 33),
    ("Nokia", "HMD Global", "Nokia XR21", "12", 31),
)
_OUTCOMES = (
    *[("PROFILE_OWNER", "COMPANY_OWNED")] * 7,
    *[("DEVICE_OWNER", "COMPANY_OWNED")] * 2,
    ("PROFILE_OWNER", "PERSONALLY_OWNED"),
)


def add_fleet(devices: Devices, policies: Policies, enterprise: str, seeded: Seeded, count: int, now: datetime) -> None:
    """Add `count` ACTIVE devices under a policy of their own, oldest enrollment first. Their tokens are long gone."""
    if count == 0:
        return
    policy = policies.patch(f"{enterprise}/policies/{POLICY_ID}", _REPORTING, ())
    for index in range(count):
        enrolled = now - SPREAD * ((count - index) / count)
        brand, manufacturer, model, android_version, api_level = _MODELS[seeded.number(len(_MODELS), "model", index)]
        hardware = {
            "brand": brand,
            "manufacturer": manufacturer,
            "model": model,
            "serialNumber": f"F{index:05d}{seeded.letters(6, 'serial', index).upper()}",
            "imei": _imei(seeded.digits(8, "imei", index)),
        }
        device = devices.add(
            _OUTCOMES[seeded.number(len(_OUTCOMES), "outcome", index)],
            f"{enterprise}/enrollmentTokens/{seeded.letters(22, 'fleet token', index)}",
            "",
            policy.name,
            Phone(android_version, api_level, hardware),
            enrolled,
        )
        device.applied = policy
        device.synced = device.reported = enrolled + (now - enrolled) * (seeded.number(1000, "report", index) / 1000)


def _imei(serial: str) -> str:
    """14 digits under a test allocation code, and the Luhn digit."""
    body = f"001017{serial}"
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(body)]
    total = sum(value // 10 + value % 10 for value in doubled)
    return f"{body}{-total % 10}"
