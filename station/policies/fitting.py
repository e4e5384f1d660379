"""What a management mode makes of the options that a document uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from station.domain.policy import Mode
from station.policies.catalogue import Option, Support, catalogue

ORDER = ("invalid", "no", "partial", "profile", "unknown")
"""Findings' supports, the gravest first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One option that a mode does not take as it is, or one place that is wrong with the document.

    path: where it stands, `applications[2].autoUpdateMode`. support: what the catalogue says of the option in this mode; `unknown`
    for options that it does not know; `invalid` for what the schema refuses (station.policies.validation). reason: a message id,
    with `args`. stated: False where the catalogue only assumes it.
    """

    path: str
    support: Support | Literal["invalid", "unknown"]
    reason: str
    args: Mapping[str, str | int] = field(default_factory=dict)
    stated: bool = True


@dataclass(frozen=True, slots=True)
class _Use:
    """An option that the document uses, where, and with what value; `option` None where the catalogue has no such option."""

    option: Option | None
    path: str
    value: object


def fit(document: Mapping[str, object], mode: Mode, android: int | None = None) -> tuple[Finding, ...]:
    """Every used option that the mode ignores, weakens or refuses, in the document's order; none: the mode takes all of it.

    With `android` (a major version) also those that need a newer one. An option that holds others is judged by those that are
    used of them, and by itself where none is. Every option that is written with a value other than null counts as used.
    """
    return tuple(finding for use in _uses(document) for finding in _judged(use, mode, android))


def used(document: Mapping[str, object]) -> tuple[str, ...]:
    """The paths of all options that `fit` judges."""
    return tuple(use.path for use in _uses(document))


def _judged(use: _Use, mode: Mode, android: int | None) -> Iterator[Finding]:
    option = use.option
    if option is None:
        yield Finding(use.path, "unknown", "not_in_catalogue", stated=False)
        return
    support = option.support[mode]
    if support != "yes":
        reason = option.reasons[mode]
        args: dict[str, str | int] = {"instead": reason.instead} if reason.instead else {}
        ident = reason.id
        if isinstance(use.value, str) and use.value in option.refused.get(mode, ()):
            ident, args = "value_without_effect", {"value": use.value}
        yield Finding(use.path, support, ident, args, option.stated)
    least = option.minimum_android.get(mode)
    if android is not None and least is not None and android < least and support != "no":
        yield Finding(use.path, "no", "android_too_old", {"least": least, "android": android}, option.stated)


def _uses(document: Mapping[str, object]) -> Iterator[_Use]:
    for name, value in document.items():
        nested = list(_below(value, name, name))
        if not nested and value is not None:
            nested = [_Use(None, name, value)]
        yield from nested


def _below(value: object, pattern: str, path: str) -> Iterator[_Use]:
    """The options used at this place: those nested in it, else the one that it is itself."""
    if value is None:
        return
    if isinstance(value, list):
        pattern += "[]"
    option = catalogue().get(pattern)
    if isinstance(value, list) and value:
        parts = [list(_fields(entry, pattern, f"{path}[{place}]")) for place, entry in enumerate(value)]
        nested = [use for part in parts for use in part]
        bare = not all(parts)
    else:
        nested = list(_fields(value, pattern, path))
        bare = not nested
    if bare and option is not None:
        yield _Use(option, path, value)
    yield from nested


def _fields(value: object, pattern: str, path: str) -> Iterator[_Use]:
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from _below(entry, f"{pattern}.{name}", f"{path}.{name}")
