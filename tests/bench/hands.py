"""A willing operator: does what the bench asks for, and a lead who resolves what is held. What they cannot finish is a dead end."""

from __future__ import annotations

from station.domain.enrollment import ATTESTABLE, CLOSED, Enrollment, HoldReason, State
from station.domain.errors import NotAllowed, SixtapError
from station.domain.policy import Mode
from tests.bench.rig import LEAD, Rig
from tests.bench.stand_ins import Handset, token_value

MOST_STEPS = 120


def finish(rig: Rig) -> None:
    """Work until every user of every batch is verified, failed or skipped. AssertionError when the bench leads nowhere."""
    _make_all_well(rig)
    for batch in range(len(rig.batches)):
        trail: list[str] = []
        while not _closed(rig, batch):
            rig.frames(1)
            trail.append(f"{rig.step.id} {rig.desk.question.kind if rig.desk.question else ''}".strip())
            assert len(trail) <= MOST_STEPS, f"it leads nowhere: {trail[-12:]}"
            assert rig.desk.stopped is None, f"the bench stopped: {rig.desk.stopped}"
            _run_batch(rig, batch)
            one_step(rig)
            _phones_set_up(rig)
            if len(trail) % 4 == 0:
                _lead_resolves(rig)
    rig.wait(130.0)


def _make_all_well(rig: Rig) -> None:
    rig.life._left = None
    rig.cloud.mood, rig.screen.refusing = "well", False
    rig.cloud.losing.clear()
    if not rig.screen.attached:
        rig.screen.attach()
    if rig.camera.lost:
        rig.camera.come_back()
    rig.wait(20.0)


def _closed(rig: Rig, batch: int) -> bool:
    return all(one.state in CLOSED for one in rig.queue(batch))


def _run_batch(rig: Rig, batch: int) -> None:
    """The one batch that is to run, runs; another may have to finish its unit first."""
    running, wanted = rig.desk.batch, rig.batches[batch]
    if running is not None and running.id == wanted and running.state == "running":
        return
    try:
        if running is not None and running.id != wanted and running.state == "running" and rig.desk.unit is None:
            rig.act(rig.bench.intake.pause(LEAD, running.id))
        rig.act(rig.bench.intake.start(LEAD, wanted))
    except SixtapError:
        if running is not None and running.state != "running":
            rig.act(rig.bench.intake.start(LEAD, running.id))


def one_step(rig: Rig) -> None:
    """What the screen says."""
    match rig.step.id:
        case "answer":
            _answer(rig)
        case "place_phone" | "hold_still":
            _present(rig)
        case "scan_label":
            rig.camera.stand[:] = rig.camera.stand[:1] or [rig.unbox()]
            rig.camera.stand[0] = rig.unbox() if rig.camera.stand[0].token else rig.camera.stand[0]
            _try(rig, "label", rig.camera.stand[0].serial)
        case "to_tray" | "clear_stand":
            rig.camera.stand.clear()
            rig.frames(4)
            if rig.desk.view != "empty":
                _try(rig, "declare_empty")
        case _:
            rig.frames(1)
            rig.wait(20.0)


def _present(rig: Rig) -> None:
    """A phone that has read nothing stands before the screen, reads the code if one is up, and goes on to set itself up."""
    stand = rig.camera.stand
    if len(stand) != 1 or stand[0].token is not None:
        stand[:] = [rig.unbox()]
    stand[0].showing = "viewfinder"
    rig.frames(4)
    if rig.screen.symbol is not None:
        stand[0].token = token_value(rig.screen.symbol)
    stand[0].showing = "other"
    rig.frames(4)


def _answer(rig: Rig) -> None:
    question = rig.desk.question
    assert question is not None
    unit = rig.read(question.enrollment)
    if question.kind == "no_camera" and _reader(rig, unit) is None:
        _present(rig)
    wanted = ["scanned"] if _reader(rig, unit) else []
    for answer in (*wanted, "show_again", "set_aside", "fail"):
        if answer in question.answers:
            try:
                rig.act(rig.bench.decisions.answer(LEAD, question.id, answer))
            except NotAllowed:  # nobody's word counts, and no camera saw it
                _try(rig, "hold", unit.id, "unseen")
                return rig.act(rig.bench.decisions.fail(LEAD, unit.id, "unseen"))
            except SixtapError:
                continue
            return None
    # the service may be away, or just have told of the device
    assert rig.cloud.mood != "well" or rig.desk.question is not question, f"no answer to {question} is accepted"
    return rig.wait(20.0)


def _reader(rig: Rig, unit: Enrollment) -> Handset | None:
    """The phone that has read this unit's present code. Of a generic code's: the one on the stand, or one that is not enrolled yet."""
    attempts = rig.loop.run_until_complete(rig.ledger.attempts(unit.id))
    token = next((one.token for one in attempts if one.id == unit.attempt), None)
    generic = unit.user == ""
    on_stand = rig.camera.stand if generic and unit.state is State.SHOWING else rig.phones
    readers = [one for one in on_stand if one.token and rig.cloud.secrets[one.token] == token]
    return next((one for one in readers if not generic or one.device is None), None)


def way(rig: Rig, phone: Handset) -> str:
    """How a phone comes to its code: a work profile is added in the settings of a phone in use."""
    assert phone.token is not None
    minted = rig.cloud.emulator.tokens._by_name[rig.cloud.secrets[phone.token]]
    attempt = rig.loop.run_until_complete(rig.ledger.attempt(str(minted.settings["additionalData"])))
    profile = attempt is not None and rig.read(attempt.enrollment).mode is Mode.WORK_PROFILE
    return "settings" if profile else "setup_wizard"


def _phones_set_up(rig: Rig) -> None:
    for phone in rig.phones:
        if phone.token is not None and phone.device is None:
            rig.cloud.enroll(phone, path=way(rig, phone))
        if phone.device is not None and not phone.applied:
            rig.cloud.apply(phone)
    rig.wait(45.0)


def _lead_resolves(rig: Rig) -> None:
    """Everything that is held or stands in the rack for nothing comes to an end."""
    for batch in range(len(rig.batches)):
        for unit in rig.queue(batch):
            if unit.state is State.INVITED:
                _try(rig, "retry", unit.id)
            if unit.state is State.HELD:
                seen = unit.reason in ATTESTABLE and _reader(rig, unit) is not None
                if unit.reason is not HoldReason.OVERDUE or unit.user:  # what nobody scanned is never complete
                    _try(rig, "attest" if seen else "release", unit.id)
                    rig.wait(60.0)
                unit = rig.read(unit.id)
            reader = _reader(rig, unit)
            if unit.state is State.HELD or (unit.state is State.SCANNED and (reader is None or reader.device is None)):
                rig.act(rig.bench.decisions.fail(LEAD, unit.id, "given up"))
            elif unit.state is State.ENROLLED:
                rig.wait(1900.0)


def _try(rig: Rig, act: str, *arguments: str) -> None:
    try:
        rig.act(getattr(rig.bench.decisions, act)(LEAD, *arguments))
    except SixtapError:
        rig.wait(1.0)
