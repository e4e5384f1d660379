"""A batch in figures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from station.wire.messages import Message
from station.wire.status import BatchView

ReportStep = Literal["to_scan", "to_device", "to_verified", "whole"]
"""Code up to scan, scan to device record, device record to verified, code up to verified."""


class StepTime(Message):
    """Seconds: the median, what nine of ten units do not exceed, and of how many units these are."""

    median: float
    ninetieth: float
    units: int


class OperatorActs(Message):
    """What one person did in a batch: events of the record, scans attested, stands declared empty."""

    acts: int
    attested: int
    overrides: int


class BatchReport(Message):
    """Computed from the record. `per_hour`: start of the hour since the epoch, units verified in it; hours without any are left out.
    `failures`: how often units were held, by reason, and as "failed" how many were given up. `operators`: by account,
    or by the id of one of the staff, whose name is in `names` unless it was erased.
    `first`: when the first code was ordered or sent. `last`: the newest event. Both counts are in `batch`."""

    batch: BatchView
    per_hour: tuple[tuple[int, int], ...]
    units_per_hour: float
    step_seconds: dict[ReportStep, StepTime]
    failures: dict[str, int]
    operators: dict[str, OperatorActs]
    names: dict[str, str] = Field(default_factory=dict)
    first: float | None
    last: float | None
