"""`sixtap self-test`, `calibrate` and `teach`: what is printed, and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
import typer

from station import wire
from station.cli import camera
from tests.unit.station.cli.sixtap import sixtap

READING: dict[str, Any] = {
    "seen": True,
    "ppm": 8.06,
    "blur": 1.21,
    "z": 18.9,
    "text": "sixtap self-test",
    "black": 24.0,
    "white": 208.0,
    "noise": 3.1,
    "glare": 0.01,
    "banding": 0.004,
}


def done(**changes: Any) -> wire.Done:
    facts: dict[str, Any] = {"reading": READING, "advice": [], "changes": [], "compared": True, "kept": False}
    return wire.Done(facts=facts | changes)


def test_a_good_camera_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    camera._report(done(), json=False)
    out = capsys.readouterr().out
    assert "8.1 pixels per module" in out
    assert "read by a plain decoder" in out
    assert "Nothing to improve." in out


def test_advice_and_changes_are_sentences_and_the_command_fails(capsys: pytest.CaptureFixture[str]) -> None:
    advice = [{"id": "lock_exposure", "args": {"percent": 12}}]
    changes = [{"id": "camera_moved", "args": {"pixels": 9}}]
    with pytest.raises(typer.Exit) as end:
        camera._report(done(advice=advice, changes=changes), json=False)
    assert end.value.exit_code == 1
    out = capsys.readouterr().out
    assert "- Lamps or the screen draw stripes (12 percent)." in out
    assert "- Since the calibration: The camera or the screen was moved by 9 pixels." in out
    assert "Nothing to improve." not in out


def test_without_the_code_in_view_only_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    facts = done(reading={"seen": False, "level": 8}, advice=[{"id": "no_code", "args": {"level": 8}}], compared=False)
    with pytest.raises(typer.Exit) as end:
        camera._report(facts, json=False)
    assert end.value.exit_code == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("- The attached screen's code is not seen (brightness 8 of 255).")
    assert second == "No calibration is kept yet: sixtap calibrate"


def test_machines_get_the_reading_and_the_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        camera._report(done(advice=[{"id": "turn_camera", "args": {}}]), json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["reading"] == READING
    assert document["advice"] == [{"id": "turn_camera", "args": {}}]
    assert document["sentences"][0].startswith("Turn the camera by 90 degrees")


def test_what_a_batchs_start_found_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    camera.warn([{"id": "blurrier", "args": {"before": 1.2, "now": 2.4}}, {"id": "not_tested", "args": {"why": "no\x1b[2J pictures"}}])
    told = capsys.readouterr().err
    assert "Camera: The picture is less sharp than at the calibration (sigma 2.4 pixels, then 1.2)." in told
    assert "\x1b" not in told


@pytest.mark.parametrize(
    "arguments", [("teach",), ("teach", "../up"), ("teach", "a b"), ("teach", "good", "--as", "other"), ("teach", "-x-")]
)
def test_a_wrong_name_or_kind_is_refused_before_the_service_is_asked(arguments: tuple[str, ...]) -> None:
    assert sixtap(*arguments).code == 2


def test_every_advice_is_explained_in_the_documentation() -> None:
    page = (Path(__file__).parents[4] / "docs" / "camera.md").read_text(encoding="utf-8")
    assert [name for name in get_args(wire.AdviceId) if f"`{name}`" not in page] == []


def test_a_new_calibration_may_differ_from_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    camera._report(done(changes=[{"id": "camera_moved", "args": {"pixels": 40}}], kept=True), json=False)
    out = capsys.readouterr().out
    assert "Since the last calibration: The camera or the screen was moved by 40 pixels." in out
    assert "Kept as this bench's calibration." in out
