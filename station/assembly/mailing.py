"""The mailer that a configuration names."""

from __future__ import annotations

from email.headerregistry import Address

from station.bench.invitations import WEEK
from station.config import Config
from station.domain.errors import ConfigurationError, MailRefused
from station.outbox.address import own_address
from station.outbox.composing import Letterhead
from station.outbox.sending import Relay, SmtpMailer


def open_mailer(config: Config) -> SmtpMailer | None:
    """None where no mail server is configured. Nobody is called yet. Raises ConfigurationError."""
    mail = config.mail
    if mail is None:
        return None
    relay = Relay(
        host=mail.host,
        security=mail.security,
        port=mail.port,
        user=mail.user,
        password=mail.password(),
        ca_file=mail.ca_file,
        timeout=mail.timeout_seconds,
    )
    reply_to = _mailbox(mail.reply_to, "reply_to") if mail.reply_to else None
    try:
        return SmtpMailer(relay, Letterhead(_mailbox(mail.sender, "from"), reply_to, config.language))
    except OSError as error:
        why = error.strerror or "no certificates are in it"
        raise ConfigurationError(
            f"The file that mail.ca_file names cannot be used: {why}.", "Name a PEM file of certificates."
        ) from None


def mailed_for(config: Config) -> int:
    """Seconds that a mailed code lives."""
    return config.mail.lifetime_hours * 3600 if config.mail else WEEK


def _mailbox(text: str, key: str) -> Address:
    try:
        return own_address(text)
    except MailRefused:
        raise ConfigurationError(f"mail.{key} is no mailbox.", "Write mailbox@domain, or Name <mailbox@domain>.") from None
