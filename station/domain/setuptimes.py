"""How long phones take from the scan to their device record, learned from those that did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

FEWEST = 3  # phones of a model from which on its time is known
NEWEST = 20  # phones of a model that count: the next wave of an update may be slower


@dataclass(frozen=True, slots=True)
class SetupTime:
    """One phone that got through: its model as the management service names it, seconds from the scan to the device record."""

    model: str
    seconds: float


def usual(times: Sequence[SetupTime], model: str = "") -> float | None:
    """The median of the newest phones of a model; None while too few are known. `times`: newest first. Without a model, that of the
    newest phone counts: a batch is mostly of one kind."""
    wanted = model or (times[0].model if times else "")
    seconds = [time.seconds for time in times if time.model == wanted][:NEWEST]
    return median(seconds) if len(seconds) >= FEWEST else None
