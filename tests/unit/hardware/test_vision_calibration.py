"""The camera examined by a known code: what is measured against what was put in, and what is advised."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.display import drawing
from hardware.simulated.lens import pinhole
from hardware.simulated.optics import BenchCamera, Conditions, Shown
from hardware.vision.advice import ADVICE, Optics, advice, compare, keep, kept
from hardware.vision.calibration import Examination, Reading
from station import wire
from station.cli.camera import sentence
from station.words.advice import ADVICE as SENTENCES
from tests.unit.hardware.benchpicture import symbol

Grey = NDArray[np.uint8]
CODE = symbol(7)
USUAL, NOT_KNOWN = Conditions(), Optics()
PITCH = 344 / 1920 * (1080 // (CODE.size + 8))  # millimetres of a module on the twin's screen


def examined(*frames: Grey, phone: bool = False) -> Reading:
    examination = Examination(CODE)
    for frame in frames:
        examination.add(frame, phone=phone)
    return examination.reading()


@lru_cache(maxsize=16)
def filmed(conditions: Conditions = USUAL, frames: int = 2) -> tuple[Grey, ...]:
    """The twin's bench with an empty stand and the code on its attached screen."""
    camera, pixels = BenchCamera(3, conditions), drawing.draw(CODE, 1080, 1920)
    shown = Shown("code", lambda: pixels)
    return tuple(camera.frame(shown, [], False, number / 10) for number in range(frames))


@lru_cache(maxsize=16)
def usual() -> Reading:
    return examined(*filmed())


def flat(sigma: float) -> Grey:
    """The code before a camera whose blur is known: eight whole pixels a module, then a Gaussian."""
    code = np.kron(CODE.picture, np.ones((8, 8), np.uint8)) * np.float32(180 / 255) + 30
    frame = np.full((720, 1280), 40, np.float32)
    frame[4:716, 284 : 284 + 712] = code
    return np.asarray(np.clip(cv2.GaussianBlur(frame, (0, 0), sigma), 0, 255).round(), np.uint8)


def ids(reading: Reading, optics: Optics = NOT_KNOWN) -> list[str]:
    return [one.id for one in advice(reading, optics)]


def moved(frame: Grey, matrix: NDArray[np.float64]) -> Grey:
    return np.asarray(cv2.warpPerspective(frame, matrix, frame.shape[::-1], borderMode=cv2.BORDER_REPLICATE), np.uint8)


def test_a_good_bench_gives_a_whole_reading_and_no_advice() -> None:
    reading = usual()
    assert reading.seen
    assert reading.text is not None
    assert reading.z > 10
    assert 7.0 < reading.ppm < 8.6
    assert reading.tilt < 8
    assert not reading.turned
    assert 1.0 <= reading.room < 1.15
    assert reading.screen_modules == pytest.approx(344 / PITCH, rel=0.02)
    assert reading.black == pytest.approx(24, abs=2)  # the twin's screen: 24 to 208
    assert reading.white == pytest.approx(208, abs=2)
    assert reading.noise == pytest.approx(3.0, abs=0.4)
    assert reading.banding < 0.02
    assert reading.glare < 0.02
    assert ids(reading, Optics(344, 220)) == []


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0, 3.0])
def test_blur_is_measured(sigma: float) -> None:
    reading = examined(flat(sigma))
    assert reading.blur == pytest.approx(sigma, abs=0.1)
    assert reading.worst_blur == pytest.approx(reading.blur, abs=0.1)
    assert (reading.black, reading.white) == pytest.approx((30, 210), abs=3)
    assert ("focus" in ids(reading)) is (sigma > 2)


def test_a_lens_that_bends_lines_is_not_taken_for_a_blurred_one() -> None:
    frame = flat(1.0)
    y, x = (each.astype(np.float32) for each in np.mgrid[0:720, 0:1280])
    away = ((x - 640) ** 2 + (y - 360) ** 2) / 640**2
    bend = 1 + 0.012 * away  # three pixels at the code's corners
    bent = np.asarray(cv2.remap(frame, 640 + (x - 640) * bend, 360 + (y - 360) * bend, cv2.INTER_CUBIC), np.uint8)
    assert examined(bent).blur == pytest.approx(1.04, abs=0.15)


@pytest.mark.parametrize("still", [True, False])
def test_stripes_of_a_lamp_are_measured_and_advised_against(still: bool) -> None:
    rows = np.arange(720)[:, None]
    striped = [
        np.asarray(np.clip(frame * (1 + 0.15 * np.sin(rows / 34 + (0 if still else 2.1) * number)), 0, 255), np.uint8)
        for number, frame in enumerate(filmed())
    ]
    reading = examined(*striped)
    assert reading.banding == pytest.approx(0.15, abs=0.03)
    assert reading.noise < 5
    assert "lock_exposure" in ids(reading)
    assert [one.id for one in compare(usual(), reading)] == ["more_stripes"]


