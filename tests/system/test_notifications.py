"""A bench that listens to Pub/Sub, as its commands show it: an enrollment is known within a second, and no walk had a part in it."""

from __future__ import annotations

import time
from pathlib import Path

from station.cli.printing import DONE, FAILED
from tests.system.service import Service

SUBSCRIPTION = "projects/p/subscriptions/bench-b"
NO_WALKS = {"poll": 3600.0, "first_poll": 3600.0}
PHONE = {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a", "serialNumber": "S1"}


def calls(service: Service, method: str) -> int:
    return sum(entry["method"].endswith(method) for entry in service.emulator.journal.resource())


def test_an_enrollment_is_in_the_record_within_a_second_and_nobody_walked(tmp_path: Path) -> None:
    with Service(tmp_path, subscription=SUBSCRIPTION, times=NO_WALKS) as service:
        (tmp_path / "users.csv").write_text("name,email\nAnna,anna@example.org\n", encoding="utf-8")
        for command in (
            ("users", "import", str(tmp_path / "users.csv")),
            ("batch", "create", "Monday", "--policy", "default", "--attestation", "operator"),
            ("batch", "start", "Monday"),
        ):
            assert service.sixtap(*command).code == DONE
        service.until(lambda status: status["parts"]["display"]["state"] == "ok", "status")
        assert service.sixtap("unit", "stand-empty").code == DONE
        asked = service.until(lambda status: status["question"] is not None, "status")
        assert service.sixtap("unit", "answer", "scanned").code == DONE
        unit = str(asked["unit"]["enrollment"])

        walked = calls(service, "devices.list")
        [name] = service.emulator.tokens._by_name
        token = service.emulator.tokens._by_name[name].value
        enrolled = time.time()
        made = service.tell("phones/enroll", token=token, path="setup_wizard", androidVersion="14", apiLevel=34, hardware=PHONE)
        service.until(lambda told: told["unit"]["state"] == "enrolled", "unit", "show", unit)
        service.tell("phones/report", device=made["device"], phase="applied")
        told = service.until(lambda told: told["unit"]["state"] == "verified", "unit", "show", unit)

        [noticed] = [event["at"] for event in told["events"] if event["kind"] == "DeviceEnrolled"]
        assert noticed - enrolled < 1.0
        assert (calls(service, "devices.list"), calls(service, "devices.get")) == (walked, 2)
        assert "ok   notifications: ok" in service.sixtap("doctor").out
        began = time.monotonic()
    assert time.monotonic() - began < 10  # the pull that waits is broken off


def test_doctor_says_what_to_do_when_the_subscription_is_gone_and_the_bench_runs_on(tmp_path: Path) -> None:
    with Service(tmp_path, subscription=SUBSCRIPTION) as service:
        service.until(lambda _: calls(service, "subscriptions.pull") > 0, "status")

        async def delete() -> None:
            service.emulator.pubsub.delete_subscription(SUBSCRIPTION, service.emulator.now())

        service.do(delete())
        status = service.until(lambda status: status["parts"].get("notifications", {}).get("state") == "lost", "status")
        assert status["step"]["id"] != "stopped"
        doctor = service.sixtap("doctor")
        assert doctor.code == FAILED
        assert f"BAD  notifications: Listening for notifications failed: there is no {SUBSCRIPTION} (404)." in doctor.out
        assert "31 days" in doctor.out
