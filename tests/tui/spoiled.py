"""A service in whose every name, note and reason somebody typed something naughty."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import TypeVar

from pydantic import BaseModel

from station.wire import Done, Event, LookupHit, LookupPage
from tests.naughty import NAUGHTY
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.walkfeed import walk_feed
from tests.tui.wire_events import unit

T = TypeVar("T")

TEXTS = frozenset(
    {
        *("user", "next_user", "name", "group", "email", "directory", "policy", "bench", "you", "actor", "label", "serial", "path"),
        *("detail", "text", "model", "value", "android", "message", "remedy", "channel", "token", "device"),
    }
)
"""Fields that hold what somebody or something else wrote."""


class SpoiledFeed(RecordedFeed):
    """Says what the walk's service says, with other texts in it: all of them in long lists, one after the other elsewhere."""

    def __init__(self) -> None:
        self._texts: Iterator[str] = cycle(NAUGHTY)
        super().__init__()
        good = walk_feed()
        for name in (
            "people",
            "kept",
            "written",
            "options",
            "report",
            "crew",
            "checks",
            "record",
            "symbol",
            "story",
            "tallied",
            "facts",
        ):
            setattr(self, name, self.spoil(getattr(good, name)))
        self.batched, self.pictures = self.spoil(good.batched), good.pictures
        self.queued = tuple(unit(at, text) for at, text in enumerate(NAUGHTY, start=1))
        hits = tuple(LookupHit(unit=one, batch=one.user, matched="user", bench=one.user, at=None) for one in self.queued)
        self.found = {"ann": LookupPage(items=hits, more=False)}
        assert self.tallied is not None
        self.tallied = self.tallied.model_copy(
            update={
                "operators": {text: one for text in NAUGHTY for one in list(self.tallied.operators.values())[:1]},
                "failures": dict.fromkeys(NAUGHTY, 3),
            }
        )
        while not good.quiet:
            self.play(good._events.get_nowait())  # type: ignore[arg-type]

    def play(self, *events: Event) -> None:
        super().play(*(self.spoil(event) for event in events))

    async def command(self, command: object) -> Done:
        """As any service; what it has against it is naughty too."""
        self._refusals = [self.spoil(problem) for problem in self._refusals]
        return await super().command(command)  # type: ignore[arg-type]

    def spoil(self, value: T, name: str = "") -> T:
        """The same with other texts where texts are."""
        match value:
            case str() if name in TEXTS and value:
                return next(self._texts)  # type: ignore[return-value]
            case BaseModel():
                return value.model_copy(update={field: self.spoil(getattr(value, field), field) for field in type(value).model_fields})
            case tuple() | list():
                return type(value)(self.spoil(one, name) for one in value)
            case dict():
                return {key: self.spoil(one, str(key)) for key, one in value.items()}  # type: ignore[return-value]
        return value
