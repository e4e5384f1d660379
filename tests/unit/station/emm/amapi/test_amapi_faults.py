from __future__ import annotations

import errno
import http.client
import json
import socket
import ssl
from collections.abc import Callable
from typing import get_args

import httplib2
import pytest
from google.auth import exceptions as auth
from googleapiclient.errors import HttpError, UnknownApiNameOrVersion

from station.domain.errors import (
    MintUncertain,
    NotFound,
    QuotaExceeded,
    RefuseUnit,
    ServiceRefused,
    ServiceUnreachable,
    SixtapError,
    TokenGone,
    WrongUse,
)
from station.emm.amapi.diagnosis import NotConnected, diagnose
from station.emm.amapi.faults import Fault, Kind, plain, readable
from station.emm.amapi.transport import METHODS


def answered(status: int, message: object = "Said no.", reason: str = "", **headers: str) -> HttpError:
    error: dict[str, object] = {"code": status, "message": message, "status": "X"}
    if reason:
        error["details"] = ["odd", {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    response = httplib2.Response({"status": str(status), **{name.replace("_", "-").lower(): value for name, value in headers.items()}})
    return HttpError(response, json.dumps({"error": error}).encode(), uri="https://x/")


def not_connected(cause: OSError) -> NotConnected:
    error = NotConnected()
    error.__cause__ = cause
    return error


def unauthorised(kind: Callable[..., Exception], *said: object, **more: bool) -> Exception:
    return kind(*said, **more)


UNANSWERED: list[tuple[Exception, Kind, bool]] = [
    (not_connected(socket.gaierror(-2, "x")), "unknown_host", False),
    (not_connected(ConnectionRefusedError(errno.ECONNREFUSED, "x")), "refused", False),
    (not_connected(TimeoutError("x")), "timeout", False),
    (not_connected(OSError(errno.ENETUNREACH, "x")), "no_route", False),
    (not_connected(OSError(errno.EHOSTUNREACH, "x")), "no_route", False),
    (not_connected(ssl.SSLCertVerificationError(1, "x")), "untrusted", False),
    (not_connected(ConnectionResetError()), "dropped", False),
    (not_connected(OSError(errno.EACCES, "Permission denied")), "unreachable", False),
    (ConnectionRefusedError(), "refused", True),
    (ConnectionAbortedError(), "dropped", True),
    (ConnectionResetError(errno.ECONNRESET, "x"), "dropped", True),
    (BrokenPipeError(), "dropped", True),
    (TimeoutError(), "timeout", True),
    (ssl.SSLEOFError(8, "x"), "dropped", True),
    (ssl.SSLError(1, "x"), "untrusted", True),
    (OSError(errno.EIO, "I/O"), "unreachable", True),
    (http.client.IncompleteRead(b"secret"), "dropped", True),
    (http.client.BadStatusLine("secret"), "dropped", True),
    (httplib2.FailedToDecompressContent("x", None, b"secret"), "garbled", True),
    (json.JSONDecodeError("x", "secret", 0), "garbled", True),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), "garbled", True),
    (AttributeError("x"), "garbled", True),
    (UnknownApiNameOrVersion("x"), "garbled", True),
    (unauthorised(auth.RefreshError, "invalid_grant: Invalid JWT", {"error": "secret"}), "key_refused", False),
    (unauthorised(auth.RefreshError, "unavailable", retryable=True), "dropped", False),
    (unauthorised(auth.TransportError, "x"), "dropped", False),
    (unauthorised(auth.DefaultCredentialsError, "x"), "no_credentials", False),
    (unauthorised(auth.InvalidOperation, "Anonymous credentials cannot be refreshed."), "unauthenticated", False),
]

