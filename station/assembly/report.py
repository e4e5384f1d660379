"""The demo's report: what came of every user, on the twin's clock. Fields are described in the README."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from station import wire
from station.client import Client

VERSION = 1


async def build_report(client: Client, batch: str, seed: int, epoch: float) -> dict[str, Any]:
    """The whole run as plain values; times in seconds since the twin's start, to the millisecond."""
    view = await client.batch(batch)
    units = [_unit(brief, await client.unit(brief.enrollment), epoch) async for brief in all_units(client, batch)]
    return {
        "version": VERSION,
        "seed": seed,
        "count": _in_order(view.users, ("received", "verified", "held", "failed", "skipped", "open")),
        "phones": _in_order(view.phones, ("received", "verified", "in_rack", "set_aside", "failed")),
        "units_per_hour": _per_hour(units),
        "units": units,
    }


async def all_units(client: Client, batch: str) -> AsyncIterator[wire.UnitBrief]:
    """Every unit of a batch, by position."""
    after: int | None = 0
    while after is not None:
        page = await client.units(batch, after=after)
        for brief in page.items:
            yield brief
        after = page.after


def _in_order(counts: wire.Message, names: tuple[str, ...]) -> dict[str, int]:
    values = counts.model_dump()
    return {name: int(values[name]) for name in names}


def _unit(brief: wire.UnitBrief, story: wire.UnitView, epoch: float) -> dict[str, Any]:
    steps = [(str(event.body["to"]), round(event.at - epoch, 3)) for event in story.events if "to" in event.body]
    history = [{"state": state, "at": at} for place, (state, at) in enumerate(steps) if place == 0 or state != steps[place - 1][0]]
    return {
        "user": brief.user,
        "state": brief.state,
        "reason": brief.reason,
        "attempts": brief.attempts,
        "tray": brief.tray,
        "history": history,
        "evidence": [one.kind for one in story.evidence],
    }


def _per_hour(units: list[dict[str, Any]]) -> float:
    """Verified units an hour, from the first code ordered to the last verification."""
    begins = [step["at"] for unit in units for step in unit["history"][:1]]
    ends = [step["at"] for unit in units for step in unit["history"] if step["state"] == "verified"]
    verified = sum(unit["state"] == "verified" for unit in units)
    if not verified or max(ends) <= min(begins):
        return 0.0
    return float(round(verified * 3600.0 / (max(ends) - min(begins)), 2))
