"""What a simulated phone is before it does anything: its numbers, its build, its pace. All drawn from seeds of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Final

from hardware.simulated.faults import Fault
from hardware.simulated.lens import Lens

API_LEVELS: Final = {"9": 28, "10": 29, "11": 30, "12": 31, "13": 33, "14": 34, "15": 35, "16": 36}
_MODELS: Final = ("SM-A155F", "SM-A256B", "SM-A356B", "SM-S921B", "SM-G556B")
_SERIAL_CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPRTVWXYZ"


@dataclass(frozen=True, slots=True)
class Identity:
    """A phone's names: `serial` as on the box, `imei` of 15 digits, Android's version and API level."""

    serial: str
    imei: str
    model: str
    android: str
    api_level: int
    brand: str = "samsung"
    manufacturer: str = "samsung"

    @staticmethod
    def drawn(draw: random.Random) -> Identity:
        """Some phone of a warehouse's delivery."""
        serial = f"R{draw.choice('359')}{draw.randrange(10)}{draw.choice('KMNRTWX')}"
        serial += "".join(draw.choices(_SERIAL_CHARACTERS, k=6)) + draw.choice("ABCDEFGHJKLMNPRTVWXYZ")
        body = f"35{draw.randrange(10**12):012d}"
        android = draw.choice(("13", "14", "14", "15", "16"))
        return Identity(serial, body + luhn_digit(body), draw.choice(_MODELS), android, API_LEVELS[android])


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take, in seconds, and when in setup they happen, as shares of `setup`.

    opens: from the sixth tap to the viewfinder. reads: from the first readable picture to the read. setup: from the read to
    the home screen, taps given at once. enrolls, taps: shares of setup. dark: the setup wizard's theme.
    """

    opens: float
    reads: float
    setup: float
    enrolls: float
    taps: tuple[float, ...]
    dark: bool

    @staticmethod
    def drawn(draw: random.Random, setup_seconds: float, spread: float) -> Pace:
        """A pace near the usual one; `spread` 0.1 varies setup by a tenth either way."""
        return Pace(
            opens=draw.uniform(2.0, 4.0),
            reads=draw.uniform(0.3, 2.0),
            setup=setup_seconds * (1 + draw.uniform(-spread, spread)),
            enrolls=draw.uniform(0.3, 0.4),
            taps=tuple(sorted(draw.uniform(0.5, 0.9) for _ in range(draw.choice((1, 2))))),
            dark=draw.random() < 0.5,
        )


@dataclass(frozen=True, slots=True)
class Handset:
    """One phone as it leaves its box. `label` is the identity printed on the box: its own, unless boxes were swapped."""

    identity: Identity
    label: Identity
    pace: Pace
    lens: Lens


def handset(seed: int, number: int, fault: Fault, setup_seconds: float, spread: float, serial: str | None) -> Handset:
    """The phone of that number in that world: the same arguments give the same phone, whatever else was drawn."""
    identity = Identity.drawn(_draw(seed, number, "identity"))
    if serial is not None:
        identity = replace(identity, serial=serial)
    if fault.android is not None:
        identity = replace(identity, android=fault.android, api_level=API_LEVELS[fault.android])
    label = Identity.drawn(_draw(seed, number, "other label")) if fault.other_label else identity
    pace = Pace.drawn(_draw(seed, number, "pace"), setup_seconds, spread)
    if fault.reads_after is not None:
        pace = replace(pace, reads=fault.reads_after)
    return Handset(identity, label, pace, Lens.drawn(_draw(seed, number, "lens")))


def beside(second: Handset, first: Handset) -> Handset:
    """The second of two phones tapped at once: it reads just after the first and sets itself up more slowly."""
    pace = replace(second.pace, opens=first.pace.opens, reads=first.pace.reads + 0.15, setup=first.pace.setup * 1.25)
    return replace(second, pace=replace(pace, enrolls=first.pace.enrolls))


def luhn_digit(digits: str) -> str:
    """The check digit that follows these digits in an IMEI (3GPP TS 23.003, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _draw(seed: int, number: int, purpose: str) -> random.Random:
    return random.Random(f"{seed}:{number}:{purpose}")
