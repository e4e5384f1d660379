"""The report of a batch, folded from the record a page at a time."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.domain.batchreport import BatchTally
from station.server.asking import Queries
from station.server.naming import staff_names
from station.server.views import Views

PAGE = 500
"""Events read at once: between two pages the bench has its turn."""


def queries(bench: Bench, views: Views) -> Queries:
    """Paths, what answers them, and the arguments that they take."""

    async def report(request: web.Request) -> wire.BatchReport:
        ledger, after = bench.record.ledger, 0
        batch = await ledger.batch(request.query.get("batch", ""))
        tally = BatchTally()
        while page := await ledger.events(after=after, limit=PAGE, batch=batch.id):
            tally.feed(page)
            after = page[-1].seq
        return wire.BatchReport(
            batch=await views.batch(batch),
            per_hour=tally.per_hour,
            units_per_hour=tally.units_per_hour,
            step_seconds={
                name: wire.StepTime(median=one.middle, ninetieth=one.ninetieth, units=one.units) for name, one in tally.steps.items()
            },
            failures=dict(tally.held.most_common()) | ({"failed": tally.failed} if tally.failed else {}),
            operators={name: wire.OperatorActs(**asdict(acts)) for name, acts in sorted(tally.operators.items())},
            names=await staff_names(ledger, tally.operators),
            first=tally.first,
            last=tally.last,
        )

    return (("/v1/report", report, ("batch",)),)
