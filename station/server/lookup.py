"""The look-up: units by a text that was typed or scanned. The text is never said back: it may be what should not be shown."""

from __future__ import annotations

import unicodedata

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.domain.errors import WrongUse
from station.server.asking import Queries
from station.server.views import Views

MOST_HITS = 50
UNSEEN = frozenset({"Cc", "Cs"})
"""Unicode's categories of what a scanner sends around a code, and of halves of letters: no name or number holds them."""


def looked_for(text: str) -> str:
    """The text without what cannot be seen. Raises WrongUse for one that is empty, too long, or an enrollment code's."""
    seen = "".join(letter for letter in text if unicodedata.category(letter) not in UNSEEN).strip()
    if not seen:
        raise WrongUse("There is no text to look for.", "Type or scan something that belongs to one unit.")
    if wire.is_code(seen):
        raise WrongUse("That is the content of an enrollment code.", "Scan the label on the phone's box instead.")
    if len(seen) > wire.LOOKUP_LIMIT:
        raise WrongUse(f"The text is longer than {wire.LOOKUP_LIMIT} characters.", "Scan the label on the phone's box instead.")
    return seen


def queries(bench: Bench, views: Views) -> Queries:
    """Paths, what answers them, and the arguments that they take."""

    async def lookup(request: web.Request) -> wire.LookupPage:
        ledger = bench.record.ledger
        found = await ledger.look_up(looked_for(request.query.get("text", "")), MOST_HITS + 1)
        hits = found[:MOST_HITS]
        batches = {batch.id: batch.name for batch in await ledger.batches()}
        briefs = await views.briefs([hit.enrollment for hit in hits])
        items = [
            wire.LookupHit(
                unit=brief,
                batch=batches.get(hit.enrollment.batch, ""),
                matched=hit.matched,
                bench=hit.bench,
                at=hit.at,
            )
            for hit, brief in zip(hits, briefs, strict=True)
        ]
        return wire.LookupPage(items=tuple(items), more=len(found) > len(hits))

    return (("/v1/lookup", lookup, ("text",)),)
