"""Whole watches: what the bench camera's frames, one after another, are taken for."""

from __future__ import annotations

import numpy as np
import pytest

from hardware.readings import Frame, Sighting
from hardware.vision.geometry import overlap, points
from hardware.vision.sighter import Sighter
from tests.unit.hardware.benchpicture import (
    ON_STAND,
    Bench,
    DrawnSymbol,
    Grey,
    PhonePicture,
    attached,
    failed,
    off,
    room,
    setup,
    symbol,
    viewfinder,
    welcome,
)

HAND = ((600, 720), (560, 420), (590, 330), (640, 330), (680, 450), (760, 720))
OVER_THE_CODE = ((560, 720), (430, 420), (480, 200), (720, 210), (700, 450), (760, 720))
OURS, THEIRS = symbol(7), symbol(8)


class Camera:
    """Films benches, ten frames a second, and has them judged."""

    def __init__(self, sighter: Sighter | None = None, lens: dict[str, float] | None = None) -> None:
        self.sighter = sighter or Sighter()
        self._lens: dict[str, object] = dict(lens or {})
        self._number = 0

    def film(self, shown: DrawnSymbol | None, *phones: PhonePicture, frames: int = 2, **more: object) -> Sighting:
        """The last of some frames of one scene; all but the first must agree on it."""
        seen: list[Sighting] = []
        for _ in range(frames):
            self._number += 1
            bench = Bench(shown, list(phones), seed=self._number, **{**self._lens, **more})  # type: ignore[arg-type]
            seen.append(self.sighter.see(Frame(self._number, self._number * 0.1, bench.picture())))
        assert len({(one.stand, one.screen) for one in seen[1:]}) <= 1
        return seen[-1]


def phone(shows: Grey) -> PhonePicture:
    return PhonePicture(shows)


def preview(seen: DrawnSymbol | None) -> PhonePicture:
    return PhonePicture(viewfinder(attached(seen)))


def watching(before: Grey | None = None, lens: dict[str, float] | None = None) -> Camera:
    """A camera that knows the empty stand, is told our code, and saw `before` and then our code in the viewfinder."""
    camera = Camera(lens=lens)
    camera.film(None)
    camera.sighter.expect([OURS])
    camera.film(OURS)
    if before is not None:
        camera.film(OURS, phone(before))
    sighting = camera.film(OURS, preview(OURS))
    assert sighting.code
    return camera


def test_a_unit_from_the_empty_stand_to_its_setup_and_away() -> None:
    camera = Camera()
    assert camera.film(None).stand == "empty"
    camera.sighter.expect([OURS])
    assert camera.film(OURS).stand == "empty"
    seen = camera.film(OURS, phone(welcome()))
    assert (seen.stand, seen.screen, seen.phones) == ("phone", "other", 1)
    seen = camera.film(OURS, preview(OURS))
    assert (seen.stand, seen.screen, seen.phones) == ("phone", "code", 1)
    assert seen.score > 0.9
    assert seen.ppm == pytest.approx(4.0, rel=0.03)
    assert seen.quad is not None
    assert overlap(points(seen.quad), points(ON_STAND)) > 0.95
    assert camera.film(OURS, phone(setup())).screen == "other"
    assert camera.film(None, phone(setup(progress=0.8))).screen == "other"
    seen = camera.film(None)
    assert (seen.stand, seen.screen, seen.phones, seen.quad) == ("empty", "none", 0, None)


@pytest.mark.parametrize("light", [True, False])
def test_setup_screens_light_and_dark_are_other(light: bool) -> None:
    camera = watching(welcome())
    assert camera.film(OURS, phone(setup(light))).screen == "other"
    assert camera.film(OURS, phone(failed())).screen == "other"


@pytest.mark.parametrize("light", [True, False])
def test_back_to_the_first_screen_is_before(light: bool) -> None:
    camera = watching(welcome(light))
    assert camera.film(OURS, phone(welcome(light))).screen == "before"
    assert camera.film(OURS, preview(OURS)).screen == "code"
    assert camera.film(OURS, phone(setup(light))).screen == "other"


