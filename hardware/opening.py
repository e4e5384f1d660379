"""URL -> driver. (Being written; simulated parts only for now.)"""

from __future__ import annotations
from pathlib import Path
from typing import Any
from hardware.simulated.attach import SimScanner, SimWitness


def open_witness(url: str, memory: Path | None = None) -> Any:
    return SimWitness(url.removeprefix("sim:"))


def open_scanner(url: str) -> Any:
    return SimScanner(url.removeprefix("sim:"))
