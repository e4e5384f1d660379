"""`sixtap settings`: what the bench runs with, and changing what it takes while it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import WRONG_USE, as_json, ask, complain, end, say, table
from station.client import Client
from station.words import words
from station.words.settings import GROUPS, SETTINGS, SOURCES, group_of, said


def settings(
    socket: SocketOption,
    json: JsonOption = False,
    put: Annotated[
        str, typer.Option("--set", help="KEY=VALUE: let it hold from now on, such as times.scan=180.", metavar="KEY=VALUE")
    ] = "",
    reset: Annotated[str, typer.Option("--reset", help="KEY: as the configuration file says again.", metavar="KEY")] = "",
) -> None:
    """What the bench runs with: every setting, its value, and where that comes from. For admins."""
    order = _order(put, reset)

    async def fetch(client: Client) -> wire.Settings:
        if order is not None:
            await client.command(order)
        return await client.settings()

    found = ask(socket, fetch)
    if json:
        as_json(found.model_dump(mode="json"))
    elif order is not None:
        one = next((one for one in found.items if one.key == order.key), None)
        t = words("en")
        say(f"{order.key}: {said(t, one.key, one.value)} ({t(SOURCES[one.source])})" if one else f"{order.key} is changed.")
    else:
        _print(found)


def _order(put: str, reset: str) -> wire.ChangeSetting | None:
    if put and reset:
        complain("--set and --reset are two orders: give one.")
        end(WRONG_USE)
    if reset:
        return wire.ChangeSetting(key=reset[:80])
    key, sign, value = put.partition("=")
    if put and not (key and sign and value and len(key) <= 80 and len(value) <= 80):
        complain("--set wants KEY=VALUE, such as times.scan=180.")
        end(WRONG_USE)
    return wire.ChangeSetting(key=key.strip(), value=value.strip()) if put else None


def _print(found: wire.Settings) -> None:
    t = words("en")
    say(f"Configuration: {found.file}" if found.file else "There is no configuration file.")
    rows = [
        (
            one.key,
            said(t, one.key, one.value, secret=one.secret),
            t(SOURCES[one.source]),
            "--set" if one.live else "file, restart",
            SETTINGS.get(one.key, ("", ""))[0],
        )
        for group in GROUPS
        for one in found.items
        if group_of(one.key) == group
    ]
    table(("key", "value", "from", "change by", "what"), rows)
