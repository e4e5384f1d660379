"""Invitations by mail, for the wire."""

from __future__ import annotations

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.bench.invitations import Invited
from station.bench.people import find_user
from station.domain.enrollment import State
from station.domain.errors import NotFound, WrongUse
from station.ports import Actor
from station.server.asking import Queries

MOST = 500  # in one command


async def invite(bench: Bench, actor: Actor, command: wire.InviteUsers) -> dict[str, object]:
    """Mail these users and units their codes; see wire.Invitations."""
    count = len(command.users) + len(command.units)
    if not 0 < count <= MOST:
        raise WrongUse(f"{count} users or units are named to be invited.", f"Name 1 to {MOST} at a time.")
    users = tuple([user for user in command.users if not await _had_a_code(bench, user)]) if command.first else command.users
    invited = await bench.invitations.invite(actor, users, command.units, batch=command.batch, resend=command.resend)
    return wire.Invitations(invitations=tuple(map(_view, invited))).model_dump(mode="json")


async def _had_a_code(bench: Bench, name: str) -> bool:
    """Whether a code was ever made out for this user, or their place in some batch is settled."""
    ledger = bench.record.ledger
    try:
        places = await ledger.enrollments_of((await find_user(ledger, name)).id)
    except (NotFound, WrongUse):  # nobody, or several are called so: that is told of as with every invitation
        return False
    return any(place.attempts or place.state is not State.QUEUED for place in places)


def queries(bench: Bench) -> Queries:
    """Paths, what answers them, and what arguments they take."""

    async def preview(request: web.Request) -> wire.MailPreview:
        mail = await bench.invitations.preview(request.query.get("user", ""))
        return wire.MailPreview(mail=mail.decode("utf-8"))

    return (("/v1/invitation", preview, ("user",)),)


def _view(one: Invited) -> wire.Invitation:
    return wire.Invitation(asked=one.asked, unit=one.enrollment, outcome=one.tried.outcome, why=one.tried.why)
