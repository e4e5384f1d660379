"""Large letters out of half blocks, for what must be read from two metres.

A letter is five pixels high and stands on six, the sixth being the accent's; two pixels share one character cell, so a line of
large letters is three rows high at scale 1. Text that holds a letter without a drawing has no large form: it is never
respelled.
"""

from __future__ import annotations

import unicodedata

HEIGHT = 6
"""Pixels in a line of large letters, the accent's row included."""

ROWS = HEIGHT // 2
"""Character rows of a line at scale 1."""

_DRAWN = """
A .##. #..# #### #..# #..#
B ###. #..# ###. #..# ###.
C .### #... #... #... .###
D ###. #..# #..# #..# ###.
E ### #.. ##. #.. ###
F ### #.. ##. #.. #..
G .### #... #.## #..# .###
H #..# #..# #### #..# #..#
I # # # # #
J ...# ...# ...# #..# .##.
K #..# #.#. ##.. #.#. #..#
L #.. #.. #.. #.. ###
M #...# ##.## #.#.# #...# #...#
N #...# ##..# #.#.# #..## #...#
O .##. #..# #..# #..# .##.
P ###. #..# ###. #... #...
Q .##. #..# #..# #.#. .#.#
R ###. #..# ###. #.#. #..#
S .### #... .##. ...# ###.
T ##### ..#.. ..#.. ..#.. ..#..
U #..# #..# #..# #..# .##.
V #...# #...# .#.#. .#.#. ..#..
W #...# #...# #.#.# #.#.# .#.#.
X #...# .#.#. ..#.. .#.#. #...#
Y #...# .#.#. ..#.. ..#.. ..#..
Z #### ...# .##. #... ####
0 #### #..# #..# #..# ####
1 .#. ##. .#. .#. ###
2 ###. ...# .##. #... ####
3 ###. ...# .##. ...# ###.
4 #..# #..# #### ...# ...#
5 #### #... ###. ...# ###.
6 .##. #... ###. #..# .##.
7 #### ...# ..#. .#.. .#..
8 .##. #..# .##. #..# .##.
9 .##. #..# .### ...# .##.
- ... ... ### ... ...
. . . . . #
' # # . . .
Ç .### #... #... .### ..#.
Œ .#### #.#.. #.##. #.#.. .####
"""

_LETTERS = {line[0]: tuple(line[2:].split()) for line in _DRAWN.strip().splitlines()} | {" ": ("..",) * 5}

_ACCENTS = {"\u0308": "#.#", "\u0301": ".#", "\u0300": "#.", "\u0302": "##"}
"""Diaeresis, acute, grave, circumflex: those that one row of pixels tells apart."""

SHAPES = {
    "act": ("##....", "####..", "######", "######", "####..", "##...."),
    "wait": ("..####..", ".#.#..#.", "#..#...#", "#..###.#", ".#....#.", "..####.."),
    "done": (".......#", "......##", "#....##.", "##..##..", ".####...", "..##...."),
    "trouble": ("...##...", "..#..#..", "..#..#..", ".##..##.", ".######.", "####.###"),
    "ask": ("..####..", ".##..##.", ".....##.", "....##..", "........", "....##.."),
}
"""A drawing for each tone, six pixels high: the tone is told by shape as well as by colour and word."""


def large(text: str, scale: int = 1) -> tuple[str, ...] | None:
    """Rows of half blocks that spell `text` in capitals, or None when a letter of it has no drawing."""
    pixels = [""] * HEIGHT
    for letter in unicodedata.normalize("NFC", text):
        drawn = _letter(letter)
        if drawn is None:
            return None
        pixels = [row + ("." if row else "") + more for row, more in zip(pixels, drawn, strict=True)]
    return half_blocks(pixels, scale)


def half_blocks(pixels: list[str] | tuple[str, ...], scale: int = 1) -> tuple[str, ...]:
    """Character rows for rows of pixels ("#" is set), an even number of them."""
    tall = [line for row in pixels for line in ["".join(pixel * scale for pixel in row)] * scale]
    blocks = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}
    pairs = zip(tall[::2], tall[1::2], strict=True)
    return tuple("".join(blocks[upper + lower] for upper, lower in zip(*pair, strict=True)) for pair in pairs)


def _letter(letter: str) -> list[str] | None:
    capital = letter.upper() if len(letter.upper()) == 1 else letter
    parts = capital if capital in _LETTERS else unicodedata.normalize("NFD", capital)
    drawn, accents = _LETTERS.get(parts[0]), parts[1:]
    if drawn is None or len(accents) > 1 or any(accent not in _ACCENTS for accent in accents):
        return None
    width = len(drawn[0])
    top = _ACCENTS[accents[0]].center(width, ".")[:width] if accents else "." * width
    return [top, *drawn]
