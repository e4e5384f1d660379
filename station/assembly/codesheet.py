"""A code as a sheet to show or print: the symbol, and under it whose it is and when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import BytesIO
from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

QUIET_ZONE = 4  # modules; ISO/IEC 18004, 6.3.8
MODULE = 10  # pixels
LETTER = 26  # pixels, the height of the text
LEADING = 40  # pixels from line to line
WIDEST = 60  # characters of a line

Kind = Literal["png", "svg", "pdf"]
KINDS: tuple[Kind, ...] = ("png", "svg", "pdf")
Grey = NDArray[np.uint8]


def sheet(size: int, modules: str, lines: Sequence[str], kind: Kind) -> bytes:
    """The file's content. `modules`: row-major, "1" is dark. `lines`: plain text; what cannot be drawn shows as a question mark."""
    shown = [line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…" for line in lines]
    if kind == "svg":
        return _svg(size, modules, shown)
    return written(_picture(size, modules, shown), kind)


def written(picture: Grey, kind: Literal["png", "pdf"]) -> bytes:
    """A grey picture as a file; as a PDF its pixels are half a point."""
    return _pdf(picture) if kind == "pdf" else bytes(cv2.imencode(".png", picture)[1])


def _picture(size: int, modules: str, lines: Sequence[str]) -> Grey:
    dark = np.frombuffer(modules.encode("ascii"), np.uint8).reshape(size, size) == ord("1")
    symbol = np.kron(np.where(np.pad(dark, QUIET_ZONE), 0, 255), np.ones((MODULE, MODULE))).astype(np.uint8)
    face = cv2.FontFace("sans")
    widths = [cv2.getTextSize((1, 1), line, (0, 0), face, LETTER)[2] for line in lines]
    width = max(symbol.shape[1], *(wide + 2 * LEADING for wide in widths), 1)
    picture = np.full((symbol.shape[0] + LEADING * (len(lines) + 1), width), 255, np.uint8)
    left = (width - symbol.shape[1]) // 2
    picture[: symbol.shape[0], left : left + symbol.shape[1]] = symbol
    for number, (line, wide) in enumerate(zip(lines, widths, strict=True)):
        at = ((width - wide) // 2, symbol.shape[0] + LEADING * number + LETTER)
        cv2.putText(picture, line, at, (0,), face, LETTER)
    return cast("Grey", picture)


def _svg(size: int, modules: str, lines: Sequence[str]) -> bytes:
    across, letter = size + 2 * QUIET_ZONE, (size + 2 * QUIET_ZONE) / 26
    path = "".join(
        f"M{column + QUIET_ZONE} {row + QUIET_ZONE}h1v1h-1z"
        for row in range(size)
        for column in range(size)
        if modules[row * size + column] == "1"
    )
    texts = "".join(
        f'<text x="{across / 2}" y="{across + letter * 1.5 * number:.2f}" font-family="sans-serif" font-size="{letter:.2f}"'
        f' text-anchor="middle">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    high = across + letter * 1.5 * len(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {high:.2f}" width="{across * MODULE}"'
        ' shape-rendering="crispEdges">'
        f'<rect width="100%" height="100%" fill="#fff"/><path d="{path}"/>{texts}</svg>\n'
    ).encode()


def _pdf(picture: Grey) -> bytes:
    import pypdfium2 as pdfium  # imported here: no other kind of file needs it

    high, wide = picture.shape
    document = pdfium.PdfDocument.new()
    page = document.new_page(wide * 0.5, high * 0.5)  # points; two pixels each
    image = pdfium.PdfImage.new(document)
    image.set_bitmap(pdfium.PdfBitmap.new_native(wide, high, pdfium.raw.FPDFBitmap_Gray, buffer=picture.tobytes()))
    image.set_matrix(pdfium.PdfMatrix().scale(wide * 0.5, high * 0.5))
    page.insert_obj(image)
    page.gen_content()
    out = BytesIO()
    document.save(out)
    return out.getvalue()
