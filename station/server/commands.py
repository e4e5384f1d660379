"""Each command of the wire, carried out on the bench."""

from __future__ import annotations

from station import wire
from station.bench.bench import Bench
from station.bench.intake import new_batch
from station.domain.errors import NotAllowed, WrongUse
from station.domain.policy import mode_of
from station.ports import Actor
from station.server import codes, invitations, people, policies, prepared, settings, staff


async def carry_out(bench: Bench, actor: Actor, command: wire.Command) -> dict[str, object]:
    """Do it, or raise a SixtapError that says why not. Returns facts for the client."""
    if actor.role is None or not wire.may(actor.role, command):
        least = wire.LEAST_ROLE[type(command)]
        raise NotAllowed(
            f"{command.command} needs the role {least}; {actor.name} is {actor.role or 'without one'}.", f"Ask a {least}."
        )
    match command:
        case wire.CreateBatch() | wire.StartBatch() | wire.PauseBatch():
            return await _intake(bench, actor, command)
        case wire.ImportUsers() | wire.CompareUsers() | wire.EditUser() | wire.AssignUsers() | wire.RemoveUser():
            return await people.order(bench, actor, command)
        case wire.KeepRows() | wire.ImportKept() | wire.DropRows() | wire.MakeKnown():
            return await people.order_whole(bench, actor, command)
        case wire.SelfTest() | wire.Calibrate() | wire.TeachScreen() | wire.ForgetScreen() | wire.ShowPage():
            return await _examine(bench, actor, command)
        case wire.ShowCode() | wire.ReturnDevice() | wire.SetLanguage() | wire.PutNote():
            return await codes.order(bench, actor, command)
        case wire.PutPolicy() | wire.PushPolicy():
            return await policies.order(bench, actor, command)
        case wire.PutCodes() | wire.PurgeCodes() | wire.PutDevices() | wire.ConfirmDevice():
            return await prepared.order(bench, actor, command)
        case wire.PutStaff() | wire.RemoveStaff():
            return await staff.order(bench, actor, command)
        case wire.ChangeSetting():
            return await settings.order(bench, actor, command)
        case wire.ReassignUnit(enrollment=unit, user=who, reason=why):
            given = await bench.reassigning.reassign(actor, unit, who, why)
            return {"former": given.former, "user": given.user}
        case wire.InviteUsers():
            return await invitations.invite(bench, actor, command)
        case _:
            await _decide(bench, actor, command)
            return {}


async def _intake(bench: Bench, actor: Actor, command: wire.CreateBatch | wire.StartBatch | wire.PauseBatch) -> dict[str, object]:
    intake = bench.intake
    match command:
        case wire.CreateBatch():
            batch = new_batch(
                command.name,
                mode_of(command.mode),
                command.policy,
                simulated=bench.desk.simulated,
                identity=command.identity,
                attestation=command.attestation,
                minimum_android=command.minimum_android,
                generic=command.phones,
                prefix=command.prefix,
                naming=command.naming,
                names=command.names,
                **({"token_lifetime": command.token_lifetime} if command.token_lifetime is not None else {}),
            )
            if batch.generic and command.token_lifetime is None:
                raise WrongUse("A code for many phones needs an end.", "Say how long it lives (--lifetime SECONDS).")
            made = await intake.create_batch(actor, batch, command.users)
            return {"batch": made.id}
        case wire.StartBatch(batch=ident):
            found = await codes.looked_at(bench, ident)
            stops = [one.model_dump(mode="json") for one in found.items if one.level != "ok"]
            if not found.ready:
                first = next(one for one in found.items if one.level == "refuse")
                raise WrongUse(f"This batch cannot work ({first.id}).", f"See what to do: sixtap batch check {ident}")
            camera = await bench.eyesight.shift_start()
            await intake.start(actor, ident)
            return {"preflight": stops} | ({"camera": camera} if camera else {})
        case wire.PauseBatch(batch=ident):
            await intake.pause(actor, ident)
    return {}


async def _examine(
    bench: Bench, actor: Actor, command: wire.SelfTest | wire.Calibrate | wire.TeachScreen | wire.ForgetScreen | wire.ShowPage
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
        case wire.ShowPage(page=page):
            await eyesight.show_page(actor, page)
    return {}


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
        case wire.MoveUnit(enrollment=unit, before=before):
            await bench.queueing.move(actor, unit, before)
        case wire.SkipUnit(enrollment=unit, reason=why):
            await decisions.skip(actor, unit, why)
        case wire.FailUnit(enrollment=unit, reason=why):
            await decisions.fail(actor, unit, why)
        case wire.DeclareStandEmpty():
            await decisions.declare_empty(actor)
        case _:
            raise WrongUse(f"The bench does not know the command {command.command}.", "")
