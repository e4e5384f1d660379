"""`sixtap audit`: is the record what was written?"""

from __future__ import annotations

import re
from typing import Annotated

import typer

from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say
from station.client import Client
from station.domain.audit import Chain

app = typer.Typer(help="The record's hash chain.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def audit() -> None:
    """The record's hash chain."""


@app.command()
def verify(
    socket: SocketOption,
    head: Annotated[str | None, typer.Option(help="A head noted earlier, from a report or an export.")] = None,
    json: JsonOption = False,
) -> None:
    """Check every event of the record, and with --head that nothing was cut off or rewritten since."""

    if head is not None:
        head = head.strip().lower()
        if not re.fullmatch("[0-9a-f]{64}", head):
            complain("--head must be the 64 letters and digits of a chain head, as a report or an export gives them.")
            end(WRONG_USE)

    async def walk(client: Client) -> Chain:
        chain = Chain()
        after: int | None = 0
        while after is not None and chain.flaw is None:
            page = await client.record(after=after)
            chain.feed([event.model_dump(mode="json", exclude={"type"}) for event in page.items], expected=head)
            after = page.after
        return chain

    chain = ask(socket, walk)
    flaw = chain.finish(head)
    if json:
        as_json({"events": chain.length, "head": chain.head, "flaw": flaw.what if flaw else None})
    elif flaw is None:
        say(f"The record holds: {chain.length} events, head {chain.head}")
    if flaw is not None:
        if not json:
            complain(f"The record does not hold: {flaw.what}. Keep the files as they are and tell an administrator.")
        end(FAILED)
