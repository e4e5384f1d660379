"""What a box's label says: a serial number, or an IMEI of exactly 15 digits with its Luhn digit (3GPP TS 23.003, 6.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from station.domain.errors import BadLabel

_SERIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{3,31}")


@dataclass(frozen=True, slots=True)
class Label:
    """One identity read off a box. Serials keep their letters' case: Android compares them so."""

    kind: Literal["serial", "imei"]
    value: str


def row_name(prefix: str, naming: str, position: int, *, serial: str = "", day: str = "") -> str:
    """What a row of a generic batch is called: its prefix and its number; in place of that its device's serial number, or the day of
    its enrollment and the number, once they are known."""
    if naming == "serial" and serial:
        return f"{prefix}{serial}"
    return f"{prefix}{day}-{position}" if naming == "date" and day else f"{prefix}{position}"


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def read_label(text: str) -> Label:
    """Classify one scanned or typed text. Raises BadLabel with what to scan instead."""
    value = text.strip()
    shown = repr(value[:40])
    if value.isascii() and value.isdigit():
        if len(value) == 15:
            if luhn(value):
                return Label("imei", value)
            raise BadLabel(f"{shown} has 15 digits but a wrong check digit, so it was misread.", "Scan it again.")
        if len(value) == 16:
            raise BadLabel(f"{shown} is an IMEI with software version (16 digits).", "Scan the barcode named IMEI.")
        if len(value) in {8, 12, 13}:
            raise BadLabel(f"{shown} looks like the article number.", "Scan the barcode named S/N, or the one named IMEI.")
    if not _SERIAL.fullmatch(value):
        raise BadLabel(f"{shown} is neither a serial number nor an IMEI.", "Scan the barcode named S/N, or the one named IMEI.")
    return Label("serial", value)
