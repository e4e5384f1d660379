"""`sixtap invite` before a running service and a real mail server: from the file of users to a phone that enrolled by its mail."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from station.cli.printing import DONE, FAILED, WRONG_USE
from station.domain.errors import ConfigurationError
from tests.system.service import PATIENCE, Service
from tests.unit.station.outbox.letters import picture_of, read, text_of
from tests.unit.station.outbox.postoffice import PASSWORD, USER, PostOffice, certificate

BUNDLE = "android.app.extra.PROVISIONING_ADMIN_EXTRAS_BUNDLE"
TOKEN = "com.google.android.apps.work.clouddpc.EXTRA_ENROLLMENT_TOKEN"  # noqa: S105 - a key's name
SUBSCRIPTION = "projects/p/subscriptions/bench"
PHONE = {"brand": "google", "manufacturer": "Google", "model": "Pixel 8a", "serialNumber": "S1", "imei": "004999010640000"}


@contextmanager
def mailing(folder: Path, office: PostOffice) -> Iterator[Service]:
    """A service whose mail server this is, with two users in the batch Monday and one in none."""
    (folder / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    login = {"user": USER, "password_file": str(folder / "password")} if office.login else {}
    mail = {"host": "127.0.0.1", "port": office.port, "security": office.security, "from": "IT <it@example.org>", **login}
    with Service(folder, screen=False, subscription=SUBSCRIPTION, mail=mail | {"ca_file": certificate()[0]}) as service:
        people = [("Anna [b]", "anna@example.org", "fr"), ("Ben", "ben@example.org", ""), ("Eve", "", "")]
        with (folder / "users.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("name", "email", "language"), *people])
        done(service, "users", "import", str(folder / "users.csv"))
        done(service, "batch", "create", "Monday", "--policy", "default")
        yield service


def done(service: Service, *arguments: str) -> str:
    ran = service.sixtap(*arguments)
    assert (ran.code, ran.err) == (DONE, ""), ran
    return ran.out


def invited(service: Service, *arguments: str, code: int = DONE) -> list[dict[str, Any]]:
    ran = service.sixtap("invite", *arguments, "--json")
    assert ran.code == code, ran
    found: list[dict[str, Any]] = json.loads(ran.out)["invitations"]
    return found


def units(service: Service) -> dict[str, dict[str, Any]]:
    found = json.loads(done(service, "batch", "show", "Monday", "--json"))["units"]
    return {unit["user"]: unit for unit in found}


def test_from_the_file_of_users_to_a_verified_phone_by_mail_alone(tmp_path: Path) -> None:
    with PostOffice("starttls", login=True) as office, mailing(tmp_path, office) as service:
        found = invited(service, "--batch", "Monday", code=FAILED)
        assert [(one["user"], one["outcome"]) for one in found] == [("Anna [b]", "sent"), ("Ben", "sent"), ("Eve", "refused")]
        assert "users edit USER --email" in found[2]["why"]
        assert office.recipients == ["anna@example.org", "ben@example.org"]
        anna = office.mails[0]
        assert "Bonjour Anna [b]," in text_of(anna, "plain")
        assert "Hello Ben," in text_of(office.mails[1], "plain")
        token = json.loads(read(picture_of(anna)))[BUNDLE][TOKEN]
        assert units(service)["Anna [b]"]["state"] == "invited"

        made = service.tell("phones/enroll", token=token, path="setup_wizard", androidVersion="14", apiLevel=34, hardware=PHONE)
        service.tell("phones/report", device=made["device"], phase="applied")
        deadline = time.monotonic() + PATIENCE
        while units(service)["Anna [b]"]["state"] != "verified":
            assert time.monotonic() < deadline
            time.sleep(0.05)  # the service's time is real
        told = json.loads(done(service, "unit", "show", found[0]["unit"], "--json"))
        kinds = [event["kind"] for event in told["events"]]
        assert (
            kinds.index("InvitationSent") < kinds.index("InvitationMailed") < kinds.index("DeviceEnrolled") < kinds.index("Verified")
        )
        assert token not in json.dumps(told)
        assert "anna@" not in json.dumps(told)


def test_again_a_refusal_and_a_mail_that_waits(tmp_path: Path) -> None:
    with PostOffice() as office, mailing(tmp_path, office) as service:
        printed = done(service, "invite", "ben@example.org", "Anna [b]", "--batch", "Monday").splitlines()
        assert [line.split("\t")[:2] for line in printed[1:-1]] == [["ben@example.org", "sent"], ["Anna [b]", "sent"]]
        assert printed[-1] == "2 sent."
        assert "--resend" in invited(service, "Ben", code=FAILED)[0]["why"]
        assert invited(service, "Ben", "--resend")[0]["outcome"] == "sent"
        first, _, second = (json.loads(read(picture_of(mail)))[BUNDLE][TOKEN] for mail in office.mails)
        assert first != second

        office.answers["RCPT"] = "550 5.1.1 ben@example.org is nobody here"
        refused = invited(service, "Ben", "--resend", code=FAILED)[0]
        assert (refused["outcome"], "SMTP code 550 5.1.1" in refused["why"]) == ("refused", True)
        assert (units(service)["Ben"]["state"], units(service)["Ben"]["reason"]) == ("held", "fault")
        office.answers["RCPT"] = "450 4.2.1 later"
        assert invited(service, "Ben", "--resend")[0]["outcome"] == "waiting"
        assert len(office.mails) == 3


def test_a_preview_is_one_user_s_mail_with_a_sample_and_nothing_else_happens(tmp_path: Path) -> None:
    with PostOffice() as office, mailing(tmp_path, office) as service:
        head = json.loads(done(service, "audit", "verify", "--json"))["head"]
        assert "a preview" in done(service, "invite", "anna@example.org", "--preview", str(tmp_path / "anna.eml"))
        mail: Any = message_from_bytes((tmp_path / "anna.eml").read_bytes(), policy=SMTP)
        assert mail["To"].addresses[0].addr_spec == "anna@example.org"
        assert mail["Subject"].startswith("Aperçu : ")
        assert read(picture_of(mail)) == "This is a sample. It sets up no phone."
        assert (office.mails, json.loads(done(service, "audit", "verify", "--json"))["head"]) == ([], head)
        for arguments in (
            ("anna@example.org", "--preview", str(tmp_path / "no" / "x.eml")),
            ("--preview", str(tmp_path / "x.eml")),
            (),
        ):
            ran = service.sixtap("invite", *arguments)
            assert (ran.code, ran.out, len(ran.err.splitlines())) == (WRONG_USE, "", 1)


def test_a_bench_that_may_not_log_in_says_so_and_keeps_the_mail(tmp_path: Path) -> None:
    with PostOffice("tls") as office:
        office.answers["MAIL"] = "530 5.7.0 log in first"
        with mailing(tmp_path, office) as service:
            waiting = invited(service, "Ben")[0]
            assert (waiting["outcome"], "[mail]" in waiting["why"]) == ("waiting", True)
            assert json.loads(done(service, "status", "--json"))["parts"]["mail"]["state"] == "lost"


def test_a_bench_without_a_mail_server_names_the_section(tmp_path: Path) -> None:
    with Service(tmp_path, screen=False) as service:
        ran = service.sixtap("invite", "anna@example.org")
        assert (ran.code, ran.out) == (WRONG_USE, "")
        assert "[mail]" in ran.err


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"from": "nobody"}, "mail.from is no mailbox"),
        ({"from": "it@example.org", "ca_file": "/nowhere/ca.pem"}, "mail.ca_file names cannot be used: No such file"),
        ({"from": "it@example.org", "user": "x", "password_file": "/nowhere/p"}, "mail.password_file names cannot be read"),
    ],
)
def test_a_section_that_cannot_work_keeps_the_service_from_starting(tmp_path: Path, wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says), Service(tmp_path, screen=False, mail={"host": "127.0.0.1", **wrong}):
        pass
