"""Codes that are given out, phones that come back, what is looked at before a batch, languages and notes."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.domain.errors import NotAllowed
from station.domain.policy import mode_of
from station.ports import Actor
from station.server.asking import Queries


async def order(
    bench: Bench, actor: Actor, command: wire.ShowCode | wire.ReturnDevice | wire.SetLanguage | wire.PutNote
) -> dict[str, object]:
    """Carry one of them out."""
    match command:
        case wire.ShowCode(user=user, mode=mode):
            attempt = await bench.giving_out.show_code(actor, user, mode_of(mode) if mode is not None else None)
            return {"enrollment": attempt.enrollment, "attempt": attempt.id, "expires": attempt.expires}
        case wire.ReturnDevice(label=label):
            return {"unit": await bench.giving_out.take_back(actor, label)}
        case wire.SetLanguage(language=language):
            await bench.notebook.set_language(actor, language)
            return {"language": await bench.notebook.language(actor.name)}
        case wire.PutNote(model=model, text=text):
            await bench.notebook.put_note(actor, model, text)
    return {}


def queries(bench: Bench) -> Queries:
    """Paths, what answers them, and what arguments they take."""

    async def notes(_: web.Request) -> wire.NotePage:
        return wire.NotePage(items=tuple(wire.Note(model=one.model, text=one.text) for one in await bench.notebook.notes()))

    async def preflight(request: web.Request) -> wire.Preflight:
        return await looked_at(bench, request.query.get("batch", ""))

    return (("/v1/notes", notes, ()), ("/v1/preflight", preflight, ("batch",)))


async def looked_at(bench: Bench, ident: str) -> wire.Preflight:
    """What was found before a batch starts."""
    batch = await bench.record.ledger.batch(ident)
    checks = await bench.preflight.look(batch)
    items = tuple(
        [
            wire.PreflightItem.model_validate({"id": one.id, "level": one.level, "args": await _named(bench, one.args)})
            for one in checks
        ]
    )
    return wire.Preflight(batch=batch.id, ready=all(one.level != "refuse" for one in items), items=items)


async def _named(bench: Bench, args: Mapping[str, str | int | float]) -> Mapping[str, str | int | float]:
    """With the name of the user in it: to people an id says nothing."""
    user = await bench.record.ledger.user(str(args["first"])) if args.get("first") else None
    return args if user is None else {**args, "first": user.name}


async def symbol(bench: Bench, actor: Actor, ident: str) -> wire.CodeSymbol:
    """The modules of a code that was given out: for whoever may give one out."""
    if actor.role is None or not wire.may(actor.role, wire.ShowCode(user="")):
        raise NotAllowed("A user's code is for admins.", "Ask an admin.")
    attempt, drawn = await bench.giving_out.symbol(ident)
    enrollment = await bench.record.ledger.enrollment(attempt.enrollment)
    user = await bench.record.ledger.user(enrollment.user)
    return wire.CodeSymbol(
        attempt=attempt.id,
        user=user.name if user else "",
        mode=enrollment.mode,
        size=drawn.symbol.size,
        modules="".join(str(module) for module in drawn.symbol.modules),
        expires=attempt.expires,
    )
