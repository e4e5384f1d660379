"""What the bench runs with, and what of it an admin may change while it runs."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.bench.tuning import LIVE
from station.domain.errors import NotAllowed
from station.ports import Actor
from station.server.asking import Queries
from station.server.sessions import VISITOR


async def order(bench: Bench, actor: Actor, command: wire.ChangeSetting) -> dict[str, object]:
    """Carry it out; facts: the key and the value that holds now."""
    return {"key": command.key, "value": await bench.tuning.change(actor, command.key, command.value)}


def queries(bench: Bench, configured: Callable[[], wire.Settings]) -> Queries:
    """Paths, what answers them, and the arguments that they take."""

    async def settings(request: web.Request) -> wire.Settings:
        role = request[VISITOR].actor.role
        if role is None or not wire.may(role, wire.ChangeSetting(key="")):
            raise NotAllowed("What the bench runs with is for admins.", "Ask an admin.")
        found = configured()
        return found.model_copy(update={"items": tuple(_as_it_is(bench, one) for one in found.items)})

    return (("/v1/settings", settings, ()),)


def _as_it_is(bench: Bench, one: wire.SettingView) -> wire.SettingView:
    """With the value that holds at this moment."""
    if one.key not in LIVE:
        return one
    limits, changed = LIVE[one.key], one.key in bench.tuning.changed
    return one.model_copy(
        update={
            "live": True,
            "value": bench.tuning.now(one.key),
            "source": "changed" if changed else one.source,
            "least": limits.least if limits else None,
            "most": limits.most if limits else None,
            "configured": one.value,
        }
    )
