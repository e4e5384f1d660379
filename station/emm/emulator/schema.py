"""Checks JSON against the discovery document's schemas, and says what is wrong in Google's words.

The client library checks paths and keyword names only, never bodies, so the stand-in has to. It is stricter than Google's
front end where that is lenient: field names in lower camel case only, enum values by name only, lists written as lists.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import wellknown
from .errors import Violation

Schema = Mapping[str, Any]
PACKAGE = "type.googleapis.com/google.android.devicemanagement.v1."
PUBSUB_PACKAGE = "type.googleapis.com/google.pubsub.v1."


def snake_case(name: str) -> str:
    """The field's name as error messages have it: "policyName" -> "policy_name"."""
    return re.sub(r"(?<=[a-z0-9])[A-Z]", lambda match: "_" + match[0], name).lower()


class Schemas:
    """The schemas of one document, resolved by name. `package`: what its messages' types are called by."""

    def __init__(self, schemas: Mapping[str, Schema], package: str = PACKAGE) -> None:
        self._schemas = schemas
        self.package = package

    def read(self, name: str, value: object, at: str = "") -> tuple[Any, list[Violation]]:
        """`value` as the schema `name` has it, and everything wrong with it.

        Nulls and output-only fields are left out, 64-bit integers become strings; `at` is the path that messages begin with.
        """
        return self.read_as({"$ref": name}, value, at, name)

    def read_as(self, schema: Schema, value: object, at: str, name: str) -> tuple[Any, list[Violation]]:
        """The same for a schema without a name (a parameter); `name` is the field's in JSON."""
        reading = _Reading(self)
        result = reading.value(schema, value, _Place("", name, at))
        return result, reading.violations

    def resolved(self, schema: Schema) -> Schema:
        """The schema itself, or the one that its $ref names."""
        return self._schemas[schema["$ref"]] if "$ref" in schema else schema

    def child(self, schema: Schema, key: str) -> Schema | None:
        """What `key` holds in an object of this schema, or in the objects of a list of it; None when there is no such field."""
        schema = self.resolved(schema)
        if schema["type"] == "array":
            return self.child(schema["items"], key)
        if schema["type"] == "any":
            return schema
        found: Schema | None = schema.get("properties", {}).get(key) or schema.get("additionalProperties")
        return found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: the parent's path, its own name in JSON, its own path."""

    parent: str
    name: str
    at: str

    def field(self, name: str) -> _Place:
        own = snake_case(name)
        return _Place(self.at, name, f"{self.at}.{own}" if self.at else own)

    def item(self, index: int) -> _Place:
        return _Place(self.parent, self.name, f"{self.at}[{index}]")


class _Reading:
    """One pass over a value."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self.violations: list[Violation] = []

    def value(self, schema: Schema, value: object, place: _Place) -> Any:
        schema = self._schemas.resolved(schema)
        match schema["type"]:
            case "any":
                return value
            case "array":
                return self._list(schema, value, place)
            case "object":
                return self._object(schema, value, place)
            case _:
                return self._scalar(schema, value, place)

    def _list(self, schema: Schema, value: object, place: _Place) -> list[Any]:
        if not isinstance(value, list):
            self._wrong(place, "repeated field", _shown(value))
            return []
        return [self.value(schema["items"], item, place.item(index)) for index, item in enumerate(value)]

    def _object(self, schema: Schema, value: object, place: _Place) -> dict[str, Any]:
        if isinstance(value, list):
            self._no_list(place)
        elif not isinstance(value, dict):
            self._wrong(place, self._schemas.package + schema.get("id", "Struct"), _shown(value))
        elif "additionalProperties" in schema:
            entry = schema["additionalProperties"]
            return {
                key: self.value(entry, item, _Place(place.at, "value", f"{place.at}[{index}].value"))
                for index, (key, item) in enumerate(value.items())
            }
        else:
            return self._fields(schema.get("properties", {}), value, place)
        return {}

    def _fields(self, properties: Mapping[str, Schema], value: dict[str, Any], place: _Place) -> dict[str, Any]:
        known: dict[str, Any] = {}
        for name, item in value.items():
            schema = properties.get(name)
            if schema is None:
                self._unknown(place.at, name, "Cannot find field.")
            elif item is not None:
                read = self.value(schema, item, place.field(name))
                if not schema.get("readOnly"):
                    known[name] = read
        return known

    def _scalar(self, schema: Schema, value: object, place: _Place) -> Any:
        if isinstance(value, list):
            self._no_list(place)
            return None
        if isinstance(value, dict):
            where = f" at '{place.parent}'" if place.parent else ""
            text = f"Invalid value{where} ({snake_case(place.name)}), Starting an object on a scalar field"
            self.violations.append(Violation(place.at, text))
            return None
        if "enum" in schema:
            if value not in schema["enum"]:
                self._wrong(place, "TYPE_ENUM", _shown(value))
            return value
        kind = (schema["type"], schema.get("format"))
        label, convert = _SCALARS.get(kind) or _SCALARS[(schema["type"], None)]
        try:
            return convert(value)
        except TypeError:
            self._wrong(place, label, _shown(value))
        except ValueError as error:
            self._wrong(place, label, f"Field '{place.name}', {error}")
        return None

    def _no_list(self, place: _Place) -> None:
        self._unknown(place.parent, place.name, "Proto field is not repeating, cannot start list.")

    def _unknown(self, at: str, name: str, why: str) -> None:
        where = f" at '{at}'" if at else ""
        text = f"Invalid JSON payload received. Unknown name {_shown(name)}{where}: {why}"
        self.violations.append(Violation(at, text))

    def _wrong(self, place: _Place, label: str, tail: str) -> None:
        self.violations.append(Violation(place.at, f"Invalid value at '{place.at}' ({label}), {tail}"))


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _integer(bits: int) -> Callable[[object], int]:
    def convert(value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,20}", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            raise TypeError
        return value

    return convert


def _int64(value: object) -> str:
    return str(_integer(64)(value))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return value


def _bytes(value: object) -> str:
    text = _string(value)
    try:
        base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("Base64 decoding failed") from None
    return text


def _duration(value: object) -> str:
    wellknown.parse_duration(_string(value))
    return _string(value)


def _timestamp(value: object) -> str:
    wellknown.check_timestamp(_string(value))
    return _string(value)


def _field_mask(value: object) -> str:
    wellknown.parse_field_mask(_string(value))
    return _string(value)


_SCALARS: Mapping[tuple[str, str | None], tuple[str, Callable[[object], object]]] = {
    ("string", None): ("TYPE_STRING", _string),
    ("string", "int64"): ("TYPE_INT64", _int64),
    ("string", "byte"): ("TYPE_BYTES", _bytes),
    ("string", "google-duration"): ("type.googleapis.com/google.protobuf.Duration", _duration),
    ("string", "google-datetime"): ("type.googleapis.com/google.protobuf.Timestamp", _timestamp),
    ("string", "google-fieldmask"): ("type.googleapis.com/google.protobuf.FieldMask", _field_mask),
    ("integer", None): ("TYPE_INT32", _integer(32)),
    ("number", None): ("TYPE_DOUBLE", _number),
    ("boolean", None): ("TYPE_BOOL", _boolean),
}
