"""`sixtap qr`: a user's code at any time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import WRONG_USE, as_json, ask, complain, end, plain, say
from station.client import Client
from station.words import words
from station.words.modes import MODES

DARK, LIGHT = "\x1b[30;107m", "\x1b[0m"
HALVES = {("0", "0"): " ", ("1", "0"): "▀", ("0", "1"): "▄", ("1", "1"): "█"}
QUIET_ZONE = 4  # modules


def qr(
    user: Annotated[str, typer.Argument(help="The user: e-mail, id, or a name that only one has.")],
    socket: SocketOption,
    mode: Annotated[str | None, typer.Option(help="Management mode, if not the user's own.")] = None,
    out: Annotated[Path | None, typer.Option(help="A file: .png, .svg or .pdf. Without it the code is drawn here.")] = None,
    json: JsonOption = False,
) -> None:
    """A user's code, now: a new one, which ends the one before. It is in the record who asked for it."""
    from station.assembly.codesheet import KINDS, sheet  # imported here: the other commands need no OpenCV

    kind = next((one for one in KINDS if out is not None and out.suffix.lower() == f".{one}"), None)
    if out is not None and kind is None:
        complain(f"{out} is of no kind that a code is written as. Name a .png, .svg or .pdf file.")
        end(WRONG_USE)

    async def fetch(client: Client) -> wire.CodeSymbol:
        done = await client.command(wire.ShowCode(user=user, mode=mode))
        return await client.code(str(done.facts["attempt"]))

    code = ask(socket, fetch)
    lines = caption(code)
    if out is not None and kind is not None:
        try:
            out.write_bytes(sheet(code.size, code.modules, [plain(line) for line in lines], kind))
            out.chmod(0o600)
        except OSError as why:
            complain(f"{out} cannot be written: {why.strerror}. The code is valid all the same; ask again with another --out.")
            end(WRONG_USE)
    facts = {"user": code.user, "mode": code.mode, "attempt": code.attempt, "expires": code.expires, "file": str(out) if out else None}
    if json:
        as_json(facts)
        return
    if out is None:
        typer.echo(drawn(code.size, code.modules))
    for line in lines:
        say(line)
    if out is not None:
        say(f"{out}: whoever has this file can set up a phone for this user. Delete it when it has served.")


def caption(code: wire.CodeSymbol) -> list[str]:
    """Whose code it is, for which mode, and when it ends."""
    if code.expires is None:
        ends = "It does not expire: keep it as you would a password."
    else:
        ends = f"Expires {datetime.fromtimestamp(code.expires).astimezone().strftime('%Y-%m-%d %H:%M %Z')}"
    return [code.user, words("en")(MODES[code.mode]), ends]


def drawn(size: int, modules: str) -> str:
    """The symbol in half blocks, dark on light whatever the terminal's colours."""
    across = size + 2 * QUIET_ZONE
    rows = [modules[start : start + size].center(across, "0") for start in range(0, size * size, size)]
    rows = ["0" * across] * QUIET_ZONE + rows + ["0" * across] * (QUIET_ZONE + (across % 2))
    pairs = zip(rows[::2], rows[1::2], strict=False)
    return "\n".join(DARK + "".join(HALVES[pair] for pair in zip(upper, lower, strict=True)) + LIGHT for upper, lower in pairs)
