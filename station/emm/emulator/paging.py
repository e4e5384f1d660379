"""Pages of a collection, and the opaque tokens that continue it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from .errors import Violation, invalid

DEFAULT_PAGE = 10
LARGEST_PAGE = 100


class Numbered(Protocol):
    """Anything with a place in its collection: numbers rise and are never used twice."""

    @property
    def number(self) -> int: ...


Item = TypeVar("Item", bound=Numbered)


class Pager:
    """Cuts pages. A page token holds for its own collection and its own server only; it survives new and vanished items."""

    def __init__(self, seed: int) -> None:
        self._key = hashlib.sha256(f"page tokens of {seed}".encode()).digest()

    def page(self, collection: str, items: Sequence[Item], query: Mapping[str, Any]) -> tuple[Sequence[Item], dict[str, str]]:
        """The page that `query` asks for (pageSize, pageToken), and {"nextPageToken": ...} when more follow.

        Raises 400 for a negative size or a token that this server did not give for this collection.
        """
        size = query.get("pageSize", 0)
        if size < 0:
            raise invalid(Violation("page_size", "Page size must not be negative."))
        size = min(size or DEFAULT_PAGE, LARGEST_PAGE)
        token = query.get("pageToken", "")
        after = self._read(collection, token) if token else -1
        start = bisect_right(items, after, key=lambda item: item.number)
        page = items[start : start + size]
        if start + size >= len(items):
            return page, {}
        return page, {"nextPageToken": self._write(collection, page[-1].number)}

    def _write(self, collection: str, last: int) -> str:
        body = str(last).encode()
        return base64.urlsafe_b64encode(self._mark(collection, body) + body).decode().rstrip("=")

    def _read(self, collection: str, token: str) -> int:
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        mark, body = raw[:12], raw[12:]
        if not body or not hmac.compare_digest(mark, self._mark(collection, body)):
            raise invalid(Violation("page_token", "The page token is not valid."))
        return int(body)

    def _mark(self, collection: str, body: bytes) -> bytes:
        return hmac.digest(self._key, collection.encode() + b"\0" + body, "sha256")[:12]
