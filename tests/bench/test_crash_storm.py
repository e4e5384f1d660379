"""Kill the service at every write of a five-unit run; the world lives on, the record and the phones agree."""

from __future__ import annotations

import os

import pytest

from tests.bench import crash_storm
from tests.bench.crash_storm import UNITS, Moment, Outcome, run_case

SHARDS = 4
# what a service imports only when it needs it: loaded once here, not in each of a hundred processes
PRELOADED = ["station.assembly.service", "hardware.simulated.attach", "alembic.command", "googleapiclient.discovery", "google.auth"]
crash_storm.PROCESSES.set_forkserver_preload(PRELOADED)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_survives_sigkill_at_every_write(shard: int) -> None:
    hearing = shard in {1, 2}  # half of the cases, of either moment, have a pull under way when they are killed
    whole = run_case(0, "after", hearing=hearing)
    assert_nothing_lost(whole, "never killed")
    assert whole.writes > 5 * UNITS
    kills = [(write, moment) for write in range(1, whole.writes + 1) for moment in _moments(write)]
    for number, (write, moment) in enumerate(kills):
        if number % SHARDS != shard:
            continue
        outcome = run_case(write, moment, hearing=hearing)
        assert outcome.died, f"the service was not killed {moment} write {write}"
        assert_nothing_lost(outcome, f"killed {moment} write {write} of {whole.writes}")


def _moments(write: int) -> tuple[Moment, ...]:
    """Each write is killed once, before or after it by turns; in long campaigns (make soak) both before and after."""
    if os.environ.get("SIXTAP_SOAK"):
        return ("before", "after")
    return ("before",) if write % 4 in {1, 2} else ("after",)


def assert_nothing_lost(outcome: Outcome, case: str) -> None:
    count, phones = outcome.report["count"], outcome.report["phones"]
    assert count == {"received": UNITS, "verified": UNITS, "held": 0, "failed": 0, "skipped": 0, "open": 0}, case
    assert phones["received"] == phones["verified"] + phones["in_rack"] + phones["set_aside"] + phones["failed"], case
    assert phones["verified"] == UNITS, case
    assert phones["in_rack"] == 0, case
    assert max(outcome.posts.values()) == 1, f"{case}: one mint was sent twice"
    assert outcome.shown_after_read == [], f"{case}: a code was shown again after a phone had read it"
    assert outcome.codes_read >= UNITS, case
    assert outcome.flaw is None, case
    for unit in outcome.report["units"]:
        states = [step["state"] for step in unit["history"]]
        after_scan = states[states.index("scanned") + 1 :]
        assert set(after_scan) <= {"enrolled", "verified"}, f"{case}: {unit['user']} in the rack did not simply go on: {states}"
        assert {"device_record"} <= set(unit["evidence"]), case
        assert {"witness", "attestation"} & set(unit["evidence"]), case
