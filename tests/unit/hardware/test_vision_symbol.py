"""The code: is it this user's, and exactly where does it lie?"""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.vision.geometry import Homography, points, spread, through
from hardware.vision.locate import everywhere, look_for
from hardware.vision.symbol import Pattern, placed
from tests.unit.hardware.benchpicture import (
    ATTACHED,
    ON_STAND,
    Bench,
    DrawnSymbol,
    PhonePicture,
    attached,
    room,
    setup,
    symbol,
    viewfinder,
)

BODY = spread(points(ON_STAND), 14)


def flat(
    shown: DrawnSymbol, pixels_per_module: float = 4.0, tilt: float = 0.0, blur: float = 0.6, noise: float = 4.0
) -> NDArray[np.uint8]:
    """A picture of 500 x 500 with the code's top left at (60, 50), `tilt` pixels out of square."""
    frame = np.full((500, 500), 90, np.uint8)
    side = len(shown.picture)
    drawn = np.kron(shown.picture, np.ones((4, 4), np.uint8))
    matrix = place_of(shown, pixels_per_module, tilt) @ np.array([[0.25, 0, -4 + 0.125], [0, 0.25, -4 + 0.125], [0, 0, 1]])
    mask = cv2.warpPerspective(np.full((side * 4, side * 4), 255, np.uint8), matrix, (500, 500))
    seen = np.where(mask > 127, cv2.warpPerspective(drawn, matrix, (500, 500)), frame)
    grey = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), blur)
    grain = np.random.default_rng(3).normal(0, noise, grey.shape)
    return np.asarray(np.clip(grey * 0.7 + 30 + grain, 0, 255), np.uint8)


def place_of(shown: DrawnSymbol, pixels_per_module: float, tilt: float) -> Homography:
    far = shown.size * pixels_per_module
    corners = points([(60, 50), (60 + far, 50 + tilt), (60 + far - tilt, 50 + far), (60 + tilt, 50 + far - tilt)])
    return placed(corners, shown.size)


def viewed(
    shown: DrawnSymbol, seen: DrawnSymbol | None, *, zoom: float = 1.0, blur: float = 0.8, noise: float = 4.0
) -> NDArray[np.uint8]:
    """`shown` on the attached screen, `seen` in the phone's viewfinder."""
    return Bench(shown, [PhonePicture(viewfinder(attached(seen), zoom))], blur=blur, noise=noise).picture()


def test_a_code_is_verified_where_it_lies() -> None:
    match = Pattern(symbol(1)).compared(flat(symbol(1)), place_of(symbol(1), 4.0, 0.0))
    assert match.accepted
    assert match.score > 0.9
    assert match.ppm == pytest.approx(4.0)


@pytest.mark.parametrize("error", ["L", "M"])
def test_no_other_users_code_of_the_family_is_accepted(error: str) -> None:
    shown = symbol(1, error)
    frame, place = flat(shown, tilt=9.0), place_of(shown, 4.0, 9.0)
    matches = [Pattern(symbol(other, error)).compared(frame, place) for other in range(40, 60)]
    assert Pattern(shown).compared(frame, place).accepted
    assert not any(match.accepted for match in matches)
    assert all(match.relative for match in matches)  # they agree in all that does not vary: only whose it is differs
    assert max(match.score for match in matches) < 0.3


def test_agreement_of_the_whole_matrix_would_have_accepted_it() -> None:
    """Why only the varying modules count: another user's code agrees in almost all modules."""
    ours, theirs = (np.frombuffer(symbol(number).modules, np.uint8) for number in (1, 2))
    assert (ours == theirs).mean() > 0.95


@pytest.mark.parametrize("family", [("L", 0, 5), ("L", 1, 3), ("M", 0, 3)])
def test_the_same_users_code_of_another_mask_key_order_or_level_is_another_code(family: tuple[str, int, int]) -> None:
    frame, place = flat(symbol(1)), place_of(symbol(1), 4.0, 0.0)
    match = Pattern(symbol(1, *family)).compared(frame, place)
    assert not match.accepted
    assert match.fixed < 0.5


def test_registration_finds_the_code_from_a_rough_start() -> None:
    shown, pattern = symbol(1), Pattern(symbol(1))
    frame = flat(shown, 3.0, tilt=12.0, blur=1.2)
    true = through(place_of(shown, 3.0, 12.0), pattern.corners)
    start = true + 2 * np.array([(2.0, -2.5), (-2.0, 2.0), (2.5, 1.5), (-1.5, -2.0)])
    assert not pattern.compared(frame, placed(start, shown.size)).accepted
    found = pattern.compared(frame, pattern.refined(frame, placed(start, shown.size)))
    assert found.accepted
    assert np.abs(found.corners - true).max() < 0.5


