"""A policy document from a file's bytes: JSON, or YAML of its plain kind."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Hashable
from typing import Any, NoReturn

import yaml

from station.domain.errors import WrongUse

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # a build without libyaml: slower by a factor of ten, and else the same
    from yaml import SafeLoader  # type: ignore[assignment]  # the two have no class in common

LARGEST = 1 << 20
"""Bytes. A policy of hundreds of apps has a tenth of it."""

DEEPEST = 40
MOST_VALUES = 100_000

Document = dict[str, Any]


def read_document(content: bytes, name: str = "The document") -> Document:
    """The document, in plain JSON values. `name` is what errors call it.

    YAML is read as its version 1.2 has it: only `true` and `false` are booleans, dates and times stay text. Anchors are followed.
    Raises WrongUse, with the line, for what is no text, no JSON and no YAML, for a name that stands twice in one object, and for
    what JSON cannot say.
    """
    if len(content) > LARGEST:
        raise WrongUse(f"{name} has {len(content)} bytes; a policy has {LARGEST} at most.", "Check that it is the right file.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise WrongUse(f"{name}, line {line}: this is not UTF-8 text.", "Save it as UTF-8, without compression.") from None
    try:
        value = _json(text, name) if text.lstrip()[:1] in ("{", "[") and _looks_like_json(text) else _yaml(text, name)
        return _document(_plain(value, name), name)
    except RecursionError:
        raise WrongUse(f"{name} is nested too deeply.", f"A policy has no more than {DEEPEST} levels.") from None


def _looks_like_json(text: str) -> bool:
    """YAML's own brackets need no quotes around names: such a text is left to YAML."""
    return re.match(r'\s*(\{\s*("|\})|\[)', text) is not None


def _document(value: object, name: str) -> Document:
    if not isinstance(value, dict):
        kind = "empty" if value is None else "no object with named options"
        raise WrongUse(f"{name} is {kind}.", 'A policy looks like {"applications": [...], "cameraDisabled": true}.')
    return value


# --- JSON ---------------------------------------------------------------------------------------------------------------


def _json(text: str, name: str) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [key for key, _ in pairs]
            twice = next(key for key in names if names.count(key) > 1)
            raise WrongUse(f"{name}: {twice!r} stands twice in one object.", "Keep one of them.")
        return made

    def no_number(constant: str) -> NoReturn:
        raise WrongUse(f"{name}: {constant} is no number in JSON.", "Write a number, or leave the option out.")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=no_number)
    except json.JSONDecodeError as error:
        raise WrongUse(f"{name}, line {error.lineno}, column {error.colno}: {error.msg}.", "Correct the JSON there.") from None
    except ValueError:  # Python reads numbers of up to 4,300 digits
        raise WrongUse(f"{name} has a number with thousands of digits.", "Correct it.") from None


# --- YAML ---------------------------------------------------------------------------------------------------------------


class _Loader(SafeLoader):
    """The safe loader, with plain texts resolved as YAML 1.2's core schema (10.3.2) has it."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the library's own way to say it

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """As it is, but names that stand twice are an error: the loader would silently take the last."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise yaml.MarkedYAMLError(problem="the name of an option must be a text", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} stands twice in one object", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), ["" if one == "\0" else one for one in _first]
    )


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> int:
    """Without YAML 1.1's octal and base-60 numbers."""
    return int(node.value) if len(node.value) <= 40 else _number_too_long(node)


def _number_too_long(node: yaml.ScalarNode) -> NoReturn:
    raise yaml.MarkedYAMLError(problem="this number is too long", problem_mark=node.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:int", _decimal)


def _yaml(text: str, name: str) -> object:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - the safe loader, narrowed
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise WrongUse(f"{name}, line {line}: a control character.", "Remove it.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise WrongUse(f"{name}{where}: {error.problem or error.context}.", "Correct the YAML there.") from None
    except yaml.YAMLError as error:
        raise WrongUse(f"{name} is no YAML: {str(error)[:200]}.", "Correct it.") from None
    except ValueError as error:
        raise WrongUse(f"{name} is no YAML: {error}.", "Correct it.") from None


# --- both -----------------------------------------------------------------------------------------------------------------


def _plain(value: object, name: str) -> object:
    """A copy in which nothing is shared, so that anchors cannot blow it up later; only what JSON can say."""
    left = MOST_VALUES

    def copied(value: object, depth: int) -> object:
        nonlocal left
        left -= 1
        if left < 0 or depth > DEEPEST:
            limit = f"{MOST_VALUES} values" if left < 0 else f"{DEEPEST} levels"
            raise WrongUse(f"{name} has more than {limit}.", "Check that it is the right file, and what its anchors repeat.")
        match value:
            case float() if not math.isfinite(value):
                raise WrongUse(f"{name} holds a number that JSON cannot say.", "Write a smaller one.")
            case str() if any("\ud800" <= letter <= "\udfff" for letter in value):
                raise WrongUse(f"{name} holds half of a letter (a lone surrogate).", "Write the whole letter.")
            case None | bool() | int() | float() | str():
                return value
            case dict():
                copied("".join(value), depth)  # names are texts like others
                return {key: copied(entry, depth + 1) for key, entry in value.items()}
            case list():
                return [copied(entry, depth + 1) for entry in value]
        raise WrongUse(f"{name} holds a value that JSON cannot say ({type(value).__name__}).", "Write it as text, number or list.")

    return copied(value, 0)
