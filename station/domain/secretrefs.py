"""Passwords in documents that are kept: only by reference, `secret:NAME`, filled in when the document leaves the house."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from station.domain.errors import WrongUse

_REFERENCE = re.compile(r"secret:([A-Za-z0-9_.-]{1,64})")
# Last words of fields that hold a secret. Open Network Configuration has Passphrase, Password, PSK and PKCS12, an APN has password;
# the configuration of apps has names of every app's own choice.
_SECRET_FIELD = re.compile(
    r"(pass(word|phrase|code|wd)?|secret|psk|pkcs12|private[_-]?key|(api|access|secret|shared|pre[_-]?shared)[_-]?key|token|credentials?)",
    re.IGNORECASE,
)


def reference(value: object) -> str | None:
    """NAME of a `secret:NAME`; None for everything else."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return found.group(1) if found else None


def open_secrets(document: object, path: str = "") -> Iterator[str]:
    """Paths of texts that look like a secret written out: their field's name ends in password, passphrase, token and the like."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            at = f"{path}.{name}" if path else str(name)
            if isinstance(value, str) and value and reference(value) is None and _names_secret(str(name)):
                yield at
            yield from open_secrets(value, at)
    elif isinstance(document, list):
        for place, value in enumerate(document):
            yield from open_secrets(value, f"{path}[{place}]")


def refuse_open_secrets(document: Mapping[str, object]) -> None:
    """Raises WrongUse naming the places, never the values."""
    places = list(open_secrets(document))
    if places:
        more = f" and {len(places) - 3} more" if len(places) > 3 else ""
        raise WrongUse(
            f"The document has a secret written out at {', '.join(places[:3])}{more}; the bench keeps none.",
            "Write secret:NAME there, and name the file that holds it in the bench's configuration: [secrets] NAME = PATH",
        )


def filled(document: object, secret: Callable[[str], str]) -> object:
    """A copy with every reference replaced by what `secret` says for its name; what that raises is passed on."""
    if isinstance(document, Mapping):
        return {name: filled(value, secret) for name, value in document.items()}
    if isinstance(document, list):
        return [filled(value, secret) for value in document]
    name = reference(document)
    return document if name is None else secret(name)


def _names_secret(field: str) -> bool:
    """Whether the name ends in a word for a secret: wifiPassword, WIFI_PASSWORD and api-key do, compass does not."""
    for found in _SECRET_FIELD.finditer(field):
        start, end = found.span()
        begins = start == 0 or not field[start - 1].isalnum() or (field[start].isupper() and not field[start - 1].isupper())
        if end == len(field) and begins:
            return True
    return False
