from __future__ import annotations

import pytest

from station.domain.errors import NotFound, WrongUse
from station.ports import Recorded
from tests.bench.rig import LEAD, Rig
from tests.bench.scenes import bench, clear, scan


def order(rig: Rig) -> list[str]:
    return [one.id for one in rig.queue()]


def record(rig: Rig) -> tuple[Recorded, ...]:
    return rig.loop.run_until_complete(rig.ledger.events(limit=1000))


def test_who_is_put_first_is_served_after_those_whose_codes_are_made() -> None:
    with bench(users=6) as rig:
        rig.wait(60.0)
        claimed = set(rig.bench.minting.leases)
        waiting = [one for one in order(rig) if one not in claimed]
        last, third, second = waiting[-1], waiting[-2], waiting[-3]
        rig.act(rig.bench.queueing.move(LEAD, last, None))
        rig.act(rig.bench.queueing.move(LEAD, third, second))
        assert [one for one in order(rig) if one not in claimed] == [last, *waiting[:-3], third, second]
        told = [event for event in record(rig) if event.kind == "QueueReordered"]
        assert [(event.enrollment, event.body, event.actor) for event in told] == [
            (last, {"before": None}, "lea"),
            (third, {"before": second}, "lea"),
        ]
        scan(rig)
        clear(rig)
        rig.wait(60.0)
        assert set(rig.bench.minting.leases) - claimed == {last}


def test_whose_code_is_made_keeps_its_turn_and_nothing_is_recorded() -> None:
    with bench(users=4) as rig:
        rig.wait(60.0)
        before, told = order(rig), record(rig)
        ready = rig.bench.minting.ready[0].enrollment.id
        for ident, goal, error in (
            (ready, None, WrongUse),
            (before[-1], ready, WrongUse),
            (before[-1], before[-1], WrongUse),
            ("e_0", None, NotFound),
        ):
            with pytest.raises(error):
                rig.act(rig.bench.queueing.move(LEAD, ident, goal))
        assert (order(rig), record(rig)) == (before, told)
