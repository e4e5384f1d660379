from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from hardware.simulated.symbol import read, sample

if TYPE_CHECKING:
    from tests.unit.hardware.simulated.conftest import Panel


@pytest.mark.parametrize("length", [20, 200, 600])
def test_every_module_of_a_drawn_code_is_found(panel: Panel, code: Callable[..., str], length: int) -> None:
    panel.show(code("A" * length))
    found = sample(panel.pixels)
    assert found is not None
    assert found.modules == panel.modules
    assert found.size**2 == len(panel.modules)
    assert found.digest == hashlib.sha256(panel.modules).hexdigest()


def test_a_tall_screen_is_sampled_as_well(tall_panel: Panel, code: Callable[..., str]) -> None:
    tall_panel.show(code())
    found = sample(tall_panel.pixels)
    assert found is not None
    assert found.modules == tall_panel.modules


def test_a_caption_beside_the_code_does_not_matter(panel: Panel, code: Callable[..., str]) -> None:
    panel.show(code())
    captioned = panel.pixels.copy()
    cv2.putText(captioned, "Bench 2, Ada L.", (20, 1050), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)
    found = sample(captioned)
    assert found is not None
    assert found.modules == panel.modules


def test_text_and_modules_stay_out_of_a_repr(panel: Panel, code: Callable[..., str]) -> None:
    panel.show(code("SECRETTOKENVALUE1234"))
    found = sample(panel.pixels)
    assert found is not None
    assert found.text == read(panel.pixels) == code("SECRETTOKENVALUE1234")
    assert "SECRET" not in repr(found)
    assert "modules" not in repr(found)


def test_a_screen_without_a_code_has_no_symbol(panel: Panel) -> None:
    assert sample(panel.pixels) is None
    written = panel.pixels.copy()
    cv2.putText(written, "The service does not answer", (200, 500), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 4)
    assert sample(written) is None
    assert sample(np.zeros((1080, 1920), np.uint8)) is None


def test_a_code_that_does_not_stand_upright_is_read_but_not_sampled(panel: Panel, code: Callable[..., str]) -> None:
    panel.show(code())
    turned = np.rot90(panel.pixels, 2).copy()
    assert read(turned) == code()
    assert sample(turned) is None
