"""Everything that is guessed about the real service, in one place. docs/tinymdm.md says the same to people.

The addresses are under .invalid, which RFC 2606 keeps free: no real phone can be led anywhere by these codes.
"""

from __future__ import annotations

import base64
import hashlib
import json

PACKAGE = "invalid.tinymdm.standin"
COMPONENT = f"{PACKAGE}/.AdminReceiver"
DOWNLOAD = "https://standin.invalid/agent.apk"
CHECKSUM = base64.urlsafe_b64encode(hashlib.sha256(b"the stand-in's agent").digest()).decode().rstrip("=")
TOKEN_EXTRA = "enrollmentId"  # noqa: S105 - a key's name; the one extra that the console's own documentation of another way names
# `enrollment_type` of a company-owned work profile. The other two words were seen in records of the real service.
WPCO_TYPE = "wpco"
FULLY_MANAGED_TYPE = "fully_managed"
PERSONAL_TYPE = "work_profile"
# The parameter that asks for a group's WPCO code.
WPCO_PARAMETER = ("wpco", "1")
# Values of `prefix_type`; the first was seen.
PREFIXES = ("SERIAL_NUMBER", "IMEI", "DATE", "CUSTOM")
DEVICES_EACH = 10  # as the console's documentation says
LETTERS = 24  # of a code's secret

_PROVISIONING = "android.app.extra.PROVISIONING_"


def content(secret: str) -> str:
    """The JSON text of a code."""
    bundle = {
        f"{_PROVISIONING}DEVICE_ADMIN_COMPONENT_NAME": COMPONENT,
        f"{_PROVISIONING}DEVICE_ADMIN_SIGNATURE_CHECKSUM": CHECKSUM,
        f"{_PROVISIONING}DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": DOWNLOAD,
        f"{_PROVISIONING}LEAVE_ALL_SYSTEM_APPS_ENABLED": True,
        f"{_PROVISIONING}ADMIN_EXTRAS_BUNDLE": {TOKEN_EXTRA: secret},
    }
    return json.dumps(bundle, separators=(",", ":"))
