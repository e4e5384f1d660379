from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.simulated import screens
from hardware.simulated.attached import SCREEN_MM
from hardware.simulated.lens import Lens
from hardware.simulated.optics import BenchCamera, Conditions, Pose, Shown, Spot
from hardware.simulated.symbol import read

if TYPE_CHECKING:
    from tests.unit.hardware.simulated.conftest import Panel

Grey = NDArray[np.uint8]


def shown(pixels: Grey) -> Shown:
    return Shown(str(hash(pixels.tobytes())), lambda: pixels)


def pose(number: int = 1, spot: Spot = "middle") -> Pose:
    return Pose.drawn(random.Random(number), spot)


def film(
    panel: Panel, phones: Sequence[tuple[Pose, Grey]] = (), *, hand: bool = False, at: float = 0.0, seed: int = 7, **light: Any
) -> Grey:
    camera = BenchCamera(seed, Conditions(**light))
    return camera.frame(shown(panel.pixels), [(where, shown(pixels)) for where, pixels in phones], hand, at)


def viewfinder(panel: Panel) -> Grey:
    return screens.viewfinder(Lens.drawn(random.Random(1)).view(panel.pixels, SCREEN_MM / 1920))


def display_of(frame: Grey, where: Pose) -> Grey:
    """The phone's display cut out of a frame and laid upright."""
    return np.asarray(
        cv2.warpPerspective(frame, where.matrix, (screens.WIDTH, screens.HEIGHT), flags=cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR),
        np.uint8,
    )


@pytest.mark.parametrize("shape", ["panel", "tall_panel"])
def test_an_empty_stand_shows_the_whole_attached_screen(request: pytest.FixtureRequest, code: Callable[..., str], shape: str) -> None:
    screen: Panel = request.getfixturevalue(shape)
    screen.show(code())
    frame = film(screen)
    assert frame.shape == (720, 1280)
    assert frame.dtype == np.uint8
    assert read(frame) == code()


@pytest.mark.parametrize("number", range(6))
def test_the_code_can_be_read_inside_the_phones_viewfinder(panel: Panel, code: Callable[..., str], number: int) -> None:
    panel.show(code())
    where = pose(number)
    frame = film(panel, [(where, viewfinder(panel))])
    assert read(display_of(frame, where)) == code()


def test_a_display_without_the_code_shows_none_though_the_attached_screen_does(panel: Panel, code: Callable[..., str]) -> None:
    panel.show(code())
    where = pose()
    frame = film(panel, [(where, screens.screen("welcome"))])
    assert read(display_of(frame, where)) is None


@pytest.mark.parametrize("name", ["welcome", "setup", "home", "accept"])
@pytest.mark.parametrize("dark", [False, True])
def test_a_display_comes_back_out_of_the_frame_as_it_went_in(panel: Panel, name: screens.Name, dark: bool) -> None:
    where = pose(3)
    picture = screens.screen(name, dark)
    seen = display_of(film(panel, [(where, picture)]), where)
    inside = (slice(30, -30), slice(30, -30))
    assert np.corrcoef(seen[inside].ravel(), picture[inside].ravel())[0, 1] > 0.9


def test_the_quad_is_the_displays_edge_and_the_dark_body_is_around_it(panel: Panel) -> None:
    where = pose(2)
    frame = cv2.GaussianBlur(film(panel, [(where, np.full((screens.HEIGHT, screens.WIDTH), 255, np.uint8))]), (0, 0), 1)
    quad = np.array(where.quad)
    middle = quad.mean(axis=0)
    sides = (quad + np.roll(quad, -1, axis=0)) / 2
    for side in sides:
        outward = (side - middle) / np.linalg.norm(side - middle)
        inside, outside = (tuple((side + step * outward).round().astype(int)[::-1]) for step in (-6, 7))
        assert frame[inside] > 190
        assert frame[outside] < 80
    lengths = np.linalg.norm(quad - np.roll(quad, -1, axis=0), axis=1)
    assert 850 < max(lengths) < 1000
    assert 400 < min(lengths) < 470


def test_two_phones_side_by_side_are_both_in_view(panel: Panel) -> None:
    left, right = pose(1, "left"), pose(2, "right")
    frame = film(panel, [(left, screens.screen("welcome")), (right, screens.screen("home"))])
    for where, name in ((left, "welcome"), (right, "home")):
        corners = np.array(where.quad)
        assert (corners > 0).all()
        assert (corners < (1280, 720)).all()
        picture = screens.screen("welcome" if name == "welcome" else "home")
        assert np.corrcoef(display_of(frame, where).ravel(), picture.ravel())[0, 1] > 0.85


def test_a_hand_hides_part_of_the_display(panel: Panel) -> None:
    where, picture = pose(), screens.screen("welcome")
    without, over = (film(panel, [(where, picture)], hand=hand) for hand in (False, True))
    changed = np.abs(without.astype(int) - over) > 30
    assert 0.05 < changed.mean() < 0.3
    assert display_of(changed.astype(np.uint8), where).mean() > 0.05


def test_the_same_scene_at_the_same_moment_is_the_same_bytes(panel: Panel, code: Callable[..., str]) -> None:
    panel.show(code())
    scene = [(pose(), viewfinder(panel))]
    first = film(panel, scene, at=1.5)
    assert np.array_equal(first, film(panel, scene, at=1.5))
    assert not np.array_equal(first, film(panel, scene, at=1.6))
    assert not np.array_equal(first, film(panel, scene, at=1.5, seed=8))


def test_noise_changes_from_frame_to_frame_and_has_its_strength(panel: Panel) -> None:
    camera = BenchCamera(7, Conditions(noise=3.0))
    first, second = (camera.frame(shown(panel.pixels), (), False, at).astype(float) for at in (0.0, 0.1))
    assert np.std(first - second) == pytest.approx(3.0 * 2**0.5, rel=0.05)


def test_light_and_lens_do_what_they_are_called(panel: Panel) -> None:
    picture = np.full((screens.HEIGHT, screens.WIDTH), 128, np.uint8)
    scene = [(pose(), picture)]

    def under(**light: Any) -> NDArray[np.float64]:
        return display_of(film(panel, scene, **{"noise": 0.0, "glare": 0.0} | light), pose()).astype(float)

    usual, darker, glaring, wavy, soft = under(), under(exposure=0.6), under(glare=60.0), under(moire=0.2), under(blur=3.0)
    inside = (slice(60, -60), slice(60, -60))
    assert darker[inside].mean() == pytest.approx(0.6 * usual[inside].mean(), rel=0.05)
    assert glaring.max() > usual.max() + 40
    assert wavy[inside].std() > 10 > usual[inside].std()
    assert soft[3:6].mean() < usual[3:6].mean()
