"""The Mailer over SMTP: one connection a letter, and what each answer of the server means for it."""

from __future__ import annotations

import platform
import re
import ssl
from asyncio import WriteTransport
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from station.domain.errors import MailRefused, MailServerRefused, MailUncertain, PartLost, SixtapError, TryAgain
from station.outbox.composing import Letterhead, compose
from station.ports import Letter

Security = Literal["starttls", "tls", "none"]
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}  # RFC 8314, 3.3; RFC 5321, 4.5.4.2
NEEDS_LOGIN = 530  # RFC 4954, 6
_DETAIL = re.compile(r"\s*([45]\.\d{1,3}\.\d{1,3})\b")  # RFC 3463: says more than the code, and names nobody


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes our mail. `port` None: the usual one of `security`. `ca_file`: whom to trust instead of the system's.
    `timeout`: seconds, for each answer."""

    host: str
    security: Security = "starttls"
    port: int | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout: float = 30.0


class SmtpMailer:
    """See station.ports.Mailer. Raises OSError when the certificates to trust cannot be read."""

    def __init__(self, relay: Relay, head: Letterhead) -> None:
        self._relay = relay
        self._head = head
        self._trust = None if relay.security == "none" else ssl.create_default_context(cafile=relay.ca_file)

    def written(self, letter: Letter) -> bytes:
        return compose(letter, self._head).as_bytes()

    async def send(self, letter: Letter, handing_over: Callable[[], Awaitable[None]]) -> None:
        """Raises PartLost, TryAgain, MailServerRefused and MailRefused when surely nothing was sent, else MailUncertain."""
        mail = compose(letter, self._head)
        content = mail.as_bytes()  # whatever cannot be written is found out before anybody is called
        async with self._connected() as server:
            await self._envelope(server, mail)
            await handing_over()
            await self._hand_over(server, content)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[SMTP]:
        relay = self._relay
        server = SMTP(
            hostname=relay.host,
            port=relay.port or PORTS[relay.security],
            username=relay.user or None,
            password=relay.password or None,
            local_hostname=platform.node() or "localhost",
            timeout=relay.timeout,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            tls_context=self._trust,
        )
        try:
            await server.connect()
        except (SMTPException, OSError) as error:
            raise self._not_connected(error) from None  # its text may repeat what was sent
        line = server.transport
        try:
            yield server
            with suppress(SMTPException, OSError):  # the mail is away: how the server takes its leave changes nothing
                await server.quit()
        finally:
            server.close()
            if isinstance(line, WriteTransport):
                line.abort()  # all is said; TLS would wait for the other side's farewell

    def _not_connected(self, error: Exception) -> SixtapError:
        host = self._relay.host
        cause = error.__cause__ or error
        if isinstance(cause, ssl.SSLError):
            why = cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError) else cause.reason
            return MailServerRefused(
                f"No trusted TLS with the mail server {host}: {why}.", "Check host, security and ca_file of [mail]."
            )
        if isinstance(error, SMTPResponseException) and error.code >= 500:
            what = "the login" if isinstance(error, SMTPAuthenticationError) else "this bench"
            remedy = "Check user and password_file of [mail]." if what == "the login" else "Check host and security of [mail]."
            return MailServerRefused(f"The mail server {host} refuses {what} (SMTP code {_said(error)}).", remedy)
        gone = (SMTPConnectError, SMTPServerDisconnected, SMTPTimeoutError, SMTPResponseException)
        if isinstance(error, gone) or not isinstance(error, SMTPException):
            return PartLost(f"The mail server {host} does not answer.", "Check the network, and host and port of [mail].")
        lacks = "STARTTLS" if "STARTTLS" in str(error) and "AUTH" not in str(error) else "a login that this bench knows"
        return MailServerRefused(f"The mail server {host} does not offer {lacks}.", "Check port, security and user of [mail].")

    async def _envelope(self, server: SMTP, mail: EmailMessage) -> None:
        sender, to = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
        encoding, options = ("ascii", []) if to.isascii() else ("utf-8", ["SMTPUTF8", "BODY=8BITMIME"])
        try:
            if server.is_ehlo_or_helo_needed:
                await server.ehlo()
            if options and not server.supports_extension("smtputf8"):
                raise MailRefused("The mail server takes no address with letters outside ASCII.", CORRECT)
            await server.mail(sender, options=options, encoding=encoding)
            await server.rcpt(to, encoding=encoding)
        except SMTPResponseException as error:
            raise self._refused(error) from None
        except ValueError:  # what no command line of SMTP can say
            raise MailRefused("The user's e-mail address cannot be sent to the mail server.", "Correct it.") from None
        except (SMTPException, OSError):
            raise PartLost(f"The mail server {self._relay.host} broke off.", "It is tried again.") from None

    def _refused(self, error: SMTPResponseException) -> SixtapError:
        """Before anything was handed over."""
        recipient = isinstance(error, SMTPRecipientRefused)
        if 400 <= error.code < 500:
            return TryAgain(f"The mail server does not take this mail now (SMTP code {_said(error)}).", "It is tried again.")
        if error.code < 500:
            return PartLost(f"The mail server {self._relay.host} answers what is no answer.", "It is tried again.")
        if recipient and error.code != NEEDS_LOGIN:
            return MailRefused(f"The mail server refuses the recipient (SMTP code {_said(error)}).", CORRECT, error.code)
        return MailServerRefused(
            f"The mail server {self._relay.host} refuses the sender (SMTP code {_said(error)}).",
            "Check from, user and host of [mail].",
        )

    async def _hand_over(self, server: SMTP, content: bytes) -> None:
        try:
            await server.data(content)
        except SMTPDataError as error:
            if 400 <= error.code < 500:
                raise TryAgain(
                    f"The mail server does not take this mail now (SMTP code {_said(error)}).", "It is tried again."
                ) from None
            if error.code >= 500:
                raise MailRefused(f"The mail server refuses this mail (SMTP code {_said(error)}).", CORRECT, error.code) from None
            raise MailUncertain(UNCERTAIN, ASK) from None
        except (SMTPException, OSError):
            raise MailUncertain(UNCERTAIN, ASK) from None


CORRECT = "Correct the user's e-mail address, or show the code here."
UNCERTAIN = "The mail server broke off after the mail was handed over: whether it goes out cannot be known."
ASK = "Ask the user, or send a fresh code: sixtap invite USER --resend"


def _said(error: SMTPResponseException) -> str:
    """The server's code, and its detailed status where it gives one; never its text, which may name people."""
    detail = _DETAIL.match(error.message)
    return f"{error.code} {detail[1]}" if detail else str(error.code)