def test_the_turn_of_a_code_is_found_from_its_bare_outline() -> None:
    shown, pattern = symbol(1), Pattern(symbol(1))
    frame = cv2.rotate(flat(shown, blur=2.0), cv2.ROTATE_90_CLOCKWISE)
    outline = points([(499 - 50 - 324, 60), (449, 60), (449, 384), (125, 384)])
    picture = np.asarray(frame, np.uint8)
    found = pattern.compared(picture, pattern.refined(picture, pattern.poses(picture, outline)[0]))
    assert found.accepted
    assert np.abs(found.corners[0] - (449, 60)).max() < 3  # its own top left came to the top right
    assert not found.mirrored


def test_a_mirrored_preview_is_told() -> None:
    shown, pattern = symbol(1), Pattern(symbol(1))
    picture = np.asarray(cv2.flip(flat(shown, blur=1.0), 1), np.uint8)
    _, found = everywhere([pattern], picture)
    assert found is not None
    assert found.accepted
    assert found.mirrored


def test_a_code_light_on_dark_is_found() -> None:
    _, found = everywhere([Pattern(symbol(1))], np.asarray(255 - flat(symbol(1)), np.uint8))
    assert found is not None
    assert found.accepted


def test_a_covered_part_shows_in_the_worst_part() -> None:
    frame, place = flat(symbol(1)), place_of(symbol(1), 4.0, 0.0)
    assert Pattern(symbol(1)).agreement(frame, place) > 0.8
    frame[200:260, 60:140] = 100
    assert Pattern(symbol(1)).agreement(frame, place) < 0.4


def test_a_code_that_all_phones_share_is_compared_as_a_whole() -> None:
    shown = symbol(1)
    shared = DrawnSymbol(shown.size, shown.modules, bytes(len(shown.modules)), shown.picture)
    place = place_of(shown, 4.0, 0.0)
    assert Pattern(shared).compared(flat(shown), place).accepted
    assert not Pattern(shared).compared(flat(symbol(1, "L", 1)), place).accepted


def test_a_symbol_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 6561 modules"):
        Pattern(DrawnSymbol(81, b"\0" * 6560, b"\0" * 6561, symbol(1).picture))


@pytest.mark.parametrize(("zoom", "blur"), [(1.0, 0.8), (1.0, 3.0), (0.7, 2.0), (0.5, 1.5)])
def test_a_code_in_the_viewfinder_is_found_however_blurred_and_small(zoom: float, blur: float) -> None:
    found = look_for([Pattern(symbol(7))], viewed(symbol(7), symbol(7), zoom=zoom, blur=blur), BODY, None)
    assert found.match is not None
    assert found.match.accepted
    assert found.match.ppm == pytest.approx(4.0 * zoom, rel=0.03)


def test_the_attached_screens_own_code_around_the_phone_does_not_count() -> None:
    for shown_on_phone in (setup(), viewfinder(attached(None)), viewfinder(room())):
        frame = Bench(symbol(7), [PhonePicture(shown_on_phone)]).picture()
        found = look_for([Pattern(symbol(7))], frame, BODY, None)
        assert found.match is None or not found.match.accepted


def test_the_whole_own_code_on_an_empty_stand_is_not_inside_a_phone() -> None:
    frame = Bench(symbol(7)).picture()
    found = look_for([Pattern(symbol(7))], frame, BODY, None)
    assert found.match is None or not found.match.accepted
    whole = look_for([Pattern(symbol(7))], frame, points(ATTACHED), None)
    assert whole.match is not None
    assert whole.match.accepted


def test_the_own_code_may_be_up_while_the_phone_shows_anothers() -> None:
    found = look_for([Pattern(symbol(7))], viewed(symbol(7), symbol(8)), BODY, None)
    assert found.any_code
    assert found.match is not None
    assert not found.match.accepted


def test_a_code_is_followed_where_it_was() -> None:
    pattern = Pattern(symbol(7))
    first = look_for([pattern], viewed(symbol(7), symbol(7)), BODY, None).match
    assert first is not None
    again = look_for([pattern], viewed(symbol(7), symbol(7), blur=3.5), BODY, first.place)  # too blurred to be found afresh
    assert again.match is not None
    assert again.match.accepted
    gone = look_for([pattern], viewed(symbol(7), symbol(8)), BODY, first.place)
    assert gone.match is not None
    assert not gone.match.accepted