ANSWERED: list[tuple[HttpError, Kind, bool]] = [
    (answered(301), "redirected", False),
    (answered(302), "redirected", False),
    (answered(400), "rejected", False),
    (answered(409), "rejected", False),
    (answered(412), "rejected", False),
    (answered(401), "unauthenticated", False),
    (answered(403), "forbidden", False),
    (answered(403, reason="IAM_PERMISSION_DENIED"), "forbidden", False),
    (answered(403, reason="SERVICE_DISABLED"), "api_disabled", False),
    (answered(403, reason="ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "scope", False),
    (answered(403, reason="rateLimitExceeded"), "quota", False),
    (answered(404), "not_found", False),
    (answered(408), "busy", True),
    (answered(429), "quota", False),
    (answered(429, reason="RATE_LIMIT_EXCEEDED"), "quota", False),
    (answered(500), "busy", True),
    (answered(501), "broken", True),
    (answered(502), "busy", True),
    (answered(503), "busy", True),
    (answered(504), "busy", True),
    (answered(507), "broken", True),
    (HttpError(httplib2.Response({"status": "503"}), b"<html>"), "busy", True),
    (HttpError(httplib2.Response({"status": "403"}), b'{"error": "x"}'), "forbidden", False),
]


@pytest.mark.parametrize(("error", "kind", "maybe_done"), [*UNANSWERED, *ANSWERED])
def test_every_failure_has_one_cause_and_says_whether_the_service_may_have_acted(
    error: Exception, kind: Kind, maybe_done: bool
) -> None:
    fault = diagnose(error)
    assert (fault.kind, fault.maybe_done) == (kind, maybe_done)


def test_the_cases_above_leave_out_no_cause() -> None:
    assert {kind for _, kind, _ in [*UNANSWERED, *ANSWERED]} == set(get_args(Kind))


ERRORS: dict[Kind, tuple[type[SixtapError], bool, str]] = {
    "unknown_host": (ServiceUnreachable, True, "cannot be found"),
    "refused": (ServiceUnreachable, True, "accepts no connections"),
    "no_route": (ServiceUnreachable, True, "no way to"),
    "untrusted": (ServiceUnreachable, True, "clock"),
    "timeout": (ServiceUnreachable, True, "in time"),
    "dropped": (ServiceUnreachable, True, "broke"),
    "unreachable": (ServiceUnreachable, True, "cannot be reached"),
    "garbled": (ServiceUnreachable, True, "captive portal"),
    "busy": (ServiceUnreachable, True, "503"),
    "broken": (ServiceUnreachable, False, "503"),
    "redirected": (ServiceUnreachable, False, "captive portal"),
    "quota": (QuotaExceeded, True, "calls_per_minute"),
    "unauthenticated": (ServiceRefused, False, "key file"),
    "key_refused": (ServiceRefused, False, "clock"),
    "no_credentials": (ServiceRefused, False, "key file"),
    "api_disabled": (ServiceRefused, False, "Enable it"),
    "scope": (ServiceRefused, False, "androidmanagement"),
    "forbidden": (ServiceRefused, False, "roles/androidmanagement.user"),
    "not_found": (ServiceRefused, False, "enterprises/E"),
    "rejected": (WrongUse, False, "Detail"),
}


def read(fault: Fault, method: str) -> SixtapError:
    return readable(fault, method, subject="enterprises/E", host="https://h")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_cause_is_one_readable_error_with_a_remedy(kind: Kind) -> None:
    error, again, words = ERRORS[kind]
    fault = Fault(kind, "Detail", status=503)
    told = read(fault, "devices.list")
    assert type(told) is error
    assert fault.again is again
    assert told.message.startswith("Listing the devices failed: ")
    assert told.remedy
    assert words in str(told)
    assert "{" not in str(told)


@pytest.mark.parametrize("method", sorted(method for methods in METHODS.values() for method in methods))
def test_every_method_says_what_was_being_done(method: str) -> None:
    assert " failed: " in read(Fault("timeout"), method).message


def test_braces_from_outside_are_no_format_string() -> None:
    assert "{enterprise} {0}" in str(read(Fault("rejected", "{enterprise} {0}", status=400), "policies.patch"))


@pytest.mark.parametrize(
    ("method", "kind", "error"),
    [
        ("enrollmentTokens.create", "rejected", RefuseUnit),
        ("enrollmentTokens.create", "not_found", ServiceRefused),
        ("enrollmentTokens.get", "not_found", TokenGone),
        ("policies.get", "not_found", NotFound),
        ("policies.patch", "rejected", WrongUse),
    ],
)
def test_some_refusals_mean_something_of_their_own(method: str, kind: Kind, error: type[SixtapError]) -> None:
    assert type(read(Fault(kind, status=404), method)) is error


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_mint_is_uncertain_exactly_when_the_service_may_have_acted(kind: Kind) -> None:
    assert isinstance(read(Fault(kind, maybe_done=True), "enrollmentTokens.create"), MintUncertain)
    assert not isinstance(read(Fault(kind), "enrollmentTokens.create"), MintUncertain)
    assert not isinstance(read(Fault(kind, maybe_done=True), "enrollmentTokens.get"), MintUncertain)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "17"}, 17.0),
        ({"Retry_After": "Mon, 05 Jan 2026 08:00:30 GMT", "Date": "Mon, 05 Jan 2026 08:00:00 GMT"}, 30.0),
        ({"Retry_After": "Mon, 05 Jan 2026 07:00:00 GMT", "Date": "Mon, 05 Jan 2026 08:00:00 GMT"}, 0.0),
        ({"Retry_After": "Mon, 05 Jan 2026 08:00:30 GMT"}, None),
        ({"Retry_After": "-5"}, None),
        ({"Retry_After": "later"}, None),
        ({}, None),
    ],
)
def test_reads_how_long_the_service_wants_to_be_left_alone(headers: dict[str, str], seconds: float | None) -> None:
    assert diagnose(answered(429, **headers)).retry_after == seconds


