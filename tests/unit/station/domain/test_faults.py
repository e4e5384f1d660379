"""The table of what can go wrong: it covers the twin's faults, and each row ends where the journey can."""

from __future__ import annotations

import pytest

from hardware.simulated import faults as twin
from station.domain.enrollment import State
from station.domain.faults import FAULTS, VERIFIED


def test_the_table_covers_exactly_the_twins_faults() -> None:
    assert set(FAULTS) == set(twin.FAULTS)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_fault_ends_in_a_state_that_waits_for_nothing(name: str) -> None:
    row = FAULTS[name]
    assert row.observed
    assert row.ends
    for state, reason in row.ends:
        assert state in {State.VERIFIED, State.HELD, State.FAILED, State.SKIPPED}
        assert (reason is not None) == (state is State.HELD)


@pytest.mark.parametrize("name", sorted(name for name, row in FAULTS.items() if row.set_aside))
def test_a_user_whose_phone_is_set_aside_is_verified_with_another(name: str) -> None:
    assert FAULTS[name].ends == {VERIFIED}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_phone_that_ends_enrolled_or_not_is_judged_alike_by_both_tables(name: str) -> None:
    """A phone that never gets past the code is replaced by another; one that was read but never comes up is held."""
    phone, row = twin.FAULTS[name], FAULTS[name]
    if phone.ends == "error" or phone.never_connects or not phone.policy_applies:
        assert VERIFIED not in row.ends
    if not phone.reads or not phone.takes_taps:
        assert row.set_aside
    if phone.android is not None or phone.path != "setup_wizard" or phone.other_label:
        assert row.ends == {(State.HELD, "mismatch")}
