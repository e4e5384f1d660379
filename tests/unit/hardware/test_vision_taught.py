"""Taught screens: known again in other light, not taken for others of the same layout, never with a code in them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from numpy.typing import NDArray

from hardware.errors import TeachingRefused
from hardware.vision.geometry import points
from hardware.vision.likeness import LONG, SHORT
from hardware.vision.taught import Library, face, holds_code
from tests.unit.hardware.benchpicture import ON_STAND, PORTRAIT, Bench, PhonePicture, attached, off, setup, symbol, viewfinder, welcome

Grey = NDArray[np.uint8]
PLACE = points(ON_STAND)


def page(heading: str, lines: tuple[str, ...], button: str = "Reset", light: bool = True) -> Grey:
    """A wizard's page; all have one layout."""
    paper, ink, soft = (244, 40, 95) if light else (22, 226, 165)
    picture = np.full(PORTRAIT[::-1], paper, np.uint8)
    cv2.circle(picture, (120, 250), 44, soft, 6, cv2.LINE_AA)
    cv2.putText(picture, heading, (70, 420), cv2.FONT_HERSHEY_SIMPLEX, 2.2, ink, 5, cv2.LINE_AA)
    for row, line in enumerate(lines):
        cv2.putText(picture, line, (74, 560 + 70 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.3, soft, 3, cv2.LINE_AA)
    cv2.rectangle(picture, (540, 1660), (830, 1770), soft, -1)
    cv2.putText(picture, button, (580, 1735), cv2.FONT_HERSHEY_SIMPLEX, 1.5, paper, 4, cv2.LINE_AA)
    return picture


ERRORS = {
    "no-network": ("Can't connect", ("Check the network, then", "try once more."), "Retry"),
    "reset-me": ("Can't set up device", ("Contact your IT admin for", "help with this device."), "Reset"),
}
OTHERS = (
    ("Can't add profile", ("Contact your IT admin for", "help with this device."), "Reset"),
    ("Can't set up device", ("It belongs to somebody who", "must remove it first."), "Reset"),
    ("Can't set up device", ("Contact your IT admin for", "help with this device."), "Continue"),
    ("Can't reach server", ("Check the network, then", "try once more."), "Retry"),
)


def seen(shows: Grey, *, off_by: float = 0.0, upside_down: bool = False, **light: float) -> Grey:
    """The face of a phone on the stand, its display found `off_by` pixels too large all around."""
    picture = Bench(phones=[PhonePicture(shows, upside_down=upside_down)], **light).picture()  # type: ignore[arg-type]  # light by name
    return face(picture, PLACE + off_by * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("taught"))
    for name, shows in ERRORS.items():
        for light in (True, False):
            library.teach("error", f"{name}-{'light' if light else 'dark'}", seen(page(*shows, light=light)))
    library.teach("before", "welcome", seen(welcome()))
    return library


LIGHTS: tuple[dict[str, float], ...] = (
    {},
    {"blur": 1.6, "noise": 6.0},
    {"noise": 9.0, "gain": 0.6},
    {"glare": 50.0},
    {"off_by": 3.0},
    {"off_by": -3.0},
    {"upside_down": True},
)


@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_a_taught_screen_is_known_again(library: Library, light: dict[str, float]) -> None:
    for name, shows in ERRORS.items():
        for theme in (True, False):
            found = library.recognised(seen(page(*shows, light=theme), seed=5, **light))  # type: ignore[arg-type]  # light by name
            assert found is not None
            assert found[0] == f"error:{name}-{'light' if theme else 'dark'}"
            assert 0.8 < found[1] <= 1.0


@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_screens_of_the_same_layout_are_not_taken_for_taught_ones(library: Library, light: dict[str, float]) -> None:
    for shows in OTHERS:
        for theme in (True, False):
            assert library.recognised(seen(page(*shows, light=theme), seed=6, **light)) is None  # type: ignore[arg-type]  # light by name


def test_other_displays_are_not_taken_for_taught_ones(library: Library) -> None:
    for shows in (setup(), setup(False), welcome(False), off(), viewfinder(attached(symbol(3))), viewfinder(attached(None))):
        assert library.recognised(seen(shows)) is None
    assert library.recognised(np.full((SHORT, LONG), 128, np.uint8)) is None


def test_what_moves_while_a_screen_is_taught_does_not_count(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.teach("setup", "working", *(seen(setup(progress=share), seed=number) for number, share in enumerate((0.1, 0.5, 0.9))))
    for again in (library, Library(tmp_path)):
        found = again.recognised(seen(setup(progress=0.7)))
        assert found is not None
        assert found[0] == "setup:working"
        assert again.recognised(seen(page(*ERRORS["reset-me"]))) is None


def test_a_name_taught_again_is_replaced_and_can_be_forgotten(tmp_path: Path) -> None:
    library = Library(tmp_path / "made" / "when-needed")
    first, second = seen(page(*ERRORS["no-network"])), seen(page(*ERRORS["reset-me"]))
    library.teach("error", "e-1", first)
    library.teach("setup", "done", seen(setup()))
    library.teach("before", "e-1", second)
    for now in (library, Library(tmp_path / "made" / "when-needed")):
        assert now.names() == ("before:e-1", "setup:done")
        assert now.recognised(first) is None
        assert (now.recognised(second) or ("",))[0] == "before:e-1"
    library.forget("e-1")
    assert library.names() == ("setup:done",)
    assert [path.name for path in (tmp_path / "made" / "when-needed").iterdir()] == ["setup.done.png"]
    with pytest.raises(TeachingRefused, match="no taught screen is named 'e-1'"):
        library.forget("e-1")


@pytest.mark.parametrize("name", ["", "-a", "a" * 41, "../a", "a b", "a.png", "ä", "a\n"])
def test_a_name_that_could_lead_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TeachingRefused, match="cannot be a screen's name"):
        Library(tmp_path).teach("error", name, seen(setup()))
    assert not list(tmp_path.iterdir())


def test_an_unknown_kind_and_a_plain_display_are_refused(tmp_path: Path) -> None:
    library = Library(tmp_path)
    with pytest.raises(TeachingRefused, match="'other' is no kind of screen"):
        library.teach("other", "a", seen(setup()))
    with pytest.raises(TeachingRefused, match="shows nothing"):
        library.teach("error", "a", seen(np.full(PORTRAIT[::-1], 230, np.uint8)))
    assert not list(tmp_path.iterdir())


def test_a_code_in_the_display_is_noticed_and_never_kept(tmp_path: Path) -> None:
    code = viewfinder(attached(symbol(3)), zoom=1.2)
    picture = Bench(phones=[PhonePicture(code)]).picture()
    assert holds_code(picture, PLACE)
    for shows in (setup(), welcome(), page(*ERRORS["no-network"])):
        assert not holds_code(Bench(phones=[PhonePicture(shows)]).picture(), PLACE)
    large = np.full((SHORT, LONG), 240, np.uint8)
    modules = np.array([list(row) for row in segno.make_qr("harmless", error="L").matrix_iter(border=4)], np.uint8)
    code_picture = np.kron(np.where(modules == 1, 0, 240).astype(np.uint8), np.ones((3, 3), np.uint8))
    large[12 : 12 + len(code_picture), 80 : 80 + len(code_picture)] = code_picture
    with pytest.raises(TeachingRefused, match="never kept"):
        Library(tmp_path).teach("error", "a", large)
    assert not list(tmp_path.iterdir())


def test_damaged_files_are_left_out_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    library = Library(tmp_path)
    library.teach("error", "good", seen(page(*ERRORS["no-network"])))
    whole = (tmp_path / "error.good.png").read_bytes()
    (tmp_path / "error.cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "error.empty.png").write_bytes(b"")
    (tmp_path / "nonsense.png").write_bytes(whole)
    (tmp_path / "error.small.png").write_bytes(bytes(cv2.imencode(".png", np.zeros((8, 8), np.uint8))[1]))
    again = Library(tmp_path)
    assert "error:good" in again.names()
    assert not {"error:empty", "error:small"} & set(again.names())
    assert len(caplog.records) >= 3
