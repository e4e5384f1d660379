"""What can go wrong when TinyMDM is asked, and the one readable error for each cause.

The shapes of TinyMDM's own refusals are not published. Programs that call it have met `{"error": "..."}` and
`{"error": {"message": "..."}}`; pages of HTML and empty bodies come from whatever stands before it. All are read.
"""

from __future__ import annotations

import json
import re
import socket

import aiohttp

from station.domain.errors import (
    NotFound,
    QuotaExceeded,
    RefuseUnit,
    ServiceRefused,
    ServiceUnreachable,
    SixtapError,
    WrongUse,
)
from station.emm.amapi.faults import NETWORK, Fault, Kind, Row, plain

_BUSY = {408, 500, 502, 503, 504}
_TAG = re.compile(r"<[^>]*>")
_HEAD = re.compile(r"<(head|script|style)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_LONGEST_SENT = 2000


_BETWEEN = "Check whether a proxy or a captive portal stands between this bench and TinyMDM."
_STATUS = "It is tried again; ask TinyMDM's support if it lasts."

_ROWS: dict[Kind, Row] = NETWORK | {
    "untrusted": Row(
        ServiceUnreachable, True, "no trusted connection to {host} could be made.", "Check this bench's clock. " + _BETWEEN
    ),
    "garbled": Row(ServiceUnreachable, True, "{host} gave an answer that cannot be understood.", _BETWEEN),
    "redirected": Row(ServiceUnreachable, False, "the call was sent elsewhere (answer {status}).", _BETWEEN),
    "busy": Row(ServiceUnreachable, True, "TinyMDM answered {status} ({detail}).", _STATUS),
    "broken": Row(ServiceUnreachable, False, "TinyMDM answered {status} ({detail}).", _STATUS),
    "quota": Row(
        QuotaExceeded,
        True,
        "TinyMDM asks for fewer calls ({detail}).",
        "Lower requests_per_second: all programs of an account share its limit.",
    ),
    "unauthenticated": Row(
        ServiceRefused,
        False,
        "TinyMDM does not accept the keys (401: {detail}).",
        "Check both key files. A manager's pair needs `account` beside it; an account's own pair must not have it.",
    ),
    "forbidden": Row(
        ServiceRefused, False, "the keys may not do this (403: {detail}).", "Give this manager the right in the TinyMDM console."
    ),
    "not_found": Row(NotFound, False, "TinyMDM knows no such thing (404: {detail}).", "Look for it in the TinyMDM console."),
    "rejected": Row(WrongUse, False, "TinyMDM rejects it ({status}: {detail}).", "Correct what it names and try again."),
}

# Where one method's refusal means something of its own.
_OF_METHOD: dict[tuple[str, Kind], Row] = {
    ("policies.assign", "not_found"): Row(
        RefuseUnit,
        False,
        "TinyMDM knows no such policy (404).",
        "Name the policy's id in the configuration ([emm.policies] NAME = ID), or correct the user's policy.",
    ),
    ("groups.code", "rejected"): Row(
        RefuseUnit, False, "TinyMDM rejects it ({status}: {detail}).", "Correct code_query or wpco_query in the configuration."
    ),
    ("groups.code", "not_found"): Row(
        RefuseUnit, False, "TinyMDM does not know the group any more (404).", "Requeue the user for a fresh code."
    ),
}

DOING = {
    "enterprise.info": "Reading the licence",
    "users.list": "Listing the users",
    "users.create": "Creating the user",
    "users.update": "Changing the user",
    "groups.list": "Listing the groups",
    "groups.create": "Making the group",
    "groups.delete": "Removing the group",
    "groups.add": "Putting the user into the group",
    "groups.devices": "Listing the group's devices",
    "groups.code": "Asking for the group's code",
    "policies.assign": "Assigning the policy",
    "devices.list": "Listing the devices",
    "devices.get": "Reading the device",
    "picture": "Fetching the code's picture",
}


def readable(fault: Fault, method: str, host: str) -> SixtapError:
    """The one error that tells a person what `fault` means for `method`, a key of DOING."""
    row = _OF_METHOD.get((method, fault.kind)) or _ROWS[fault.kind]
    facts = {"host": host, "status": fault.status, "detail": fault.detail or "no reason given"}
    return row.error(f"{DOING[method]} failed: {row.said.format(**facts)}", row.remedy)


def broken(error: aiohttp.ClientError | OSError) -> Fault:
    """The cause of a call that got no answer. What was never connected was never sent."""
    if isinstance(error, aiohttp.ClientConnectorDNSError) or isinstance(getattr(error, "os_error", None), socket.gaierror):
        return Fault("unknown_host")
    if isinstance(error, aiohttp.ClientSSLError):
        return Fault("untrusted")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Fault("timeout")
    if isinstance(error, aiohttp.ClientConnectorError):
        if isinstance(error.os_error, ConnectionRefusedError):
            return Fault("refused")
        return Fault("unreachable", plain(error.os_error.strerror or type(error.os_error).__name__))
    if isinstance(error, TimeoutError):
        return Fault("timeout", maybe_done=True)
    if isinstance(error, aiohttp.InvalidURL | aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        return Fault("garbled", maybe_done=True)
    return Fault("dropped", maybe_done=True)


def answered(status: int, body: bytes, retry_after: str, sent: object = None) -> Fault:
    """The cause of an answer that is no success. `sent`: the request's body, whose secrets stay out of the text."""
    detail = plain(reason(body), sent)
    return Fault(_kind(status), detail, status=status, retry_after=_seconds(retry_after), maybe_done=status >= 500 or status == 408)


def reason(body: bytes) -> str:
    """The words of a refusal, whichever shape it has; empty where it has none."""
    text = body[: 64 * 1024].decode("utf-8", "replace")
    try:
        document = json.loads(text)
    except ValueError:
        return " ".join(_TAG.sub(" ", _HEAD.sub(" ", text)).split())[:_LONGEST_SENT]
    return _words(document)[:_LONGEST_SENT]


def _words(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        found = (_words(value[key]) for key in ("error", "message", "errors", "detail", "description") if key in value)
        return next((words for words in found if words), "")
    if isinstance(value, list):
        return "; ".join(words for words in map(_words, value[:5]) if words)
    return ""


def _kind(status: int) -> Kind:
    if status in _BUSY:
        return "busy"
    if status >= 500:
        return "broken"
    if 300 <= status < 400:
        return "redirected"
    plainly: dict[int, Kind] = {401: "unauthenticated", 403: "forbidden", 404: "not_found", 429: "quota"}
    return plainly.get(status, "rejected")


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() and len(header) < 7 else None
