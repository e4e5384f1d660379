"""`sixtap unit`: what people decide about one unit, by its enrollment id."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say
from station.client import Client, Refused

app = typer.Typer(help="Units: one user's place in a batch.", no_args_is_help=True, rich_markup_mode=None)
WHICH: tuple[Literal["before", "after"], ...] = ("before", "after")
UnitArgument = Annotated[str, typer.Argument(help="The unit's id, as `batch show` prints it.")]


@app.command()
def show(unit: UnitArgument, socket: SocketOption, json: JsonOption = False) -> None:
    """One unit's whole story."""
    story = ask(socket, lambda client: client.unit(unit))
    if json:
        as_json(story.model_dump(mode="json"))
        return
    reason = f" ({story.unit.reason}: {story.unit.detail})" if story.unit.reason else ""
    say(f"{story.unit.user}: {story.unit.state}{reason}")
    for event in story.events:
        to = f" -> {event.body['to']}" if "to" in event.body else ""
        at, who = datetime.fromtimestamp(event.at).astimezone(), story.names.get(event.actor, event.actor)
        say(f"{at:%Y-%m-%d %H:%M:%S} {who}: {event.kind}{to}")


@app.command()
def pictures(
    unit: UnitArgument,
    socket: SocketOption,
    out: Annotated[Path, typer.Option(help="The folder that gets them; it is made if need be.")],
) -> None:
    """Save the pictures of a unit's witnessed scan, from before and after its code gave way. Codes in them are covered."""

    async def fetch(client: Client) -> dict[str, bytes | str]:
        found: dict[str, bytes | str] = {}
        for which in WHICH:
            try:
                found[which] = await client.picture(unit, which)
            except Refused as why:
                if why.problem.kind != "NotFound":
                    raise
                found[which] = str(why)
        return found

    found = ask(socket, fetch)
    saved = {which: content for which, content in found.items() if isinstance(content, bytes)}
    if not saved:
        complain(str(next(iter(found.values()))))
        end(FAILED)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for which, content in saved.items():
            (out / f"{unit}-{which}.png").write_bytes(content)
            say(f"{out / f'{unit}-{which}.png'}")
    except OSError as why:
        complain(f"The pictures cannot be written to {out}: {why.strerror}. Choose another folder with --out.")
        end(WRONG_USE)


@app.command()
def release(unit: UnitArgument, socket: SocketOption) -> None:
    """Let a held unit go on from what the evidence supports."""
    _order(socket, wire.ReleaseHold(enrollment=unit))


@app.command()
def retry(unit: UnitArgument, socket: SocketOption) -> None:
    """Back to the queue with a new code; the old one is revoked."""
    _order(socket, wire.RetryUnit(enrollment=unit))


@app.command()
def hold(unit: UnitArgument, socket: SocketOption, detail: Annotated[str, typer.Option(help="Why.")] = "") -> None:
    """Keep a unit until somebody releases it."""
    _order(socket, wire.HoldUnit(enrollment=unit, detail=detail))


@app.command()
def move(
    unit: UnitArgument, socket: SocketOption, before: Annotated[str, typer.Option(help="Which unit it goes before.")] = ""
) -> None:
    """Serve a user of the queue before another one, or before all whose code is not made yet."""
    _order(socket, wire.MoveUnit(enrollment=unit, before=before or None))


@app.command()
def reassign(
    unit: UnitArgument,
    socket: SocketOption,
    to: Annotated[str, typer.Option("--to", help="Who gets the place: id, e-mail or name.")] = "",
    back: Annotated[bool, typer.Option("--back", help="Give it back to who had it before.")] = False,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Give a queued or held unit's place to another user. A phone that has read a code stays its user's."""
    if bool(to) is back:
        complain("Say who gets the place: --to USER, or --back.")
        end(WRONG_USE)
    _order(socket, wire.ReassignUnit(enrollment=unit, user=None if back else to, reason=reason[:200]))


@app.command()
def skip(unit: UnitArgument, socket: SocketOption, reason: Annotated[str, typer.Option(help="Why.")] = "") -> None:
    """Leave this user out."""
    _order(socket, wire.SkipUnit(enrollment=unit, reason=reason))


@app.command()
def fail(unit: UnitArgument, socket: SocketOption, reason: Annotated[str, typer.Option(help="Why.")] = "") -> None:
    """Give a unit up; its phone counts as failed."""
    _order(socket, wire.FailUnit(enrollment=unit, reason=reason))


@app.command()
def attest(unit: UnitArgument, socket: SocketOption) -> None:
    """Say that the phone read the code."""
    _order(socket, wire.AttestScan(enrollment=unit))


@app.command("set-aside")
def set_aside(unit: UnitArgument, socket: SocketOption, reason: Annotated[str, typer.Option(help="Why.")] = "other") -> None:
    """Put its phone aside; the user goes back to the queue."""
    if reason not in get_args(wire.SetAsideReason):
        complain(f"--reason must be one of {', '.join(get_args(wire.SetAsideReason))}.")
        end(WRONG_USE)
    _order(socket, wire.SetAside.model_validate({"enrollment": unit, "reason": reason}))


@app.command()
def answer(
    answer: Annotated[str, typer.Argument(help="One of the answers that `sixtap status` lists.")],
    socket: SocketOption,
    question: Annotated[str | None, typer.Option(help="The question's id; the open one if not given.")] = None,
) -> None:
    """Answer what the bench asks."""
    if answer not in get_args(wire.Answer):
        complain(f"The answer must be one of {', '.join(get_args(wire.Answer))}.")
        end(WRONG_USE)
    asked = question
    if asked is None:
        open_question = ask(socket, lambda client: client.status()).question
        if open_question is None:
            complain("The bench asks nothing now.")
            end(WRONG_USE)
        asked = open_question.id
    _order(socket, wire.AnswerQuestion.model_validate({"question": asked, "answer": answer}))


@app.command("stand-empty")
def stand_empty(socket: SocketOption) -> None:
    """Override: go on although the stand was not seen empty. Counted."""
    _order(socket, wire.DeclareStandEmpty())


@app.command()
def label(text: Annotated[str, typer.Argument(help="Serial number or IMEI from the box.")], socket: SocketOption) -> None:
    """Enter the label of the phone that is next."""
    _order(socket, wire.EnterLabel(text=text))


def _order(socket: SocketOption, command: wire.Command) -> None:
    ask(socket, lambda client: client.command(command))
    say("Done.")
