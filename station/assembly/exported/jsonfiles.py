"""Codes in JSON files: one code's own JSON, a service's answer, a list of users with codes, or an object of user to code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from station.assembly.exported.found import Found, Unread
from station.domain.payload import ADMIN

CODE_KEYS = ("qrcode", "qr", "qrcontent", "content", "payload", "code", "enrollmentqrcode", "link")
USER_KEYS = ("email", "useremail", "mail", "account", "userid", "user", "username", "name", "id")
LIST_KEYS = ("results", "users", "items", "codes")
DEEPEST = 3


def codes_of_json(file: str, text: str) -> Iterator[Found | Unread]:
    """Each code of a JSON text. Labels: the user that stands beside it, then the file's name if it holds one code only."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        yield Unread(file, "It is no JSON that can be read.", "Export it again.")
        return
    entries = list(_entries(document, DEEPEST))
    if not entries:
        yield Unread(file, "No code is in it.", f"Codes are looked for under {', '.join(CODE_KEYS)}.", harmless=True)
        return
    alone = len(entries) == 1
    for number, (labels, content) in enumerate(entries, 1):
        own = (*labels, PurePosixPath(file).stem) if alone else labels
        yield Found(file, content, own, None if alone else str(number))


def _entries(document: Any, deepest: int) -> Iterator[tuple[tuple[str, ...], str]]:
    """Labels and content of each code."""
    if isinstance(document, list):
        for one in document:
            if deepest and isinstance(one, dict):
                yield from _entries(one, deepest - 1)
    if not isinstance(document, dict):
        return
    if ADMIN in document:
        yield (), json.dumps(document, ensure_ascii=False)
        return
    plain = {_plain(key): value for key, value in document.items()}
    content = next((found for key in CODE_KEYS if (found := _content(plain.get(key)))), None)
    if content:
        yield _labels(plain), content
        return
    inner = next((plain[key] for key in LIST_KEYS if isinstance(plain.get(key), list | dict)), None)
    if inner is not None and deepest:
        yield from _entries(inner, deepest - 1)
        return
    for key, value in document.items():
        found = _content(value) if not isinstance(value, str) or value.lstrip().startswith(("{", "https://")) else None
        if found:
            yield (str(key),), found


def _content(value: Any) -> str | None:
    if isinstance(value, str) and value.strip():
        return value.strip()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) and ADMIN in value else None


def _labels(plain: dict[str, Any]) -> tuple[str, ...]:
    person = plain.get("user")
    if isinstance(person, dict):
        plain = {**plain, **{_plain(key): value for key, value in person.items()}}
    return tuple(str(plain[key]) for key in USER_KEYS if isinstance(plain.get(key), str | int) and plain[key] != "")


def _plain(key: str) -> str:
    return "".join(letter for letter in key.casefold() if letter.isalnum())
