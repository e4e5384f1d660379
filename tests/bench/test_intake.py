from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from station.bench.intake import new_batch
from station.domain.enrollment import State
from station.domain.errors import SixtapError, WrongUse
from station.domain.policy import MINIMUM_ANDROID, Mode
from station.domain.roster import Row
from tests.bench.rig import LEAD, OPERATOR, Rig
from tests.bench.scenes import answer, asked, attempts, bench, clear, place, scan, set_up, unit


def order(name: str = "third", **more: Any) -> Any:
    return new_batch(name, Mode.WPCO, "default", simulated=True, **more)


def imported(rig: Rig, *rows: Row) -> dict[str, object]:
    return rig.act(rig.bench.intake.import_users(LEAD, rows))


# --- users --------------------------------------------------------------------------------------------------------------------


def test_users_are_known_again_by_their_address_whatever_its_capitals() -> None:
    with bench(started=False) as rig:
        first = imported(rig, Row(1, "Åsa", "asa@example.com"), Row(2, "Bo", "bo@example.com"))
        assert (first["added"], first["changed"]) == (2, 0)
        second = imported(rig, Row(1, "Åsa Berg", "ASA@example.com"), Row(2, "Cai", "cai@example.com"))
        assert (second["added"], second["changed"]) == (1, 1)
        ids = cast("list[str]", second["users"])
        assert ids[0] == cast("list[str]", first["users"])[0]
        user = rig.loop.run_until_complete(rig.ledger.user(ids[0]))
        assert user is not None
        assert (user.name, user.email) == ("Åsa Berg", "ASA@example.com")


def test_users_without_an_address_are_always_new() -> None:
    with bench(started=False) as rig:
        assert imported(rig, Row(1, "Åsa"))["added"] == 1
        assert imported(rig, Row(1, "Åsa"))["added"] == 1


def test_a_long_roster_keeps_its_order_and_its_names_out_of_the_record() -> None:
    with bench(started=False, users=1) as rig:
        rows = [Row(number, f"Unmistakable {number:04}", f"{number}@long.example") for number in range(1, 451)]
        imported(rig, *rows)
        made = rig.act(rig.bench.intake.create_batch(LEAD, order(), None))
        found = rig.loop.run_until_complete(rig.ledger.enrollments(batch=made.id, limit=1000))
        names = [rig.loop.run_until_complete(rig.ledger.user(one.user)) for one in found]
        assert [user.name for user in names if user] == [row.name for row in rows]
        recorded = rig.loop.run_until_complete(rig.ledger.events(limit=1000))
        assert [len(cast("list[str]", event.body["users"])) for event in recorded if event.kind == "UsersImported"][1:] == [
            200,
            200,
            50,
        ]
        assert not any("Unmistakable" in str(event.body) for event in recorded)


def test_a_user_may_have_a_mode_and_a_policy_of_their_own() -> None:
    with bench(started=False, users=1) as rig:
        row = Row(1, "Åsa", "asa@example.com", policy="kiosk", mode="dedicated")
        made = rig.act(rig.bench.intake.create_batch(LEAD, order(), cast("list[str]", imported(rig, row)["users"])))
        found = rig.loop.run_until_complete(rig.ledger.enrollments(batch=made.id))
        assert [(one.mode, one.policy) for one in found] == [(Mode.DEDICATED, "kiosk")]


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
        assert asked(rig) == "went_back"
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


def test_extras_that_cannot_work_start_nothing() -> None:
    with bench(started=False, extras=(("WIFI_SSID", "lab"), ("WIFI_SECURITY_TYPE", "WPA"), ("WIFI_PASSWORD", "short"))) as rig:
        with pytest.raises(SixtapError, match="WIFI_PASSWORD") as refused:
            rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        assert "short" not in str(refused.value)
        assert (rig.desk.batch, rig.step.id) == (None, "no_batch")


def test_extras_that_the_mode_ignores_are_told_at_the_start() -> None:
    with bench(started=False, extras=(("TIME_ZONE", "Europe/Paris"),)) as rig:
        warnings = rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        assert ["TIME_ZONE" in one for one in warnings] == [True]
