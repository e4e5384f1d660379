"""The stand: is it empty, and where exactly is the phone?"""

from __future__ import annotations

import numpy as np
import pytest

from hardware.vision.bodies import find_bodies
from hardware.vision.geometry import overlap, points, spread, to_small
from hardware.vision.reference import Reference, shrunk
from hardware.vision.stand import Ground, bezel, crossed
from tests.unit.hardware.benchpicture import (
    ON_STAND,
    Bench,
    Grey,
    PhonePicture,
    attached,
    off,
    room,
    setup,
    symbol,
    viewfinder,
    welcome,
)

HAND = ((600, 720), (560, 420), (590, 330), (640, 330), (680, 450), (760, 720))
SCREENS: dict[str, Grey] = {
    "welcome": welcome(),
    "setup": setup(),
    "dark setup": setup(light=False),
    "code": viewfinder(attached(symbol(7))),
    "bare preview": viewfinder(attached(symbol(7)), brackets=False),
    "blank preview": viewfinder(attached(None)),
    "room": viewfinder(room()),
    "off": off(),
    "white": np.full((1900, 900), 250, np.uint8),
}


def reference() -> Reference:
    taught = Reference.taught(shrunk(Bench().picture()), None)
    assert taught is not None
    return taught


LEARNED = reference()


def ground(bench: Bench, known: Reference | None = LEARNED) -> Ground:
    return Ground.of(shrunk(bench.picture()), known)


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize(
    ("up", "bezel_width", "blur"), [(False, 16, 0.8), (True, 16, 0.8), (True, 8, 0.8), (True, 30, 0.8), (True, 16, 2.5)]
)
def test_the_phones_outline_is_found(name: str, up: bool, bezel_width: float, blur: float) -> None:
    bench = Bench(symbol(7) if up else None, [PhonePicture(SCREENS[name], bezel=bezel_width)], blur=blur)
    true = to_small(spread(points(ON_STAND), bezel_width), 4)
    for known in (LEARNED, None):
        bodies = find_bodies(ground(bench, known))
        assert len(bodies) == 1
        assert overlap(bodies[0], true) > 0.96


def test_the_room_around_a_dim_attached_screen_is_no_phone() -> None:
    assert find_bodies(ground(Bench(gain=0.5))) == []
    assert find_bodies(ground(Bench(symbol(7), gain=0.5), None)) == []


def test_two_phones_side_by_side_are_two() -> None:
    upper = PhonePicture(welcome(), ((230, 70), (860, 66), (862, 356), (228, 352)), bezel=10)
    lower = PhonePicture(viewfinder(attached(symbol(7))), ((232, 384), (862, 380), (866, 668), (230, 664)), bezel=10)
    assert len(find_bodies(ground(Bench(symbol(7), [upper, lower])))) == 2


def test_a_blank_attached_screen_is_even_and_a_hand_or_a_phone_before_it_is_not() -> None:
    assert ground(Bench()).even()
    assert ground(Bench(noise=7.0)).even()
    for bench in (Bench(hand=HAND), Bench(hand=HAND, hand_level=170), Bench(phones=[PhonePicture(off())]), Bench(symbol(7))):
        assert not ground(bench).even()


def test_a_screen_that_is_off_proves_nothing() -> None:
    assert ground(Bench(gain=0.1)).lightless
    assert not ground(Bench(gain=0.6)).lightless


def test_the_reference_survives_as_a_file_and_holds_no_code() -> None:
    frame = Bench(symbol(7)).picture()
    scale = 4.0
    corners = points([(395, 70), (880, 65), (885, 660), (390, 655)])
    taught = Reference.taught(shrunk(frame), to_small(corners, scale))
    assert taught is not None
    again = Reference.decoded(taught.encoded())
    assert again is not None
    assert np.array_equal(again.screen, taught.screen)
    middle = again.picture[40:140, 110:210]
    assert middle.min() > 200  # where the code was there is only its paper


@pytest.mark.parametrize("file", [b"", b"nonsense", Reference(np.full((90, 160), 200, np.uint8)).encoded()])
def test_a_file_that_is_no_reference_is_not_taken_for_one(file: bytes) -> None:
    assert Reference.decoded(file) is None


@pytest.mark.parametrize("name", ["welcome", "off"])
def test_a_phone_is_never_learned_as_the_empty_stand(name: str) -> None:
    assert Reference.taught(shrunk(Bench(phones=[PhonePicture(SCREENS[name])]).picture()), None) is None or not (
        ground(Bench(phones=[PhonePicture(SCREENS[name])]), None).even()
    )


def test_a_finger_across_the_outline_is_noticed_and_a_cable_that_was_always_there_is_not() -> None:
    phone = [PhonePicture(viewfinder(attached(symbol(7))))]
    alone = ground(Bench(symbol(7), phone))
    body = find_bodies(alone)[0]
    usual = alone.edge(body).free
    assert not crossed(ground(Bench(symbol(7), phone, seed=5)).edge(body).free, usual)
    assert crossed(ground(Bench(symbol(7), phone, hand=HAND)).edge(body).free, usual)
    cable = ((1120, 340), (1280, 335), (1280, 375), (1120, 380))
    with_cable = ground(Bench(symbol(7), phone, hand=cable, hand_level=20)).edge(body).free
    assert crossed(with_cable, usual)
    assert not crossed(ground(Bench(symbol(7), phone, hand=cable, hand_level=20, seed=5)).edge(body).free, with_cable)


def test_the_bezel_is_measured_where_the_display_is_lit() -> None:
    bench = ground(Bench(phones=[PhonePicture(welcome(), bezel=24)]))
    widths = bezel(bench, find_bodies(bench)[0])
    assert [width * 4 for width in widths if width is not None] == [pytest.approx(24, abs=6)] * 2
    dark = ground(Bench(phones=[PhonePicture(off(), bezel=24)]))
    assert bezel(dark, find_bodies(dark)[0]) == (None, None)
