"""Each command of the wire, carried out on the bench."""

from __future__ import annotations

import unicodedata

from station import wire
from station.bench.bench import Bench
from station.bench.intake import new_batch
from station.domain.errors import BadRoster, NotAllowed, WrongUse
from station.domain.policy import Mode
from station.domain.roster import Row, RowProblem, check_row
from station.ports import Actor


async def carry_out(bench: Bench, actor: Actor, command: wire.Command) -> dict[str, object]:
    """Do it, or raise a SixtapError that says why not. Returns facts for the client."""
    if actor.role is None or not wire.may(actor.role, command):
        least = wire.LEAST_ROLE[type(command)]
        raise NotAllowed(
            f"{command.command} needs the role {least}; {actor.name} is {actor.role or 'without one'}.", f"Ask a {least}."
        )
    match command:
        case wire.ImportUsers() | wire.CreateBatch() | wire.StartBatch() | wire.PauseBatch():
            return await _intake(bench, actor, command)
        case wire.SelfTest() | wire.Calibrate() | wire.TeachScreen() | wire.ForgetScreen():
            return await _examine(bench, actor, command)
        case _:
            await _decide(bench, actor, command)
            return {}


async def _intake(
    bench: Bench, actor: Actor, command: wire.ImportUsers | wire.CreateBatch | wire.StartBatch | wire.PauseBatch
) -> dict[str, object]:
    intake = bench.intake
    match command:
        case wire.ImportUsers(rows=rows):
            return await intake.import_users(actor, _checked(rows))
        case wire.CreateBatch():
            if command.mode not in set(Mode):
                raise WrongUse(f"{command.mode[:40]!r} is no management mode.", f"It may be {', '.join(Mode)}.")
            batch = new_batch(
                command.name,
                Mode(command.mode),
                command.policy,
                simulated=bench.desk.simulated,
                identity=command.identity,
                attestation=command.attestation,
                minimum_android=command.minimum_android,
            )
            made = await intake.create_batch(actor, batch, command.users)
            return {"batch": made.id}
        case wire.StartBatch(batch=ident):
            camera = await bench.eyesight.shift_start()
            return {"warnings": list(await intake.start(actor, ident))} | ({"camera": camera} if camera else {})
        case wire.PauseBatch(batch=ident):
            await intake.pause(actor, ident)
    return {}


async def _examine(
    bench: Bench, actor: Actor, command: wire.SelfTest | wire.Calibrate | wire.TeachScreen | wire.ForgetScreen
) -> dict[str, object]:
    eyesight = bench.eyesight
    match command:
        case wire.SelfTest():
            return await eyesight.self_test(actor)
        case wire.Calibrate():
            return await eyesight.self_test(actor, keep=True)
        case wire.TeachScreen(kind=kind, name=name):
            await eyesight.teach(actor, kind, name)
        case wire.ForgetScreen(name=name):
            await eyesight.forget(actor, name)
    return {}


def _checked(rows: tuple[wire.UserRow, ...]) -> list[Row]:
    """The same rules as for a file, for whoever speaks to the socket without one."""
    checked: list[Row] = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows, 1):
        candidate = Row(number, *map(_tidy, (row.name, row.email, row.policy, row.mode or "", row.group)))
        problems = check_row(candidate)
        column, value = ("email", candidate.email) if candidate.email else ("name", candidate.name)
        first = seen.setdefault((column, value.casefold()), number)
        if first != number:
            problems.append(RowProblem(number, column, value[:80], f"is on line {first} already"))
        if problems:
            raise BadRoster(f"Row {number} cannot be imported: {problems[0]}.", "Correct it; nothing was imported.", tuple(problems))
        checked.append(candidate)
    return checked


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


async def _decide(bench: Bench, actor: Actor, command: wire.Command) -> None:
    decisions = bench.decisions
    match command:
        case wire.AnswerQuestion(question=question, answer=answer):
            await decisions.answer(actor, question, answer)
        case wire.EnterLabel(text=text):
            await decisions.label(actor, text)
        case wire.AttestScan(enrollment=unit):
            await decisions.attest(actor, unit)
        case wire.SetAside(enrollment=unit, reason=reason):
            await decisions.set_aside(actor, unit, reason)
        case wire.RetryUnit(enrollment=unit):
            await decisions.retry(actor, unit)
        case wire.ReleaseHold(enrollment=unit):
            await decisions.release(actor, unit)
        case wire.HoldUnit(enrollment=unit, detail=detail):
            await decisions.hold(actor, unit, detail)
        case wire.SkipUnit(enrollment=unit, reason=why):
            await decisions.skip(actor, unit, why)
        case wire.FailUnit(enrollment=unit, reason=why):
            await decisions.fail(actor, unit, why)
        case wire.DeclareStandEmpty():
            await decisions.declare_empty(actor)
        case _:
            raise WrongUse(f"The bench does not know the command {command.command}.", "")