def test_back_is_known_from_the_phone_before_when_this_one_came_with_its_viewfinder_open() -> None:
    camera = watching(welcome())
    camera.film(OURS, phone(setup()))
    camera.sighter.expect(())
    camera.film(None)
    camera.sighter.expect([THEIRS])
    camera.film(THEIRS)
    assert camera.film(THEIRS, preview(THEIRS)).screen == "code"
    assert camera.film(THEIRS, phone(welcome())).screen == "before"
    assert camera.film(THEIRS, phone(setup())).screen == "other"


@pytest.mark.parametrize("instead", [THEIRS, None])
def test_a_viewfinder_whose_code_changed_or_went_is_still_a_viewfinder(instead: DrawnSymbol | None) -> None:
    camera = watching(welcome())
    assert camera.film(instead, preview(instead)).screen == "viewfinder"
    assert camera.film(OURS, preview(OURS)).screen == "code"


def test_a_viewfinder_without_marks_over_its_preview_is_one_too() -> None:
    camera = Camera()
    camera.film(None)
    camera.sighter.expect([OURS])
    bare = PhonePicture(viewfinder(attached(OURS), brackets=False))
    assert camera.film(OURS, bare).screen == "code"
    assert camera.film(None, PhonePicture(viewfinder(attached(None), brackets=False))).screen == "viewfinder"
    assert camera.film(OURS, bare, blur=7.0).screen == "viewfinder"
    assert camera.film(OURS, phone(setup())).screen == "other"


def test_after_the_code_was_taken_down_its_viewfinder_is_not_taken_for_setup() -> None:
    camera = watching(welcome())
    camera.sighter.expect(())
    assert camera.film(OURS, preview(OURS)).screen == "viewfinder"
    assert camera.film(None, preview(None)).screen == "viewfinder"
    assert camera.film(None, phone(welcome())).screen == "before"


def test_another_users_code_in_the_phone_is_not_ours_though_ours_is_up() -> None:
    camera = Camera()
    camera.film(None)
    camera.sighter.expect([OURS])
    camera.film(OURS)
    seen = camera.film(OURS, preview(THEIRS), frames=3)
    assert (seen.screen, seen.stand) == ("viewfinder", "phone")
    assert seen.score < 0.3


def test_the_own_code_alone_is_an_empty_stand() -> None:
    for seen_before in (True, False):
        camera = Camera()
        if seen_before:
            camera.film(None)
        camera.sighter.expect([OURS])
        seen = camera.film(OURS, frames=4)
        assert (seen.stand, seen.screen, seen.phones, seen.score) == ("empty", "none", 0, 0.0)


@pytest.mark.parametrize("level", [30, 120, 165])
def test_a_hand_before_the_empty_screen_is_unsure(level: int) -> None:
    camera = Camera()
    camera.film(None)
    assert camera.film(None, hand=HAND, hand_level=level, frames=6).stand == "unsure"
    camera.sighter.expect([OURS])
    assert camera.film(OURS).stand == "empty"
    assert camera.film(OURS, hand=OVER_THE_CODE, hand_level=level, frames=6).stand != "empty"  # a dark arm may pass for a phone


@pytest.mark.parametrize("level", [30, 130])
def test_a_hand_that_hides_the_code_is_not_taken_for_setup(level: int) -> None:
    camera = watching(welcome())
    assert camera.film(OURS, preview(OURS), hand=OVER_THE_CODE, hand_level=level, frames=4).screen == "viewfinder"
    assert camera.film(OURS, preview(OURS)).screen == "code"
    assert camera.film(OURS, phone(setup())).screen == "other"
    assert camera.film(OURS, phone(setup()), hand=HAND, hand_level=level).screen == "other"


def test_two_phones_are_counted() -> None:
    upper = PhonePicture(welcome(), ((230, 70), (860, 66), (862, 356), (228, 352)), bezel=10)
    lower = PhonePicture(viewfinder(attached(OURS)), ((232, 384), (862, 380), (866, 668), (230, 664)), bezel=10)
    camera = Camera()
    camera.film(None)
    camera.sighter.expect([OURS])
    assert camera.film(OURS, upper, lower, frames=3).phones == 2
    assert camera.film(OURS, preview(OURS)).phones == 1
    held = PhonePicture(setup(), ((640, 60), (1120, 40), (1130, 250), (650, 262)), bezel=9)
    assert camera.film(OURS, preview(OURS), held, frames=3).phones == 2