def test_a_reflection_is_measured_and_is_no_stripe() -> None:
    y, x = np.mgrid[0:720, 0:1280]
    blotch = 60 * np.exp(-(((x - 560) / 110) ** 2 + ((y - 260) / 80) ** 2))
    reading = examined(*(np.asarray(np.clip(frame * 0.8 + blotch, 0, 255), np.uint8) for frame in filmed()))
    assert 0.2 < reading.glare < 0.5
    assert reading.banding < 0.03
    assert ids(reading) == ["hood"]


def test_light_that_is_wrong_is_told() -> None:
    assert ids(examined(*filmed(Conditions(exposure=0.4)))) == ["too_dark"]
    bright = examined(*filmed(Conditions(exposure=1.4)))
    assert bright.clipped > 0.1
    assert "too_bright" in ids(bright)
    assert "more_light" in ids(examined(*filmed(Conditions(noise=13.0))))


def test_a_camera_that_is_not_turned_is_told_to_be() -> None:
    upright = cv2.resize(np.rot90(filmed()[0]), (405, 720), interpolation=cv2.INTER_AREA)
    frame = np.full((720, 1280), 40, np.uint8)
    frame[:, 430:835] = upright
    reading = examined(frame)
    assert reading.turned
    assert ids(reading)[0] == "turn_camera"


def test_a_camera_that_is_far_is_told_by_how_much() -> None:
    small = cv2.resize(filmed()[0], (768, 432), interpolation=cv2.INTER_AREA)
    frame = np.full((720, 1280), 40, np.uint8)
    frame[140:572, 250:1018] = small
    reading = examined(frame)
    found = advice(reading)
    assert found[0].id == "move_nearer"
    assert found[0].args["times"] == pytest.approx(1.7, abs=0.15)


def test_a_camera_far_aside_is_told() -> None:
    centred = np.array([[1.0, 0, -640], [0, 1, -360], [0, 0, 1]])
    frame = moved(filmed()[0], pinhole(1500.0, 640, 360, (0.0, 38.0, 0.0), 1900.0) @ centred)
    reading = examined(frame)
    assert reading.tilt == pytest.approx(38, abs=6)
    assert "straighten" in ids(reading)


def test_modules_too_small_for_the_distance_are_told() -> None:
    found = {one.id: one.args for one in advice(usual(), Optics(344, 600))}
    assert found["module_too_small"]["module_mm"] == pytest.approx(PITCH, rel=0.02)
    assert found["module_too_small"]["needed_mm"] == pytest.approx(600 / 180, abs=0.01)
    assert ids(usual(), Optics(344, 0.9 * PITCH * 180)) == []


def test_without_the_whole_code_nothing_is_measured() -> None:
    covered = filmed()[0].copy()
    covered[150:400, 500:700] = 120
    for frame in (np.full((720, 1280), 8, np.uint8), covered):
        reading = examined(frame)
        assert not reading.seen
        assert ids(reading) == ["no_code"]
    assert ids(examined(filmed()[0], phone=True)) == ["phone_on_stand"]
    with pytest.raises(ValueError, match="no frame"):
        Examination(CODE).reading()


def test_another_code_is_not_taken_for_the_one_that_is_up() -> None:
    examination = Examination(symbol(8))
    examination.add(filmed()[0], phone=False)
    assert not examination.reading().seen


def test_what_got_worse_since_the_calibration_is_told() -> None:
    now = usual()
    assert compare(now, now) == []
    shifted = moved(filmed()[0], np.array([[1.0, 0, 9], [0, 1, 12], [0, 0, 1]]))
    (change,) = compare(now, examined(shifted, shifted))
    assert change.id == "camera_moved"
    assert change.args["pixels"] == pytest.approx(15, abs=1)
    soft = compare(now, examined(*filmed(Conditions(blur=1.9))))
    assert [one.id for one in soft] == ["blurrier"]
    assert [one.id for one in compare(now, examined(*filmed(Conditions(exposure=0.6))))] == ["darker"]
    assert [one.id for one in compare(now, replace(now, width=640, height=360))] == ["camera_changed"]
    assert compare(now, replace(now, seen=False)) == []


def test_a_calibration_is_kept_and_a_damaged_one_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "calibration.json"
    assert kept(path) is None
    keep(path, usual())
    assert kept(path) == usual()
    assert list(tmp_path.iterdir()) == [path]
    whole = path.read_text()
    for damaged in (whole[:40], "[]", "{}", '{"seen": true}', json.dumps(asdict(usual()) | {"more": 1})):
        path.write_text(damaged)
        assert kept(path) is None
    assert len(caplog.records) == 5


def test_every_advice_has_its_sentence_in_the_command_line() -> None:
    assert set(ADVICE) == set(get_args(wire.AdviceId)) - {"not_tested"}
    assert set(SENTENCES) == set(get_args(wire.AdviceId))
    told = sentence(wire.Advice(id="camera_moved", args={"pixels": 12}))
    assert "12 pixels" in told
    assert "?" in sentence(wire.Advice(id="camera_moved"))
    assert "{before}" in sentence(wire.Advice(id="not_tested", args={"why": "{before}"}))
