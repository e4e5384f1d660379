"""Calls through Google's client library: blocking, for threads, each on a connection of its own and sent once.

This module imports the client library, which is slow; import it in a thread.
"""

from __future__ import annotations

import http.client
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import google_auth_httplib2
import googleapiclient.discovery
import googleapiclient.errors
import httplib2
from google.auth.exceptions import GoogleAuthError

from station.emm.amapi.credentials import is_loopback
from station.emm.amapi.diagnosis import NotConnected, diagnose
from station.emm.amapi.faults import Fault

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

Api = Literal["androidmanagement", "pubsub"]

# All that the bench ever asks of Google. Nothing in this list can change, lock or wipe a device.
METHODS: Mapping[Api, frozenset[str]] = {
    "androidmanagement": frozenset(
        {
            "policies.patch", "policies.get", "policies.list",
            "enrollmentTokens.create", "enrollmentTokens.get", "enrollmentTokens.list", "enrollmentTokens.delete",
            "devices.list", "devices.get",
        }
    ),
    "pubsub": frozenset({"subscriptions.pull", "subscriptions.acknowledge"}),
}  # fmt: skip
_ROOT: Mapping[Api, str] = {"androidmanagement": "enterprises", "pubsub": "projects"}
_WAITING = frozenset({"subscriptions.pull"})  # answered when there is something to say

# The last four are what the client library trips with over answers that are JSON, but not Google's.
_FAILURES = (
    googleapiclient.errors.Error, httplib2.HttpLib2Error, GoogleAuthError, OSError, http.client.HTTPException,
    ValueError, TypeError, AttributeError, LookupError,
)  # fmt: skip

Answer = dict[str, object]

_AGAIN = 0.05  # seconds

_log = logging.getLogger(__name__)


class Transport:
    """One of Google's APIs at `endpoint`, a URL. Any thread may call at any time; nothing is left open between calls."""

    def __init__(self, credentials: Credentials, endpoint: str, timeout: float, api: Api = "androidmanagement") -> None:
        # The library logs whole error bodies, and those can quote what was sent.
        logging.getLogger("googleapiclient.http").setLevel(logging.ERROR)
        self._credentials = credentials
        self._timeout = timeout
        self._proxy = _proxy(endpoint)
        self._methods = METHODS[api]
        self._root = _ROOT[api]
        self._changed = threading.Condition()
        self._open: set[_Once] = set()
        self._over = False
        self.clock_offset: float | None = None  # seconds that the service's clock is ahead of this machine's
        self._api: Any = googleapiclient.discovery.build(
            api,
            "v1",
            http=httplib2.Http(proxy_info=None),
            static_discovery=True,
            client_options={"api_endpoint": endpoint},
        )

    def call(self, method: str, arguments: Mapping[str, object]) -> Answer:
        """The answer to one call, a name such as `devices.list` with the client library's arguments. Raises Fault.

        The request leaves at most once: neither here nor below is it repeated when a connection breaks. The one exception is an
        answer of 401, which proves that nothing was done: then the access token is fetched anew, as it may be older than this
        machine's clock makes it seem.
        """
        request = self._request(method, arguments)
        body = arguments.get("body")
        try:
            return self._signed(request, body)
        except Fault as fault:
            if method in _WAITING and _nothing_came(fault):
                return {}
            raise

    def _signed(self, request: Any, body: object) -> Answer:
        self._sign(request)
        try:
            return self._send(request, body)
        except Fault as fault:
            if fault.kind != "unauthenticated":
                raise
        self._sign(request, anew=True)
        return self._send(request, body)

    def hang_up(self) -> None:
        """End every call that is under way, whatever it waits for; from now on calls fail. Returns when the last one has ended."""
        with self._changed:
            self._over = True
            while self._open:
                for connection in self._open:
                    connection.hang_up()
                self._changed.wait(_AGAIN)  # a connection that is being made cannot be ended before it is there

    def _request(self, method: str, arguments: Mapping[str, object]) -> Any:
        if method not in self._methods:
            raise ValueError(f"{method} is not among the calls that this service makes")
        collection, verb = method.split(".")
        resource = getattr(getattr(self._api, self._root)(), collection)()
        return getattr(resource, verb)(**arguments)

    def _sign(self, request: Any, *, anew: bool = False) -> None:
        """Add the access token, fetching one if need be: a failure here is no failure of the call, which was not sent."""
        credentials: Any = self._credentials
        try:
            with self._connection() as connection:
                fetch = google_auth_httplib2.Request(connection)
                if anew:
                    credentials.refresh(fetch)
                credentials.before_request(fetch, request.method, request.uri, request.headers)
                return
        except _FAILURES as error:
            fault = diagnose(error)
        raise Fault(fault.kind, fault.detail, status=fault.status)

    def _send(self, request: Any, body: object) -> Answer:
        try:
            with self._connection() as connection:
                answer = request.execute(http=connection, num_retries=0)
        except _FAILURES as error:
            fault = diagnose(error, body)
        else:
            if isinstance(answer, dict):
                return answer
            # What is no JSON comes back as text: a captive portal's page must not pass for an empty list of devices.
            fault = Fault("garbled", maybe_done=True)
        # Raised outside of the handler: a chained cause would bring the raw answer into every traceback.
        raise fault

    @contextmanager
    def _connection(self) -> Iterator[_Once]:
        once = _Once(httplib2.Http(timeout=self._timeout, proxy_info=self._proxy))
        with self._changed:
            if self._over:
                raise ConnectionAbortedError("the line was hung up")
            self._open.add(once)
        try:
            yield once
        finally:
            once.close()
            with self._changed:
                self.clock_offset = _ahead(once.date, self.clock_offset)
                self._open.discard(once)
                self._changed.notify_all()


