"""A batch in figures, folded from its events: how many phones an hour, what each step takes, what was held, who did what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from statistics import median
from typing import Literal, Protocol

HOUR = 3600
StepName = Literal["to_scan", "to_device", "to_verified", "whole"]
"""Code up to scan, scan to device record, device record to verified, code up to verified."""
STEPS: tuple[StepName, ...] = ("to_scan", "to_device", "to_verified", "whole")


class Happening(Protocol):
    """What is read of an event of the record. `role` is None where no person acted."""

    @property
    def at(self) -> float: ...
    @property
    def actor(self) -> str: ...
    @property
    def role(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def enrollment(self) -> str | None: ...
    @property
    def body(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class StepSeconds:
    """Seconds that a step took: the middle one, the one that nine of ten do not exceed, and of how many units."""

    middle: float
    ninetieth: float
    units: int


@dataclass(slots=True)
class Acts:
    """What a person did: events of the record, scans that they vouched for, stands that they declared empty."""

    acts: int = 0
    attested: int = 0
    overrides: int = 0


@dataclass(slots=True)
class _Way:
    """When one unit's present attempt came where. `taken`: the steps of the way that led to its verification."""

    up: float | None = None
    scanned: float | None = None
    device: float | None = None
    verified: float | None = None
    taken: dict[StepName, float] = field(default_factory=dict)


class BatchTally:
    """Feed it a batch's events, in order, in however many pieces; then read it.

    first, last: when the first code was ordered or sent, and the newest event; None while there is none. held: how often units were
    held, by reason. failed: how many were given up. operators: by account.
    """

    def __init__(self) -> None:
        self.first: float | None = None
        self.last: float | None = None
        self.held: Counter[str] = Counter()
        self.failed = 0
        self.operators: dict[str, Acts] = {}
        self._ways: dict[str, _Way] = {}

    def feed(self, events: Iterable[Happening]) -> None:
        """Take the next events."""
        for event in events:
            self.last = event.at
            if event.role is not None:
                self._acted(event)
            if event.enrollment is not None:
                self._moved(event, self._ways.setdefault(event.enrollment, _Way()))

    def _acted(self, event: Happening) -> None:
        acts = self.operators.setdefault(event.actor, Acts())
        acts.acts += 1
        acts.attested += event.kind == "ScanAttested"
        acts.overrides += event.kind == "StandDeclaredEmpty"

    def _moved(self, event: Happening, way: _Way) -> None:
        match event.kind:
            case "ShowOrdered" | "InvitationSent":
                self.first = event.at if self.first is None else self.first
                way.up = way.scanned = way.device = None
            case "CodeShown":
                way.up = event.at if way.up is None else way.up
            case "ScanWitnessed" | "ScanAttested":
                way.scanned = event.at
            case "DeviceEnrolled":
                way.device = event.at
            case "Verified":
                way.verified = event.at
                way.taken = _taken(way)
            case "Held":
                self.held[str(event.body.get("reason") or "")] += 1
                way.verified = None  # a verified unit that is held counts again when it is verified again
            case "Failed":
                self.failed += 1

    @property
    def per_hour(self) -> tuple[tuple[int, int], ...]:
        """Units that are verified, by the hour (its start since the epoch) in which they were; hours without any are left out."""
        hours = Counter(int(way.verified // HOUR) * HOUR for way in self._ways.values() if way.verified is not None)
        return tuple(sorted(hours.items()))

    @property
    def units_per_hour(self) -> float:
        """Verified units an hour, from the first code to the last verification; 0 while that is no time."""
        ends = [way.verified for way in self._ways.values() if way.verified is not None]
        took = max(ends) - self.first if ends and self.first is not None else 0.0
        return round(len(ends) * HOUR / took, 2) if took > 0 else 0.0

    @property
    def steps(self) -> dict[StepName, StepSeconds]:
        """What verified units took; a step that none of them went through is left out."""
        found: dict[StepName, StepSeconds] = {}
        for name in STEPS:
            seconds = sorted(way.taken[name] for way in self._ways.values() if way.verified is not None and name in way.taken)
            if seconds:
                ninetieth = seconds[ceil(0.9 * len(seconds)) - 1]
                found[name] = StepSeconds(round(median(seconds), 1), round(ninetieth, 1), len(seconds))
        return found


def _taken(way: _Way) -> dict[StepName, float]:
    """The steps between moments that are known, and in order: a device may be there before anybody saw the scan."""
    ends: dict[StepName, tuple[float | None, float | None]] = {
        "to_scan": (way.up, way.scanned),
        "to_device": (way.scanned, way.device),
        "to_verified": (way.device, way.verified),
        "whole": (way.up, way.verified),
    }
    return {name: end - start for name, (start, end) in ends.items() if start is not None and end is not None and end >= start}
