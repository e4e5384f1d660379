"""Evidence pictures at the door: one at a time, and whether all of them are as they were kept."""

from __future__ import annotations

import hashlib

from station import wire
from station.bench.bench import Bench
from station.domain.errors import AskOperator, NotAllowed, NotFound, WrongUse
from station.domain.evidence import PICTURES, picture_name, pictures_of
from station.ports import Actor


async def picture(bench: Bench, actor: Actor, unit: str, which: str) -> bytes:
    """The PNG of a unit's newest witnessed scan, before or after its code gave way. For a lead: it shows somebody's phone."""
    if actor.role is None or wire.ROLES.index(actor.role) < wire.ROLES.index("lead"):
        raise NotAllowed(f"Pictures need the role lead; {actor.name} is {actor.role or 'without one'}.", "Ask a lead.")
    if which not in PICTURES:
        raise WrongUse(f"{which[:40]!r} is no picture of a scan.", f"It may be {', '.join(PICTURES)}.")
    enrollment = await bench.record.ledger.enrollment(unit)
    filed = [one for one in await bench.record.ledger.evidence(enrollment.id) if one.kind == "witness"]
    for evidence in reversed(filed):
        name = picture_name(evidence.attempt, which)
        digest = pictures_of(evidence.attempt, evidence.facts).get(name)
        if digest is None:
            continue
        content = await bench.pictures.load(name) if bench.pictures is not None else None
        if content is None:
            raise NotFound(f"The picture {name} is not there any more.", "Run: sixtap audit verify")
        if hashlib.sha256(content).hexdigest() != digest:
            raise AskOperator(f"The picture {name} was changed since it was kept.", "Run: sixtap audit verify")
        return content
    raise NotFound(f"No picture from {which} its scan was kept of unit {enrollment.id}.", "")


async def checked(bench: Bench, after: int, limit: int) -> wire.PicturesChecked:
    """Compares the picture files that a page of the record speaks of with what it says of them."""
    events = await bench.record.ledger.events(after=after, limit=limit)
    findings: list[wire.PictureFinding] = []
    number = 0
    for event in events:
        facts = event.body.get("facts") if event.kind == "EvidenceFiled" else None
        for name, digest in pictures_of(event.body.get("attempt"), facts).items() if isinstance(facts, dict) else ():
            number += 1
            content = await bench.pictures.load(name) if bench.pictures is not None else None
            if content is None:
                findings.append(wire.PictureFinding(seq=event.seq, file=name, what="missing"))
            elif hashlib.sha256(content).hexdigest() != digest:
                findings.append(wire.PictureFinding(seq=event.seq, file=name, what="changed"))
    return wire.PicturesChecked(checked=number, findings=tuple(findings), after=events[-1].seq if len(events) == limit else None)
