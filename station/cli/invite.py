"""`sixtap invite`: users get their code by mail and enroll alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say, table
from station.client import Client

OUTCOMES = {
    "sent": "sent",
    "waiting": "waits in the outbox",
    "refused": "refused",
    "unknown": "perhaps sent",
    "withdrawn": "not sent",
}


@dataclass(frozen=True, slots=True)
class _Whom:
    name: str
    order: wire.InviteUsers


def invite(
    socket: SocketOption,
    users: Annotated[list[str] | None, typer.Argument(metavar="[USER]...", help="Users, by id, e-mail or name.")] = None,
    batch: Annotated[str | None, typer.Option(help="All who wait in this batch; with users, only these of it.")] = None,
    resend: Annotated[
        bool, typer.Option("--resend", help="A fresh code also for those who have one; it makes the old one void.")
    ] = False,
    preview: Annotated[
        Path | None, typer.Option(metavar="FILE.eml", help="Only write one user's mail to a file, with a sample code.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Mail users their codes. Each is for one user and works once; the unit is confirmed when the device reports."""
    named = users or []
    if preview is not None:
        _preview(socket, named, preview)
        return
    if not named and batch is None:
        complain("Say whom: sixtap invite USER..., or --batch BATCH.")
        end(WRONG_USE)
    found = ask(socket, lambda client: _invite(client, named, batch, resend))
    if json:
        as_json({"invitations": [{"user": name, **one.model_dump(mode="json")} for name, one in found]})
    else:
        table(("user", "mail", "why", "unit"), [(name, OUTCOMES[one.outcome], one.why, one.unit) for name, one in found])
        say(_sum(found))
    if any(one.outcome in {"refused", "unknown", "withdrawn"} for _, one in found):
        end(FAILED)


def _preview(socket: Path, named: Sequence[str], path: Path) -> None:
    if len(named) != 1:
        complain("Name one user, whose mail is written with a sample code.")
        end(WRONG_USE)
    shown = ask(socket, lambda client: client.invitation(named[0]))
    try:
        path.write_bytes(shown.mail.encode("utf-8"))
    except OSError as why:
        complain(f"{path} cannot be written: {why.strerror}.")
        end(WRONG_USE)
    say(f"{path}: a preview. Its code sets up no phone, and nothing was sent.")


async def _invite(client: Client, named: Sequence[str], batch: str | None, resend: bool) -> list[tuple[str, wire.Invitation]]:
    whom = [_Whom(name, wire.InviteUsers(users=(name,), batch=batch, resend=resend)) for name in named]
    if not named and batch is not None:
        whom = await _waiting(client, batch, resend)
    found: list[tuple[str, wire.Invitation]] = []
    with typer.progressbar(whom, label="Inviting", hidden=not sys.stderr.isatty(), file=sys.stderr) as bar:
        for one in bar:
            done = await client.command(one.order)
            found += [(one.name, each) for each in wire.Invitations.model_validate(done.facts).invitations]
    return found


async def _waiting(client: Client, batch: str, resend: bool) -> list[_Whom]:
    """The batch's queue; to send again, also those who were invited, and those whose invitation failed."""
    whom: list[_Whom] = []
    states, after = ("queued,invited,held" if resend else "queued"), 0
    while True:
        page = await client.units(batch, after=after, states=states)
        units = [one for one in page.items if one.state != "held" or one.reason in {"expired", "fault"}]
        whom += [_Whom(one.user or one.enrollment, wire.InviteUsers(units=(one.enrollment,), resend=resend)) for one in units]
        if page.after is None:
            return whom
        after = page.after


def _sum(found: list[tuple[str, wire.Invitation]]) -> str:
    counts = [f"{sum(one.outcome == outcome for _, one in found)} {said}" for outcome, said in OUTCOMES.items()]
    kept = [count for count in counts if not count.startswith("0 ")]
    return ", ".join(kept) + "." if kept else "Nobody waits to be invited."
