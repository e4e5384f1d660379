"""From the exceptions of Google's client library, httplib2 and the sockets to one Fault for each cause."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import googleapiclient.errors
import httplib2
from google.auth import exceptions as auth

from station.emm.amapi.faults import Fault, Kind, plain

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}
_BUSY = {408, 500, 502, 503, 504}
# google.rpc.ErrorInfo reasons, and the older `errors[].reason`.
_RATE_REASONS = {"RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED", "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"}
_DISABLED_REASONS = {"SERVICE_DISABLED", "accessNotConfigured"}
_SCOPE_REASONS = {"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"}


class NotConnected(ConnectionError):
    """No connection came about, so nothing was sent; the reason is the cause."""


def diagnose(error: BaseException, body: object = None) -> Fault:
    """The cause of `error`. `body` is what was sent: its values are kept out of the text."""
    if isinstance(error, googleapiclient.errors.HttpError):
        return _answered(error, body)
    if isinstance(error, auth.GoogleAuthError):
        return _unauthorised(error)
    if isinstance(error, NotConnected):
        return _unreached(error.__cause__ or error)
    if isinstance(error, OSError):
        fault = _unreached(error)
        fault.maybe_done = True
        return fault
    if isinstance(
        error, ValueError | TypeError | AttributeError | LookupError | httplib2.HttpLib2Error | googleapiclient.errors.Error
    ):
        return Fault("garbled", maybe_done=True)
    return Fault("dropped", maybe_done=True)  # http.client.HTTPException: IncompleteRead, BadStatusLine and their like


def _unreached(error: BaseException) -> Fault:
    number = getattr(error, "errno", None)
    kind: Kind = "unreachable"
    if isinstance(error, socket.gaierror):
        kind = "unknown_host"
    elif isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        kind = "dropped"
    elif isinstance(error, ssl.SSLError):
        return Fault("untrusted", plain(getattr(error, "verify_message", "") or getattr(error, "reason", "") or "TLS failed"))
    elif isinstance(error, TimeoutError):
        kind = "timeout"
    elif isinstance(error, ConnectionRefusedError):
        kind = "refused"
    elif isinstance(error, ConnectionError):
        kind = "dropped"
    elif number in _NO_ROUTE:
        kind = "no_route"
    return Fault(kind, plain(getattr(error, "strerror", None) or type(error).__name__))


def _unauthorised(error: auth.GoogleAuthError) -> Fault:
    """Failures to get an access token. The call itself was not sent, or was answered 401."""
    said = error.args[0] if error.args and isinstance(error.args[0], str) else ""
    if isinstance(error, auth.InvalidOperation):  # AnonymousCredentials were answered 401
        return Fault("unauthenticated", status=401)
    if isinstance(error, auth.DefaultCredentialsError):
        return Fault("no_credentials")
    if isinstance(error, auth.TransportError) or error.retryable:
        return Fault("dropped")
    return Fault("key_refused", plain(said))


def _answered(error: googleapiclient.errors.HttpError, body: object) -> Fault:
    status = int(error.resp.status)
    message = error.reason if isinstance(error.reason, str) else ""
    maybe_done = status >= 500 or status == 408
    return Fault(
        _kind(status, _reasons(error.error_details)),
        plain(message, body),
        status=status,
        retry_after=_retry_after(error.resp),
        maybe_done=maybe_done,
    )


def _kind(status: int, reasons: set[str]) -> Kind:
    if status in _BUSY:
        return "busy"
    if status >= 500:
        return "broken"
    if status < 400:
        return "redirected"
    if status == 429 or (status == 403 and reasons & _RATE_REASONS):
        return "quota"
    if status == 403 and reasons & _DISABLED_REASONS:
        return "api_disabled"
    if status == 403 and reasons & _SCOPE_REASONS:
        return "scope"
    plainly: dict[int, Kind] = {401: "unauthenticated", 403: "forbidden", 404: "not_found"}
    return plainly.get(status, "rejected")


def _reasons(details: object) -> set[str]:
    """`error_details` is a list of maps where Google gave details, and plain text where it did not."""
    listed = details if isinstance(details, list) else []
    found = [entry.get("reason") for entry in listed if isinstance(entry, dict)]
    return {reason for reason in found if isinstance(reason, str)}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks for (RFC 9110, 10.2.3); a date there is compared with the server's own `Date`."""
    told = headers.get("retry-after", "")
    if told.isascii() and told.isdigit():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - parsedate_to_datetime(headers["date"])).total_seconds())
    except (ValueError, TypeError, KeyError):
        return None
