"""A real SMTP server (aiosmtpd) in a thread of its own: it takes mail into a box, refuses, delays or breaks off as it is told."""

from __future__ import annotations

import asyncio
import ssl
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PATIENCE = 20.0
USER, PASSWORD = "bench", "correct horse"


@dataclass
class PostOffice:
    """`answers`: what it says to MAIL, RCPT or DATA instead of its consent, for good. `breaks_off`: after DATA, without an answer."""

    security: Literal["none", "starttls", "tls"] = "none"
    login: bool = False
    utf8: bool = True
    answers: dict[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    seen_login: bool = False
    port: int = 0

    def __enter__(self) -> PostOffice:
        self._up: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="post office")
        self._thread.start()
        self._loop, self._end, self.port = self._up.result(PATIENCE)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        self._conversations: list[SMTP] = []
        loop, end = asyncio.get_running_loop(), asyncio.Event()
        trust = server_context() if self.security != "none" else None
        made = await loop.create_server(self._conversation, "127.0.0.1", 0, ssl=trust if self.security == "tls" else None)
        self._up.set_result((loop, end, made.sockets[0].getsockname()[1]))
        await end.wait()
        made.close()
        for one in self._conversations:
            hang_up(one)
        await asyncio.sleep(0)  # the transports hear of it
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _conversation(self) -> SMTP:
        starttls = self.security == "starttls"
        made = SMTP(
            self,
            enable_SMTPUTF8=self.utf8,
            hostname="post.example",
            tls_context=server_context() if starttls else None,
            require_starttls=starttls,
            authenticator=self._check,
            auth_required=self.login and starttls,  # the server itself warns of a login in clear
            auth_require_tls=starttls,
        )
        self._conversations.append(made)
        return made

    def _check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.seen_login = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=self.seen_login, handled=self.seen_login)

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.raw.append(envelope.content)
        mail = message_from_bytes(envelope.content, policy=MAIL)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        if self.breaks_off:
            hang_up(server)
        return "250 OK"


def hang_up(server: SMTP) -> None:
    """Close the line at once."""
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


@cache
def certificate() -> tuple[str, TemporaryDirectory[str]]:
    """A certificate for localhost that vouches for itself, with its key, in one PEM file; the folder goes with the process."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = TemporaryDirectory(prefix="post-")
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = Path(folder.name) / "post.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return str(path), folder


def _usage() -> x509.KeyUsage:
    """What RFC 5280 wants of a certificate that vouches for itself; Python 3.13 looks."""
    names = (
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(digital_signature=True, key_cert_sign=True, **dict.fromkeys(names, False))


@cache
def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate()[0])
    return context
