"""The report of a batch at the door and on the command line."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from hardware.simulated.loop import virtual_loop
from station import wire
from station.client import Client, Refused
from station.server import reports
from tests.unit.station.cli.sixtap import Ran, sixtap
from tests.unit.station.server.door import Door, at_the_door


async def typed(door: Door, *arguments: str) -> Ran:
    with virtual_loop().lend():  # the command waits for what the bench's own threads answer
        return await asyncio.to_thread(sixtap, *arguments, "--socket", str(door.path))


def test_a_batch_that_was_never_started_has_counts_and_nothing_else(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        batch, _ = await door.batch("Ada", "Bob")
        async with Client(door.path) as client:
            found = await client.batch_report("Monday")
        assert (found.batch.id, found.batch.users.received, found.first) == (batch, 2, None)
        assert (found.per_hour, found.units_per_hour, found.step_seconds, found.failures) == ((), 0.0, {}, {})
        printed = await typed(door, "batch", "report", "Monday")
        assert printed.code == 0
        assert "No code was ordered yet." in printed.out
        assert "users 2 = 0 verified + 0 held + 0 failed + 0 skipped + 2 open" in printed.out

    at_the_door(tmp_path, scenario)


def test_counts_what_the_record_says_of_this_batch_over_all_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "PAGE", 2)

    async def scenario(door: Door) -> None:
        batch, units = await door.batch("Ada", "Bob", "Cleo")
        await door.note(5)  # of no batch
        for unit in units:
            assert (await door.order(wire.HoldUnit(enrollment=unit)))[0] == 200
        assert (await door.order(wire.FailUnit(enrollment=units[0])))[0] == 200
        async with Client(door.path) as client:
            found = await client.batch_report(batch)
            events = (await client.record(batch=batch)).items
        assert found.failures == {"by-operator": 3, "failed": 1}
        assert found.operators == {"grace": wire.OperatorActs(acts=len(events), attested=0, overrides=0)}
        assert found.last == events[-1].at
        printed = await typed(door, "batch", "report", batch)
        assert "by-operator\t3" in printed.out
        assert json.loads((await typed(door, "batch", "report", batch, "--json")).out) == found.model_dump(mode="json")

    at_the_door(tmp_path, scenario)


def test_a_batch_that_is_not_there_is_refused(tmp_path: Path) -> None:
    async def scenario(door: Door) -> None:
        async with Client(door.path) as client:
            with pytest.raises(Refused, match="There is no batch Friday"):
                await client.batch_report("Friday")
        assert (await typed(door, "batch", "report", "Friday")).code == 2

    at_the_door(tmp_path, scenario)
