"""`sixtap witness`: the bench's own eye on picture files."""

from __future__ import annotations

import json as encoding
import re
from pathlib import Path
from typing import Annotated

import typer

from station.cli.options import JsonOption
from station.cli.printing import FAILED, WRONG_USE, complain, end, say
from station.domain.errors import SixtapError, WrongUse

LEVELS = ("L", "M", "Q", "H")


def witness(
    frames: Annotated[list[Path], typer.Argument(metavar="FRAME...", help="Picture files.")],
    payload: Annotated[Path | None, typer.Option(metavar="FILE", help="The code's exact text.")] = None,
    error: Annotated[str, typer.Option(metavar="L|M|Q|H", help="The code's error correction level.")] = "L",
    mask: Annotated[int | None, typer.Option(min=0, max=7, metavar="N", help="The code's mask; else the encoder's choice.")] = None,
    varies: Annotated[
        str,
        typer.Option(metavar="START:END", help="The bytes of the text that differ between users; else the enrollment token."),
    ] = "",
    matrix: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The modules of a code that others drew: rows of 0 and 1, or a picture.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say of each picture whether this code is in it. Exit code 0 when all show it, 1 otherwise."""
    from station.assembly import inspection  # imported here: the other commands need neither OpenCV nor NumPy

    try:
        if error not in LEVELS:
            raise WrongUse(f"--error {error[:10]!r} is no error correction level.", f"It is one of {', '.join(LEVELS)}.")
        text = payload.read_bytes() if payload is not None else None
        forms = inspection.symbols(text, error, mask, _range(varies), matrix)
    except OSError as why:
        complain(f"--payload: {payload} cannot be read: {why.strerror}.")
        end(WRONG_USE)
    except SixtapError as why:
        complain(str(why))
        end(WRONG_USE)
    seen, unread = True, False
    for one in inspection.inspect(frames, forms):
        seen = seen and one.found is not None and one.found.seen
        unread = unread or one.found is None
        if json:
            typer.echo(encoding.dumps(one.document()))
        elif one.found is None:
            complain(one.sentence())
        else:
            say(one.sentence())
    if not seen:
        end(WRONG_USE if unread else FAILED)


def _range(text: str) -> range | None:
    if not text:
        return None
    parts = re.fullmatch(r"(\d{1,5}):(\d{1,5})", text)
    if parts is None:
        raise WrongUse(f"--varies {text[:20]!r} is no range of bytes.", "Write START:END, such as 350:370; END is not included.")
    return range(int(parts[1]), int(parts[2]))
