"""The catalogue of policy options: what each management mode makes of each, since which Android, and why.

`modes.csv`, beside this file, has one row for each option, by its path in the document (`[]` stands for a list's entries):

- `fully_managed`, `dedicated`, `wpco`, `work_profile`: `yes` all of it works; `profile` inside the work profile only; `partial` some
  values only, or weaker; `no` refused, ignored, or without effect anywhere.
- `min_android`: the least Android version, `9`, or with exceptions `9;wpco=15`.
- `basis`: `stated` where the reference of the Android Management API (enterprises.policies) says so, `assumed` where it follows from
  how the platform works and is not verified.
- `reason`: the id of the sentence that says why a mode is not `yes`, with exceptions as above, and with what to use instead after
  a colon. The sentences are in station.words.policies.
- `refused_values`: values of a `partial` option that have no effect at all in a mode.

Written for revision 20261104 of androidmanagement.v1.json. A test names every option of the top level that a newer one brings.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

from station.domain.policy import Mode

Support = Literal["yes", "profile", "partial", "no"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a mode does not take an option as it is: a message id, and the option to use instead where there is one."""

    id: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One row. `reasons` has an entry for each mode whose support is not `yes`; `minimum_android` has one for each mode
    that takes the option, and only from some Android on."""

    field: str
    type: str
    support: Mapping[Mode, Support]
    minimum_android: Mapping[Mode, int]
    stated: bool
    reasons: Mapping[Mode, Reason]
    refused: Mapping[Mode, frozenset[str]]


@cache
def catalogue() -> Mapping[str, Option]:
    """Every option by its path, in the order of the file: an option before those nested in it."""
    text = files(__package__).joinpath("modes.csv").read_text(encoding="utf-8")
    options = [_option(row) for row in csv.DictReader(text.splitlines())]
    return {option.field: option for option in options}


def found(text: str = "", *, mode: Mode | None = None, stated: bool = False) -> tuple[Option, ...]:
    """The options whose path holds `text` (any case); with `mode` only those that it does not take as they are; with `stated` only
    those that the reference states."""
    return tuple(
        option
        for option in catalogue().values()
        if text.strip().casefold() in option.field.casefold()
        and (mode is None or option.support[mode] != "yes")
        and (option.stated or not stated)
    )


def _option(row: Mapping[str, str]) -> Option:
    support = {mode: _support(row[mode]) for mode in Mode}
    reasons, android = _by_mode(row["reason"]), _by_mode(row["min_android"])
    return Option(
        row["field"],
        row["type"],
        support,
        {mode: int(text) for mode, text in android.items() if support[mode] != "no"},
        row["basis"] == "stated",
        {mode: _reason(reasons[mode]) for mode in Mode if support[mode] != "yes"},
        {mode: frozenset(text.split()) for mode, text in _by_mode(row["refused_values"]).items()},
    )


def _by_mode(cell: str) -> dict[Mode, str]:
    """`9;wpco=15` as a value for each mode; the part without a mode is for all others, and may be missing."""
    parts = [part for part in cell.split(";") if part]
    usual: dict[Mode, str] = {mode: part for part in parts if "=" not in part for mode in Mode}
    return usual | {Mode(mode): text for mode, _, text in (part.partition("=") for part in parts if "=" in part)}


def _support(text: str) -> Support:
    if text not in get_args(Support):
        raise ValueError(f"modes.csv: {text!r} is no support")
    return cast(Support, text)


def _reason(text: str) -> Reason:
    ident, _, instead = text.partition(":")
    return Reason(ident, instead)
