"""The sheet of barcodes, read by a library that did not draw it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from station.wire import BARCODES
from tests.unit.station.cli.sixtap import sixtap


def read(picture: np.ndarray) -> set[str]:
    """What OpenCV's own decoder, or ZBar where OpenCV knows no such code, finds."""
    zbar = pytest.importorskip("pyzbar.pyzbar", exc_type=ImportError)
    return {found.data.decode() for found in zbar.decode(picture)}


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_every_barcode_of_the_sheet_is_read_by_another_library(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"keys.{kind}"
    ran = sixtap("barcodes", str(file))
    assert (ran.code, ran.err) == (0, "")
    if kind == "png":
        picture = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    else:
        picture = pdfium.PdfDocument(file)[0].render(scale=2, grayscale=True).to_numpy().squeeze()
    assert picture is not None
    assert read(picture) == set(BARCODES)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    ran = sixtap("barcodes", str(tmp_path / "keys.txt"))
    assert ran.code == 2
    assert ".pdf or .png" in ran.err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    ran = sixtap("barcodes", str(tmp_path / "no" / "keys.pdf"))
    assert ran.code == 2
    assert "No such file" in ran.err
