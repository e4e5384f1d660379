"""What is really imported: the rules that import-linter states, seen from a running interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("cv2", "sqlalchemy", "googleapiclient", "zxingcpp", "pygame", "alembic")


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "never"),
    [
        ("import tui.app", ("station.bench", "station.store", "station.server", "station.assembly", "hardware", *HEAVY)),
        ("import station.client", ("station.bench", "station.store", "hardware", "textual", *HEAVY)),
        ("import station.cli.app", ("station.assembly", "hardware", "cv2", "googleapiclient", "zxingcpp", "pygame", "textual")),
        ("import hardware.opening, hardware.witness, hardware.scanner, hardware.display.server", ("station", "tui", "pygame")),
        ("import station.bench.bench", ("station.wire", "aiohttp", "pydantic", "sqlalchemy", "hardware")),
        ("import station.emm.emulator", ("station.domain", "station.ports", "station.emm.amapi", "googleapiclient.discovery")),
        ("import station.domain.enrollment, station.domain.evidence, station.domain.scanwatch", ("asyncio", "segno", "pydantic")),
        ("import station.assembly.service", ("googleapiclient.discovery", "alembic.command", "pygame", "textual")),
    ],
)
def test_a_room_loads_nothing_of_another(statement: str, never: tuple[str, ...]) -> None:
    loaded = loaded_by(statement)
    assert not {name for name in never if name in loaded}
