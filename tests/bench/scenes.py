"""Short scenes that the examples are made of. Each bench is looked over by the invariants when its test ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from station.domain.enrollment import Attempt, Enrollment, Phone
from station.ports import Effect, Recorded
from tests.bench.invariants import Watch
from tests.bench.rig import LEAD, Rig, Setup
from tests.bench.stand_ins import Handset, token_value


@contextmanager
def bench(*, started: bool = True, check: bool = True, **setup: Any) -> Iterator[Rig]:
    """A bench whose first batch runs and whose camera has seen the empty stand."""
    rig = Rig(Setup(**setup))
    try:
        watch = Watch(rig)
        if started:
            rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
            clear(rig)
        yield rig
        if check:
            watch.check()
    finally:
        rig.close()


def clear(rig: Rig) -> None:
    """The stand is empty, and the camera sees it."""
    rig.camera.stand.clear()
    rig.frames(4)


def place(rig: Rig, showing: Literal["other", "viewfinder"] = "viewfinder") -> Handset:
    """A new phone on the stand."""
    phone = rig.unbox()
    phone.showing = showing
    rig.camera.stand.append(phone)
    rig.frames(4)
    return phone


def read(rig: Rig, phone: Handset) -> None:
    """The phone reads what is on the screen and goes on to its setup."""
    assert rig.screen.symbol is not None
    phone.token, phone.showing = token_value(rig.screen.symbol), "other"
    rig.frames(4)


def scan(rig: Rig) -> Handset:
    """A new phone comes, reads the code, and is taken off the stand."""
    phone = place(rig)
    read(rig, phone)
    clear(rig)
    return phone


def set_up(rig: Rig, phone: Handset, **how: Any) -> None:
    """The phone's setup is done, and the bench has had the time to hear of it."""
    assert rig.cloud.enroll(phone, **how)
    rig.cloud.apply(phone)
    rig.wait(70.0)


def shown_token(rig: Rig) -> str | None:
    """The name of the token whose code is up."""
    return rig.cloud.secrets[token_value(rig.screen.symbol)] if rig.screen.symbol else None


def unit(rig: Rig, place: int = 0, batch: int = 0) -> Enrollment:
    return rig.queue(batch)[place]


def attempts(rig: Rig, place: int = 0) -> tuple[Attempt, ...]:
    return rig.loop.run_until_complete(rig.ledger.attempts(unit(rig, place).id))


def phones(rig: Rig, place: int | None = None) -> tuple[Phone, ...]:
    """All phones, or one user's."""
    user = None if place is None else unit(rig, place).id
    return rig.loop.run_until_complete(rig.ledger.phones(enrollment=user))


def events(rig: Rig, place: int = 0) -> list[Recorded]:
    return list(rig.loop.run_until_complete(rig.ledger.events(enrollment=unit(rig, place).id)))


def open_effects(rig: Rig) -> tuple[Effect, ...]:
    return rig.loop.run_until_complete(rig.ledger.open_effects())


def answer(rig: Rig, text: str, who: Any = LEAD) -> None:
    """Answer the open question."""
    assert rig.desk.question is not None
    rig.act(rig.bench.decisions.answer(who, rig.desk.question.id, text))


def asked(rig: Rig) -> str | None:
    """The kind of the open question."""
    return rig.desk.question.kind if rig.desk.question else None
