"""The built wheel, alone in an empty environment, runs the demo and installs a bench."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUIET = ("--quiet", "--disable-pip-version-check")


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_built_wheel_runs_the_demo_from_an_empty_venv(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist", ROOT, cwd=tmp_path)
    (wheel,) = (tmp_path / "dist").glob("sixtap-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith(("tests/", "examples/", "systemd/"))]
    assert any(name.endswith("theme.tcss") for name in names)
    assert "station/policies/modes.csv" in names
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv/bin/python"
    run(python, "-m", "pip", "install", *QUIET, "-c", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    sixtap = tmp_path / "venv/bin/sixtap"
    printed = run(sixtap, "demo", "--headless", "--devices", "2", "--seed", "1", cwd=empty)
    assert "users    2 = 2 verified" in printed
    run(sixtap, "install", "--root", tmp_path / "root", cwd=empty)
    assert (tmp_path / "root/usr/lib/systemd/system/sixtap.service").exists() or list((tmp_path / "root").rglob("sixtap.service"))
    run(python, "-P", "-c", "import tui.app; from tui.app import BenchApp", cwd=empty)
