"""The queue of a batch, a window at a time."""

from __future__ import annotations

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.server.asking import Queries, chosen_states, limit, number
from station.server.views import Views


def queries(bench: Bench, views: Views) -> Queries:
    """Paths, what answers them, and the arguments that they take."""

    async def queue(request: web.Request) -> wire.QueueWindow:
        ledger, query, offset = bench.record.ledger, request.query, number(request, "offset")
        batch = await ledger.batch(query.get("batch", ""))
        units, total = await ledger.queue_window(
            batch.id,
            offset=offset,
            limit=limit(request),
            search=query.get("search", "").strip(),
            states=chosen_states(request),
            sort=query.get("sort") or "position",
        )
        return wire.QueueWindow(items=await views.briefs(units), offset=offset, total=total)

    return (("/v1/queue", queue, ("batch", "offset", "limit", "search", "states", "sort")),)
