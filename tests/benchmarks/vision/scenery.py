"""What stands behind the phone: rooms, shelves, desks and cloth drawn from a seed, so that no two frames share a background.

Grey pictures of 720 rows and 1280 columns, uint8. Nothing here is a QR code, but much has the same kind of texture.
"""

from __future__ import annotations

import string
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Draw = np.random.Generator

COLUMNS, ROWS = 1280, 720
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX)


def scenery(draw: Draw) -> Grey:
    """A background of a style that the seed chooses."""
    style = STYLES[draw.integers(len(STYLES))]
    picture = style(draw)
    if draw.random() < 0.7:
        _lamp(picture, draw)
    return picture


def cloud(draw: Draw, octaves: tuple[int, ...] = (3, 9, 30), contrast: float = 40.0) -> Grey:
    """Soft structure at several sizes, like a wall, wood or an unsharp room."""
    level = np.full((ROWS // 4, COLUMNS // 4), draw.uniform(40, 170), np.float32)
    for cells in octaves:
        grain = draw.normal(0, contrast * draw.uniform(0.3, 1.0), (cells, round(cells * draw.uniform(0.3, 3)) + 1)).astype(np.float32)
        level += cv2.resize(grain, (COLUMNS // 4, ROWS // 4), interpolation=cv2.INTER_CUBIC)
    small = np.clip(level, 4, 235).astype(np.uint8)
    return np.asarray(cv2.resize(small, (COLUMNS, ROWS), interpolation=cv2.INTER_LINEAR), np.uint8)


def plain(draw: Draw) -> Grey:
    """A bare wall in uneven light."""
    return cloud(draw, (2, 4), 10.0)


def cloth(draw: Draw) -> Grey:
    """A fine weave, grass, gravel: texture everywhere, at the size of a code's modules."""
    shrink = draw.uniform(1.0, 4.0)
    size = (round(ROWS / shrink) + 1, round(COLUMNS / shrink) + 1)
    grain = draw.integers(-40, 40, size, np.int8).astype(np.int16) * draw.uniform(0.3, 1.0)
    fine = cv2.resize(np.clip(128 + grain, 0, 255).astype(np.uint8), (COLUMNS, ROWS), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.addWeighted(cloud(draw), 1.0, fine, 1.0, -128), np.uint8)


def grid(draw: Draw) -> Grey:
    """Tiles, bricks, a keyboard, perforated metal: regular cells, some of them dark."""
    picture = cloud(draw)
    cell = int(draw.integers(10, 60))
    turn = cv2.getRotationMatrix2D((COLUMNS / 2, ROWS / 2), float(draw.uniform(0, 90)), 1.0)
    lines = np.full((ROWS + 400, COLUMNS + 400), 128, np.uint8)
    rows, columns = lines.shape[0] // cell + 1, lines.shape[1] // cell + 1
    tones = (128 + draw.integers(-50, 50, (rows, columns))).astype(np.uint8)
    lines = np.kron(tones, np.ones((cell, cell), np.uint8))[: ROWS + 400, : COLUMNS + 400].copy()
    lines[::cell, :] = 70
    lines[:, ::cell] = 70
    turned = cv2.warpAffine(lines, turn, (COLUMNS, ROWS), borderValue=128)
    return np.asarray(cv2.addWeighted(picture, 1.0, turned, 1.0, -128), np.uint8)


def shelf(draw: Draw) -> Grey:
    """Boxes with labels, text and bar codes."""
    picture = cloud(draw, (3, 9), 25.0)
    for _ in range(int(draw.integers(8, 26))):
        _box(picture, draw)
    return picture


def desk(draw: Draw) -> Grey:
    """Papers, cables and tools."""
    picture = cloud(draw, (2, 6, 40), 20.0)
    for _ in range(int(draw.integers(2, 7))):
        _paper(picture, draw)
    for _ in range(int(draw.integers(3, 14))):
        way = np.cumsum(draw.normal(0, 70, (12, 2)), axis=0) + draw.uniform((0, 0), (COLUMNS, ROWS))
        cv2.polylines(picture, [way.astype(np.int32)], False, int(draw.integers(5, 220)), int(draw.integers(2, 14)), cv2.LINE_AA)
    return picture


STYLES: tuple[Callable[[Draw], Grey], ...] = (cloud, plain, cloth, grid, shelf, desk, shelf, desk)


def _quad(draw: Draw, wide: float, high: float) -> NDArray[np.float64]:
    middle = draw.uniform((0, 0), (COLUMNS, ROWS))
    angle = draw.normal(0, 0.25) + draw.choice([0, 0, np.pi / 2, draw.uniform(0, 6)])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (wide / 2, high / 2) * draw.uniform(0.85, 1.15, (4, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(corners @ turn.T + middle)


def _words(draw: Draw, letters: int) -> str:
    return "".join(draw.choice(list(string.ascii_letters + string.digits + "  "), letters))


def _box(picture: Grey, draw: Draw) -> None:
    quad = _quad(draw, draw.uniform(60, 420), draw.uniform(50, 300))
    cv2.fillPoly(picture, [quad.astype(np.int32)], int(draw.integers(10, 230)), cv2.LINE_AA)
    cv2.polylines(picture, [quad.astype(np.int32)], True, int(draw.integers(0, 255)), int(draw.integers(1, 4)), cv2.LINE_AA)
    x, y = (int(value) for value in quad.mean(0))
    ink = int(draw.integers(0, 255))
    if draw.random() < 0.4:
        at = x
        for width in draw.integers(1, 5, 40):
            cv2.line(picture, (at, y), (at, y + 40), ink, int(width) // 2 + 1)
            at += int(width) + 3
    for line in range(int(draw.integers(0, 4))):
        size = float(draw.uniform(0.3, 1.2))
        font = FONTS[draw.integers(len(FONTS))]
        cv2.putText(picture, _words(draw, 14), (x - 80, y + int(line * 34 * size)), font, size, ink, 1, cv2.LINE_AA)


def _paper(picture: Grey, draw: Draw) -> None:
    quad = _quad(draw, draw.uniform(150, 420), draw.uniform(150, 420))
    sheet = np.full((300, 300), int(draw.integers(150, 245)), np.uint8)
    for y in range(20, 290, int(draw.integers(9, 24))):
        cv2.putText(sheet, _words(draw, int(draw.integers(5, 30))), (12, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 60, 1, cv2.LINE_AA)
    source = np.array([(0, 0), (299, 0), (299, 299), (0, 299)], np.float32)
    warp = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    cv2.warpPerspective(sheet, warp, (COLUMNS, ROWS), dst=picture, borderMode=cv2.BORDER_TRANSPARENT)


def _lamp(picture: Grey, draw: Draw) -> None:
    low, high = sorted(draw.uniform(0.55, 1.25, 2))
    slope = np.linspace(low, high, COLUMNS if draw.random() < 0.5 else ROWS).astype(np.float32)
    slope = slope[None, :] if len(slope) == COLUMNS else slope[:, None]
    np.copyto(picture, np.clip(picture * slope, 0, 250).astype(np.uint8))
    for _ in range(int(draw.integers(0, 4))):
        x, y = (int(value) for value in draw.uniform((0, 0), (COLUMNS, ROWS)))
        axes = (int(draw.integers(5, 60)), int(draw.integers(5, 60)))
        cv2.ellipse(picture, (x, y), axes, float(draw.uniform(0, 180)), 0, 360, int(draw.integers(200, 255)), -1, cv2.LINE_AA)
