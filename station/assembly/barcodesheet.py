"""The sheet of barcodes that press buttons: to print, laminate and hang up beside the bench."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
COLUMNS = 2
CELL = (320, 1040)  # pixels, height and width: at 150 dots an inch a scanner reads one without its neighbours
BAR = 5  # pixels of a barcode's module: 0.85 mm
HIGH = 150  # pixels of its bars
LETTER = 44  # pixels


def barcode_sheet(codes: Mapping[str, str]) -> Grey:
    """A page, grey, 0 and 255: for each text a barcode (Code 128, ISO/IEC 15417) and what it stands for, two in a row."""
    rows = -(-len(codes) // COLUMNS)
    height, width = CELL
    page = np.full((rows * height, COLUMNS * width), 255, np.uint8)
    for number, (text, label) in enumerate(codes.items()):
        top, left = number // COLUMNS * height, number % COLUMNS * width
        page[top : top + height, left : left + width] = _cell(text, label)
    return page


def _cell(text: str, label: str) -> Grey:
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    row = np.array(zxingcpp.write_barcode_to_image(barcode, scale=1))[0]
    bars = np.kron(row, np.ones((HIGH, BAR), np.uint8))
    cell = np.full(CELL, 255, np.uint8)
    left = (CELL[1] - bars.shape[1]) // 2
    cell[40 : 40 + HIGH, left : left + bars.shape[1]] = bars
    face = cv2.FontFace("sans")
    wide = cv2.getTextSize((1, 1), label, (0, 0), face, LETTER)[2]
    cv2.putText(cell, label, ((CELL[1] - wide) // 2, 40 + HIGH + LETTER + 16), (0,), face, LETTER)
    return cast("Grey", cell)
