"""Letters, and what a reader finds in a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from email.message import EmailMessage
from typing import Any

import cv2
import numpy as np
import zxingcpp

from station.domain.policy import Mode
from station.domain.symbol import known
from station.outbox.address import own_address
from station.outbox.composing import Letterhead
from station.ports import Letter

CONTENT = '{"android.app.extra.PROVISIONING_DEVICE_ADMIN_COMPONENT_NAME":"a/b","token":"SECRETSECRETSECRET01"}'
LINK = "https://enterprise.google.com/android/enroll?et=SECRETSECRETSECRET01&x=<1>"
HEAD = Letterhead(own_address('"IT, desk" <it@example.org>'), own_address("help@example.org"), zone=UTC)
LETTER = Letter(
    id="f_0123456789",
    to="anna@example.com",
    name="Anna",
    language="",
    mode=Mode.WPCO,
    minimum_android=11,
    symbol=known(CONTENT.encode()),
    link="",
    expires=1_800_000_000.0,  # Friday 15 January 2027, 08:00 UTC
    at=1_799_900_000.0,
)
PROFILE = replace(LETTER, mode=Mode.WORK_PROFILE, minimum_android=6, symbol=known(LINK.encode()), link=LINK)


def letter(**changes: Any) -> Letter:
    return replace(LETTER, **changes)


def text_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def picture_of(mail: EmailMessage) -> bytes:
    """The only picture, which is inline."""
    (part,) = [one for one in mail.walk() if one.get_content_maintype() == "image"]
    assert part.get_content_type() == "image/png"
    assert part.get_content_disposition() == "inline"
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def read(png: bytes) -> str:
    """What a phone reads in a picture."""
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    (found,) = zxingcpp.read_barcodes(pixels)
    return str(found.text)
