"""The key that the bench shows to Google: a service account's key file, or none at all toward a loopback stand-in."""

from __future__ import annotations

import json
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from station.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

# Android Management API reference, authorization scopes.
SCOPE = "https://www.googleapis.com/auth/androidmanagement"
# Pub/Sub reference, subscriptions.pull, authorization scopes.
PUBSUB_SCOPE = "https://www.googleapis.com/auth/pubsub"

_NEW_KEY = "Make a new JSON key for the service account in the Google Cloud console (IAM, Service Accounts, Keys)."


def load_credentials(key: Path | bytes | None, *, endpoint: str | None = None, hearing: bool = False) -> Credentials:
    """Credentials from a service account's key file (its path, or its content as bytes).

    None gives anonymous credentials, which only a loopback `endpoint` gets. `hearing`: for Pub/Sub alone, instead of for the
    Android Management API alone. Raises ConfigurationError; nothing of the key's content
    is ever in its text.
    """
    if key is None:
        return _anonymous(endpoint)
    source = "the key that was given" if isinstance(key, bytes) else f"the key file {key}"
    info = _read_key(key, source)
    from google.oauth2.service_account import Credentials as ServiceAccountCredentials  # slow to import: only when needed

    try:
        made: Credentials = ServiceAccountCredentials.from_service_account_info(info, scopes=[PUBSUB_SCOPE if hearing else SCOPE])  # type: ignore[no-untyped-call]  # the library publishes no types
        return made
    except (ValueError, TypeError, AttributeError):
        # Raised from nothing: the cause could quote the key.
        problem = f"{source[:1].upper()}{source[1:]} holds a private key that cannot be read."
    raise ConfigurationError(problem, _NEW_KEY)


def is_loopback(url: str) -> bool:
    """Whether `url` names this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def checked_endpoint(url: str) -> str:
    """`url` without a slash at its end. Raises ConfigurationError unless it is https, or http on this machine."""
    parts = urlsplit(url)
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))
    if not (secure and parts.hostname):
        raise ConfigurationError(
            f"The management service's endpoint {url!r} cannot be used.",
            "Use https://host, or http://127.0.0.1:port for a stand-in on this machine.",
        )
    return url.rstrip("/")


def checked_fit(credentials: Credentials, endpoint: str) -> None:
    """Raise ConfigurationError for anonymous credentials toward anything but this machine."""
    from google.auth.credentials import AnonymousCredentials

    if isinstance(credentials, AnonymousCredentials) and not is_loopback(endpoint):
        raise ConfigurationError(f"{endpoint} needs a key, and none is configured.", _NEW_KEY)


def _anonymous(endpoint: str | None) -> Credentials:
    if endpoint is None or not is_loopback(endpoint):
        raise ConfigurationError("The management service needs a key, and none is configured.", _NEW_KEY)
    from google.auth.credentials import AnonymousCredentials

    return AnonymousCredentials()  # type: ignore[no-untyped-call]  # the library publishes no types


def _read_key(key: Path | bytes, source: str) -> dict[str, str]:
    try:
        raw = key if isinstance(key, bytes) else key.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{source[:1].upper()}{source[1:]} cannot be read: {error.strerror}.", "Check its path and that the service may read it."
        ) from error
    try:
        info = json.loads(raw)
    except ValueError:
        info = None
    if not isinstance(info, dict) or info.get("type") != "service_account":
        raise ConfigurationError(f"{source[:1].upper()}{source[1:]} is no service account key in JSON.", _NEW_KEY)
    absent = [name for name in ("client_email", "private_key", "token_uri") if not isinstance(info.get(name), str)]
    if absent:
        raise ConfigurationError(f"{source[:1].upper()}{source[1:]} lacks {', '.join(absent)}.", _NEW_KEY)
    checked_endpoint(info["token_uri"])
    return info
