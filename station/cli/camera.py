"""`sixtap self-test`, `calibrate`, `teach`: the camera examined, and the screens that it knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, get_args

import typer
from pydantic import ValidationError

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say, table
from station.words import words
from station.words.advice import advised


def sentence(advice: wire.Advice) -> str:
    """The advice in English. An argument that is missing shows as a question mark."""
    return advised(words("en"), advice.id, advice.args)


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