PASSPHRASE = 'Sesam "öffne" dich'  # noqa: S105  # nobody's
POLICY = {
    "openNetworkConfiguration": {"NetworkConfigurations": [{"WiFi": {"Passphrase": PASSPHRASE, "SSID": "Lager"}}]},
    "applications": [{"packageName": "com.example", "managedConfiguration": {"key": "abcd-1234"}}],
    "cameraAccess": "WRONG",
}


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Unknown name \"cameraAccess\" at 'policy'", "Unknown name \"cameraAccess\" at 'policy'"),
        ("Invalid value at 'policy.camera_access' (E), \"WRONG\"", "Invalid value at 'policy.camera_access' (E), \"WRONG\""),
        (f"Passphrase {PASSPHRASE} is bad", "Passphrase (hidden) is bad"),
        (f"Passphrase {json.dumps(PASSPHRASE)} is bad", "Passphrase (hidden) is bad"),
        ("Key abcd-1234 of Lager", "Key (hidden) of (hidden)"),
        ('Invalid value "some text that was cut sho"', "Invalid value (hidden)"),
        ("Line\r\n\x1b[31mtwo\u202e", "Line [31mtwo"),
        ("", ""),
    ],
)
def test_values_that_were_sent_are_hidden_in_what_google_says(message: str, told: str) -> None:
    assert plain(message, POLICY) == told


def test_long_messages_are_cut() -> None:
    assert len(plain("x" * 5000)) == 301


def test_neither_answer_nor_request_is_in_the_text_of_any_error() -> None:
    for error, _, _ in UNANSWERED:
        assert "secret" not in repr(diagnose(error))
        assert "secret" not in str(read(diagnose(error), "enrollmentTokens.get"))
    quoting = answered(400, f"Invalid value at 'policy.x' (STRING), {json.dumps(PASSPHRASE)}")
    told = str(read(diagnose(quoting, POLICY), "policies.patch"))
    assert "Sesam" not in told
    assert "policy.x" in told
