"""`sixtap barcodes`: the sheet of barcodes that press the screen's buttons."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from station.cli.printing import WRONG_USE, complain, end, say
from station.wire import BARCODES


def barcodes(
    out: Annotated[Path, typer.Argument(help="The file to write: .pdf or .png.")] = Path("sixtap-barcodes.pdf"),
) -> None:
    """A sheet of barcodes: each presses a button of the bench's screen, by the key that stands on it."""
    from station.assembly.barcodesheet import barcode_sheet  # imported here: the other commands need no OpenCV
    from station.assembly.codesheet import written

    kind = out.suffix.lower()
    if kind not in {".pdf", ".png"}:
        complain(f"{out} is of no kind that the sheet is written as. Name a .pdf or .png file.")
        end(WRONG_USE)
    labels = {text: "Back (Esc)" if key == "escape" else key.upper() for text, key in BARCODES.items()}
    try:
        out.write_bytes(written(barcode_sheet(labels), "pdf" if kind == ".pdf" else "png"))
    except OSError as why:
        complain(f"{out} cannot be written: {why.strerror}. Name another file.")
        end(WRONG_USE)
    say(f"{out}: print it, and scan a barcode to press the button with that key.")
