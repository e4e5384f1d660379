"""A ledger whose process is killed, wherever that hits it, holds every acknowledged change whole and no other in part."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from station.domain.audit import EMPTY, Chain
from station.domain.enrollment import State
from station.domain.errors import NotFound
from station.ports import BENCH, Change, Clock, Fact
from station.store.ledger import SqlLedger, open_ledger

SCRIPT = Path(__file__).with_name("commit_until_killed.py")
ROOT = Path(__file__).parents[4]
EVENTS_A_CHANGE = 3


@contextmanager
def started(path: Path, where: str, number: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(SCRIPT), str(path), where, str(number)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


async def whole(ledger: SqlLedger) -> int:
    """How many changes there are, after checking that all of them are complete."""
    chain, after = Chain(), 0
    while page := await ledger.events(after=after):
        chain.feed([asdict(event) for event in page])
        after = page[-1].seq
    assert chain.finish() is None
    assert chain.length % EVENTS_A_CHANGE == 0
    changes = chain.length // EVENTS_A_CHANGE
    enrollment = await ledger.enrollment("e")
    assert (enrollment.state, enrollment.revision, enrollment.attempts) == (State.QUEUED, 2 * changes, changes)
    assert len(await ledger.attempts("e")) == changes
    users, phones = await ledger.counts("b")
    assert (phones.received, phones.set_aside, users.closes, phones.closes) == (changes, changes, True, True)
    await ledger.commit(Change(BENCH, facts=(Fact("Reopened"),)))
    return changes


def survived(path: Path, clock: Clock, acknowledged: list[str]) -> int:
    async def run() -> int:
        async with open_ledger(path, bench="a", clock=clock) as ledger:
            hashes = {event.hash for event in await ledger.events()}
            assert {line.split()[1] for line in acknowledged} <= hashes
            return await whole(ledger)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("where", "number", "acknowledged", "kept"),
    [
        ("before_commit", 4, 3, 3),
        ("after_commit", 4, 3, 4),
        ("UPDATE enrollments SET batch", 6, 2, 2),
        ("INSERT INTO events", 3, 2, 2),
    ],
)
def test_killed_at_a_chosen_point_it_keeps_what_was_committed(
    tmp_path: Path, clock: Clock, where: str, number: int, acknowledged: int, kept: int
) -> None:
    with started(tmp_path / "l.db", where, number) as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == -9
    assert len(output.splitlines()) == acknowledged
    assert survived(tmp_path / "l.db", clock, output.splitlines()) == kept


def test_killed_from_outside_it_keeps_what_was_acknowledged(tmp_path: Path, clock: Clock) -> None:
    with started(tmp_path / "l.db", "nowhere", 1) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(25)]
        process.kill()
        lines += process.stdout.readlines()
    assert survived(tmp_path / "l.db", clock, lines) >= len(lines) >= 25


def test_killed_while_its_tables_are_made_it_opens_all_the_same(tmp_path: Path, clock: Clock) -> None:
    with started(tmp_path / "l.db", "CREATE TABLE events", 1) as process:
        process.communicate(timeout=60)
    assert process.returncode == -9

    async def run() -> None:
        async with open_ledger(tmp_path / "l.db", bench="a", clock=clock) as ledger:
            assert await ledger.head() == (0, EMPTY)
            with pytest.raises(NotFound):
                await ledger.enrollment("e")

    asyncio.run(run())
