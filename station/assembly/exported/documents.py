"""Codes in PDF files: every page is drawn and looked at; each line of text belongs to the code that is the nearest to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pypdfium2

from station.assembly.exported.found import Found, Unread
from station.assembly.exported.pictures import MOST_PIXELS, Read, codes

POINTS = 72  # in an inch: PDF's unit (ISO 32000-1, 8.3.2.3)
RESOLUTIONS = (200, 400, 600)  # dots per inch
TENTHS = 10  # of a point: how exactly places are asked for, which come in whole numbers
MOST_PAGES = 5000
ROW = 36  # points within which codes stand side by side
NARROW, WIDE = 0.2, 1.0  # gaps, in heights of a line: from the one on a space was meant, from the other on another column


@dataclass(frozen=True, slots=True)
class Run:
    """Text on one line and its box, from the page's top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def goes_on_with(self, other: Run) -> bool:
        """Whether `other`, which begins no further to the left, stands on the same line and close by."""
        common = min(self.bottom, other.bottom) - max(self.top, other.top)
        lower, higher = sorted((self.bottom - self.top, other.bottom - other.top))
        return common >= lower / 2 and -higher < other.left - self.right < WIDE * higher

    def and_then(self, other: Run) -> Run:
        """Both as one."""
        gap = other.left - self.right > NARROW * (self.bottom - self.top)
        text = f"{self.text}{' ' if gap else ''}{other.text}"
        edges = (min(self.top, other.top), max(self.right, other.right), max(self.bottom, other.bottom))
        return Run(text, self.left, *edges)

    def distance(self, x: float, y: float) -> float:
        """From the nearest point of the box."""
        return float(np.hypot(max(self.left - x, 0, x - self.right), max(self.top - y, 0, y - self.bottom)))


def codes_of_pdf(file: str, octets: bytes) -> Iterator[Found | Unread]:
    """Each code of a PDF, page by page. A page without one is told, too: it may be a title page."""
    try:
        document = pypdfium2.PdfDocument(octets)
    except pypdfium2.PdfiumError as why:
        locked = "password" in str(why).lower()
        reason = "It is locked with a password." if locked else "It is no PDF that can be read."
        yield Unread(file, reason, "Save it without." if locked else "Export it again.")
        return
    with closing(document):
        if len(document) > MOST_PAGES:
            yield Unread(file, f"It has {len(document)} pages; {MOST_PAGES} are the most.", "Export fewer users at once.")
            return
        found: list[Found | Unread] = []
        for number in range(len(document)):
            found += _page(file, number + 1, document)
    alone = [one for one in found if isinstance(one, Found)]
    if len(alone) == 1:  # then the file's own name may say whose it is
        name = PurePosixPath(file).stem
        found = [Found(one.file, one.content, (*one.labels, name), one.part) if one is alone[0] else one for one in found]
    yield from found


def _page(file: str, number: int, document: pypdfium2.PdfDocument) -> list[Found | Unread]:
    source = f"{file}#{number}"
    try:
        with closing(document[number - 1]) as page:
            reads, lines = _reads(page), _lines(page)
    except pypdfium2.PdfiumError:
        return [Unread(source, "This page cannot be drawn.", "Export it again.")]
    if not reads:
        return [Unread(source, "No QR code is on this page.", harmless=True)]
    parts = [f"{number}.{at}" for at in range(1, len(reads) + 1)] if len(reads) > 1 else [str(number)]
    labels = _nearest(reads, lines)
    return [Found(file, *one) for one in zip((read.content for read in reads), labels, parts, strict=True)]


def _reads(page: pypdfium2.PdfPage) -> list[Read]:
    """A page's codes, row by row, their places in points. It is drawn finer and finer until that shows no more of them: a sheet of
    many users has small ones."""
    width, height = page.get_size()
    found: dict[str, Read] = {}
    for resolution in RESOLUTIONS:
        scale = min(resolution / POINTS, (MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        with closing(page.render(scale=scale, grayscale=True)) as bitmap:
            picture = np.array(bitmap.to_numpy(), np.uint8).reshape(bitmap.height, bitmap.width)
        before = len(found)
        for one in codes([picture], thorough=not found and resolution == RESOLUTIONS[0]):
            found.setdefault(one.content, Read(one.content, one.x / scale, one.y / scale))
        if found and len(found) == before:
            break
    return sorted(found.values(), key=lambda read: (read.y // ROW, read.x))


def _lines(page: pypdfium2.PdfPage) -> list[Run]:
    """The runs of text on a page, their places in points as it is drawn: from its top left corner, turned as it is turned."""
    place = pypdfium2.PdfPosConv(page, (0, 0, *(round(side * TENTHS) for side in page.get_size()), 0))
    pieces: list[Run] = []
    with closing(page.get_textpage()) as text:
        for at in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(at)
            corners = (place.to_bitmap(left, bottom), place.to_bitmap(right, top))
            (x0, x1), (y0, y1) = (sorted(value / TENTHS for value in axis) for axis in zip(*corners, strict=True))
            pieces.append(Run(text.get_text_bounded(left, bottom, right, top), x0, y0, x1, y1))
    return runs(pieces)


def runs(pieces: list[Run]) -> list[Run]:
    """Pieces side by side, put together: PDF files part words where the font changes, which it does at letters with accents."""
    whole: list[Run] = []
    for piece in sorted(pieces, key=lambda piece: piece.left):
        before = next((at for at, run in enumerate(whole) if run.goes_on_with(piece)), None)
        if before is None:
            whole.append(piece)
        else:
            whole[before] = whole[before].and_then(piece)
    return whole


def _nearest(reads: list[Read], lines: list[Run]) -> list[tuple[str, ...]]:
    """For each code one label: the runs of text that are nearer to it than to any other code."""
    own: defaultdict[int, list[tuple[float, str]]] = defaultdict(list)
    for line in lines:
        distance, at = min((line.distance(read.x, read.y), at) for at, read in enumerate(reads))
        own[at].append((distance, " ".join(line.text.split())))
    return [("\n".join(text for _, text in sorted(own[at])),) if at in own else () for at in range(len(reads))]
