"""Names beside the codes: where the batch allows them, on the attached screen and nowhere else."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from station.domain.errors import WrongUse
from station.domain.policy import Mode
from station.domain.roster import Row
from station.ports import BENCH, Batch, Change, User
from tests.bench.rig import LEAD, Rig
from tests.bench.scenes import asked, bench, clear, place, scan, unit


def named_batch(rig: Rig, *names: str, allowed: bool = True) -> None:
    """A batch of new users runs, the stand is empty."""
    rows = [Row(number, name, f"named{number}@example.com") for number, name in enumerate(names, 1)]
    made = rig.act(rig.bench.people.import_users(LEAD, rows))
    order = Batch("", "named", Mode.WPCO, "default", simulated=True, attestation="lead", names=allowed)
    rig.batches.append(rig.act(rig.bench.intake.create_batch(LEAD, order, made.users)).id)
    rig.act(rig.bench.intake.start(LEAD, rig.batches[-1]))
    clear(rig)


def test_the_users_name_stands_beside_each_code_and_in_no_log_or_record(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), bench(started=False) as rig:
        named_batch(rig, "Anna Łęcka", "Bogdan Ilić")
        scan(rig)
        clear(rig)
        assert rig.screen.captions == ["Anna Łęcka", "Bogdan Ilić"]
        told = [repr(one) for one in rig.loop.run_until_complete(rig.ledger.events())] + [repr(rig.desk)]
        assert len(told) > 10
        assert not [text for text in [*told, caplog.text] if "Łęcka" in text or "Ilić" in text]


def test_without_leave_no_name_and_no_step_is_shown() -> None:
    with bench(started=False) as rig:
        named_batch(rig, "Anna Łęcka", allowed=False)
        assert rig.screen.captions == [""]
        place(rig, "other")
        rig.wait(1.0)
        assert rig.screen.step is None


def test_the_step_beside_the_code_follows_the_phone() -> None:
    with bench(started=False) as rig:
        named_batch(rig, "Anna")
        steps = [rig.screen.step]
        phone = place(rig, "other")
        steps.append(rig.screen.step)
        phone.showing = "viewfinder"
        rig.frames(4)
        assert [*steps, rig.screen.step] == ["put_on_stand", "tap_six_times", "hold_still"]


def test_without_a_camera_the_step_beside_the_code_is_the_gesture() -> None:
    with bench(started=False, camera=False) as rig:
        named_batch(rig, "Anna")
        rig.act(rig.bench.decisions.declare_empty(LEAD))
        assert (asked(rig), rig.screen.step) == ("no_camera", "tap_six_times")


def test_the_step_is_in_the_language_of_who_is_at_the_bench() -> None:
    with bench(started=False) as rig:
        rig.act(rig.bench.notebook.set_language(LEAD, "fr"))
        named_batch(rig, "Anna", "Ben")
        assert rig.screen.language == "en"
        rig.desk.reader = LEAD.name
        scan(rig)
        clear(rig)
        assert rig.screen.language == "fr"


@pytest.mark.parametrize(
    ("name", "shown"), [("Anna\u202e \x1b[31m\u00a0Łęcka", "Anna [31m Łęcka"), ("x" * 200, "x" * 80)], ids=["controls", "endless"]
)
def test_a_name_is_cleaned_before_it_is_shown(name: str, shown: str) -> None:
    with bench(started=False) as rig:
        named_batch(rig, "Anna")
        rig.screen.detach()
        rig.wait(2.0)
        user = rig.loop.run_until_complete(rig.ledger.user(unit(rig, 0, -1).user))
        assert user is not None
        rig.loop.run_until_complete(_rename(rig, replace(user, name=name)))
        rig.screen.attach()
        rig.wait(2.0)
        assert rig.screen.captions == ["Anna", shown]


async def _rename(rig: Rig, user: User) -> None:
    await rig.ledger.commit(Change(BENCH, users=(user,)))


def test_a_generic_code_has_no_name_to_show() -> None:
    order = Batch("", "many", Mode.WPCO, "default", simulated=True, generic=5, names=True)
    with bench(started=False) as rig, pytest.raises(WrongUse, match="names nobody"):
        rig.act(rig.bench.intake.create_batch(LEAD, order, None))
