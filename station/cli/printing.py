"""What commands print, and how they end.

Exit codes: 0 done, 1 a unit or check failed, 2 wrong use, 3 the service cannot be reached.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from station.client import CannotReach, Client, Refused

DONE, FAILED, WRONG_USE, UNREACHABLE = 0, 1, 2, 3
WRONG_USE_KINDS = {"WrongUse", "NotAllowed", "NotFound", "BadRoster", "BadLabel"}

T = TypeVar("T")


def plain(text: str) -> str:
    """Text from outside, with control characters made visible: a name must not move the cursor."""
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)


def say(text: str) -> None:
    """One line for a person."""
    typer.echo(plain(text))


def complain(text: str) -> None:
    """One line on standard error."""
    typer.echo(plain(text), err=True)


def end(code: int) -> NoReturn:
    """Leave with an exit code."""
    raise typer.Exit(code)


def as_json(document: Any) -> None:
    """For machines: one JSON document. What is no visible letter is escaped: it may be read on a terminal all the same."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    typer.echo("".join(letter if letter.isprintable() or letter == "\n" else json.dumps(letter)[1:-1] for letter in text))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows for people; cells are text, never markup. On a pipe it is tab-separated and unwrapped."""
    if not sys.stdout.isatty():
        typer.echo("\t".join(columns))
        for row in rows:
            typer.echo("\t".join(plain(str(cell)) for cell in row))
        return
    drawn = Table()
    for column in columns:
        drawn.add_column(column, overflow="fold")  # a long name is broken, never cut
    for row in rows:
        drawn.add_row(*(Text(plain(str(cell))) for cell in row))
    Console().print(drawn)


def ask(socket: Path, work: Callable[[Client], Awaitable[T]]) -> T:
    """Run `work` with a client of the service; end with the right code when it cannot be done."""

    async def run() -> T:
        async with Client(socket) as client:
            return await work(client)

    try:
        return asyncio.run(run())
    except CannotReach as why:
        complain(str(why))
        end(UNREACHABLE)
    except Refused as why:
        complain(str(why))
        end(WRONG_USE if why.problem.kind in WRONG_USE_KINDS else FAILED)
