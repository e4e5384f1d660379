"""The demo as a user runs it: its figures, its promises, and the same bytes twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 600  # seconds; a guard against a run that hangs, not a measure


def demo(folder: Path, *options: str, name: str = "r.json") -> tuple[int, dict[str, Any], str, bytes]:
    report = folder / name
    command = [sys.executable, "-P", "-m", "station.cli", "demo", "--headless", "--report", str(report), *options]
    # an empty working folder, and no way back to the source tree except the installed package
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, env={**os.environ}, check=False)
    assert report.exists(), done.stdout + done.stderr
    raw = report.read_bytes()
    return done.returncode, json.loads(raw), done.stdout, raw


def assert_closed(report: dict[str, Any]) -> None:
    count, phones = report["count"], report["phones"]
    assert count["received"] == sum(count[name] for name in ("verified", "held", "failed", "skipped", "open"))
    assert phones["received"] == sum(phones[name] for name in ("verified", "in_rack", "set_aside", "failed"))


def test_twelve_units_are_verified_on_pixels_twice_alike_to_the_byte(tmp_path: Path) -> None:
    code, report, printed, first = demo(tmp_path, "--devices", "12", "--seed", "7", name="one.json")
    assert code == 0, printed
    assert report["count"] == {"received": 12, "verified": 12, "held": 0, "failed": 0, "skipped": 0, "open": 0}
    assert set(report) == {"version", "seed", "count", "phones", "units_per_hour", "units"}
    for unit in report["units"]:
        assert set(unit) == {"user", "state", "reason", "attempts", "tray", "history", "evidence"}
        assert [step["state"] for step in unit["history"]] in (
            ["showing", "scanned", "enrolled", "verified"],
            ["showing", "scanned", "verified"],
        )
        assert "witness" in unit["evidence"]
        assert "device_record" in unit["evidence"]
    assert printed.count("\nok ") + printed.startswith("ok ") == 12
    assert demo(tmp_path, "--devices", "12", "--seed", "7", name="two.json")[3] == first


def test_a_generic_code_serves_phones_without_users_each_counted_by_the_camera(tmp_path: Path) -> None:
    code, report, printed, _ = demo(tmp_path, "--devices", "4", "--generic")
    assert code == 0, printed
    assert [unit["user"] for unit in report["units"]] == ["DEMO-1", "DEMO-2", "DEMO-3", "DEMO-4"]
    assert all("witness" in unit["evidence"] for unit in report["units"])


@pytest.mark.parametrize(("witness", "seed"), [("sim", "3"), ("pixels", "3")])
def test_every_fault_ends_where_the_table_says_and_no_good_unit_is_lost(tmp_path: Path, witness: str, seed: str) -> None:
    code, report, printed, _ = demo(tmp_path, "--devices", "20", "--seed", seed, "--faults", "all", "--witness", witness)
    assert code == 1, printed
    assert_closed(report)
    assert report["count"]["open"] == 0
    dealt = int(printed.split("faults ")[1].split()[0])
    assert dealt == 18, printed
    assert f"{dealt} dealt, {dealt} ended where the table of faults says" in printed, printed
    # of 18 faulty phones six end held, and each of their users is one of those; everybody else is served
    assert report["count"]["verified"] + report["count"]["held"] == 20


def test_a_rack_makes_at_least_six_times_the_units_per_hour(tmp_path: Path) -> None:
    run = ("--devices", "30", "--seed", "5", "--handling", "20", "--setup", "150", "--witness", "sim")
    _, with_rack, _, _ = demo(tmp_path, *run, "--rack", "10", name="rack.json")
    _, without, _, _ = demo(tmp_path, *run, "--rack", "0", name="none.json")
    print(f"units an hour: {with_rack['units_per_hour']} with 10 trays, {without['units_per_hour']} without a rack")
    assert with_rack["count"]["verified"] == without["count"]["verified"] == 30
    assert with_rack["units_per_hour"] >= 6 * without["units_per_hour"]


def test_labels_are_demanded_and_a_wrong_one_is_found(tmp_path: Path) -> None:
    code, report, printed, _ = demo(
        tmp_path, "--devices", "4", "--seed", "9", "--label", "--faults", "swapped_box", "--witness", "sim"
    )
    assert code == 1, printed
    held = [unit for unit in report["units"] if unit["state"] == "held"]
    assert [unit["reason"] for unit in held] == ["mismatch"]
    assert all("label" in unit["evidence"] for unit in report["units"])


def test_a_user_file_of_ones_own_is_used(tmp_path: Path) -> None:
    users = tmp_path / "mine.csv"
    users.write_text("name\nGrete Ø\n[b]bold[/b] \u202egnp.exe\n", encoding="utf-8")
    code, report, printed, _ = demo(tmp_path, "--users", str(users), "--witness", "sim", "--seed", "2")
    assert code == 0, printed
    assert [unit["user"] for unit in report["units"]] == ["Grete Ø", "[b]bold[/b] \u202egnp.exe"]


def test_a_bad_user_file_is_refused_with_every_bad_row(tmp_path: Path) -> None:
    users = tmp_path / "bad.csv"
    users.write_text("name,email\nAna,ana@x\n,b@example.com\n", encoding="utf-8")
    command = [sys.executable, "-P", "-m", "station.cli", "demo", "--headless", "--users", str(users)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "line 2, column email" in done.stderr
    assert "line 3, column name" in done.stderr
