"""Pictures that may leave the bench: whoever gets them can read no code in them, by whatever means."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
import zxingcpp

from hardware.display import drawing
from hardware.readings import Quad
from hardware.simulated import screens
from hardware.simulated.attached import SCREEN_MM
from hardware.simulated.lens import Lens
from hardware.simulated.optics import BenchCamera, Conditions, Pose, Shown
from hardware.vision.geometry import Grey, as_quad, points
from hardware.vision.locate import everywhere
from hardware.vision.masking import masked_view
from hardware.vision.symbol import Match, Pattern
from tests.unit.hardware.benchpicture import ON_STAND, Bench, DrawnSymbol, PhonePicture, attached, off, setup, symbol, viewfinder

OURS, THEIRS = symbol(7), symbol(8)
WIDTH, HEIGHT = 1920, 1080
QUALITIES = {
    "sharp": Conditions(blur=0.4, noise=1.0, glare=0.0),
    "striped": Conditions(moire=0.12),
}


class Twin:
    """A phone on the twin's bench, filmed; where its display lies, and the code within."""

    def __init__(self, quality: str, shown: DrawnSymbol = OURS) -> None:
        draw = random.Random(quality)
        self._camera = BenchCamera(3, QUALITIES[quality])
        self._lens = Lens.drawn(draw)
        self._screen = drawing.draw(shown, WIDTH, HEIGHT)
        self.pose = Pose.drawn(draw, "middle")
        self.display: Quad = self.pose.quad  # type: ignore[assignment]  # four corners

    def frame(self, display: Grey) -> Grey:
        shown = Shown(f"{hash(display.tobytes())}", lambda: np.asarray(display, np.uint8))
        screen = Shown("attached", lambda: self._screen)
        return np.asarray(self._camera.frame(screen, [(self.pose, shown)], False, 1.0), np.uint8)

    def with_code(self) -> tuple[Grey, Quad]:
        """A frame with the code in the viewfinder, and its corners there."""
        frame = self.frame(screens.viewfinder(self._lens.view(self._screen, SCREEN_MM / WIDTH)))
        match = matched(OURS, inside_of(frame, self.display))
        assert match is not None, "the test itself must find the code, or it proves nothing"
        return frame, as_quad(match.corners)


def inside_of(frame: Grey, display: Quad) -> Grey:
    """The frame, black around the display."""
    mask = np.zeros_like(frame)
    cv2.fillConvexPoly(mask, np.rint(points(display)).astype(np.int32), 1)
    return np.asarray(frame * mask, np.uint8)


def matched(known: DrawnSymbol, view: Grey) -> Match | None:
    """The best that the matcher finds of this symbol, anywhere."""
    return everywhere([Pattern(known)], view)[1]


def picture_of(png: bytes | None) -> Grey:
    assert png is not None
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    assert pixels.ndim == 2
    return np.asarray(pixels, np.uint8)


def readings(picture: Grey, *expected: DrawnSymbol) -> list[str]:
    """All that any reader says to it: decoders with every setting, large, small, inverted, sharpened; and the matcher, which knows
    what it looks for."""
    said: list[str] = []
    views = [np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8) for scale in (1, 2)]
    views.append(np.asarray(cv2.addWeighted(views[1], 2.0, cv2.GaussianBlur(views[1], (0, 0), 2.0), -1.0, 0), np.uint8))
    binarizers = (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram, zxingcpp.Binarizer.FixedThreshold)
    for view in views:
        for binarizer in binarizers:
            read = zxingcpp.read_barcodes(view, binarizer=binarizer, try_invert=True, return_errors=True)
            said += [f"zxing-cpp: {found.format}" for found in read]
        for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
            said += [f"OpenCV: {text}" for one in (view, 255 - view) if (text := detector.detectAndDecode(one)[0])]
    for known in expected:
        for view in views[:2]:
            match = matched(known, view)
            if match is not None and (match.accepted or match.relative):
                said.append(f"matcher: {match.score:.2f}")
    return said


@pytest.mark.parametrize("quality", QUALITIES)
def test_nobody_can_read_the_code_in_a_picture_of_the_viewfinder(quality: str) -> None:
    twin = Twin(quality)
    frame, code = twin.with_code()
    picture = picture_of(masked_view(frame, twin.display, [code]))
    assert readings(picture, OURS) == []
    assert min(picture.shape) == 160
    assert picture.std() > 10, "something of the viewfinder is still to be seen"


@pytest.mark.parametrize("quality", QUALITIES)
def test_a_code_that_was_not_located_is_covered_or_there_is_no_picture(quality: str) -> None:
    twin = Twin(quality)
    frame, _ = twin.with_code()
    view = masked_view(frame, twin.display, [])
    assert view is None or readings(picture_of(view), OURS) == []


@pytest.mark.parametrize("quality", QUALITIES)
def test_the_attached_screens_own_code_is_not_in_the_picture(quality: str) -> None:
    twin = Twin(quality)
    frame = twin.frame(screens.screen("setup"))
    assert readings(picture_of(masked_view(frame, twin.display, [])), OURS) == []


