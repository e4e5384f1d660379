"""Partial responses: the system parameter `fields`, as in `nextPageToken,devices(name,hardwareInfo/serialNumber)`.

Grammar: a list of paths with commas; `a/b` is b inside a; `a(b,c)` picks several; `*` is every field. Lists are walked through.
"""

from __future__ import annotations

import re
from typing import Any

from .errors import Violation, invalid
from .schema import Schema, Schemas

Tree = dict[str, "Tree"]
DEEPEST = 100  # levels in one selector; no schema of the API is nearly as deep
_TOKEN = re.compile(r"[A-Za-z_][\w.-]*|[*/(),]")
_NAME = re.compile(r"[A-Za-z_*]")


def select(response: dict[str, Any], schema: Schema, selector: str, schemas: Schemas) -> dict[str, Any]:
    """`response` with only the selected fields. Raises 400 for a bad selector or a field that the schema does not have."""
    tree = _parse(selector)
    _check(tree, schema, schemas, "")
    picked: dict[str, Any] = _pick(response, tree)
    return picked


def _parse(selector: str) -> Tree:
    tokens = _TOKEN.findall(selector)
    too_deep = tokens.count("/") + tokens.count("(") > DEEPEST
    if too_deep or "".join(tokens) != re.sub(r"\s", "", selector):
        raise _bad(selector)
    tree: Tree = {}
    if _items(tokens, 0, tree) != len(tokens):
        raise _bad(selector)
    return tree


def _items(tokens: list[str], at: int, tree: Tree) -> int:
    """Read `path, path ...` from `at` into `tree`; the index of what follows."""
    while True:
        at = _path(tokens, at, tree)
        if tokens[at : at + 1] != [","]:
            return at
        at += 1


def _path(tokens: list[str], at: int, tree: Tree) -> int:
    if at >= len(tokens) or not _NAME.match(tokens[at]):
        raise _bad("".join(tokens))
    below = tree.setdefault(tokens[at], {})
    at += 1
    following = tokens[at : at + 1]
    if following == ["/"]:
        return _path(tokens, at + 1, below)
    if following == ["("]:
        at = _items(tokens, at + 1, below)
        if tokens[at : at + 1] != [")"]:
            raise _bad("".join(tokens))
        at += 1
    return at


def _check(tree: Tree, schema: Schema, schemas: Schemas, at: str) -> None:
    for name, below in tree.items():
        if name == "*":
            continue
        child = schemas.child(schema, name)
        if child is None:
            raise _bad(f"{at}{name}")
        _check(below, child, schemas, f"{at}{name}/")


def _pick(value: Any, tree: Tree) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_pick(item, tree) for item in value]
    if not isinstance(value, dict):
        return value
    every = tree.get("*")
    return {name: _pick(item, tree.get(name, every or {})) for name, item in value.items() if name in tree or every is not None}


def _bad(path: str) -> Exception:
    text = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    return invalid(Violation("fields", text))
