"""What changed between two documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

NAMING_FIELDS = ("packageName", "permission", "settingName", "defaultApplicationType", "wifiSsid", "roleType")
"""Fields by which an entry of a list is known although its place changed."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place. `kind` moved: the same entries stand in another order, `old` and `new` are their names.

    The path has the place in the new document; of what was removed, that in the old one.
    """

    path: str
    kind: Literal["added", "removed", "changed", "moved"]
    old: object = None
    new: object = None


def differences(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[Difference, ...]:
    """All places in which two documents differ, in the new one's order, what was removed after it."""
    return tuple(_objects(old, new, ""))


def _objects(old: Mapping[str, object], new: Mapping[str, object], path: str) -> Iterator[Difference]:
    for name, value in new.items():
        at = f"{path}.{name}" if path else name
        if name in old:
            yield from _values(old[name], value, at)
        else:
            yield Difference(at, "added", None, value)
    for name, value in old.items():
        if name not in new:
            yield Difference(f"{path}.{name}" if path else name, "removed", value)


def _values(old: object, new: object, path: str) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _objects(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, path)
    elif type(old) is not type(new) or old != new:
        yield Difference(path, "changed", old, new)


def _lists(old: list[object], new: list[object], path: str) -> Iterator[Difference]:
    before, after = _named(old), _named(new)
    if before is None or after is None:
        before, after = _placed(old), _placed(new)
    both = [name for name in before if name in after]
    if both != (order := [name for name in after if name in before]):
        yield Difference(path, "moved", both, order)
    for place, (name, value) in enumerate(after.items()):
        at = f"{path}[{place}]"
        if name in before:
            yield from _values(before[name], value, at)
        else:
            yield Difference(at, "added", None, value)
    for place, (name, value) in enumerate(before.items()):
        if name not in after:
            yield Difference(f"{path}[{place}]", "removed", value)


def _named(entries: Sequence[object]) -> dict[str, object] | None:
    """The entries by their names; None where they have none, or two have the same."""
    if not all(isinstance(entry, dict) for entry in entries):
        return {entry: entry for entry in entries if isinstance(entry, str)} if _all_different_texts(entries) else None
    for field in NAMING_FIELDS:
        names = [entry.get(field) for entry in entries if isinstance(entry, dict)]
        if _all_different_texts(names):
            return {str(name): entry for name, entry in zip(names, entries, strict=True)}
    return None


def _all_different_texts(values: Sequence[object]) -> bool:
    texts = [value for value in values if isinstance(value, str)]
    return len(texts) == len(values) == len(set(texts))


def _placed(entries: Sequence[object]) -> dict[str, object]:
    return {str(place): entry for place, entry in enumerate(entries)}
