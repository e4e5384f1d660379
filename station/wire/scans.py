"""Barcodes that press a button: for hands in gloves, and where a touchscreen is out of reach."""

from __future__ import annotations

from typing import Literal

from station.wire.messages import Message

Key = Literal["f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "escape"]
BARCODES: dict[str, Key] = {
    "SIXTAP-F1": "f1",
    "SIXTAP-F2": "f2",
    "SIXTAP-F3": "f3",
    "SIXTAP-F4": "f4",
    "SIXTAP-F5": "f5",
    "SIXTAP-F6": "f6",
    "SIXTAP-F7": "f7",
    "SIXTAP-F8": "f8",
    "SIXTAP-F9": "f9",
    "SIXTAP-BACK": "escape",
}
"""What each barcode says, and the key on the screen that it stands for."""


class Heard(Message):
    """The bench's scanner read a barcode for the terminal that stands at it. No event of the record, and not repeated."""

    type: Literal["heard"] = "heard"
    key: Key
