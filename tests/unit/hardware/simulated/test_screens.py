from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from hardware.simulated import screens


@pytest.mark.parametrize("name", get_args(screens.Name))
def test_every_screen_can_be_drawn_and_is_kept_unchanged(name: screens.Name) -> None:
    picture = screens.screen(name)
    assert picture.shape == (screens.HEIGHT, screens.WIDTH)
    assert picture.dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        picture[0, 0] = 1


def test_no_two_screens_look_alike() -> None:
    names: tuple[screens.Name, ...] = get_args(screens.Name)
    pictures = {screens.screen(name).tobytes() for name in names}
    assert len(pictures) == len(names)


def test_a_dark_theme_is_dark_but_not_off() -> None:
    light, dark, off = screens.screen("setup"), screens.screen("setup", True), screens.screen("off")
    assert light.mean() > 200
    assert off.max() < 10 < 30 < dark.mean() < 70
    assert dark.max() > 200


def test_the_viewfinder_shows_what_the_camera_sees_between_its_texts() -> None:
    view = np.full((1170, 540), 180, np.uint8)
    view[400:700, 150:390] = 20
    picture = screens.viewfinder(view)
    assert picture.shape == (screens.HEIGHT, screens.WIDTH)
    assert picture[440, 216] == 20
    assert picture[250, 60] == 180
    assert picture[10, 10] == 45
