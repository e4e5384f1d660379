"""Management modes: what is asked of the service for each, and what a device record must then say."""

from __future__ import annotations

import re
from enum import StrEnum

from station.domain.errors import WrongUse


class Mode(StrEnum):
    """Management modes, as Android Enterprise names them."""

    FULLY_MANAGED = "fully_managed"
    DEDICATED = "dedicated"
    WPCO = "wpco"
    WORK_PROFILE = "work_profile"


# Android Management API reference, enrollmentTokens, AllowPersonalUsage.
ALLOW_PERSONAL_USAGE: dict[Mode, str] = {
    Mode.FULLY_MANAGED: "PERSONAL_USAGE_DISALLOWED",
    Mode.DEDICATED: "PERSONAL_USAGE_DISALLOWED_USERLESS",
    Mode.WPCO: "PERSONAL_USAGE_ALLOWED",
    Mode.WORK_PROFILE: "PERSONAL_USAGE_ALLOWED",
}

# Android Management API reference, devices, ManagementMode and Ownership.
EXPECTED_RECORD: dict[Mode, tuple[str, str]] = {
    Mode.FULLY_MANAGED: ("DEVICE_OWNER", "COMPANY_OWNED"),
    Mode.DEDICATED: ("DEVICE_OWNER", "COMPANY_OWNED"),
    Mode.WPCO: ("PROFILE_OWNER", "COMPANY_OWNED"),
    Mode.WORK_PROFILE: ("PROFILE_OWNER", "PERSONALLY_OWNED"),
}

# The lowest Android version accepted, unless a batch says otherwise. Work profiles on company-owned devices came with Android 11.
MINIMUM_ANDROID: dict[Mode, int] = {Mode.FULLY_MANAGED: 7, Mode.DEDICATED: 7, Mode.WPCO: 11, Mode.WORK_PROFILE: 6}


def mode_of(text: str) -> Mode:
    """A mode by its name. Raises WrongUse."""
    if text not in set(Mode):
        raise WrongUse(f"{text[:40]!r} is no management mode.", f"It may be {', '.join(Mode)}.")
    return Mode(text)


def lowest_android(mode: Mode, ordered: Mode, minimum: int) -> int:
    """The Android version that a phone needs at least for `mode`, where a batch orders `minimum` for the mode `ordered`."""
    return minimum if mode is ordered else MINIMUM_ANDROID[mode]


_POLICY_NAME = re.compile(r"(?:(?:enterprises/[^/\s]+/)?policies/)?([A-Za-z0-9._~-]{1,128})")


def policy_id(text: str) -> str:
    """ID, given alone or as `enterprises/E/policies/ID`. Raises WrongUse."""
    found = _POLICY_NAME.fullmatch(text)
    if found is None or found.group(1) in {".", ".."}:  # as part of an address these would name something else
        raise WrongUse(
            f"{text!r} is no policy name.",
            "Use letters, digits and . _ ~ - only, as in the console's policy identifier.",
        )
    return found.group(1)


def android_major(version: str) -> int | None:
    """11 for `"11"` and `"11.0.1"`; None where the record says nothing usable."""
    found = re.match(r"\d+", version.strip())
    return int(found.group()) if found else None
