"""What comes in: query parameters, checked against the discovery document, and JSON bodies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from .discovery import Method
from .errors import ApiError, Violation, invalid
from .schema import Schemas, snake_case


def read_query(method: Method, pairs: Iterable[tuple[str, str]], schemas: Schemas) -> dict[str, Any]:
    """The parameters by name, typed as the document says (lists for repeated ones).

    Raises 400 for a parameter that the method does not have, a bad value, or one given twice that is not repeated; and for
    answers in another form than JSON, which the stand-in cannot give.
    """
    read: dict[str, Any] = {}
    violations: list[Violation] = []
    for name, text in pairs:
        parameter = method.query.get(name)
        if parameter is None:
            why = f"Cannot bind query parameter. Field '{name}' could not be found in request message."
            violations.append(_unknown(name, why))
            continue
        value: object = {"true": True, "false": False}.get(text, text) if parameter["type"] == "boolean" else text
        typed, wrong = schemas.read_as(parameter, value, snake_case(name), name)
        violations += wrong
        if parameter.get("repeated"):
            read.setdefault(name, []).append(typed)
        elif name in read:
            violations.append(_unknown(name, "Proto field is not repeating, cannot start list."))
        else:
            read[name] = typed
    if violations:
        raise invalid(*violations)
    if read.get("alt", "json") != "json" or "callback" in read:
        raise ApiError(501, "This stand-in answers in plain JSON only: leave out the parameters alt and callback.")
    return read


def _unknown(name: str, why: str) -> Violation:
    return Violation("", f'Invalid JSON payload received. Unknown name "{name}": {why}')


def read_body(body: bytes) -> dict[str, Any]:
    """The JSON object of a request; an empty body is an empty object. Raises 400 for anything else."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise invalid(Violation("", "Invalid JSON payload received. Unexpected token.")) from None
    if not isinstance(value, dict):
        raise invalid(Violation("", "Invalid JSON payload received. The root must be an object."))
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
