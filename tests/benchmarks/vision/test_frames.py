"""The frames are what they say: the code lies where they say it does, as large as they say, and can be read when it is sharp."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from tests.benchmarks.vision.codes import code, token_of
from tests.benchmarks.vision.frames import Beside, Spec, frame, mixed
from tests.benchmarks.vision.peers import QR, missing, readers
from tests.benchmarks.vision.pose import mean_side
from tests.benchmarks.vision.recall import points
from tests.benchmarks.vision.report import BEGIN, END, Table, publish
from tests.benchmarks.vision.scenes import Stage
from tests.benchmarks.vision.scripts import KINDS
from tests.benchmarks.vision.sequences import orders

SHARP = Spec(ppm=3.5, sigma=0.3, tilt=15.0, noise=1.0, jpeg=98)


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_a_sharp_frame_is_read_where_it_says_the_code_is(seed: int) -> None:
    made = frame(seed, SHARP)
    reads = [read for read in zxingcpp.read_barcodes(made.pixels, formats=QR) if read.text == made.text]
    assert reads
    assert json.loads(made.text)
    at = reads[0].position
    corners = np.array([(corner.x, corner.y) for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)])
    assert np.abs(corners - 0.5 - made.quad).max() < 0.5 * SHARP.ppm  # zxing counts pixels from their corners, in whole ones


@pytest.mark.parametrize("seed", range(3))
def test_the_code_is_as_large_as_stated_and_wholly_in_the_frame(seed: int) -> None:
    for ppm in (0.4, 1.0, 4.0):
        made = frame(seed, mixed(seed, ppm))
        assert mean_side(made.quad) / made.symbol.size == pytest.approx(ppm, rel=0.01)
        assert (made.quad > 0).all()
        assert (made.quad < (1280, 720)).all()


def test_a_frame_depends_on_its_seed_and_nothing_else() -> None:
    first, again, other = (frame(seed, mixed(7, 1.5)) for seed in (7, 7, 8))
    assert (first.pixels == again.pixels).all()
    assert not (first.pixels == other.pixels).all()
    assert first.token != other.token
    assert first.token not in repr(first)


def test_a_mirrored_preview_runs_the_other_way_round() -> None:
    def turn(mirrored: bool) -> float:
        a, b, _, d = frame(5, Spec(ppm=2.0, mirrored=mirrored)).quad
        return float(np.sign((b - a)[0] * (d - a)[1] - (b - a)[1] * (d - a)[0]))

    assert turn(False) == 1
    assert turn(True) == -1


def test_the_stations_own_screen_can_be_read_beside_the_phone() -> None:
    own = code(token_of(1), 2, 5)
    made = frame(3, Spec(ppm=1.5), beside=Beside(own, "left"))
    assert any(token_of(1) in read.text for read in zxingcpp.read_barcodes(made.pixels, formats=QR))


def test_no_reader_is_left_out_in_silence() -> None:
    assert len(readers()) + len(missing()) == 5


def test_points_lie_between_the_rows_that_they_part() -> None:
    assert points({"1": [0, 10], "2": [10, 10]}) == {"50": 1.5, "90": 1.9, "95": 1.95}
    assert points({"1": [10, 10], "2": [10, 10]}) == {"50": 0.0, "90": 0.0, "95": 0.0}
    assert points({"1": [0, 10], "2": [9, 10]}) == {"50": 1.56, "90": 2.0, "95": None}
    assert points({"1": [10, 10], "2": [4, 10], "3": [10, 10]})["50"] == 2.17  # what comes back later does not count before


def test_a_campaign_of_400_holds_every_kind_in_its_share() -> None:
    assert sum(kind.share for kind in KINDS.values()) == 400
    played = [order.kind for order in orders(1, 400)]
    assert {name: played.count(name) for name in KINDS} == {name: kind.share for name, kind in KINDS.items()}


def test_tables_go_between_the_marks_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    publish(page, [Table("Figures", ("reader", "share"), [("ours", "0.97")], "From 100 frames.")])
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| ours | 0.97 |" in text
    assert "old" not in text
    page.write_text("a page without a place for tables", encoding="utf-8")
    with pytest.raises(ValueError, match="has no place for the tables"):
        publish(page, [])


def test_a_viewfinder_follows_the_screen_a_moment_later() -> None:
    stage = Stage(3)
    stage.put_up(0.0)
    phone = stage.place()
    phone.shows = "viewfinder"

    def seen(at: float) -> set[str]:
        return {read.text for read in zxingcpp.read_barcodes(stage.picture(at), formats=QR)}

    first, second = seen(0.3), seen(0.7)
    assert len(first) == len(second) == 1
    assert first != second
    assert seen(0.4 + phone.lens.delay / 2) == first  # the screen shows the other form already
