from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hardware.errors import DeviceNotOpened
from hardware.opening import open_camera, open_scanner, open_witness
from hardware.recording import Recording
from hardware.scanner import Scanner
from hardware.witness import Witness

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("opening", [open_camera, open_scanner, open_witness])
@pytest.mark.parametrize("url", ["", "nonsense", "ftp://camera", "/dev/video0", "SERIAL:/dev/x"])
def test_an_unknown_scheme_is_refused_with_a_list_of_the_known_ones(opening: Callable[[str], Any], url: str) -> None:
    with pytest.raises(DeviceNotOpened, match="sim:DIR") as refused:
        opening(url)
    assert ("serial:/dev/" if opening is open_scanner else "v4l2:/dev/") in str(refused.value)


def test_a_refusal_repeats_no_password() -> None:
    with pytest.raises(DeviceNotOpened) as refused:
        open_camera("rtsp://bench:secret@camera/stream")
    assert "rtsp" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("opening", "url"), [(open_camera, "sim:{}"), (open_scanner, "sim:{}"), (open_witness, "sim-witness:{}")], ids=range(3)
)
def test_a_simulated_part_without_its_world_is_refused(opening: Callable[[str], Any], url: str, tmp_path: Path) -> None:
    with pytest.raises(DeviceNotOpened):
        opening(url.format(tmp_path))


def test_a_serial_url_opens_a_scanner_that_is_looked_for() -> None:
    scanner = open_scanner("serial:/dev/serial/by-id/none?baud=115200")
    assert isinstance(scanner, Scanner)
    scanner.close()
    with pytest.raises(DeviceNotOpened):
        open_scanner("serial:/dev/serial/by-id/none?parity=odd")


def test_a_file_url_opens_a_camera_and_a_witness_over_it(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "0.png"), np.full((72, 128), 200, np.uint8))
    camera = open_camera(f"file:{tmp_path}")
    assert isinstance(camera, Recording)
    assert camera.read().pixels.shape == (72, 128)
    camera.close()
    witness = open_witness(f"file:{tmp_path}", memory=tmp_path / "stand")
    assert isinstance(witness, Witness)
    witness.close()


def test_no_driver_is_loaded_before_its_url_is_opened() -> None:
    code = "import sys, hardware.opening; print(sorted({'cv2', 'serial', 'pygame', 'numpy'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert loaded.stdout.strip() == "[]"
