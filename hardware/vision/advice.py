"""What a reading of the camera says about the bench: advice by ids and arguments (the sentences are the client's), now and
against an earlier reading, and the keeping of that.

Thresholds: vision needs a code's modules about twice as large as the blur (sigma) in pixels to read it blindly, half that to know
it; what a viewfinder shows is some two or three times smaller than the attached screen's own code that is examined here.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from hardware.vision.calibration import Reading
from hardware.vision.geometry import points

AdviceId = Literal[
    "phone_on_stand",  # a phone stands before the camera: nothing was measured
    "no_code",  # the attached screen's code is not in view, or something covers it; {"level"}: the frame's brightness
    "turn_camera",  # by 90 degrees: the screen's long side lies across the frame's
    "move_nearer",  # {"times"}: so many times larger the screen could be in the frame
    "finer_camera",  # {"ppm"}: too few pixels per module, and no room to come nearer
    "straighten",  # {"degrees"}: the camera looks at the screen from too far aside
    "focus",  # {"blur", "ppm"}: sigma in pixels
    "focus_evenly",  # {"blur", "worst"}: a part is much less sharp than the rest
    "too_dark",  # {"white"}
    "too_bright",  # {"percent"}: of the code is as bright as can be
    "low_contrast",  # {"black", "white"}
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
    "noisier",  # {"before", "now"}
]
ADVICE: tuple[AdviceId, ...] = get_args(AdviceId)

MODULE_FOR_DISTANCE = 1 / 180  # of the distance between screen and phone, at least
NEARER_FROM, FINE_PPM = 1.25, 4.0
TILTED = 25.0  # degrees
BLUR_OF_MODULE, BLUR_AT_ALL = 0.25, 2.0  # modules, pixels
UNEVEN_BLUR = 0.7  # pixels
DARK_WHITE, LEAST_CONTRAST, CLIPPED_SHARE = 100.0, 60.0, 0.02
STRIPES, GLARE, NOISE = 0.04, 0.12, 10.0
MOVED_PIXELS, BLURRIER, NOISIER, LIGHT_CHANGED, MORE_GLARE, MORE_STRIPES = 6.0, 0.4, 4.0, 0.25, 0.08, 0.03
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Optics:
    """What the camera cannot see: the long side of the attached screen's picture, and how far phones stand from it."""

    screen_mm: float | None = None
    distance_mm: float | None = None


UNKNOWN = Optics()


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to improve, or that got worse; see AdviceId."""

    id: AdviceId
    args: dict[str, float] = field(default_factory=dict)


def advice(reading: Reading, optics: Optics = UNKNOWN) -> list[Advice]:
    """What to improve, what matters most first; empty where all is well."""
    if reading.phone:
        return [Advice("phone_on_stand")]
    if not reading.seen:
        return [Advice("no_code", {"level": round(reading.level)})]
    return [*_place(reading), *_lens(reading), *_light(reading), *_screen(reading, optics)]


def _place(reading: Reading) -> list[Advice]:
    found = []
    if reading.turned:
        found.append(Advice("turn_camera"))
    elif reading.room > NEARER_FROM:
        found.append(Advice("move_nearer", {"times": round(reading.room, 1)}))
    elif reading.ppm < FINE_PPM:
        found.append(Advice("finer_camera", {"ppm": round(reading.ppm, 1)}))
    if reading.tilt > TILTED:
        found.append(Advice("straighten", {"degrees": round(reading.tilt)}))
    return found


def _lens(reading: Reading) -> list[Advice]:
    blur, worst = round(reading.blur, 1), round(reading.worst_blur, 1)
    if reading.blur > min(BLUR_AT_ALL, max(1.0, BLUR_OF_MODULE * reading.ppm)):
        return [Advice("focus", {"blur": blur, "ppm": round(reading.ppm, 1)})]
    if reading.worst_blur > reading.blur + UNEVEN_BLUR:
        return [Advice("focus_evenly", {"blur": blur, "worst": worst})]
    return []


def _light(reading: Reading) -> list[Advice]:
    found = []
    if reading.white < DARK_WHITE:
        found.append(Advice("too_dark", {"white": round(reading.white)}))
    elif reading.clipped > CLIPPED_SHARE:
        found.append(Advice("too_bright", {"percent": round(100 * reading.clipped)}))
    elif reading.white - reading.black < LEAST_CONTRAST:
        found.append(Advice("low_contrast", {"black": round(reading.black), "white": round(reading.white)}))
    if reading.banding > STRIPES:
        found.append(Advice("lock_exposure", {"percent": round(100 * reading.banding)}))
    if reading.glare > GLARE:
        found.append(Advice("hood", {"percent": round(100 * reading.glare)}))
    if reading.noise > NOISE:
        found.append(Advice("more_light", {"noise": round(reading.noise)}))
    return found


def _screen(reading: Reading, optics: Optics) -> list[Advice]:
    found = []
    if optics.screen_mm and optics.distance_mm and reading.screen_modules:
        module, needed = optics.screen_mm / reading.screen_modules, optics.distance_mm * MODULE_FOR_DISTANCE
        if module < needed:
            sizes = {"module_mm": round(module, 2), "needed_mm": round(needed, 2), "modules": reading.modules}
            found.append(Advice("module_too_small", sizes))
    if reading.text is None:
        found.append(Advice("not_read"))
    return found


def compare(old: Reading, new: Reading) -> list[Advice]:
    """What got worse since the calibration; empty where nothing did, or one of them measured nothing."""
    if not old.seen or not new.seen or old.corners is None or new.corners is None:
        return []
    if (old.width, old.height) != (new.width, new.height):
        return [Advice("camera_changed")]
    found = []
    moved = float(np.hypot(*(points(new.corners) - points(old.corners)).T).max())
    if moved > MOVED_PIXELS:
        found.append(Advice("camera_moved", {"pixels": round(moved)}))
    if new.blur > old.blur + BLURRIER:
        found.append(Advice("blurrier", {"before": round(old.blur, 1), "now": round(new.blur, 1)}))
    light = new.white / max(old.white, 1.0) - 1
    if abs(light) > LIGHT_CHANGED:
        found.append(Advice("darker" if light < 0 else "brighter", {"percent": round(100 * abs(light))}))
    if new.glare > old.glare + MORE_GLARE:
        found.append(Advice("more_glare", {"percent": round(100 * new.glare)}))
    if new.banding > old.banding + MORE_STRIPES:
        found.append(Advice("more_stripes", {"percent": round(100 * new.banding)}))
    if new.noise > old.noise + NOISIER:
        found.append(Advice("noisier", {"before": round(old.noise, 1), "now": round(new.noise, 1)}))
    return found


def keep(path: Path, reading: Reading) -> None:
    """Keeps a reading as the bench's calibration; the old one stays until the new one is wholly written. OSError."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(asdict(reading)), encoding="utf-8")
    part.replace(path)


def kept(path: Path) -> Reading | None:
    """The bench's calibration; None where there is none, or the file is damaged (a warning says so)."""
    try:
        return Reading.remembered(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        _log.warning("%s holds no calibration, or is damaged: it is left out; sixtap calibrate makes a new one", path)
        return None
