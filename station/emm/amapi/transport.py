"""Calls through Google's client library, blocking, for threads: one connection pool a thread, and one kind of failure.

This module imports the client library, which is slow; import it in a thread.
"""

from __future__ import annotations

import http.client
import logging
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

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

# All that the bench ever asks of Google. Nothing in this list can change, lock or wipe a device.
METHODS = frozenset(
    {
        "policies.patch", "policies.get", "policies.list",
        "enrollmentTokens.create", "enrollmentTokens.get", "enrollmentTokens.delete",
        "devices.list", "devices.get",
    }
)  # fmt: skip

# The last four are what the client library trips with over answers that are JSON, but not Google's.
_FAILURES = (
    googleapiclient.errors.Error, httplib2.HttpLib2Error, GoogleAuthError, OSError, http.client.HTTPException,
    ValueError, TypeError, AttributeError, LookupError,
)  # fmt: skip

Answer = dict[str, object]

_log = logging.getLogger(__name__)


class Transport:
    """The Android Management API at `endpoint` (None: Google's own). Any thread may call; `close` is for when all are done."""

    def __init__(self, credentials: Credentials, endpoint: str | None, timeout: float) -> None:
        # The library logs whole error bodies, and those can quote what was sent.
        logging.getLogger("googleapiclient.http").setLevel(logging.ERROR)
        self._credentials = credentials
        self._timeout = timeout
        self._proxy = _proxy(endpoint)
        self._local = threading.local()
        self._lock = threading.Lock()
        self._opened: list[httplib2.Http] = []
        self._api: Any = googleapiclient.discovery.build(
            "androidmanagement", "v1", http=self._http(), static_discovery=True, client_options={"api_endpoint": endpoint}
        )

    def call(self, method: str, arguments: Mapping[str, object]) -> Answer:
        """The answer. For calls that may be repeated: a connection that went stale is opened anew. Raises Fault."""
        request = self._request(method, arguments)
        return self._execute(request, self._own_http(), arguments.get("body"))

    def call_once(self, method: str, arguments: Mapping[str, object]) -> Answer:
        """The same on a connection of its own, sent once at most, whatever becomes of it. Raises Fault; see its `maybe_done`."""
        request = self._request(method, arguments)
        self._sign(request)
        once = _Once(self._http())
        try:
            return self._execute(request, once, arguments.get("body"))
        finally:
            once.http.close()

    def close(self) -> None:
        with self._lock:
            opened, self._opened = self._opened, []
        for connections in opened:
            connections.close()

    def _request(self, method: str, arguments: Mapping[str, object]) -> Any:
        if method not in METHODS:
            raise ValueError(f"{method} is not among the calls that this service makes")
        collection, verb = method.split(".")
        resource = getattr(self._api.enterprises(), collection)()
        return getattr(resource, verb)(**arguments)

    def _sign(self, request: Any) -> None:
        """Add the access token, fetching one if need be: a failure here is no failure of the call itself."""
        try:
            fetch = google_auth_httplib2.Request(self._own_http().http)
            self._credentials.before_request(fetch, request.method, request.uri, request.headers)  # type: ignore[no-untyped-call]
        except _FAILURES as error:
            fault = diagnose(error)
        else:
            return
        raise Fault(fault.kind, fault.detail, status=fault.status)

    def _execute(self, request: Any, connection: Any, body: object) -> Answer:
        try:
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

    def _own_http(self) -> Any:
        """This thread's connections; httplib2's are not for sharing."""
        authorised = getattr(self._local, "authorised", None)
        if authorised is None:
            connections = self._http()
            authorised = google_auth_httplib2.AuthorizedHttp(self._credentials, http=connections)
            self._local.authorised = authorised
            with self._lock:
                self._opened.append(connections)
        return authorised

    def _http(self) -> httplib2.Http:
        connections = httplib2.Http(timeout=self._timeout, proxy_info=self._proxy)
        connections.follow_redirects = False  # the API sends nobody elsewhere; a captive portal does
        return connections


class _Once:
    """An Http whose connections never send a request a second time, as httplib2's own do when a connection drops."""

    def __init__(self, connections: httplib2.Http) -> None:
        self.http = connections

    def request(self, uri: str, method: str = "GET", **rest: Any) -> Any:
        kind = _HttpsOnce if uri.startswith("https:") else _HttpOnce
        return self.http.request(uri, method, connection_type=kind, **rest)


class _SendsOnce:
    """For a connection class: failures before anything was sent become NotConnected, a dropped connection one that is not retried."""

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]  # of the connection class that this is mixed into
        except OSError as error:
            raise NotConnected from error

    def getresponse(self) -> http.client.HTTPResponse:
        try:
            response: http.client.HTTPResponse = super().getresponse()  # type: ignore[misc]
        except (http.client.BadStatusLine, http.client.ResponseNotReady) as error:
            raise ConnectionAbortedError("the connection was closed without an answer") from error
        return response


class _HttpOnce(_SendsOnce, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]  # httplib2 has no types
    pass


class _HttpsOnce(_SendsOnce, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]
    pass


def _proxy(endpoint: str | None) -> Any:
    """The proxy that the environment names, as httplib2 wants it; None on this machine, or where httplib2 could not use one."""
    if endpoint is not None and is_loopback(endpoint):
        return None
    if httplib2.socks is None:
        # Without PySocks, httplib2 fails every call as soon as a proxy is named, even for hosts that no_proxy lists.
        if os.environ.get("https_proxy") or os.environ.get("HTTPS_PROXY"):
            _log.warning("A proxy is configured, but PySocks is not installed: Google is called directly.")
        return None
    return httplib2.proxy_info_from_environment
