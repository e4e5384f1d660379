"""`sixtap` as a shell runs it, in this process: its arguments, its two outputs, its exit code."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from station.cli import main


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


def sixtap(*arguments: str) -> Ran:
    """Run one command. Anything but an exit with a code is an error of the command's, and raised."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=errors) for errors in ("strict", "backslashreplace"))
    with patch.object(sys, "argv", ["sixtap", *arguments]), patch.dict(os.environ), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
            code: object = 0
        except SystemExit as end:
            code = end.code if end.code is not None else 0
        out.flush()
        err.flush()
    assert isinstance(code, int), code
    return Ran(code, _text(out), _text(err))


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.detach()
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
