from __future__ import annotations

from typing import Any, get_args

import pytest

from station.domain import enrollment as journey
from station.wire import Role, SetAside
from tests.tui.wire_events import BATCH, asked, idle, snapshot, status, unit
from tui.actions import (
    ACTIONS,
    ATTESTABLE,
    HARMLESS,
    OFFERED,
    Action,
    actions,
    answers,
    order,
    primary,
    stand_empty_helps,
    suggested,
)
from tui.model import Model, fold, lost


def model_of(role: Role = "operator", attestation: str = "operator", **more: Any) -> Model:
    batch = BATCH.model_copy(update={"attestation": attestation})
    return fold(Model(), snapshot(status(**({"batch": batch} | more)), role=role))


def test_knows_the_same_holds_as_the_journey() -> None:
    assert HARMLESS == journey.HARMLESS
    assert ATTESTABLE == journey.ATTESTABLE


@pytest.mark.parametrize(
    ("action", "event"),
    [
        ("release", journey.Released),
        ("attest", journey.ScanAttested),
        ("retry", journey.Requeued),
        ("skip", journey.Skipped),
        ("fail", journey.Failed),
    ],
)
def test_offers_an_action_where_the_journey_has_such_a_step(action: Action, event: type[journey.JourneyEvent]) -> None:
    assert OFFERED[action] == set(journey.TRANSITIONS[event])


def test_sets_aside_and_holds_only_where_the_journey_allows_it() -> None:
    assert OFFERED["set_aside"] < set(journey.TRANSITIONS[journey.Requeued])
    assert OFFERED["hold"] == journey.OPEN


@pytest.mark.parametrize(
    ("role", "reason", "allowed"),
    [
        ("operator", "overdue", ("release", "retry", "set_aside")),
        ("operator", "unwitnessed", ("release", "attest", "retry", "set_aside")),
        ("operator", "mismatch", ("set_aside",)),
        ("lead", "mismatch", ("release", "retry", "set_aside", "skip", "fail")),
        ("admin", "interrupted", ("release", "attest", "retry", "set_aside", "skip", "fail")),
    ],
)
def test_offers_for_a_held_unit_what_the_role_allows(role: Role, reason: str, allowed: tuple[Action, ...]) -> None:
    assert actions(model_of(role), unit(1, "Anna", "held", reason=reason)) == allowed


@pytest.mark.parametrize(
    ("attestation", "role", "counts"),
    [("never", "admin", False), ("lead", "operator", False), ("lead", "lead", True), ("operator", "operator", True)],
)
def test_a_batch_says_whose_word_counts_for_a_scan(attestation: str, role: Role, counts: bool) -> None:
    assert ("attest" in actions(model_of(role, attestation), unit(1, "Anna", "showing"))) is counts


def test_offers_nothing_while_the_service_is_gone() -> None:
    gone = lost(model_of("admin"), "no answer")
    assert actions(gone, unit(1, "Anna", "held", reason="overdue")) == ()
    assert primary(gone) is None


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_orders_something_for_its_unit(action: Action) -> None:
    command = order(action, unit(3, "Anna"))
    assert command.model_dump()["enrollment"] == "e3"
    assert command.model_dump()["command"].startswith(action)


def test_setting_aside_carries_its_reason() -> None:
    assert order("set_aside", unit(3, "Anna"), "flat") == SetAside(enrollment="e3", reason="flat")


@pytest.mark.parametrize(
    ("now", "does"),
    [
        (idle(), "start"),
        (status("finished"), "start"),
        (status("paused"), "continue"),
        (status("stopped", {"reason": "disk"}), "continue"),
        (status("place_phone"), "pause"),
        (status("rack_full", {"trays": 8}), "pause"),
        (asked("not_scanned", "scanned"), "answer"),
    ],
)
def test_the_first_button_does_what_the_step_needs(now: Any, does: str) -> None:
    assert primary(fold(Model(), snapshot(now))) == does


def test_a_person_s_word_that_the_stand_is_empty_is_suggested_only_without_a_camera() -> None:
    assert suggested(fold(Model(), snapshot(status("clear_stand", view="absent")))) == "stand_empty"
    assert suggested(fold(Model(), snapshot(status("clear_stand", view="phone")))) is None
    assert stand_empty_helps(fold(Model(), snapshot(status("to_tray", {"tray": 3}))))
    assert not stand_empty_helps(fold(Model(), snapshot(status("place_phone"))))


def test_an_operator_is_not_asked_to_give_a_unit_up() -> None:
    now = asked("not_scanned", "scanned", "show_again", "set_aside", "fail")
    assert now.question is not None
    assert answers(fold(Model(), snapshot(now)), now.question) == ("scanned", "show_again", "set_aside")
    assert answers(fold(Model(), snapshot(now, role="lead")), now.question) == now.question.answers


def test_a_word_that_does_not_count_is_not_asked_for() -> None:
    batch = BATCH.model_copy(update={"attestation": "lead"})
    now = asked("no_camera", "scanned", batch=batch)
    assert now.question is not None
    assert answers(fold(Model(), snapshot(now)), now.question) == ()


def test_every_action_is_known_where_it_is_offered() -> None:
    assert set(get_args(Action)) == set(OFFERED)
