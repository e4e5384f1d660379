"""The mailer before a real SMTP server: what arrives, and what each refusal means for the invitation."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine
from pathlib import Path
from typing import Literal

import pytest

from station.domain.errors import MailRefused, MailServerRefused, MailUncertain, PartLost, SixtapError, TryAgain
from station.outbox.sending import Relay, SmtpMailer
from station.ports import Letter
from tests.unit.station.outbox.letters import CONTENT, HEAD, LETTER, letter, picture_of, read
from tests.unit.station.outbox.postoffice import PASSWORD, USER, PostOffice, certificate

Security = Literal["none", "starttls", "tls"]


class Sent:
    """One letter given to a post office: whether the mailer came to the point of handing it over, and what it raised."""

    def __init__(
        self, office: PostOffice, sent: Letter = LETTER, *, security: Security | None = None, password: str = PASSWORD
    ) -> None:
        self.handed_over = 0
        self.error: SixtapError | None = None
        user = USER if office.login else ""
        trusted = Path(certificate()[0])
        relay = Relay("127.0.0.1", security or office.security, office.port, user, password if user else "", trusted, timeout=5.0)
        try:
            asyncio.run(done(SmtpMailer(relay, HEAD).send(sent, self._note)))
        except SixtapError as why:
            self.error = why
            assert PASSWORD not in str(why)
            assert "anna" not in str(why)
            assert why.remedy

    async def _note(self) -> None:
        self.handed_over += 1


@pytest.mark.parametrize(("security", "login"), [("none", False), ("starttls", True), ("tls", False)])
def test_a_letter_arrives_and_its_code_can_be_read(security: Security, login: bool) -> None:
    with PostOffice(security, login=login) as office:
        sent = Sent(office)
    assert (sent.error, sent.handed_over, office.recipients) == (None, 1, ["anna@example.com"])
    assert office.seen_login is login
    (mail,) = office.mails
    assert mail["Message-ID"] == f"<{LETTER.id}@example.org>"
    assert read(picture_of(mail)) == CONTENT


def test_what_is_said_to_be_written_is_what_is_sent() -> None:
    with PostOffice() as office:
        Sent(office)
    relay = Relay("127.0.0.1", "none")
    lines = SmtpMailer(relay, HEAD).written(LETTER).split(b"\r\n")
    got = office.raw[0].split(b"\r\n")
    assert [line for line in got if b"===" not in line and not line.startswith(b"X-Peer")] == [
        one for one in lines if b"===" not in one
    ]


@pytest.mark.parametrize(
    ("stage", "answer", "kind", "code", "says"),
    [
        ("RCPT", "550 5.1.1 anna@example.com: nobody here", MailRefused, 550, "refuses the recipient (SMTP code 550 5.1.1)"),
        ("RCPT", "554 no", MailRefused, 554, "refuses the recipient (SMTP code 554)"),
        ("RCPT", "450 4.2.1 come back", TryAgain, None, "does not take this mail now (SMTP code 450 4.2.1)"),
        ("RCPT", "530 5.7.0 log in first", MailServerRefused, None, "refuses the sender (SMTP code 530 5.7.0)"),
        ("MAIL", "553 not you", MailServerRefused, None, "refuses the sender (SMTP code 553)"),
        ("MAIL", "451 later", TryAgain, None, "does not take this mail now (SMTP code 451)"),
        ("MAIL", "299 what", PartLost, None, "no answer"),
    ],
)
def test_a_refusal_before_the_content_means_that_nothing_was_sent(
    stage: str, answer: str, kind: type[SixtapError], code: int | None, says: str
) -> None:
    with PostOffice(answers={stage: answer}) as office:
        sent = Sent(office)
    assert type(sent.error) is kind
    assert says in str(sent.error)
    assert getattr(sent.error, "code", None) == code
    assert (sent.handed_over, office.mails) == (0, [])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("554 5.7.1 spam", MailRefused), ("552 too big", MailRefused), ("452 4.3.1 full", TryAgain), ("299 hm", MailUncertain)],
)
def test_a_refusal_of_the_content_means_that_it_was_not_taken(answer: str, kind: type[SixtapError]) -> None:
    with PostOffice(answers={"DATA": answer}) as office:
        sent = Sent(office)
    assert type(sent.error) is kind
    assert sent.handed_over == 1


def test_a_server_that_breaks_off_after_the_content_leaves_it_uncertain() -> None:
    with PostOffice(breaks_off=True) as office:
        sent = Sent(office)
    assert type(sent.error) is MailUncertain
    assert (sent.handed_over, len(office.mails)) == (1, 1)


def test_a_wrong_password_is_the_configuration_s_fault() -> None:
    with PostOffice("starttls", login=True) as office:
        sent = Sent(office, password="wrong")  # noqa: S106 - no password
    assert type(sent.error) is MailServerRefused
    assert "refuses the login (SMTP code 535" in str(sent.error)
    assert "[mail]" in str(sent.error)
    assert sent.handed_over == 0


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_said() -> None:
    for security in ("starttls", "tls"):
        with PostOffice(security, login=security == "starttls") as office:
            mailer = SmtpMailer(Relay("127.0.0.1", security, office.port, USER, PASSWORD, timeout=5.0), HEAD)
            with pytest.raises(MailServerRefused, match=r"No trusted TLS .* certificate"):
                asyncio.run(done(mailer.send(LETTER, _nothing)))
        assert not office.seen_login


@pytest.mark.parametrize(
    ("office", "security", "says"),
    [(PostOffice("none"), "starttls", "does not offer STARTTLS"), (PostOffice("none", login=True), "none", "refuses the login")],
)
def test_what_a_server_does_not_offer_is_named(office: PostOffice, security: Security, says: str) -> None:
    with office:
        sent = Sent(office, security=security, password="x")  # noqa: S106 - no password
    assert type(sent.error) is MailServerRefused
    assert says in str(sent.error)


def test_a_server_that_is_not_there_may_be_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        mailer = SmtpMailer(Relay("127.0.0.1", "none", taken.getsockname()[1], timeout=2.0), HEAD)
        with pytest.raises(PartLost, match="does not answer"):
            asyncio.run(done(mailer.send(LETTER, _nothing)))


def test_a_server_that_says_nothing_is_not_waited_for_for_long() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        mailer = SmtpMailer(Relay("127.0.0.1", "none", silent.getsockname()[1], timeout=0.2), HEAD)
        with pytest.raises(PartLost, match="does not answer"):
            asyncio.run(done(mailer.send(LETTER, _nothing)))


def test_an_address_outside_ascii_needs_a_server_that_takes_it() -> None:
    elsewhere = letter(to="jürgen@example.com")
    with PostOffice() as office:
        assert Sent(office, elsewhere).error is None
    assert office.recipients == ["jürgen@example.com"]
    assert "\r\nTo: Anna <jürgen@example.com>\r\n".encode() in office.raw[0]
    with PostOffice(utf8=False) as old:
        sent = Sent(old, elsewhere)
    assert type(sent.error) is MailRefused
    assert sent.handed_over == 0


def test_a_letter_that_is_withdrawn_at_the_last_moment_is_not_sent() -> None:
    class Withdrawn(Exception):
        pass

    async def stop() -> None:
        raise Withdrawn

    with PostOffice() as office, pytest.raises(Withdrawn):
        asyncio.run(done(SmtpMailer(Relay("127.0.0.1", "none", office.port), HEAD).send(LETTER, stop)))
    assert office.mails == []


def test_a_password_is_in_no_repr() -> None:
    assert PASSWORD not in repr(Relay("h", "tls", 1, USER, PASSWORD))


async def done(sending: Coroutine[object, object, None]) -> None:
    """Send, and let a TLS line that failed take its leave before the loop ends."""
    try:
        await sending
    finally:
        await asyncio.sleep(0.02)


async def _nothing() -> None:
    raise AssertionError("nothing may be handed over")
