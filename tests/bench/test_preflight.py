"""What is looked at before a batch starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from station.bench.preflight import Check, Fit, Preflight
from station.domain.policy import Mode
from station.ports import ManagementService
from tests.bench.cloud import ENTERPRISE
from tests.bench.rig import LEAD, Rig
from tests.bench.scenes import bench


@dataclass(frozen=True)
class Judgement:
    path: str
    support: str


def look(rig: Rig, fit: Fit = lambda document, mode, android: (), free: float = 9000.0) -> dict[str, Check]:
    """The checks by id, with what this preflight is told of policies and of the disk."""
    preflight = Preflight(rig.bench.record, cast("ManagementService", rig.cloud), dict(rig.setup.extras), fit, lambda: free)
    batch = rig.loop.run_until_complete(rig.ledger.batch(rig.batches[0]))
    checks: tuple[Check, ...] = rig.act(preflight.look(batch))
    return {one.id: one for one in checks}


def test_a_batch_in_order_has_nothing_to_refuse() -> None:
    with bench(users=2, started=False) as rig:
        found = look(rig)
        assert {one.level for one in found.values()} == {"ok", "advice"}
        assert found["permanent_mode"].args == {"mode": Mode.WPCO}
        rig.act(rig.bench.intake.start(LEAD, rig.batches[0]))
        assert "permanent_mode" not in look(rig)  # said once


def test_a_policy_that_the_service_does_not_know_is_refused() -> None:
    with bench(users=2, started=False) as rig:
        rig.cloud.emulator.policies._policies.clear()
        assert look(rig)["policy_unknown"] == Check("policy_unknown", "refuse", {"policy": "default"})


def test_options_without_effect_are_told() -> None:
    with bench(users=1, started=False) as rig:
        found = look(rig, fit=lambda document, mode, android: (Judgement("kioskCustomization", "no"), Judgement("a", "profile")))
        assert found["policy_unfit"].args == {"policy": "default", "mode": Mode.WPCO, "options": "kioskCustomization"}


def test_a_policy_that_wants_a_google_account_or_a_safer_network_is_told() -> None:
    document = {
        "workAccountSetupConfig": {"authenticationType": "GOOGLE_AUTHENTICATED"},
        "deviceRadioState": {"minimumWifiSecurityLevel": "ENTERPRISE_NETWORK_SECURITY"},
    }
    network = (("WIFI_SSID", "bench"), ("WIFI_SECURITY_TYPE", "WPA"), ("WIFI_PASSWORD", "12345678"), ("LOCALE", "fr_FR"))
    with bench(users=1, started=False, extras=network) as rig:
        rig.cloud._ask("PATCH", f"{ENTERPRISE}/policies/default", document)
        found = look(rig)
        assert found["google_account"].level == "advice"
        assert found["wifi"].level == "refuse"
        assert "LOCALE" in str(found["extra_ignored"].args["why"])
        assert "12345678" not in str(found)


def test_room_at_the_service_and_on_the_disk() -> None:
    with bench(users=3, started=False) as rig:
        levels = []
        for rig.cloud.left in (3, 2, 0):
            levels.append(look(rig)["quota"].level)
        assert levels == ["ok", "advice", "refuse"]
        assert [look(rig, free=free)["disk"].level for free in (9000.0, 100.0, 10.0)] == ["ok", "advice", "refuse"]


def test_a_service_that_does_not_answer_is_no_reason_not_to_begin() -> None:
    with bench(users=1, started=False) as rig:
        rig.cloud.mood = "down"
        assert look(rig)["service"].level == "advice"
        rig.cloud.mood, rig.cloud.seconds = "well", 60.0
        found = look(rig)
        assert (found["service"].args["why"], "policy_unknown" in found) == ("no answer within 15 seconds.", False)


def test_a_generic_code_that_ends_too_soon_is_told() -> None:
    with bench(started=False, generic=200, lifetime=3600) as rig:
        assert look(rig)["lifetime"].args == {"lifetime": 3600, "needed": 12000}
