"""A document held against the schema of Google's reference: fields it does not have, values of the wrong kind.

Source: `androidmanagement.v1.json`, the discovery document that google-api-python-client carries. The client itself checks no bodies.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from station.domain.errors import ConfigurationError
from station.domain.policy import Mode
from station.policies.fitting import ORDER, Finding, fit

Schema = Mapping[str, Any]

_DURATION = re.compile(r"-?\d{1,12}(\.\d{1,9})?s")
_INT32 = 2**31
_INT64 = 2**63
LONGEST_SHOWN = 60  # characters of a value in a finding


def problems(document: Mapping[str, object]) -> tuple[Finding, ...]:
    """Everything that Google would refuse the document for; findings with the support `invalid`.

    Reasons: unknown_field (`near`: a field that may be meant, here or elsewhere, or empty), wrong_type (`expected`, `got`), bad_value
    (`value`, `near` or empty), bad_format (`expected`). `expected` and `got` are ids of kinds: text, flag, number, int32, int64,
    duration, base64, list, object, value, null.
    Raises ConfigurationError when the installed client lost its discovery document.
    """
    return tuple(_object(_schemas()["Policy"], document, ""))


def check(document: Mapping[str, object], mode: Mode, android: int | None = None) -> tuple[Finding, ...]:
    """`problems` and `station.policies.fitting.fit` together, the gravest first and else in the document's order."""
    wrong = problems(document)
    places = {finding.path for finding in wrong}
    fitting = (finding for finding in fit(document, mode, android) if finding.support != "unknown" or finding.path not in places)
    return tuple(sorted((*wrong, *fitting), key=lambda finding: ORDER.index(finding.support)))


@cache
def _schemas() -> Mapping[str, Schema]:
    try:
        text = files("googleapiclient.discovery_cache.documents").joinpath("androidmanagement.v1.json").read_text("utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        raise ConfigurationError(
            "androidmanagement.v1.json of google-api-python-client is not installed, so that no policy can be checked.",
            "Install the package again, or keep this file when its discovery documents are thinned out.",
        ) from None
    found: Mapping[str, Schema] = json.loads(text)["schemas"]
    return found


def _value(schema: Schema, value: object, at: str) -> Iterator[Finding]:
    if value is None:
        return
    schema = _schemas()[schema["$ref"]] if "$ref" in schema else schema
    match schema["type"]:
        case "any":
            return
        case "array" if isinstance(value, list):
            for place, entry in enumerate(value):
                yield from _entry(schema["items"], entry, f"{at}[{place}]")
        case "object" if isinstance(value, dict):
            yield from _object(schema, value, at)
        case "array" | "object":
            yield _wrong(at, "list" if schema["type"] == "array" else "object", value)
        case _:
            yield from _scalar(schema, value, at)


def _entry(schema: Schema, value: object, at: str) -> Iterator[Finding]:
    """In a list null is a value, and none that a list may hold."""
    if value is None:
        yield _wrong(at, "value", value)
    yield from _value(schema, value, at)


def _object(schema: Schema, value: Mapping[str, object], at: str) -> Iterator[Finding]:
    others: Schema | None = schema.get("additionalProperties")
    properties: Mapping[str, Schema] = schema.get("properties", {})
    for name, entry in value.items():
        path = f"{at}.{name}" if at else name
        field = properties.get(name, others)
        if field is None:
            yield Finding(path, "invalid", "unknown_field", {"near": _meant(name, properties)})
        else:
            yield from _value(field, entry, path)


def _scalar(schema: Schema, value: object, at: str) -> Iterator[Finding]:
    if "enum" in schema and not isinstance(value, dict | list):
        if value not in schema["enum"]:
            near = get_close_matches(str(value).upper(), schema["enum"], n=1, cutoff=0.6)
            yield Finding(at, "invalid", "bad_value", {"value": _shown(value), "near": near[0] if near else ""})
        return
    expected, accepts = _KINDS.get((schema["type"], schema.get("format"))) or _KINDS[(schema["type"], None)]
    if isinstance(value, dict | list) or (verdict := accepts(value)) is None:
        yield _wrong(at, expected, value)
    elif not verdict:
        yield Finding(at, "invalid", "bad_format", {"expected": expected})


# --- did you mean -----------------------------------------------------------------------------------------------------------


def _meant(name: str, here: Mapping[str, Schema]) -> str:
    """A field that a wrong name may stand for: one of this object by a like name, else one of the same name anywhere; or empty."""
    plain = {_letters(one): one for one in here}
    if _letters(name) in plain:
        return plain[_letters(name)]
    elsewhere = _paths().get(_letters(name), [])
    if len(elsewhere) == 1:
        return elsewhere[0]
    near = get_close_matches(_letters(name), plain, n=1, cutoff=0.75)
    return plain[near[0]] if near else ""


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


@cache
def _paths() -> Mapping[str, list[str]]:
    """Where in a policy the fields of each name are."""
    found: dict[str, list[str]] = {}
    for path in fields():
        found.setdefault(_letters(path.rpartition(".")[2].removesuffix("[]")), []).append(path)
    return found


def fields() -> Iterator[str]:
    """The paths of all fields of the schema, as the catalogue writes them."""
    yield from _fields("Policy", "")


def _fields(name: str, at: str) -> Iterator[str]:
    for field, schema in _schemas()[name].get("properties", {}).items():
        path = f"{at}.{field}" if at else field
        while schema.get("type") == "array":
            schema, path = schema["items"], f"{path}[]"
        yield path
        if "$ref" in schema:
            yield from _fields(schema["$ref"], path)


# --- kinds of values --------------------------------------------------------------------------------------------------------


def _wrong(at: str, expected: str, value: object) -> Finding:
    return Finding(at, "invalid", "wrong_type", {"expected": expected, "got": _kind(value)})


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "flag"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
    return "object"


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


# Each says True for a good value, False for one of the right kind in a wrong form, None for another kind.
Verdict = bool | None


def _text(value: object) -> Verdict:
    return True if isinstance(value, str) else None


def _flag(value: object) -> Verdict:
    return True if isinstance(value, bool) else None


def _number(value: object) -> Verdict:
    return True if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(limit: int) -> Callable[[object], Verdict]:
    """Whole numbers, also as decimal text, as the JSON form of protocol buffers takes them."""

    def verdict(value: object) -> Verdict:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,20}", value):
            return False
        if isinstance(value, float) and not value.is_integer():
            return False
        return -limit <= int(value) < limit

    return verdict


def _base64(value: object) -> Verdict:
    if not isinstance(value, str):
        return None
    try:
        base64.b64decode(value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _duration(value: object) -> Verdict:
    return bool(_DURATION.fullmatch(value)) if isinstance(value, str) else None


_KINDS: Mapping[tuple[str, str | None], tuple[str, Callable[[object], Verdict]]] = {
    ("string", None): ("text", _text),
    ("boolean", None): ("flag", _flag),
    ("integer", None): ("int32", _whole(_INT32)),
    ("string", "int64"): ("int64", _whole(_INT64)),
    ("number", None): ("number", _number),
    ("string", "byte"): ("base64", _base64),
    ("string", "google-duration"): ("duration", _duration),
}
