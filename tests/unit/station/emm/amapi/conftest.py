"""A server that follows a script, byte by byte, for what a well-behaved emulator cannot do to a connection."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from google.auth.credentials import Credentials

from station.emm.amapi import AndroidManagementService, load_credentials

Step = bytes | str
Opening = Callable[..., AbstractAsyncContextManager[AndroidManagementService]]


class Script:
    """One step for each request, the last one again and again.

    Bytes are sent as they are; then the connection stays open, unless they hold "Connection: close", or "X-Closes: silently" to
    close without a word. "drop_before" closes before reading, "drop_after" after reading, "reset" after reading and with RST;
    "silence" never answers.
    """

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.requests: list[tuple[str, str, dict[str, str], str]] = []
        self.lock = threading.Lock()
        self.silent = threading.Event()  # the first request that gets no answer was read
        self.over = threading.Event()
        self.url = ""

    def next(self) -> Step:
        with self.lock:
            return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]

    def sent(self, method: str) -> list[str]:
        """The paths of all requests by this HTTP method."""
        return [path for verb, path, _, _ in self.requests if verb == method]

    @staticmethod
    def answer(status: int = 200, body: object = None, **headers: str) -> bytes:
        """An answer with `body` as JSON (bytes as they are); header names with _ for -."""
        content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        lines = [f"HTTP/1.1 {status} Said", "Content-Type: application/json", f"Content-Length: {len(content)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content

    @staticmethod
    def refusal(status: int, message: str = "Said no.", reason: str = "", **headers: str) -> bytes:
        """Google's error envelope."""
        error: dict[str, Any] = {"code": status, "message": message, "status": "X"}
        if reason:
            error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
        return Script.answer(status, {"error": error}, **headers)


class _Connection(socketserver.StreamRequestHandler):
    script: Script

    def handle(self) -> None:
        script = self.server.script  # type: ignore[attr-defined]
        try:
            while self._one(script):
                pass
        except OSError:
            pass

    def _one(self, script: Script) -> bool:
        if script.steps[0] == "drop_before":
            script.next()
            return False
        line = self.rfile.readline().decode().split()
        if not line:
            return False
        headers: dict[str, str] = {}
        while (header := self.rfile.readline().decode().strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", "0"))).decode()
        script.requests.append((line[0], line[1], headers, body))
        step = script.next()
        if isinstance(step, bytes):
            self.wfile.write(step)
            return b"Connection: close" not in step and b"X-Closes: silently" not in step
        if step == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if step == "silence":
            script.silent.set()
            script.over.wait()
        return False


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    allow_reuse_address = True

    def __init__(self, script: Script, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.script = script
        self.tls = tls

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.tls is None:
            return connection, address
        connection.settimeout(5)
        return self.tls.wrap_socket(connection, server_side=True), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that goes away is part of the script


@contextmanager
def served(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    server = _Server(script, tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        script.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        yield script.url
    finally:
        script.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def script() -> type[Script]:
    return Script


@pytest.fixture
def serve() -> Callable[..., Any]:
    """`with serve(script("drop_after")) as url:`"""
    return served


@pytest.fixture
def opened() -> Opening:
    """`async with opened(url) as service:` an anonymous service for enterprises/E, closed at the end."""

    @asynccontextmanager
    async def opening(
        url: str, credentials: Credentials | None = None, timeout_seconds: float = 5.0, **settings: Any
    ) -> AsyncIterator[AndroidManagementService]:
        service = AndroidManagementService(
            "enterprises/E",
            endpoint=url,
            credentials=credentials or load_credentials(None, endpoint=url),
            timeout_seconds=timeout_seconds,
            random=Random(7),
            simulated=True,
            **settings,
        )
        try:
            yield service
        finally:
            await service.close()

    return opening


@pytest.fixture(scope="session")
def private_key() -> str:
    """An RSA key in PEM, for key files."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A TLS server context for 127.0.0.1, and the certificate file that a client must trust."""
    import datetime as dt
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    trusted = folder / "certificate.pem"
    trusted.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, trusted
