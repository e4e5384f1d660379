"""`sixtap self-test`, `calibrate`, `teach`: the camera examined, and the screens that it knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, get_args

import typer
from pydantic import ValidationError

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say, table

SENTENCES: dict[wire.AdviceId, str] = {
    "phone_on_stand": "A phone is on the stand. Take it off: the camera must see the attached screen behind it.",
    "no_code": "The attached screen's code is not seen (brightness {level} of 255). Point the camera at the screen, free its view, "
    "and check that the screen is on.",
    "turn_camera": "Turn the camera by 90 degrees: the long side of the screen should lie along the long side of the picture.",
    "move_nearer": "Move the camera nearer, or zoom in: the screen could be {times} times larger in the picture.",
    "finer_camera": "A module of the code has only {ppm} pixels. Use a higher resolution (hardware.camera, width and height) or a "
    "better camera.",
    "straighten": "The camera looks at the screen from {degrees} degrees aside. Move it nearer to the axis, clear of hands.",
    "focus": "The picture is blurred (sigma {blur} pixels at {ppm} pixels per module). Focus on the phone's place, then lock the "
    "focus, and clean the lens.",
    "focus_evenly": "A part of the picture is blurred (sigma {worst} pixels, else {blur}). Straighten the camera, clean the lens.",
    "too_dark": "The picture is too dark: the screen's white is at {white} of 255. Expose longer, or brighten the screen.",
    "too_bright": "The picture is too bright: {percent} percent of it is clipped. Expose shorter, or dim the screen.",
    "low_contrast": "Black ({black}) and white ({white}) are too close. Keep stray light off the screen and the lens.",
    "lock_exposure": "Lamps or the screen draw stripes ({percent} percent). Lock the camera's exposure to the mains: a multiple of "
    "10 ms at 50 Hz, of 8.3 ms at 60 Hz.",
    "hood": "A lamp is reflected in the screen ({percent} percent). Put a hood over the stand, or turn the lamp or the screen.",
    "more_light": "The picture is noisy (sigma {noise} levels). Give the bench more light, or lower the camera's gain.",
    "module_too_small": "A module measures {module_mm} mm, and phones at this distance need {needed_mm} mm. Use a larger screen, or "
    "bring the stand nearer to it.",
    "not_read": "The code is seen, but a plain decoder does not read it: phones may find it hard too.",
    "camera_changed": "The camera's pictures have another size than at the calibration. Check hardware.camera, then calibrate.",
    "camera_moved": "The camera or the screen was moved by {pixels} pixels. Put it back, or calibrate.",
    "blurrier": "The picture is less sharp than at the calibration (sigma {now} pixels, then {before}). Clean and focus the lens.",
    "darker": "The picture is {percent} percent darker than at the calibration.",
    "brighter": "The picture is {percent} percent brighter than at the calibration.",
    "more_glare": "There is a reflection that was not there at the calibration ({percent} percent).",
    "more_stripes": "There are stripes that were not there at the calibration ({percent} percent).",
    "noisier": "The picture is noisier than at the calibration (sigma {now} levels, then {before}).",
    "not_tested": "The camera's self-test could not be made: {why}",
}
"""What each advice means, its arguments put in."""


def sentence(advice: wire.Advice) -> str:
    """The advice in words. An argument that is missing shows as a question mark."""
    return re.sub(r"\{(\w+)\}", lambda place: str(advice.args.get(place[1], "?")), SENTENCES[advice.id])


def warn(camera: Iterable[Any]) -> None:
    """What a batch's start found about the camera."""
    for one in camera:
        complain(f"Camera: {sentence(wire.Advice.model_validate(one))}")


def self_test(socket: SocketOption, json: JsonOption = False) -> None:
    """Examine the camera by the attached screen's own code, with the stand empty, and say what to improve."""
    _report(ask(socket, lambda client: client.command(wire.SelfTest())), json)


def calibrate(socket: SocketOption, json: JsonOption = False) -> None:
    """The same, and keep the result: every batch's start is compared with it."""
    _report(ask(socket, lambda client: client.command(wire.Calibrate())), json)


def _report(done: wire.Done, json: bool) -> None:
    facts = wire.Examination.model_validate(done.facts)
    found = [*facts.advice, *facts.changes]
    if json:
        as_json(done.facts | {"sentences": [sentence(one) for one in found]})
    else:
        _print(facts)
    if facts.advice or not facts.reading.get("seen") or (facts.changes and not facts.kept):
        end(FAILED)


def _print(facts: wire.Examination) -> None:
    reading = facts.reading
    if reading.get("seen"):
        say(
            f"Code seen: {reading['ppm']:.1f} pixels per module, blur {reading['blur']:.2f} pixels, z {reading['z']:.1f}, "
            f"{'read' if reading['text'] else 'NOT read'} by a plain decoder."
        )
        say(
            f"Light: black {reading['black']:.0f}, white {reading['white']:.0f}, noise {reading['noise']:.1f} levels; "
            f"reflection {100 * reading['glare']:.0f} %, stripes {100 * reading['banding']:.1f} %."
        )
    for advice in facts.advice:
        say(f"- {sentence(advice)}")
    for change in facts.changes:
        say(f"- Since the {'last ' if facts.kept else ''}calibration: {sentence(change)}")
    if facts.kept:
        say("Kept as this bench's calibration.")
    elif not facts.compared:
        say("No calibration is kept yet: sixtap calibrate")
    if reading.get("seen") and not facts.advice and not facts.changes:
        say("Nothing to improve.")


def teach(
    socket: SocketOption,
    name: Annotated[str | None, typer.Argument(help="A name: letters, digits, dashes.", show_default=False)] = None,
    kind: Annotated[
        str, typer.Option("--as", help="What it is: setup (its end), error, or before (a screen from before the scan).")
    ] = "error",
    forget: Annotated[bool, typer.Option("--forget", help="Remove it instead.")] = False,
    show: Annotated[bool, typer.Option("--list", help="List the taught screens.")] = False,
    json: JsonOption = False,
) -> None:
    """Keep what the phone on the stand shows now, so that the camera knows it again."""
    if show:
        known = ask(socket, lambda client: client.taught())
        as_json([one.model_dump() for one in known]) if json else table(("kind", "name"), [(one.kind, one.name) for one in known])
        return
    if name is None:
        complain("Say the screen's name, or --list.")
        end(WRONG_USE)
    try:
        order = wire.ForgetScreen(name=name) if forget else wire.TeachScreen.model_validate({"kind": kind, "name": name})
    except ValidationError:
        kinds = ", ".join(get_args(wire.ScreenKind))
        complain(f"The name has 1 to 40 letters, digits and dashes, no dash first, and --as is one of {kinds}.")
        end(WRONG_USE)
    ask(socket, lambda client: client.command(order))
    if json:
        as_json({"name": name, "forgotten": forget} | ({} if forget else {"kind": kind}))
    else:
        say(f"{name} is forgotten." if forget else f"{name} is taught as {kind}.")
