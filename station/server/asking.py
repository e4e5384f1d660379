"""What a query is, and its arguments: numbers, how many rows are wanted, and in which states."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from station import wire
from station.domain.enrollment import State
from station.domain.errors import WrongUse

Query = Callable[[web.Request], Awaitable[wire.Message]]
Queries = tuple[tuple[str, Query, tuple[str, ...]], ...]
"""Paths, what answers each, and the arguments that it takes."""
MOST_ROWS = 1000


def number(request: web.Request, name: str) -> int:
    """A number from 0; 0 when it is not given. Raises WrongUse."""
    text = request.query.get(name, "0")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise WrongUse(f"{name} must be a number.", "")
    return int(text)


def limit(request: web.Request) -> int:
    """How many rows: 500 unless another number is given, never more than MOST_ROWS."""
    return max(1, min(MOST_ROWS, number(request, "limit") if "limit" in request.query else 500))


def chosen_states(request: web.Request) -> tuple[State, ...]:
    """The states that are asked for, none for all. Raises WrongUse."""
    names = [name for name in request.query.get("states", "").split(",") if name]
    for name in names:
        if name not in set(State):
            raise WrongUse(f"{name[:40]!r} is no state of a unit.", f"It may be {', '.join(State)}.")
    return tuple(State(name) for name in names)
