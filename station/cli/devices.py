"""`sixtap device`: phones that went out to users."""

from __future__ import annotations

from typing import Annotated

import typer

from station import wire
from station.cli.options import SocketOption
from station.cli.printing import ask, say

app = typer.Typer(help="Phones that went out to users.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """One command so far: without this, typer would drop its name."""


@app.command("return")
def take_back(
    label: Annotated[str, typer.Argument(help="Serial number or IMEI of the phone.")],
    socket: SocketOption,
) -> None:
    """A phone came back from its user: its number is free for another."""
    done = ask(socket, lambda client: client.command(wire.ReturnDevice(label=label)))
    say(f"{label} is free again; it was unit {done.facts['unit']}.")
