"""The record for people: newest first, and whether its chain holds, a page at a time."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.domain.audit import EMPTY, Chain
from station.domain.errors import WrongUse
from station.server.asking import Queries, limit, number
from station.server.naming import called, staff_names
from station.server.views import recorded


def queries(bench: Bench) -> Queries:
    """Paths, what answers them, and the arguments that they take."""

    async def newest(request: web.Request) -> wire.EventPage:
        most, search = limit(request), request.query.get("search", "").strip()
        ledger = bench.record.ledger
        before, actors = number(request, "before"), await called(ledger, search)
        events = await ledger.newest_events(before=before, limit=most, search=search, actors=actors)
        last = events[-1].seq if len(events) == most else None
        names = await staff_names(ledger, (one.actor for one in events))
        return wire.EventPage(items=tuple(recorded(one) for one in events), after=last if last and last > 1 else None, names=names)

    async def verify(request: web.Request) -> wire.ChainChecked:
        after, most = number(request, "after"), limit(request)
        chain = Chain(after, _previous(request, after))
        events = await bench.record.ledger.events(after=after, limit=most)
        # a thousand hashes take long enough to keep a phone's question waiting
        await asyncio.to_thread(chain.feed, [asdict(one) for one in events])
        flaw = chain.flaw.kind if chain.flaw else None
        more = flaw is None and len(events) == most
        document = {"ok": flaw is None, "problem": flaw, "after": chain.length if more else None, "previous": chain.head}
        return wire.ChainChecked.model_validate(document | {"checked": chain.length - after})

    return (
        ("/v1/newest", newest, ("before", "limit", "search")),
        ("/v1/verify", verify, ("after", "limit", "previous")),
    )


def _previous(request: web.Request, after: int) -> str:
    """The hash of the event `after`, from the answer before; nothing comes before the first one."""
    given = request.query.get("previous", "") if after else EMPTY
    if not re.fullmatch("[0-9a-f]{64}", given):
        raise WrongUse("previous must be the hash of the event that `after` names.", "Take both from the answer before.")
    return given
