"""The camera: its self-test, its calibration, and the screens that it is taught; the attached screen's page for people."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from station.wire.messages import Message

ScreenKind = Literal["setup", "error", "before"]
ScreenName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")]


class SelfTest(Message):
    """Examine the camera by the attached screen's own code: the stand must be empty, no code up. Facts: see Examination."""

    command: Literal["self_test"] = "self_test"


class Calibrate(Message):
    """The same, and keep it as the bench's calibration, with which later ones are compared."""

    command: Literal["calibrate"] = "calibrate"


class TeachScreen(Message):
    """Keep what the phone on the stand shows, to know it again: the end of setup, an error, a screen from before the scan."""

    command: Literal["teach_screen"] = "teach_screen"
    kind: ScreenKind
    name: ScreenName


class ForgetScreen(Message):
    """Remove a taught screen."""

    command: Literal["forget_screen"] = "forget_screen"
    name: ScreenName


class ShowPage(Message):
    """Show people the attached screen's calibration page, or nothing. The next code takes its place."""

    command: Literal["show_page"] = "show_page"
    page: Literal["calibration", "blank"]


class TaughtScreen(Message):
    """A screen that the camera knows again."""

    kind: ScreenKind
    name: str


class TaughtPage(Message):
    """All taught screens, by kind and name."""

    items: tuple[TaughtScreen, ...]


AdviceId = Literal[
    "phone_on_stand",  # a phone stands before the camera: nothing was measured
    "no_code",  # the attached screen's code is not in view, or something covers it; {"level"}: brightness, 0 to 255
    "turn_camera",  # by 90 degrees: the screen's long side lies across the frame's
    "move_nearer",  # {"times"}: so many times larger the screen could be in the frame
    "finer_camera",  # {"ppm"}: too few pixels per module, and no room to come nearer
    "straighten",  # {"degrees"}: the camera looks at the screen from too far aside
    "focus",  # {"blur", "ppm"}: sigma in pixels, pixels per module
    "focus_evenly",  # {"blur", "worst"}: a part is much less sharp than the rest
    "too_dark",  # {"white"}: its level
    "too_bright",  # {"percent"}: of the code is as bright as can be
    "low_contrast",  # {"black", "white"}: their levels
    "lock_exposure",  # {"percent"}: stripes; expose for a whole number of the mains' half-waves
    "hood",  # {"percent"}: a reflection raises black so far
    "more_light",  # {"noise"}: sigma in levels
    "module_too_small",  # {"module_mm", "needed_mm", "modules"}: for the phone's distance
    "not_read",  # the code is there, and no decoder reads it
    "camera_changed",  # frames are of another size than at the calibration
    "camera_moved",  # {"pixels"}
    "blurrier",  # {"before", "now"}: sigma in pixels
    "darker",  # {"percent"}
    "brighter",  # {"percent"}
    "more_glare",  # {"percent"}
    "more_stripes",  # {"percent"}
    "noisier",  # {"before", "now"}: sigma in levels
    "not_tested",  # {"why"}: a batch began, and the self-test could not be made
]


class Advice(Message):
    """One thing to improve about the camera, or that got worse since the calibration."""

    id: AdviceId
    args: dict[str, int | float | str] = Field(default_factory=dict)


class Examination(Message):
    """The facts of SelfTest and Calibrate. `reading`: see hardware.vision.calibration.Reading. `changes` since the calibration, if
    it was `compared` with one. `kept`: this is the calibration now. StartBatch's fact `camera` holds Advice too."""

    reading: dict[str, Any]
    advice: tuple[Advice, ...]
    changes: tuple[Advice, ...]
    compared: bool
    kept: bool
