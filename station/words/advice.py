"""What is said about the camera after its self-test: each advice in words, its arguments put in."""

from __future__ import annotations

from collections.abc import Mapping

from station.words.catalogue import N_, Catalogue

ADVICE: dict[str, str] = {
    "phone_on_stand": N_("A phone is on the stand. Take it off: the camera must see the attached screen behind it."),
    "no_code": N_(
        "The attached screen's code is not seen (brightness {level} of 255). Point the camera at the screen, free its "
        "view, and check that the screen is on."
    ),
    "turn_camera": N_("Turn the camera by 90 degrees: the long side of the screen should lie along the long side of the picture."),
    "move_nearer": N_("Move the camera nearer, or zoom in: the screen could be {times} times larger in the picture."),
    "finer_camera": N_(
        "A module of the code has only {ppm} pixels. Use a higher resolution (hardware.camera, width and height) or a better camera."
    ),
    "straighten": N_("The camera looks at the screen from {degrees} degrees aside. Move it nearer to the axis, clear of hands."),
    "focus": N_(
        "The picture is blurred (sigma {blur} pixels at {ppm} pixels per module). Focus on the phone's place, then lock"
        " the focus, and clean the lens."
    ),
    "focus_evenly": N_("A part of the picture is blurred (sigma {worst} pixels, else {blur}). Straighten the camera, clean the lens."),
    "too_dark": N_("The picture is too dark: the screen's white is at {white} of 255. Expose longer, or brighten the screen."),
    "too_bright": N_("The picture is too bright: {percent} percent of it is clipped. Expose shorter, or dim the screen."),
    "low_contrast": N_("Black ({black}) and white ({white}) are too close. Keep stray light off the screen and the lens."),
    "lock_exposure": N_(
        "Lamps or the screen draw stripes ({percent} percent). Lock the camera's exposure to the mains: a multiple of "
        "10 ms at 50 Hz, of 8.3 ms at 60 Hz."
    ),
    "hood": N_("A lamp is reflected in the screen ({percent} percent). Put a hood over the stand, or turn the lamp or the screen."),
    "more_light": N_("The picture is noisy (sigma {noise} levels). Give the bench more light, or lower the camera's gain."),
    "module_too_small": N_(
        "A module measures {module_mm} mm, and phones at this distance need {needed_mm} mm. Use a larger screen, or "
        "bring the stand nearer to it."
    ),
    "not_read": N_("The code is seen, but a plain decoder does not read it: phones may find it hard too."),
    "camera_changed": N_("The camera's pictures have another size than at the calibration. Check hardware.camera, then calibrate."),
    "camera_moved": N_("The camera or the screen was moved by {pixels} pixels. Put it back, or calibrate."),
    "blurrier": N_("The picture is less sharp than at the calibration (sigma {now} pixels, then {before}). Clean and focus the lens."),
    "darker": N_("The picture is {percent} percent darker than at the calibration."),
    "brighter": N_("The picture is {percent} percent brighter than at the calibration."),
    "more_glare": N_("There is a reflection that was not there at the calibration ({percent} percent)."),
    "more_stripes": N_("There are stripes that were not there at the calibration ({percent} percent)."),
    "noisier": N_("The picture is noisier than at the calibration (sigma {now} levels, then {before})."),
    "not_tested": N_("The camera's self-test could not be made: {why}"),
}
"""The sentences, by the wire's AdviceId."""


def advised(t: Catalogue, ident: str, args: Mapping[str, object]) -> str:
    """One advice in a person's language; a missing argument shows as a question mark, an id that is not known as it came."""
    return t(ADVICE[ident], **args) if ident in ADVICE else ident
