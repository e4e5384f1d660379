"""The codes that the benchmark shows: the product's own drawing of contents of the usual lengths, with tokens of nobody."""

from __future__ import annotations

import random
import string
from functools import lru_cache
from typing import Literal

from station.domain.payload import ADMIN, BUNDLE, PREFIX, TOKEN, Payload
from station.domain.symbol import KnownSymbol, draw

Level = Literal["L", "M"]
Length = Literal["short", "full"]

TOKEN_LETTERS = 20
ORDERS = 24  # of the four keys that the management service writes
MASKS = 8

# component, download location. full: as Google's service writes it, 533 octets (version 16 at L, 18 at M); short: 456 (14, 17)
_NAMES: dict[Length, tuple[str, str]] = {
    "full": (
        "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
        "https://play.google.com/managed/downloadManagingApp?identifier=setup",
    ),
    "short": ("com.example.device.control.app/.DeviceAdmin", "https://example.com/a"),
}


def token_of(number: int) -> str:
    """A 20-letter enrollment token, the same for the same number."""
    dealer = random.Random(f"token:{number}")
    return "".join(dealer.choice(string.ascii_uppercase) for _ in range(TOKEN_LETTERS))


def content(token: str, length: Length = "short") -> Payload:
    """What the management service's code says, for one token."""
    component, location = _NAMES[length]
    entries: dict[str, object] = {
        ADMIN: component,
        PREFIX + "DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
        PREFIX + "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": location,
        BUNDLE: {TOKEN: token},
    }
    return Payload(entries)


@lru_cache(maxsize=512)
def code(token: str, order: int = 0, mask: int = 3, level: Level = "L", length: Length = "short") -> KnownSymbol:
    """The symbol of one token in one form."""
    return draw(content(token, length), order=order, mask=mask, level=level)
