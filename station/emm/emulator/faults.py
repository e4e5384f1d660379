"""Planted faults: slow answers, error codes, connections that close before or after the work is done, notifications that go astray."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from .errors import Violation, invalid
from .schema import Schemas
from .seeded import Seeded

Kind = Literal["latency", "status", "drop_before", "drop_after", "duplicate", "garbage"]
Drop = Literal["before", "after"]
_OF_NOTIFICATIONS = {"latency", "drop_before", "duplicate", "garbage"}

_SCHEMAS = Schemas(
    {
        "Faults": {
            "id": "Faults",
            "type": "object",
            "properties": {"rules": {"type": "array", "items": {"$ref": "Rule"}}},
        },
        "Rule": {
            "id": "Rule",
            "type": "object",
            "properties": {
                "method": {"type": "string"},
                "kind": {"type": "string", "enum": list(get_args(Kind))},
                "status": {"type": "integer", "format": "int32"},
                "seconds": {"type": "number", "format": "double"},
                "times": {"type": "integer", "format": "int32"},
                "skip": {"type": "integer", "format": "int32"},
                "chance": {"type": "number", "format": "double"},
            },
        },
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which calls fail, and how.

    method: a discovery id, "phones.enroll", "phones.report", or "*" for every method of the API (not the phones' routes).
    kind: "latency" waits `seconds` on the loop's clock; "status" answers `status` without doing anything; "drop_before" closes
    the connection unread; "drop_after" does the work and closes the connection unanswered.
    method may also be "notifications.ENROLLMENT" or "notifications.STATUS_REPORT": then "latency" delivers `seconds` late,
    "drop_before" never, "duplicate" twice, and "garbage" delivers what is no JSON.
    The first `skip` calls pass, then `times` calls fail (0: all of them), each with probability `chance`, drawn from the seed.
    """

    method: str
    kind: Kind
    status: int = 503
    seconds: float = 0.0
    times: int = 1
    skip: int = 0
    chance: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"fault kind {self.kind!r} is not one of {', '.join(get_args(Kind))}")
        told = self.method.startswith("notifications.")
        if (told and self.kind not in _OF_NOTIFICATIONS) or (not told and self.kind in {"duplicate", "garbage"}):
            raise ValueError(f"fault kind {self.kind!r} cannot befall {self.method}")
        if not 400 <= self.status <= 599:
            raise ValueError(f"fault status {self.status} is no error: give 400 to 599")
        if not (0 <= self.seconds < float("inf") and 0 <= self.chance <= 1 and self.times >= 0 and self.skip >= 0):
            raise ValueError("a fault's seconds, times and skip must not be negative, and its chance lie between 0 and 1")

    def covers(self, method: str) -> bool:
        return self.method == method or (self.method == "*" and method.startswith(("androidmanagement.", "tinymdm.")))


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one call or notification: wait first, then at most one of the others."""

    seconds: float = 0.0
    status: int | None = None
    drop: Drop | None = None
    duplicate: bool = False
    garbage: bool = False


class Faults:
    """The rules in force, and how often each has matched."""

    def __init__(self, rules: Iterable[Rule], seeded: Seeded) -> None:
        self._seeded = seeded
        self._rules: Sequence[Rule] = ()
        self._seen: list[int] = []
        self._fired: list[int] = []
        self.replace(rules)

    def replace(self, rules: Iterable[Rule]) -> None:
        """Put these rules in force instead of all others, counting from nothing."""
        self._rules = tuple(rules)
        self._seen = [0] * len(self._rules)
        self._fired = [0] * len(self._rules)

    def draw(self, method: str) -> Fault:
        """What befalls the next call of `method`. Latencies add up; of the other kinds the first rule that fires counts."""
        seconds = 0.0
        other: Rule | None = None
        for index, rule in enumerate(self._rules):
            if not rule.covers(method) or (other and rule.kind != "latency") or not self._fires(index, rule):
                continue
            if rule.kind == "latency":
                seconds += rule.seconds
            else:
                other = rule
        if other is None:
            return Fault(seconds)
        if other.kind == "status":
            return Fault(seconds, status=other.status)
        if other.kind in {"duplicate", "garbage"}:
            return Fault(seconds, duplicate=other.kind == "duplicate", garbage=other.kind == "garbage")
        return Fault(seconds, drop="before" if other.kind == "drop_before" else "after")

    def _fires(self, index: int, rule: Rule) -> bool:
        seen = self._seen[index]
        self._seen[index] += 1
        if seen < rule.skip or (rule.times and self._fired[index] >= rule.times):
            return False
        if self._seeded.number(1_000_000, "fault", index, seen) >= rule.chance * 1_000_000:
            return False
        self._fired[index] += 1
        return True


def read_rules(body: object) -> list[Rule]:
    """The rules of `POST /control/faults`, {"rules": [...]}. Raises 400 naming what is wrong."""
    read, violations = _SCHEMAS.read("Faults", body)
    if violations:
        raise invalid(*violations)
    rules: list[dict[str, Any]] = read.get("rules", [])
    for index, rule in enumerate(rules):
        for key in ("method", "kind"):
            if key not in rule:
                raise invalid(Violation(f"rules[{index}].{key}", f"rules[{index}] has no '{key}'."))
    try:
        return [Rule(**rule) for rule in rules]
    except ValueError as error:
        raise invalid(Violation("rules", str(error))) from None
