"""Users as they come in: what each row must hold, what is wrong with those that cannot be used, and by what a user is known again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from station.domain.errors import WrongUse
from station.domain.policy import Mode, policy_id

LONGEST = 200
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, half characters, line and paragraph separators
_EMAIL = re.compile(r"[^@\s\"<>(),;:\\]+@[^@\s.\"<>(),;:\\]+(\.[^@\s.\"<>(),;:\\]+)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")  # the form of a language tag (BCP 47)
_MODES = frozenset(Mode)
# What spreadsheets write where a formula failed, in English and French.
_SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#SPILL!"}
)


@dataclass(frozen=True, slots=True)
class Row:
    """One user of a file. Empty strings where the file says nothing. `send_email`: the user is invited once imported."""

    line: int
    name: str
    email: str = ""
    policy: str = ""
    mode: str = ""
    group: str = ""
    directory: str = ""
    anonymous: bool = False
    send_email: bool = False
    custom: tuple[str, str, str] = ("", "", "")
    language: str = ""

    def values(self) -> dict[str, object]:
        """Everything but the line, as the wire names it: no mode is None there."""
        return {
            "name": self.name,
            "email": self.email,
            "policy": self.policy,
            "mode": self.mode or None,
            "group": self.group,
            "directory": self.directory,
            "anonymous": self.anonymous,
            "send_email": self.send_email,
            "custom": self.custom,
            "language": self.language,
        }


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing that keeps a row out: where it is and why. `column` is a field's name, or a column's number."""

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.value!r}: {self.reason}"


def is_address(text: str) -> bool:
    """Whether this has the form of one e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def known_by(email: str, name: str, directory: str) -> str:
    """What a user is known again by: the address, whatever its capitals; without one, the name and the directory's name."""
    return f"mail:{email.casefold()}" if email else f"name:{name.casefold()}\n{directory.casefold()}"


def check_row(row: Row) -> list[RowProblem]:
    """Everything that is wrong with one row by itself."""
    one, two, three = row.custom
    texts = (row.name, row.email, row.policy, row.mode, row.group, row.directory, one, two, three, row.language)
    problems = []
    if not "".join(texts).isprintable() or max(map(len, texts)) > LONGEST:
        names = ("name", "email", "policy", "mode", "group", "directory", "custom1", "custom2", "custom3", "language")
        problems = [_problem(row, name, text, reason) for name, text in zip(names, texts, strict=True) for reason in _spoiled(text)]
    spoiled = {problem.column for problem in problems}
    return problems + [_problem(row, name, text, why) for name, text, why in _misfits(row) if name not in spoiled]


def repeated(row: Row, seen: dict[str, int]) -> list[RowProblem]:
    """Told when this user is on an earlier line already; `seen` is kept by the caller and filled here."""
    first = seen.setdefault(known_by(row.email, row.name, row.directory), row.line)
    if first == row.line:
        return []
    column, value = ("email", row.email) if row.email else ("name", row.name)
    return [_problem(row, column, value, f"is on line {first} already")]


def _problem(row: Row, column: str, value: str, reason: str) -> RowProblem:
    return RowProblem(row.line, column, value[:80], reason)


def _spoiled(value: str) -> Iterator[str]:
    if not value.isprintable() and any(unicodedata.category(letter) in _CONTROLS for letter in value):
        yield "holds control characters"
    elif len(value) > LONGEST:
        yield f"is longer than {LONGEST} characters"


def _misfits(row: Row) -> Iterator[tuple[str, str, str]]:
    if not row.name:
        yield "name", row.name, "a user needs a name"
    elif row.name in _SPREADSHEET_ERRORS:
        yield "name", row.name, "is a spreadsheet's error, not a name"
    if row.email and not is_address(row.email):
        yield "email", row.email, "is no e-mail address"
    if row.mode and row.mode not in _MODES:
        yield "mode", row.mode, f"is no mode; it may be {', '.join(Mode)}"
    if row.policy and not _names_policy(row.policy):
        yield "policy", row.policy, "is no policy name: letters, digits and . _ ~ - only"
    if row.anonymous and not row.directory:
        yield "directory", "", "an anonymous user needs a directory name"
    if row.send_email and not row.email and not row.anonymous:
        yield "email", "", "an e-mail is to be sent, and there is no address"
    if row.language and not _LANGUAGE.fullmatch(row.language):
        yield "language", row.language, "is no language tag, such as en or fr-CA"


@lru_cache(maxsize=256)
def _names_policy(value: str) -> bool:
    try:
        policy_id(value)
    except WrongUse:
        return False
    return True
