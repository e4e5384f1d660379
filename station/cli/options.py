"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_SOCKET = Path("/run/sixtap/sixtap.sock")

SocketOption = Annotated[
    Path,
    typer.Option(
        "--socket",
        help="The service's socket.",
        envvar="SIXTAP_SOCKET",
        default_factory=lambda: DEFAULT_SOCKET,
        show_default=str(DEFAULT_SOCKET),
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]
