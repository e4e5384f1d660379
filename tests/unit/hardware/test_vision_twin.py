"""Vision before the twin's own bench camera, which was drawn by other hands."""

from __future__ import annotations

import random

import numpy as np
import pytest

from hardware.display import drawing
from hardware.readings import Frame, Sighting
from hardware.simulated import screens
from hardware.simulated.attached import SCREEN_MM
from hardware.simulated.lens import Lens
from hardware.simulated.optics import BenchCamera, Conditions, Pose, Shown
from hardware.simulated.screens import Grey
from hardware.vision.geometry import overlap, points
from hardware.vision.sighter import Sighter
from tests.unit.hardware.benchpicture import DrawnSymbol, symbol

WIDTH, HEIGHT = 1920, 1080
CONDITIONS = {
    "usual": Conditions(),
    "out of focus under a lamp": Conditions(blur=1.3, noise=6.0, glare=60.0),
    "dim": Conditions(exposure=0.6),
    "grainy": Conditions(noise=9.0, glare=0.0),
    "striped": Conditions(moire=0.12),
}


class Bench:
    """The twin's bench camera, one phone's lens and place, and the sighter that watches."""

    def __init__(self, seed: int, conditions: Conditions) -> None:
        draw = random.Random(seed)
        self._camera = BenchCamera(seed, conditions)
        self._lens = Lens.drawn(draw)
        self.pose = Pose.drawn(draw, "middle")
        self.sighter = Sighter()
        self._shown: DrawnSymbol | None = None
        self._number = 0

    def show(self, shown: DrawnSymbol | None) -> None:
        self._shown = shown
        self.sighter.expect([shown] if shown else [])

    def preview(self, seen: DrawnSymbol | None) -> Grey:
        return screens.viewfinder(self._lens.view(self._pixels(seen), SCREEN_MM / WIDTH))

    def film(self, *displays: Grey, hand: bool = False, poses: tuple[Pose, ...] = (), frames: int = 2) -> Sighting:
        """The last of some frames, of which all but the first must agree."""
        seen: list[Sighting] = []
        phones = [(pose, _picture(display)) for pose, display in zip(poses or (self.pose,), displays, strict=False)]
        attached = _picture(self._pixels(self._shown))
        for _ in range(frames):
            self._number += 1
            frame = self._camera.frame(attached, phones, hand, self._number * 0.1)
            seen.append(self.sighter.see(Frame(self._number, self._number * 0.1, frame)))
        assert len({(one.stand, one.screen) for one in seen[1:]}) <= 1
        return seen[-1]

    def _pixels(self, shown: DrawnSymbol | None) -> Grey:
        return drawing.blank(WIDTH, HEIGHT) if shown is None else drawing.draw(shown, WIDTH, HEIGHT)


def _picture(pixels: Grey) -> Shown:
    return Shown(f"{hash(pixels.tobytes())}", lambda: np.asarray(pixels, np.uint8))


@pytest.fixture(params=CONDITIONS)
def bench(request: pytest.FixtureRequest) -> Bench:
    """A bench that has learned its empty stand; our code is up."""
    seed = list(CONDITIONS).index(request.param) + 1
    bench = Bench(seed, CONDITIONS[request.param])
    assert bench.film().stand == "empty"
    bench.show(symbol(7, "LM"[seed % 2]))
    assert bench.film().stand == "empty"
    return bench


def ours(bench: Bench) -> DrawnSymbol:
    assert bench._shown is not None
    return bench._shown


def theirs(bench: Bench) -> DrawnSymbol:
    return next(other for other in (symbol(8, "L"), symbol(8, "M")) if other.size == ours(bench).size)


def test_every_screen_of_a_unit_is_taken_for_what_it_is(bench: Bench) -> None:
    dark = screens.screen("setup", dark=True)
    assert bench.film(hand=True).stand == "unsure"
    seen = bench.film(screens.screen("welcome"))
    assert (seen.stand, seen.screen, seen.phones) == ("phone", "other", 1)
    assert seen.quad is not None
    assert overlap(points(seen.quad), points(bench.pose.quad)) > 0.93
    assert bench.film(bench.preview(theirs(bench))).screen == "viewfinder"
    seen = bench.film(bench.preview(ours(bench)))
    assert (seen.screen, seen.phones) == ("code", 1)
    assert bench.film(bench.preview(ours(bench)), hand=True).screen in ("code", "viewfinder")
    assert bench.film(bench.preview(theirs(bench))).screen == "viewfinder"
    assert bench.film(bench.preview(None)).screen == "viewfinder"
    assert bench.film(screens.screen("welcome")).screen == "before"
    seen = bench.film(screens.screen("off"))
    assert (seen.screen, seen.phones) == ("dark", 0)
    assert bench.film(bench.preview(ours(bench))).screen == "code"
    for display in (
        screens.screen("setup"),
        dark,
        screens.screen("updating"),
        screens.screen("error"),
        screens.screen("accept", True),
    ):
        assert bench.film(display).screen == "other"
    assert bench.film(dark, hand=True).screen == "other"
    assert bench.film(hand=True).stand == "unsure"
    assert bench.film().stand == "empty"


def test_two_phones_are_counted_and_one_is_again_one(bench: Bench) -> None:
    draw = random.Random(5)
    two = (Pose.drawn(draw, "left"), Pose.drawn(draw, "right"))
    welcome = screens.screen("welcome")
    assert bench.film(welcome, welcome, poses=two, frames=3).phones == 2
    assert bench.film(bench.preview(ours(bench)), welcome, poses=two, frames=3).phones == 2
    assert bench.film(frames=3).stand == "empty"
    assert bench.film(welcome).phones == 1


@pytest.mark.parametrize("shows", ["lock", "home"])
@pytest.mark.parametrize("seed", range(1, 9))
def test_a_phone_of_which_a_hand_first_bares_a_part_is_one_phone(seed: int, shows: screens.Name) -> None:
    bench = Bench(seed, Conditions())
    bench.film()
    bench.show(symbol(7))
    bench.film()
    locked = screens.screen(shows, dark=True)
    bench.film(locked, hand=True, frames=3)
    seen = bench.film(locked)
    assert (seen.stand, seen.screen, seen.phones) == ("phone", "other", 1)
    assert seen.quad is not None
    assert overlap(points(seen.quad), points(bench.pose.quad)) > 0.8