def _ahead(date: str, before: float | None) -> float | None:
    """How far the service's clock is ahead, by what its answer said of the time; as before where it said nothing readable."""
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, TypeError):
        return before


class _Once:
    """An Http that never sends a request a second time, as httplib2 does when a connection drops.

    It is for one request: a connection kept from an earlier call may be dead already, and then a drop would not tell whether the
    request was read. One call, one connection also needs no sharing between threads, which httplib2 cannot do.
    """

    def __init__(self, connections: httplib2.Http) -> None:
        connections.follow_redirects = False  # the API sends nobody elsewhere; a captive portal does
        self._connections = connections
        self.date = ""  # the service's clock, as its answer told it (RFC 9110, 6.6.1)

    def request(self, uri: str, method: str = "GET", **rest: Any) -> Any:
        kind = _HttpsOnce if uri.startswith("https:") else _HttpOnce
        answer, content = self._connections.request(uri, method, connection_type=kind, **rest)
        self.date = answer.get("date", "")
        return answer, content

    def hang_up(self) -> None:
        """End the call from another thread: whoever reads finds the end."""
        for connection in list(self._connections.connections.values()):
            if connection.sock is not None:
                with suppress(OSError):  # it ended by itself
                    # The plain socket's own: TLS would take the session from the thread that is reading.
                    socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    def close(self) -> None:
        self._connections.close()


class _SendsOnce:
    """For a connection class: failures before anything was sent become NotConnected, a dropped connection one that is not retried."""

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]  # of the connection class that this is mixed into
        except OSError as error:
            raise NotConnected from error

    def getresponse(self) -> http.client.HTTPResponse:
        try:
            response: http.client.HTTPResponse = super().getresponse()  # type: ignore[misc]  # the library publishes no types
        except (http.client.BadStatusLine, http.client.ResponseNotReady) as error:
            raise ConnectionAbortedError("the connection was closed without an answer") from error
        return response


class _HttpOnce(_SendsOnce, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]  # httplib2 has no types
    pass


class _HttpsOnce(_SendsOnce, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]  # the library publishes no types
    def __init__(self, host: str, *, timeout: float, proxy_info: Any, **_rest: object) -> None:
        # In place of httplib2's own, which reads every certificate authority anew for each connection: a fifth of a second on a Pi.
        self.proxy_info = proxy_info("https") if callable(proxy_info) else proxy_info
        http.client.HTTPSConnection.__init__(self, host, timeout=timeout, context=_trusting(httplib2.CA_CERTS))


def _nothing_came(fault: Fault) -> bool:
    """The wait for an answer ended without one: here (the request was sent), or at the service (504)."""
    return fault.status == http.client.GATEWAY_TIMEOUT or (fault.kind == "timeout" and fault.maybe_done)


@cache
def _trusting(authorities: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authorities)


def _proxy(endpoint: str) -> Any:
    """The proxy that the environment names, as httplib2 wants it; None on this machine, or where httplib2 could not use one."""
    if is_loopback(endpoint):
        return None
    if httplib2.socks is None:
        # Without PySocks, httplib2 fails every call as soon as a proxy is named, even for hosts that no_proxy lists.
        if os.environ.get("https_proxy") or os.environ.get("HTTPS_PROXY"):
            _log.warning("A proxy is configured, but PySocks is not installed: Google is called directly.")
        return None
    return httplib2.proxy_info_from_environment
