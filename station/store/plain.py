"""Plain values: what can be written as JSON and reads back exactly the same, so that a hash over it holds for ever."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from enum import Enum
from typing import NoReturn

from station.domain.errors import WrongUse

DEEPEST = 20


def plain(values: Mapping[str, object], what: str) -> dict[str, object]:
    """A copy of `values` in text, whole numbers of 64 bits, finite floats, booleans, None, lists and dicts; enums by value.

    Raises WrongUse naming `what`, the place in it and the cause, never the value: it may be a person's name.
    """
    return {name: _plain(value, f"{what}: {name}", 1) for name, value in _named(values, what)}


def _plain(value: object, where: str, depth: int) -> object:
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        check_text(value, where)
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else _refuse(where, "a whole number beyond 64 bits")
    if isinstance(value, float):
        return value if math.isfinite(value) else _refuse(where, "a number that is not finite")
    if depth >= DEEPEST:
        _refuse(where, f"nested deeper than {DEEPEST} levels")
    if isinstance(value, Mapping):
        return {name: _plain(item, f"{where}.{name}", depth + 1) for name, item in _named(value, where)}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{where}[{index}]", depth + 1) for index, item in enumerate(value)]
    return _refuse(where, f"a {type(value).__name__}, which JSON has no form for")


def _named(values: Mapping[str, object], where: str) -> list[tuple[str, object]]:
    # A number as a key would become text in JSON, sort differently then, and break the hash.
    for name in values:
        if not isinstance(name, str):
            _refuse(where, "a dict with a key that is no text")
        check_text(name, where)
    return list(values.items())


def check_text(text: str, where: str) -> None:
    """Raises WrongUse for a lone surrogate: UTF-8 has no form for it. Everything else, NUL included, may stay."""
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        _refuse(where, "half a character (a lone surrogate)")


def _refuse(where: str, cause: str) -> NoReturn:
    shown = where.encode("utf-8", "replace").decode()
    raise WrongUse(f"{shown} cannot be recorded: {cause}.", "Correct it where it comes from; nothing was written.")


def to_json(values: Mapping[str, object], what: str) -> str:
    """Canonical JSON (sorted keys, no spaces, no escapes beyond JSON's own) of what `plain` accepts."""
    return json.dumps(plain(values, what), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> dict[str, object]:
    """What `to_json` wrote. A text spoiled by another hand comes back under `unreadable`, for the hash chain to tell of it."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {"unreadable": text}


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(constant)
