"""Every fault, on pixels, over many seeds: `make soak`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("seed", range(100, 120))
def test_faults_end_where_the_table_says_whatever_the_seed(tmp_path: Path, seed: int) -> None:
    report = tmp_path / "r.json"
    command = [sys.executable, "-P", "-m", "station.cli", "demo", "--headless", "--devices", "24", "--faults", "all"]
    done = subprocess.run(
        [*command, "--seed", str(seed), "--report", str(report)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    count = json.loads(report.read_text(encoding="utf-8"))["count"]
    assert count["open"] == 0
    assert "18 dealt, 18 ended where the table of faults says" in done.stdout, done.stdout
