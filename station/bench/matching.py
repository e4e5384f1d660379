"""Which attempt a device's record belongs to, by what the management service can tell of it."""

from __future__ import annotations

from station.bench.generic import GenericCodes
from station.bench.record import Record
from station.domain.enrollment import Attempt, Enrollment
from station.domain.evidence import Device
from station.ports import Confirming

CLOCKS_DIFFER = 5.0  # seconds between the bench's clock and the management service's, at most


class Matching:
    """Finds attempts for devices."""

    def __init__(self, record: Record, service: Confirming, generic: GenericCodes) -> None:
        self._record = record
        self._permanent = service.capabilities.permanent
        self._generic = generic

    async def attempt_of(self, device: Device) -> Attempt | None:
        """The attempt that a record names; None where it is another system's."""
        ledger = self._record.ledger
        known = await ledger.attempt_by_device(device.name)
        if known is not None:
            return known
        found = await ledger.attempts_by_token(device.token) if device.token else ()
        if self._permanent:  # somebody may have enrolled another phone with this code long ago
            found = tuple(one for one in found if one.shown is not None and _after(device, one.shown))
        if found:
            return found[-1]
        return await ledger.attempt(device.reference) if device.reference else None

    async def own(self, device: Device, ident: str) -> Attempt | None:
        """That attempt as it is now; where one token serves many phones, the one of the phone that this device is. None when it is
        none of them: then it was given a row of its own, which is held. Called in turn."""
        ledger = self._record.ledger
        attempt = await ledger.attempt(ident)
        if attempt is None or attempt.device == device.name:
            return attempt
        batch = await ledger.batch((await ledger.enrollment(attempt.enrollment)).batch)
        if not batch.generic:
            return attempt
        own = await self._generic.attempt_for(device, batch)
        if own is None:
            await self._generic.beyond(device, batch, attempt.token or "")
        return own

    async def assigned_already(self, device: Device, enrollment: Enrollment) -> str:
        """Why this very phone, by its serial number, cannot be this user's: somebody else has it who did not return it. Else empty."""
        ledger = self._record.ledger
        for other in await ledger.devices_with_serial(device.serial) if device.serial else ():
            attempt = await ledger.attempt_by_device(other.name) if other.name != device.name else None
            phone = await self._record.phone_of(attempt) if attempt and attempt.enrollment != enrollment.id else None
            if phone is not None and phone.place == "verified" and phone.returned is None:
                return f"the phone {device.serial} is with unit {phone.enrollment} already; if it came back: sixtap device return"
        return ""


def _after(device: Device, shown: float) -> bool:
    """Whether it enrolled after a code was shown, as far as two clocks tell."""
    return device.enrolled is None or device.enrolled >= shown - CLOCKS_DIFFER


def facts_of(device: Device) -> dict[str, str | int | float | bool | None]:
    """What a record says of a device, as evidence."""
    return {
        "device": device.name,
        "state": device.state,
        "management_mode": device.management_mode,
        "ownership": device.ownership,
        "applied_state": device.applied_state,
        "applied_policy": device.applied_policy,
        "serial": device.serial,
        "imei": device.imei,
        "model": device.model,
        "android": device.android,
        "simulated": device.simulated,
    }
