"""Calls a minute: Google counts each method by itself."""

from __future__ import annotations

from datetime import datetime

from .errors import out_of_quota


class Quota:
    """At most `per_minute` calls of each method in a minute of the clock; None is no limit."""

    def __init__(self, per_minute: int | None) -> None:
        self._per_minute = per_minute
        self._minute: datetime | None = None
        self._calls: dict[str, int] = {}

    def take(self, method: str, now: datetime) -> None:
        """Count one call. Raises 429 RESOURCE_EXHAUSTED when the minute's calls are used up."""
        if self._per_minute is None:
            return
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._calls = minute, {}
        calls = self._calls.get(method, 0)
        if calls >= self._per_minute:
            raise out_of_quota(method, self._per_minute)
        self._calls[method] = calls + 1
