"""Units of a batch, and one unit's whole story."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.server.asking import Queries, chosen_states, limit, number
from station.server.naming import story_names
from station.server.views import Views, recorded


def queries(bench: Bench, views: Views) -> Queries:
    """Paths, what answers them, and the arguments that they take."""

    async def units(request: web.Request) -> wire.UnitPage:
        ledger, most = bench.record.ledger, limit(request)
        batch = await ledger.batch(request.query.get("batch", ""))
        states = chosen_states(request)
        page = await ledger.enrollments(batch=batch.id, states=states, after=number(request, "after"), limit=most)
        return wire.UnitPage(items=await views.briefs(page), after=page[-1].position if len(page) >= most else None)

    async def unit(request: web.Request) -> wire.UnitView:
        return await _story(bench, views, request.query.get("id", ""))

    return (("/v1/units", units, ("batch", "after", "limit", "states")), ("/v1/unit", unit, ("id",)))


async def _story(bench: Bench, views: Views, ident: str) -> wire.UnitView:
    ledger = bench.record.ledger
    unit = await ledger.enrollment(ident)
    attempts = await ledger.attempts(unit.id)
    current = next((one for one in attempts if one.id == unit.attempt), None)
    device = await ledger.device(current.device) if current and current.device else None
    phone = await ledger.phone(current.phone) if current and current.phone else None
    columns = set(wire.AttemptView.model_fields)
    evidence = tuple(wire.EvidenceView(**asdict(one)) for one in await ledger.evidence(unit.id))
    events = await ledger.events(enrollment=unit.id)
    return wire.UnitView(
        unit=await views.brief(unit),
        attempts=tuple(wire.AttemptView(**{k: v for k, v in asdict(one).items() if k in columns}) for one in attempts),
        evidence=evidence,
        events=tuple(recorded(one) for one in events),
        names=await story_names(ledger, events, evidence),
        device=asdict(device) if device else None,
        label=phone.label if phone else None,
    )
