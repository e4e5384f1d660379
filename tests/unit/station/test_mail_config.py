"""The configuration's section [mail]."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from station.assembly.mailing import mailed_for, open_mailer
from station.config import Config, Mail
from station.domain.errors import ConfigurationError

LEAST = {"host": "smtp.example.org", "from": "it@example.org"}
PASSWORD = "correct horse"  # noqa: S105 - the secret that is looked for


def config(**mail: Any) -> Config:
    return Config.model_validate({"emm": {"enterprise": "LC01"}, "mail": LEAST | mail})


def test_a_host_and_a_sender_are_all_that_must_be_said() -> None:
    made = config()
    assert made.mail is not None
    assert (made.mail.security, made.mail.port, made.mail.password()) == ("starttls", None, "")
    assert open_mailer(made) is not None
    assert mailed_for(made) == 7 * 86400
    assert mailed_for(config(lifetime_hours=2)) == 7200


def test_without_the_section_there_is_no_mailer() -> None:
    assert open_mailer(Config.model_validate({"emm": {"enterprise": "LC01"}})) is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"user": "bench"}, "user and password_file belong together"),
        ({"password_file": "/p"}, "user and password_file belong together"),
        ({"user": "bench", "password_file": "/p", "security": "none"}, "would cross the network in clear"),
        ({"security": "ssl"}, "Input should be 'starttls', 'tls' or 'none'"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"password": PASSWORD}, "Extra inputs are not permitted"),
        ({"lifetime_hours": 0}, "greater than or equal to 1"),
    ],
)
def test_a_section_that_cannot_work_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Mail.model_validate(LEAST | wrong)


def test_a_login_in_clear_is_taken_on_this_machine_only(tmp_path: Path) -> None:
    (tmp_path / "p").write_text(f"{PASSWORD}\n", encoding="utf-8")
    made = config(host="localhost", security="none", user="bench", password_file=str(tmp_path / "p"))
    assert made.mail is not None
    assert made.mail.password() == PASSWORD
    assert PASSWORD not in f"{made!r} {open_mailer(made)!r}"


@pytest.mark.parametrize("key", ["from", "reply_to"])
@pytest.mark.parametrize("text", ["nobody", "it@", "<>", "IT <it@exa_mple.org>"])
def test_a_mailbox_that_is_none_is_named_by_its_key(key: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"mail\.{key} is no mailbox"):
        open_mailer(config(**{key: text + " " * (2 if len(text) < 3 else 0)}))


def test_certificates_that_cannot_be_read_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("", encoding="utf-8")
    for name, says in (("nowhere.pem", "No such file"), ("empty.pem", "no certificates|NO_CERTIFICATE")):
        with pytest.raises(ConfigurationError, match=rf"mail\.ca_file .*({says})"):
            open_mailer(config(ca_file=str(tmp_path / name)))
