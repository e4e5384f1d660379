"""Policies: what devices must obey. Kept as the JSON that was sent, checked, with a version that counts updates."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import Violation, invalid, not_found
from .schema import Schema, Schemas

_SERVER_FIELDS = ("name", "version")


@dataclass(slots=True)
class Policy:
    """One policy. number: its place in the list; settings: the Policy resource without name and version."""

    number: int
    name: str
    version: int
    settings: dict[str, Any]

    def resource(self) -> dict[str, Any]:
        """The Policy as the API returns it; the version is a string (int64)."""
        return {"name": self.name, "version": str(self.version), **copy.deepcopy(self.settings)}

    def reports(self, toggle: str) -> bool:
        """Whether statusReportingSettings has this toggle on ("networkInfoEnabled")."""
        return bool(self.settings.get("statusReportingSettings", {}).get(toggle, False))


class Policies:
    """All policies of the enterprise, in the order of their creation."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._policies: dict[str, Policy] = {}

    def get(self, name: str) -> Policy:
        """Raises 404 for an unknown name."""
        policy = self._policies.get(name)
        if policy is None:
            raise not_found()
        return policy

    def find(self, name: str) -> Policy | None:
        return self._policies.get(name)

    def all(self) -> Sequence[Policy]:
        return list(self._policies.values())

    def patch(self, name: str, body: Mapping[str, Any], mask: Sequence[Sequence[str]]) -> Policy:
        """Create or update a policy (reference: enterprises.policies.patch).

        An empty mask replaces every modifiable field; otherwise each named field takes the body's value, or goes when the
        body has none. Raises 400 for a path that Policy does not have.
        """
        settings = {key: copy.deepcopy(value) for key, value in body.items() if key not in _SERVER_FIELDS}
        old = self._policies.get(name)
        if mask and list(mask) != [["*"]]:
            target = copy.deepcopy(old.settings) if old else {}
            for path in mask:
                self._check_path(path)
                if path[0] not in _SERVER_FIELDS:
                    _carry(settings, target, path)
            settings = target
        number = old.number if old else len(self._policies)
        policy = Policy(number, name, old.version + 1 if old else 1, settings)
        self._policies[name] = policy
        return policy

    def _check_path(self, path: Sequence[str]) -> None:
        schema: Schema | None = {"$ref": "Policy"}
        for key in path:
            schema = self._schemas.resolved(schema) if schema else None
            plain_message = schema is not None and schema["type"] == "object" and "properties" in schema
            schema = self._schemas.child(schema, key) if schema and plain_message else None
        if schema is None:
            dotted = ".".join(path)
            raise invalid(Violation("update_mask", f"Invalid field mask path '{dotted}': Policy has no such field."))


def _carry(source: Mapping[str, Any], target: dict[str, Any], path: Sequence[str]) -> None:
    """Make `target` agree with `source` at `path`."""
    key, rest = path[0], path[1:]
    if not rest:
        if key in source:
            target[key] = source[key]
        else:
            target.pop(key, None)
        return
    if key in source or key in target:
        _carry(source.get(key, {}), target.setdefault(key, {}), rest)
