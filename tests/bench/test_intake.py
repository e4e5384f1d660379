from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from station.bench.intake import new_batch
from station.bench.people import Imported
from station.domain.enrollment import State
from station.domain.errors import WrongUse
from station.domain.policy import MINIMUM_ANDROID, Mode
from station.domain.roster import Row
from tests.bench.rig import LEAD, OPERATOR, Rig
from tests.bench.scenes import answer, asked, attempts, bench, clear, place, scan, set_up, unit


def order(name: str = "third", **more: Any) -> Any:
    return new_batch(name, Mode.WPCO, "default", simulated=True, **more)


def imported(rig: Rig, *rows: Row) -> Imported:
    return rig.act(rig.bench.people.import_users(LEAD, rows))


# --- batches ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "first"])
def test_a_batch_needs_a_name_of_its_own(name: str) -> None:
    with bench(started=False) as rig:
        imported(rig, Row(1, "Åsa", "asa@example.com"))
        with pytest.raises(WrongUse):
            rig.act(rig.bench.intake.create_batch(LEAD, order(name), None))


def test_a_batch_is_made_of_users_who_exist_and_are_free_each_once() -> None:
    with bench(started=False) as rig:
        with pytest.raises(WrongUse, match="no users"):
            rig.act(rig.bench.intake.create_batch(LEAD, order(), None))
        with pytest.raises(WrongUse, match="No user has the id"):
            rig.act(rig.bench.intake.create_batch(LEAD, order(), ["u_nobody"]))
        user = unit(rig).user
        with pytest.raises(WrongUse, match="twice"):
            rig.act(rig.bench.intake.create_batch(LEAD, order(), [user, user]))
        assert [batch.name for batch in rig.loop.run_until_complete(rig.ledger.batches())] == ["first"]


def test_a_batch_of_many_named_users_keeps_their_order_and_misses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.bench.intake.AT_ONCE", 3)
    with bench(started=False) as rig:
        users = imported(rig, *(Row(1, f"P{number}") for number in range(7))).users[::-1]
        made = rig.act(rig.bench.intake.create_batch(LEAD, order(), users))
        units = rig.loop.run_until_complete(rig.ledger.enrollments(batch=made.id))
        assert [one.user for one in units] == list(users)
        with pytest.raises(WrongUse, match="No user has the id 'u_nobody'"):
            rig.act(rig.bench.intake.create_batch(LEAD, order("fourth"), [*users, "u_nobody"]))


def test_a_batch_has_its_modes_lowest_android_unless_one_is_given() -> None:
    assert [order().minimum_android, order(minimum_android=14).minimum_android] == [11, 14]
    assert new_batch("b", Mode.FULLY_MANAGED, "p", simulated=False).minimum_android == MINIMUM_ANDROID[Mode.FULLY_MANAGED]


# --- start and pause ----------------------------------------------------------------------------------------------------------


def test_one_batch_runs_at_a_time() -> None:
    with bench(more_users=1) as rig:
        with pytest.raises(WrongUse, match="Batch first is running"):
            rig.act(rig.bench.intake.start(LEAD, rig.batches[1]))
        rig.act(rig.bench.intake.pause(LEAD, rig.batches[0]))
        with pytest.raises(WrongUse, match="is not running"):
            rig.act(rig.bench.intake.pause(LEAD, rig.batches[0]))


def test_another_batch_waits_until_the_unit_before_the_screen_is_done() -> None:
    with bench(more_users=1) as rig:
        rig.act(rig.bench.intake.pause(LEAD, rig.batches[0]))
        with pytest.raises(WrongUse, match="unit of another batch"):
            rig.act(rig.bench.intake.start(LEAD, rig.batches[1]))
        rig.act(rig.bench.decisions.retry(OPERATOR, unit(rig).id))
        clear(rig)
        rig.act(rig.bench.intake.start(LEAD, rig.batches[1]))
        rig.wait(2.0)
        assert unit(rig, batch=1).state is State.SHOWING


def test_codes_made_for_a_paused_batch_wait_for_it_and_are_used_then() -> None:
    with bench(users=2, more_users=1) as rig:
        made = attempts(rig, 1)[0].token
        rig.act(rig.bench.intake.pause(LEAD, rig.batches[0]))
        rig.act(rig.bench.decisions.hold(OPERATOR, unit(rig).id, "later"))
        rig.act(rig.bench.intake.start(LEAD, rig.batches[1]))
        clear(rig)
        assert (unit(rig, 1).state, unit(rig, batch=1).state) == (State.QUEUED, State.SHOWING)
        set_up(rig, scan(rig))
        assert rig.step.id == "finished"
        rig.act(rig.bench.intake.pause(LEAD, rig.batches[1]))
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        rig.wait(2.0)
        assert (unit(rig, 1).state, [one.token for one in attempts(rig, 1)]) == (State.SHOWING, [made])


def test_a_pause_leaves_the_rack_alone_and_still_asks() -> None:
    with bench() as rig:
        phone = scan(rig)
        place(rig)
        rig.act(rig.bench.intake.pause(LEAD, rig.batches[0]))
        assert asked(rig) == "paused"
        set_up(rig, phone)
        assert unit(rig).state is State.VERIFIED
        answer(rig, "set_aside")
        assert rig.step.id == "clear_stand"
        clear(rig)
        assert rig.step.id == "paused"


def test_a_real_batch_refuses_simulated_parts_and_a_simulated_one_a_real_bench() -> None:
    with bench(started=False) as rig:
        imported(rig, Row(1, "Åsa", "asa@example.com"))
        made = rig.act(rig.bench.intake.create_batch(LEAD, replace(order(), simulated=False), None))
        with pytest.raises(WrongUse, match="refuses simulated parts"):
            rig.act(rig.bench.intake.start(LEAD, made.id))
        rig.desk.simulated = False
        with pytest.raises(WrongUse, match="made on the twin"):
            rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