def test_a_phone_pulled_away_leaves_no_code_and_no_setup_behind() -> None:
    camera = watching(welcome())
    camera.film(OURS, PhonePicture(viewfinder(room()), tuple((x + 60, y - 50) for x, y in ON_STAND)), frames=1)
    seen = camera.film(OURS, PhonePicture(viewfinder(room()), tuple((x + 130, y + 60) for x, y in ON_STAND)), frames=1)
    assert seen.screen in ("viewfinder", "none")
    seen = camera.film(OURS)
    assert (seen.stand, seen.screen) == ("empty", "none")


def test_a_phone_put_down_elsewhere_counts_again_when_it_has_stood_still() -> None:
    camera = watching(welcome())
    elsewhere = PhonePicture(setup(), tuple((x * 0.8 + 40, y * 0.8 + 20) for x, y in ON_STAND))
    assert camera.film(OURS, elsewhere, frames=3).screen == "viewfinder"
    for _ in range(10):
        camera.film(OURS, elsewhere, frames=1)
    assert camera.film(OURS, elsewhere).screen == "other"


def test_a_phone_that_went_dark_is_dark_and_still_there() -> None:
    camera = watching(welcome())
    for glare in (0.0, 60.0):
        seen = camera.film(OURS, phone(off()), glare=glare)
        assert (seen.stand, seen.screen, seen.phones) == ("phone", "dark", 0)
    camera = Camera()
    camera.film(None)
    assert camera.film(None, phone(off())).screen == "dark"


@pytest.mark.parametrize("lens", [{"blur": 2.5}, {"noise": 12.0}, {"gain": 0.6}, {"glare": 60.0}], ids=str)
def test_a_poor_lens_changes_nothing(lens: dict[str, float]) -> None:
    camera = watching(welcome(), lens)
    assert camera.film(OURS, preview(THEIRS)).screen == "viewfinder"
    assert camera.film(OURS, phone(welcome())).screen == "before"
    assert camera.film(OURS, phone(off())).screen == "dark"
    assert camera.film(OURS, phone(setup(light=False))).screen == "other"
    assert camera.film(OURS).stand == "empty"


def test_two_forms_of_one_content_are_one_watch() -> None:
    camera = watching(welcome())
    other_form = symbol(7, mask=5)
    camera.sighter.expect([OURS, other_form])
    lagging, following = camera.film(other_form, preview(OURS)), camera.film(other_form, preview(other_form))
    assert (lagging.screen, lagging.form) == ("code", 0)
    assert (following.screen, following.form) == ("code", 1)
    assert camera.film(other_form, phone(welcome())).screen == "before"


def test_a_phone_on_the_stand_is_known_after_a_restart() -> None:
    camera = Camera()
    camera.film(None, frames=3)
    assert camera.sighter.reference is not None
    for learned in (camera.sighter.reference, None):
        restarted = Camera(Sighter(learned))
        assert restarted.film(None, phone(off()), frames=1).stand == "phone"
        assert restarted.film(None, frames=1).stand == "empty"


def test_a_camera_that_was_moved_learns_the_stand_again() -> None:
    def shifted(frame: Grey) -> Grey:
        return np.roll(frame, (14, -30), (0, 1))

    camera = Camera()
    camera.film(None, frames=3)
    learned = camera.sighter.reference
    for _ in range(5):
        camera.film(None, frames=1, after=shifted)
    assert camera.film(None, after=shifted).stand == "empty"
    assert camera.sighter.reference is not learned


def test_an_attached_screen_that_is_off_proves_nothing() -> None:
    camera = Camera()
    camera.film(None)
    seen = camera.film(None, gain=0.1)
    assert (seen.stand, seen.screen, seen.phones) == ("unsure", "none", 0)


def test_a_phone_of_which_a_hand_first_bared_a_dark_band_only_is_found_whole() -> None:
    camera = Camera()
    camera.film(None)
    camera.sighter.expect([OURS])
    camera.film(OURS)
    most_of_it = ((390, 90), (1180, 90), (1180, 640), (390, 640))
    camera.film(OURS, preview(OURS), hand=most_of_it, hand_level=150, frames=3)
    seen = camera.film(OURS, preview(OURS))
    assert seen.screen == "code"
    assert seen.quad is not None
    assert overlap(points(seen.quad), points(ON_STAND)) > 0.93
