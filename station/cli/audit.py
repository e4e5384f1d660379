"""`sixtap audit`: is the record what was written?"""

from __future__ import annotations

import re
from typing import Annotated

import typer

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say
from station.client import Client
from station.domain.audit import Chain

KEEP_FILES = "Keep the files as they are and tell an administrator."
IN_WORDS = {
    "missing": "The picture {file}, evidence of event {seq}, is not there any more.",
    "changed": "The picture {file}, evidence of event {seq}, was changed after it was kept.",
}

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
    """Check every event of the record and every picture that it speaks of, and with --head that nothing was cut off or rewritten
    since."""

    if head is not None:
        head = head.strip().lower()
        if not re.fullmatch("[0-9a-f]{64}", head):
            complain("--head must be the 64 letters and digits of a chain head, as a report or an export gives them.")
            end(WRONG_USE)

    chain, findings = ask(socket, lambda client: _walk(client, head)), ask(socket, _look)
    flaw = chain.finish(head)
    if json:
        files = [finding.model_dump(mode="json") for finding in findings]
        as_json({"events": chain.length, "head": chain.head, "flaw": flaw.what if flaw else None, "pictures": files})
    elif flaw is None:
        say(f"The record holds: {chain.length} events, head {chain.head}")
    else:
        complain(f"The record does not hold: {flaw.what}. {KEEP_FILES}")
    if not json:
        for finding in findings:
            complain(f"{IN_WORDS[finding.what].format(file=finding.file, seq=finding.seq)} {KEEP_FILES}")
    if flaw is not None or findings:
        end(FAILED)


async def _walk(client: Client, head: str | None) -> Chain:
    chain = Chain()
    after: int | None = 0
    while after is not None and chain.flaw is None:
        page = await client.record(after=after)
        chain.feed([event.model_dump(mode="json", exclude={"type"}) for event in page.items], expected=head)
        after = page.after
    return chain


async def _look(client: Client) -> list[wire.PictureFinding]:
    findings: list[wire.PictureFinding] = []
    after: int | None = 0
    while after is not None:
        page = await client.pictures(after=after)
        findings += page.findings
        after = page.after
    return findings
