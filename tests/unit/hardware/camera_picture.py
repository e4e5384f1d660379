"""Draws the picture of docs/camera.md from the real page and the twin's bench camera: `make pictures`."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.display import drawing
from hardware.simulated.optics import BenchCamera, Conditions, Shown
from station.bench.eyesight import self_test_page

IMAGE = Path(__file__).parents[3] / "docs" / "images" / "self-test.png"
HEIGHT = 360  # pixels


def main() -> None:
    """Write docs/images/self-test.png: the page on the attached screen, and what the bench camera sees of it."""
    page = drawing.draw(self_test_page(), 1080, 1920)
    camera = BenchCamera(5, Conditions(noise=0.0))
    frame = camera.frame(Shown("page", lambda: page), [], False, 0.0)
    screen = np.asarray(cv2.copyMakeBorder(page, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=24), np.uint8)
    both = [_shrunk(screen), _shrunk(frame)]
    between = np.full((HEIGHT, 20), 255, np.uint8)
    IMAGE.parent.mkdir(parents=True, exist_ok=True)
    IMAGE.write_bytes(bytes(cv2.imencode(".png", np.hstack([both[0], between, both[1]]))[1]))


def _shrunk(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (round(picture.shape[1] * HEIGHT / len(picture)), HEIGHT)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    main()
