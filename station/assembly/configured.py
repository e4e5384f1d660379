"""What a configuration says, for people to look at. Of what is secret, or names where a secret lies, only whether it
is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from station import wire
from station.config import Config, Section

SECRETS = frozenset(
    {
        "wifi_password_file",
        "emm.key",
        "emm.vault_key",
        "emm.public_key",
        "emm.secret_key",
        "mail.password_file",
    }
)
"""Each names a file, but somebody may have written the secret itself."""
NAMES_ONLY = frozenset({"extras", "secrets", "emm.code_query", "emm.wpco_query"})
"""Tables whose values may be secrets: their names are told."""
ADDRESSES = frozenset({"hardware.camera", "hardware.scanner", "emm.endpoint"})
"""Addresses, in which a password may stand."""
HIDDEN = "…"


def configured(config: Config) -> wire.Settings:
    """Every key that means something on this bench, in the order of the configuration's own documentation."""
    return wire.Settings(file=str(config.file or ""), items=tuple(_of_section(config, "")))


def _of_section(section: Section, prefix: str) -> Iterator[wire.SettingView]:
    for name, field in type(section).model_fields.items():
        key, value = f"{prefix}{field.alias or name}", getattr(section, name)
        if isinstance(value, Section):
            yield from _of_section(value, f"{key}.")
            continue
        if key == "twin":  # there is none: no key of it means anything
            continue
        given = name in section.model_fields_set
        yield wire.SettingView(key=key, value=_told(key, value), source="file" if given else "default", secret=key in SECRETS)


def _told(key: str, value: Any) -> Any:
    if key in SECRETS:
        return value is not None
    if key in NAMES_ONLY:
        return sorted(value)
    if key in ADDRESSES:
        return without_secrets(value or "")
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): str(one) for name, one in value.items()}
    return [str(one) if isinstance(one, Path) else one for one in value] if isinstance(value, tuple) else value


def without_secrets(address: str) -> str:
    """An address without what people put into one that others should not read: a user's part, a query, a fragment."""
    if "://" not in address:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return HIDDEN
    place = parts.netloc.rpartition("@")
    netloc = f"{HIDDEN}@{place[2]}" if place[1] else parts.netloc
    query = HIDDEN if parts.query else ""
    return urlunsplit((parts.scheme, netloc, parts.path, query, HIDDEN if parts.fragment else ""))