def test_a_display_that_is_not_quite_where_it_was_thought_shows_no_code_either() -> None:
    frame = Bench(OURS, [PhonePicture(setup())]).picture()
    for by in (-120.0, 60.0):
        moved: Quad = tuple((x + by, y + by / 2) for x, y in ON_STAND)  # type: ignore[assignment]  # four corners
        view = masked_view(frame, moved, [])
        assert view is None or readings(picture_of(view), OURS) == []
    whole: Quad = ((0.0, 0.0), (1279.0, 0.0), (1279.0, 719.0), (0.0, 719.0))
    view = masked_view(Bench(OURS).picture(), whole, [])
    assert view is None or readings(picture_of(view), OURS) == []


def test_what_a_setup_screen_says_can_still_be_seen() -> None:
    twin = Twin("sharp")
    picture = picture_of(masked_view(twin.frame(screens.screen("setup")), twin.display, []))
    other = picture_of(masked_view(twin.frame(screens.screen("error")), twin.display, []))
    assert picture.std() > 8
    assert float(np.abs(picture.astype(int) - other).mean()) > 2


def test_another_users_code_beside_ours_is_covered_too() -> None:
    both = viewfinder(attached(OURS))
    small = cv2.resize(THEIRS.picture, (260, 260), interpolation=cv2.INTER_NEAREST)
    both[1500:1760, 320:580] = small
    frame = Bench(OURS, [PhonePicture(both)]).picture()
    match = matched(OURS, inside_of(frame, ON_STAND))
    assert match is not None
    view = masked_view(frame, ON_STAND, [as_quad(match.corners)])
    assert view is None or readings(picture_of(view), OURS, THEIRS) == []


def test_a_dark_display_is_a_dark_picture() -> None:
    frame = Bench(OURS, [PhonePicture(off())]).picture()
    assert picture_of(masked_view(frame, ON_STAND, [])).max() < 90


@pytest.mark.parametrize("seed", [1, 2, 165])
def test_whatever_is_shown_no_decoder_takes_anything_in_the_picture_for_a_code(seed: int) -> None:
    """Of the last of these a decoder finds something in the picture, though not in what it was made of."""
    grain = np.random.default_rng(seed)
    many = int(grain.integers(20, 90))
    blocks = (grain.random((many // 2, many)) > 0.5).astype(np.uint8) * np.uint8(grain.integers(60, 255))
    frame = np.full((720, 1280), 90, np.uint8)
    frame[100:400, 200:800] = cv2.resize(blocks, (600, 300), interpolation=cv2.INTER_NEAREST)
    view = masked_view(frame, ((200.0, 100.0), (800.0, 100.0), (800.0, 400.0), (200.0, 400.0)), [])
    assert view is None or readings(picture_of(view)) == []


@pytest.mark.parametrize(
    "display",
    [
        pytest.param(((0.0, 0.0), (20.0, 0.0), (20.0, 40.0), (0.0, 40.0)), id="too small"),
        pytest.param(((0.0, 0.0), (900.0, 0.0), (900.0, 100.0), (0.0, 100.0)), id="too long"),
        pytest.param(((0.0, 0.0), (500.0, 500.0), (500.0, 0.0), (0.0, 500.0)), id="crossed"),
        pytest.param(((5.0, 5.0), (5.0, 5.0), (5.0, 5.0), (5.0, 5.0)), id="a point"),
    ],
)
def test_there_is_no_picture_of_what_is_no_display(display: Quad) -> None:
    assert masked_view(Bench().picture(), display, []) is None


def test_there_is_no_picture_where_a_codes_corners_make_no_sense() -> None:
    frame = Bench(OURS, [PhonePicture(viewfinder(attached(OURS)))]).picture()
    nowhere: Quad = ((float("nan"), 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    assert masked_view(frame, ON_STAND, [nowhere]) is None


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_filled_area_reaches_beyond_the_code(mirrored: bool) -> None:
    frame = np.full((720, 1280), 90, np.uint8)
    display: Quad = ((200.0, 100.0), (800.0, 100.0), (800.0, 400.0), (200.0, 400.0))
    code: Quad = ((400.0, 150.0), (600.0, 150.0), (600.0, 350.0), (400.0, 350.0))
    picture = picture_of(masked_view(frame, display, [code[::-1] if mirrored else code]))
    assert picture.shape == (160, pytest.approx(320, abs=8))
    rows, columns = np.nonzero(picture == 128)
    scale = 160 / 300
    assert rows.min() <= 50 * scale - 10
    assert rows.max() >= min(159, 250 * scale + 10)
    assert columns.max() - columns.min() >= 200 * scale + 20
    assert len(rows) == (rows.max() - rows.min() + 1) * (columns.max() - columns.min() + 1)
    assert picture[5, 5] == pytest.approx(90, abs=2)
