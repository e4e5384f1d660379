"""A terminal's screen as a small SVG: letters as text, blocks as rectangles, nothing fetched, the same bytes every time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from textual.strip import Strip

WIDE, HIGH, EDGE = 10, 20, 10
"""Pixels of a cell, and around the screen."""
FONT = "font:16.6px 'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,monospace;white-space:pre"

Box = tuple[float, float, float, float]
BLOCKS: dict[str, tuple[Box, ...]] = {
    "▀": ((0, 0, 1, 0.5),),
    "▐": ((0.5, 0, 0.5, 1),),
    "▔": ((0, 0, 1, 0.125),),
    "▕": ((0.875, 0, 0.125, 1),),
    **{chr(0x2580 + eighths): ((0, 1 - eighths / 8, 1, eighths / 8),) for eighths in range(1, 9)},
    **{chr(0x2590 - eighths): ((0, 0, eighths / 8, 1),) for eighths in range(1, 8)},
    **{
        sign: tuple((at % 2 / 2, at // 2 / 2, 0.5, 0.5) for at in range(4) if bits >> at & 1)
        for sign, bits in zip("▘▝▖▗▚▞▛▜▙▟", (1, 2, 4, 8, 9, 6, 7, 11, 13, 14), strict=True)
    },
}
"""Block elements by the parts of the cell that they fill: left, top, width, height."""


@dataclass(frozen=True, slots=True)
class Run:
    """Cells of one row that look alike: from column `x` on, `width` of them."""

    x: int
    y: int
    width: int
    text: str
    colour: str
    ground: str
    bold: bool


def svg(strips: Sequence[Strip], title: str) -> str:
    """The whole screen. `title`: what it shows, for those who cannot see it."""
    runs = [run for y, strip in enumerate(strips) for run in _runs(strip, y)]
    ground = _usual(runs)
    grounds: dict[str, list[Box]] = defaultdict(list)
    blocks: dict[str, list[Box]] = defaultdict(list)
    letters: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for run in runs:
        grounds[run.ground].append((run.x, run.y, run.width, 1))
        for x, word in _words(run):
            if word in BLOCKS:
                blocks[run.colour] += [(x + left, run.y + top, wide, high) for left, top, wide, high in BLOCKS[word]]
            else:
                letters[run.colour, run.bold].append(_letters(x, run.y, word))
    grounds.pop(ground)
    width, height = max(strip.cell_length for strip in strips) * WIDE + 2 * EDGE, len(strips) * HIGH + 2 * EDGE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"><title>{escape(title)}</title>',
            f'<rect width="{width}" height="{height}" rx="8" fill="{ground}"/>',
            f'<g transform="translate({EDGE} {EDGE})" style="{FONT}">',
            *(_path(colour, boxes) for colour, boxes in (*sorted(grounds.items()), *sorted(blocks.items()))),
            *(_group(colour, bold, lines) for (colour, bold), lines in sorted(letters.items())),
            "</g></svg>\n",
        ]
    )


def _usual(runs: Sequence[Run]) -> str:
    """The ground of most cells."""
    cells: Counter[str] = Counter()
    for run in runs:
        cells[run.ground] += run.width
    return cells.most_common(1)[0][0]


def _runs(strip: Strip, y: int) -> Iterator[Run]:
    x = 0
    for text, style, _ in strip:
        colour, ground = _colours(style)
        width = cell_len(text)
        yield Run(x, y, width, text, colour, ground, bool(style and style.bold))
        x += width


def _colours(style: Style | None) -> tuple[str, str]:
    """Of letters, and of the ground."""
    letters, ground = _hex((style and style.color) or None, "#ffffff"), _hex((style and style.bgcolor) or None, "#000000")
    return (ground, letters) if style and style.reverse else (letters, ground)


def _hex(colour: Color | None, usual: str) -> str:
    return usual if colour is None or colour.triplet is None else colour.triplet.hex


def _words(run: Run) -> Iterator[tuple[int, str]]:
    """The pieces of a run that are drawn each for itself, with their columns: words, blocks, wide letters."""
    x, piece, start = run.x, "", run.x
    for letter in run.text:
        width = cell_len(letter)
        alone = letter in BLOCKS or width > 1
        if piece and (letter == " " or alone or piece in BLOCKS or cell_len(piece[0]) > 1) and width:
            yield start, piece
            piece = ""
        if letter != " ":
            start = start if piece else x
            piece += letter
        x += width
    if piece:
        yield start, piece


def _letters(x: int, y: int, word: str) -> str:
    return f'<text x="{x * WIDE}" y="{y * HIGH + 15}" textLength="{cell_len(word) * WIDE}">{escape(word, quote=False)}</text>'


def _group(colour: str, bold: bool, lines: Sequence[str]) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<g fill="{colour}"{weight}>{"".join(lines)}</g>'


def _path(colour: str, boxes: Sequence[Box]) -> str:
    """All boxes of one colour; those that touch, side by side or one under the other, as one."""
    rows = _joined([(y, high, x, wide) for x, y, wide, high in boxes])
    stacks = _joined([(x, wide, y, high) for y, high, x, wide in rows])
    drawn = "".join(
        f"M{x * WIDE:g} {y * HIGH:g}h{wide * WIDE:g}v{high * HIGH:g}h{-wide * WIDE:g}z"
        for x, wide, y, high in sorted(stacks, key=lambda box: (box[2], box[0]))
    )
    return f'<path fill="{colour}" d="{drawn}"/>'


def _joined(boxes: Sequence[Box]) -> list[Box]:
    """Boxes of which the first two numbers are the same and the third goes on where the last one ended, as one each."""
    joined: list[Box] = []
    for box in sorted(boxes):
        last = joined[-1] if joined else None
        if last is not None and last[:2] == box[:2] and last[2] + last[3] == box[2]:
            joined[-1] = (*last[:3], last[3] + box[3])
        else:
            joined.append(box)
    return joined
