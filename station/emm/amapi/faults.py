"""What can go wrong when Google is asked, and the one readable error for each cause."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

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

Kind = Literal[
    "unknown_host", "refused", "no_route", "untrusted", "timeout", "dropped", "unreachable", "garbled", "busy", "broken", "redirected",
    "quota", "unauthenticated", "key_refused", "no_credentials", "api_disabled", "scope", "forbidden", "not_found", "rejected",
]  # fmt: skip


class Fault(Exception):
    """One failed call, before it is translated. `detail` is plain text without secrets.

    `maybe_done` says that the service may have acted although it gave no usable answer: only an answer of 3xx or 4xx, or a call that
    never left this machine, is proof that it did not. An answer of 5xx is none: a front end may give it after the work was done.
    """

    def __init__(
        self, kind: Kind, detail: str = "", *, status: int = 0, retry_after: float | None = None, maybe_done: bool = False
    ) -> None:
        super().__init__(kind, detail)
        self.kind: Kind = kind
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
        self.maybe_done = maybe_done

    @property
    def again(self) -> bool:
        """Whether the same call may succeed soon."""
        return _ROWS[self.kind].again


@dataclass(frozen=True, slots=True)
class Row:
    """The error that a cause becomes, whether the same call may succeed soon, what is said of it, and what to do."""

    error: type[SixtapError]
    again: bool
    said: str
    remedy: str


_NETWORK = "Check this bench's network cable or Wi-Fi, and its DNS server."
_BETWEEN = "Check whether a proxy or a captive portal stands between this bench and Google."
_ROLE = "Grant the service account the role Android Management User (roles/androidmanagement.user) in the project that owns {subject}."

# The same whichever service is asked.
NETWORK: dict[Kind, Row] = {
    "unknown_host": Row(ServiceUnreachable, True, "the address of {host} cannot be found.", _NETWORK),
    "refused": Row(ServiceUnreachable, True, "{host} accepts no connections.", "Check the configured endpoint, and any firewall."),
    "no_route": Row(ServiceUnreachable, True, "there is no way to {host}.", _NETWORK),
    "timeout": Row(ServiceUnreachable, True, "{host} did not answer in time.", _NETWORK),
    "dropped": Row(ServiceUnreachable, True, "the connection to {host} broke before the answer was complete.", _NETWORK),
    "unreachable": Row(ServiceUnreachable, True, "{host} cannot be reached ({detail}).", _NETWORK),
}

_ROWS: dict[Kind, Row] = {
    **NETWORK,
    "untrusted": Row(
        ServiceUnreachable,
        True,
        "no trusted connection to {host} could be made ({detail}).",
        "Check this bench's clock. Behind a proxy that opens TLS, install its certificate and name it in HTTPLIB2_CA_CERTS.",
    ),
    "garbled": Row(ServiceUnreachable, True, "{host} gave an answer that cannot be understood.", _BETWEEN),
    "busy": Row(ServiceUnreachable, True, "the service answered {status} ({detail}).", "It is tried again; see Google's status page."),
    "broken": Row(ServiceUnreachable, False, "the service answered {status} ({detail}).", "See Google's status page."),
    "redirected": Row(ServiceUnreachable, False, "the call was sent elsewhere (answer {status}).", _BETWEEN),
    "quota": Row(
        QuotaExceeded,
        True,
        "the service asks for fewer calls ({detail}).",
        "Wait a minute; lower calls_per_minute, or ask Google for more quota of the Android Management API.",
    ),
    "unauthenticated": Row(
        ServiceRefused,
        False,
        "{host} does not accept the credentials (401).",
        "Check that the key file is that of a service account which still exists, and that the key was not deleted.",
    ),
    "key_refused": Row(
        ServiceRefused,
        False,
        "Google refuses the key ({detail}).",
        "Check this bench's clock (timedatectl), and that the service account and its key are neither disabled nor deleted.",
    ),
    "no_credentials": Row(
        ServiceRefused, False, "there are no usable credentials.", "Configure the path of a service account's key file."
    ),
    "api_disabled": Row(
        ServiceRefused,
        False,
        "the Android Management API is not enabled in the key's project (403).",
        "Enable it in the Google Cloud console (APIs and Services, Library), then wait a few minutes.",
    ),
    "scope": Row(
        ServiceRefused,
        False,
        "the credentials do not cover the Android Management API (403).",
        "Use a service account's key; its scope is https://www.googleapis.com/auth/androidmanagement.",
    ),
    "forbidden": Row(ServiceRefused, False, "the key may not manage {subject} (403: {detail}).", _ROLE),
    "not_found": Row(
        ServiceRefused,
        False,
        "the service knows no {subject} (404).",
        "Check the configured enterprise name, and that the key's project owns it.",
    ),
    "rejected": Row(WrongUse, False, "the service rejects it ({status}: {detail}).", "Correct what it names and try again."),
}

# Where one method's refusal means something of its own.
_OF_METHOD: dict[tuple[str, Kind], Row] = {
    ("enrollmentTokens.create", "rejected"): Row(
        RefuseUnit,
        False,
        "the service rejects it ({status}: {detail}).",
        "Check that the batch's policy exists, and its token lifetime.",
    ),
    ("enrollmentTokens.get", "not_found"): Row(
        TokenGone,
        False,
        "the service no longer knows the token: it was used, deleted, or has expired.",
        "Requeue the user for a fresh code.",
    ),
    ("policies.get", "not_found"): Row(
        NotFound, False, "the service has no such policy.", "Push the policy first, or correct its name."
    ),
}

_SUBSCRIPTIONS: dict[Kind, Row] = {
    "quota": Row(QuotaExceeded, True, "Pub/Sub asks for fewer calls ({detail}).", "Look at the project's quotas of Pub/Sub."),
    "api_disabled": Row(
        ServiceRefused,
        False,
        "Pub/Sub is not enabled in the subscription's project (403).",
        "Enable the Cloud Pub/Sub API in the Google Cloud console (APIs and Services, Library), then wait a few minutes.",
    ),
    "scope": Row(
        ServiceRefused,
        False,
        "the credentials do not cover Pub/Sub (403).",
        "Use a service account's key; its scope is https://www.googleapis.com/auth/pubsub.",
    ),
    "forbidden": Row(
        ServiceRefused,
        False,
        "the key may not pull from {subject} (403: {detail}).",
        "Grant the service account the role Pub/Sub Subscriber (roles/pubsub.subscriber) on this subscription.",
    ),
    "not_found": Row(
        ServiceRefused,
        False,
        "there is no {subject} (404).",
        "Correct its name, or make it anew: one that nobody uses for 31 days is deleted unless it was made to never expire.",
    ),
    "rejected": Row(
        ServiceRefused,
        False,
        "Pub/Sub rejects it ({status}: {detail}).",
        "Check that {subject} is a pull subscription, and that its topic is still there.",
    ),
}

_UNCERTAIN = Row(
    MintUncertain,
    False,
    "the call was sent, and its answer was lost; a token may exist that nobody has seen.",
    "Requeue the user; the unseen token ends by its lifetime.",
)

_DOING = {
    "policies.patch": "Writing the policy failed",
    "policies.get": "Reading the policy failed",
    "policies.list": "Listing the policies failed",
    "enrollmentTokens.create": "Making the enrollment token failed",
    "enrollmentTokens.get": "Reading the enrollment token failed",
    "enrollmentTokens.list": "Listing the enrollment tokens failed",
    "enrollmentTokens.delete": "Revoking the enrollment token failed",
    "devices.list": "Listing the devices failed",
    "devices.get": "Reading the device failed",
    "subscriptions.pull": "Listening for notifications failed",
    "subscriptions.acknowledge": "Acknowledging notifications failed",
}


def readable(fault: Fault, method: str, *, subject: str, host: str) -> SixtapError:
    """The one error that tells a person what `fault` means for `method`, a key such as `devices.list`."""
    row = _OF_METHOD.get((method, fault.kind)) or _ROWS[fault.kind]
    if method.startswith("subscriptions."):
        row = _SUBSCRIPTIONS.get(fault.kind, row)
    if method == "enrollmentTokens.create" and fault.maybe_done:
        row = _UNCERTAIN
    facts = {"subject": subject, "host": host, "status": fault.status, "detail": fault.detail or "no reason given"}
    return row.error(f"{_DOING[method]}: {row.said.format(**facts)}", row.remedy.format(**facts))


# --- text from outside ------------------------------------------------------------------------------------------------------

_LONGEST_DETAIL = 300
_HIDDEN = "(hidden)"
_SECRET_FIELD = re.compile(r"password|passphrase|secret|token|psk|private|pkcs|wifi|opennetwork|managedconfiguration", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")
_SHORTEST_SECRET = 4


def plain(message: str, body: object = None) -> str:
    """A message from outside as one short line of printable text, without the values that were sent in `body`.

    Google's 400 quotes the value that it rejects, and a policy's values may be Wi-Fi passphrases. Every value of a field that may
    hold a secret is hidden; of all else that is quoted, only names of fields and constants stay.
    """
    for value in sorted(set(_secrets(body)), key=len, reverse=True):
        message = message.replace(value, _HIDDEN)
    names = set(_names(body))
    message = _QUOTED.sub(lambda found: found[0] if found[1] in names or _CONSTANT.fullmatch(found[1]) else _HIDDEN, message)
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in message).split())
    return line if len(line) <= _LONGEST_DETAIL else f"{line[:_LONGEST_DETAIL]}…"


def _secrets(value: object, secret: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _secrets(below, secret or bool(_SECRET_FIELD.search(str(name))))
    elif isinstance(value, list):
        for below in value:
            yield from _secrets(below, secret)
    elif secret and isinstance(value, str) and len(value) >= _SHORTEST_SECRET:
        yield from (value, json.dumps(value)[1:-1])  # as it is, and as it may be quoted


def _names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names(below)
