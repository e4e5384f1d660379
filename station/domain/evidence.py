"""What proves a step, and the verdict on all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from station.domain.policy import EXPECTED_RECORD, Mode, android_major

Kind = Literal["witness", "live", "attestation", "device_record", "label", "phone_seen"]
PICTURES = ("before", "after")
LISTED, ATTESTED = "LISTED", "ATTESTED"  # a device's `state` where no service was asked: a row of a console's list, a person's word
BROUGHT = frozenset({LISTED, ATTESTED})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece: its kind, when (seconds since the epoch), who or what gave it, and facts without secrets."""

    kind: Kind
    at: float
    actor: str
    attempt: str
    facts: dict[str, str | int | float | bool | None]


def picture_name(attempt: str, which: str) -> str:
    """The file that holds the picture of a witnessed scan, from before or after the code gave way."""
    return f"{attempt}-{which}.png"


def pictures_of(attempt: object, facts: Mapping[str, object]) -> dict[str, str]:
    """The files that a witness's facts speak of: name -> SHA-256 in hexadecimal. The record's hash chain covers the facts, so it
    covers the files."""
    found = {which: facts.get(f"picture_{which}") for which in PICTURES}
    return {picture_name(str(attempt), which): digest for which, digest in found.items() if isinstance(digest, str)}


@dataclass(frozen=True, slots=True)
class Device:
    """A device as the management service records it. Field names follow the Android Management API reference, devices.

    `token` is the enrollment token's resource name, `reference` its additionalData. Empty strings where the service reports nothing.
    `state` is LISTED or ATTESTED of a record that people brought; the policy that such a phone applied is not known.
    """

    name: str
    token: str = ""
    reference: str = ""
    management_mode: str = ""
    ownership: str = ""
    state: str = ""
    applied_state: str = ""
    policy: str = ""
    applied_policy: str = ""
    serial: str = ""
    imei: str = ""
    model: str = ""
    android: str = ""
    enrolled: float | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What a batch demands of each device before it counts as verified. `scan_required`: its code was shown before the camera; a code
    that was mailed, or given out at a desk, is scanned where nobody looks. `serial_told`: the service reports serial numbers of such
    phones, so that the label's is compared; where it does not, the label stands for itself."""

    mode: Mode
    policy: str
    minimum_android: int
    label_required: bool = False
    scan_required: bool = True
    serial_told: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """`mismatches`: evidence that contradicts the order. `missing`: evidence that is not there yet. Verified when both are empty."""

    missing: tuple[str, ...] = ()
    mismatches: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        return not self.missing and not self.mismatches


def judge(order: Order, device: Device | None, *, scan_proven: bool, label_kind: str | None, label: str | None) -> Verdict:
    """Weigh everything that is known of one unit. The phone's screen is no proof: only the device record is."""
    missing: list[str] = []
    mismatches: list[str] = []
    # A personally owned device gets its work profile by a link, away from the bench: nobody sees a scan.
    if order.scan_required and not scan_proven and order.mode is not Mode.WORK_PROFILE:
        missing.append("no witnessed or attested scan")
    if device is None:
        missing.append("no device record")
        return Verdict(tuple(missing))
    mode, ownership = EXPECTED_RECORD[order.mode]
    if device.management_mode and device.management_mode != mode:
        mismatches.append(f"management mode is {device.management_mode}, ordered was {mode}")
    if device.ownership and device.ownership != ownership:
        mismatches.append(f"ownership is {device.ownership}, ordered was {ownership}")
    android = android_major(device.android)
    if android is not None and android < order.minimum_android:
        mismatches.append(f"Android {android} is below the required {order.minimum_android}")
    if device.state not in BROUGHT:  # such records grow no fuller: what they do not tell is not waited for
        missing += _not_yet(order, device)
    _weigh_label(order, device, label_kind, label, missing, mismatches)
    return Verdict(tuple(missing), tuple(mismatches))


def _not_yet(order: Order, device: Device) -> list[str]:
    """What a service's record tells a while after the enrollment."""
    missing = []
    if not (device.management_mode and device.ownership):
        missing.append("the device record tells no management mode yet")
    if device.applied_state != "ACTIVE":
        missing.append("the policy is not applied yet")
    elif device.applied_policy.rsplit("/", 1)[-1] != order.policy:
        missing.append(f"policy {order.policy} is not applied yet")
    return missing


def _weigh_label(
    order: Order,
    device: Device,
    kind: str | None,
    label: str | None,
    missing: list[str],
    mismatches: list[str],
) -> None:
    if label is None:
        if order.label_required:
            missing.append("no label was scanned")
        return
    reported = device.serial if kind == "serial" else device.imei
    if reported and reported != label:
        mismatches.append(f"the box label's {kind} {label} is not the reported {reported}")
    # A serial number is reported of every company-owned device, and of no personally owned one from Android 12 on. An IMEI is
    # reported only where the policy's networkInfoEnabled asks for it (Android Management API reference, statusReportingSettings).
    # So a silent IMEI proves nothing either way.
    if not reported and kind == "serial" and order.label_required and order.serial_told and order.mode is not Mode.WORK_PROFILE:
        missing.append("the device record tells no serial number yet")
