"""What an import would do to the roster: asked of the service in parts, counted, the first of it shown."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import typer

from station import wire
from station.cli.printing import say, table
from station.client import CannotReach, Client, Refused
from station.domain.roster import Row
from station.userfiles.reading import UserFile

CHUNK = 500  # rows in one message
MOST_SHOWN = 20  # rows that would change the roster, shown to people
MOST_LISTED = 1000  # and to machines

M = TypeVar("M", wire.ImportUsers, wire.CompareUsers)


class Difference:
    """What an import would do, counted; the first rows that would change something, to look at."""

    def __init__(self) -> None:
        self.counts = {"new": 0, "changed": 0, "same": 0}
        self.rows: list[tuple[Row, wire.Verdict]] = []

    def add(self, row: Row, verdict: wire.Verdict) -> None:
        """Count one row in."""
        self.counts[verdict.what] += 1
        if verdict.what != "same" and len(self.rows) < MOST_LISTED:
            self.rows.append((row, verdict))

    def document(self) -> dict[str, Any]:
        """For machines."""
        return {
            **self.counts,
            "changes": [
                {"line": row.line, "what": verdict.what, "user": verdict.user, "columns": list(verdict.columns)}
                for row, verdict in self.rows
            ],
            "more_changes": self.counts["new"] + self.counts["changed"] - len(self.rows),
        }

    def show(self, checked: UserFile) -> None:
        """For people: the first rows, then all counts."""
        if self.rows:
            shown = [
                (row.line, verdict.what, row.name, row.email, ", ".join(verdict.columns)) for row, verdict in self.rows[:MOST_SHOWN]
            ]
            table(("line", "is", "name", "email", "changes"), shown)
            more = self.counts["new"] + self.counts["changed"] - len(shown)
            if more:
                say(f"... and {more} more.")
            say("")
        counted = list(self.counts.items()) if any(self.counts.values()) else [("good", checked.good)]
        table(
            ("rows", "count"), [*counted, ("duplicate", checked.duplicates), ("bad", checked.bad), ("to be invited", checked.invited)]
        )


def compared(socket: Path, checked: UserFile) -> tuple[Difference, str]:
    """The difference, and why there is none when the service could not be asked."""
    difference = Difference()

    async def run() -> None:
        async with Client(socket) as client:
            with typer.progressbar(length=checked.good, label="Comparing", hidden=checked.good <= CHUNK, file=sys.stderr) as bar:
                async for rows, facts in sent(client, checked, wire.CompareUsers):
                    for row, verdict in zip(rows, wire.Comparison.model_validate(facts).verdicts, strict=True):
                        difference.add(row, verdict)
                    bar.update(len(rows))

    try:
        asyncio.run(run())
    except (CannotReach, Refused) as why:
        return Difference(), f"It was not compared with the roster: {why}"
    return difference, ""


async def sent(client: Client, checked: UserFile, message: type[M]) -> AsyncIterator[tuple[list[Row], dict[str, Any]]]:
    """All good rows in messages of CHUNK, in order, each with the facts that came back.

    One message is on its way while the service is at work on the one before.
    """
    rows, place = checked.rows(), 0
    begun: int | None = None
    under_way: deque[tuple[list[Row], asyncio.Task[wire.Done]]] = deque()
    try:
        while True:
            part = list(islice(rows, CHUNK))
            if part:
                order = _order(message, part, place, begun)
                under_way.append((part, asyncio.create_task(client.command(order))))
                place += len(part)
                await asyncio.sleep(0)
            if not under_way:
                return
            if begun is None or len(under_way) > 1 or not part:
                first, answered = under_way.popleft()
                facts = (await answered).facts
                begun = facts.get("begun", 0)
                yield first, facts
    finally:
        for _, task in under_way:
            task.cancel()
        await asyncio.gather(*(task for _, task in under_way), return_exceptions=True)


def _order(message: type[M], part: list[Row], place: int, begun: int | None) -> M:
    document: dict[str, object] = {"rows": [row.values() for row in part]}
    if message is wire.ImportUsers:
        document |= {"place": place, "begun": begun}
    return message.model_validate(document)
