"""Invitations by mail, for the wire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.bench.invitations import Invited
from station.domain.errors import WrongUse
from station.ports import Actor

Query = Callable[[web.Request], Awaitable[wire.Message]]
MOST = 500  # in one command


async def invite(bench: Bench, actor: Actor, command: wire.InviteUsers) -> dict[str, object]:
    """Mail these users and units their codes; see wire.Invitations."""
    count = len(command.users) + len(command.units)
    if not 0 < count <= MOST:
        raise WrongUse(f"{count} users or units are named to be invited.", f"Name 1 to {MOST} at a time.")
    invited = await bench.invitations.invite(actor, command.users, command.units, batch=command.batch, resend=command.resend)
    return wire.Invitations(invitations=tuple(map(_view, invited))).model_dump(mode="json")


def queries(bench: Bench) -> tuple[tuple[str, Query, tuple[str, ...]], ...]:
    """Paths, what answers them, and what arguments they take."""

    async def preview(request: web.Request) -> wire.MailPreview:
        mail = await bench.invitations.preview(request.query.get("user", ""))
        return wire.MailPreview(mail=mail.decode("utf-8"))

    return (("/v1/invitation", preview, ("user",)),)


def _view(one: Invited) -> wire.Invitation:
    return wire.Invitation(asked=one.asked, unit=one.enrollment, outcome=one.tried.outcome, why=one.tried.why)
