"""The one next thing to do, read off the desk. Ids and arguments; the words are the client's."""

from __future__ import annotations

from dataclasses import dataclass, field

from station.bench.desk import Desk
from station.domain.enrollment import State


@dataclass(frozen=True, slots=True)
class Step:
    """See station.wire.StepId for what each id means."""

    id: str
    args: dict[str, str | int] = field(default_factory=dict)


def next_step(desk: Desk) -> Step:
    """What the operator does now."""
    if desk.stopped is not None:
        return Step("stopped", {"reason": desk.stopped})
    if desk.question is not None:
        return Step("answer", {"screen": "lost"} if _screen_lost(desk) else {})
    if desk.leaving and not desk.stand_clear:
        return Step("to_tray", {"tray": desk.leaving})
    unit = desk.unit
    if desk.wants_label:
        return Step("scan_label")
    if unit is not None and unit.state in {State.SHOWING, State.QUEUED}:
        if desk.batch is not None and desk.batch.state == "paused":
            return Step("paused")
        if _screen_lost(desk):
            return Step("screen_lost")
        return Step("hold_still") if desk.view == "code" else Step("place_phone")
    return _between_units(desk)


def _screen_lost(desk: Desk) -> bool:
    return "display" in desk.parts and desk.parts["display"].state == "lost"


def _between_units(desk: Desk) -> Step:
    if desk.on_stand() is not None:
        return Step("setup_on_stand")
    batch = desk.batch
    if not desk.stand_clear and desk.view in {"phone", "code", "two_phones"}:
        return Step("clear_stand")
    if batch is None or batch.state == "ready":
        return Step("no_batch")
    if batch.state == "paused":
        return Step("paused")
    if desk.timing.trays and desk.free_tray() is None:
        return Step("rack_full", {"trays": desk.timing.trays})
    if desk.parts.get("display") is None or desk.parts["display"].state != "ok":
        return Step("screen_lost")
    if desk.mint == "empty":
        return Step("finished")
    if desk.mint == "down":
        return Step("service_down", {"reason": desk.parts["service"].detail if "service" in desk.parts else ""})
    if not desk.stand_clear:
        return Step("clear_stand")
    return Step("preparing")
