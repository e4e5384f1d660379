"""`sixtap screen`: what people look at to check the attached screen."""

from __future__ import annotations

from typing import Annotated, Literal, cast

import typer

from station import wire
from station.cli.options import SocketOption
from station.cli.printing import WRONG_USE, ask, complain, end, say


def screen(page: Annotated[str, typer.Argument(help="calibration or blank.")], socket: SocketOption) -> None:
    """Show the attached screen's calibration page, to see that it is sharp, whole, straight and bright; blank takes it down."""
    if page not in {"calibration", "blank"}:
        complain("The page must be calibration or blank.")
        end(WRONG_USE)
    order = wire.ShowPage(page=cast("Literal['calibration', 'blank']", page))
    ask(socket, lambda client: client.command(order))
    say(
        "The attached screen is blank."
        if page == "blank"
        else "The calibration page is up, until sixtap screen blank or the next code."
    )
