"""The record is append-only: whoever edits the file behind the ledger's back is found."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

from station.domain.audit import Chain, Flaw
from station.ports import BENCH, Change, Clock, Fact
from station.store.database import open_database
from station.store.ledger import SqlLedger, open_ledger


def filled(path: Path, clock: Clock) -> str:
    """Six events; the head after the fifth."""

    async def run() -> str:
        async with open_ledger(path, bench="a", clock=clock) as ledger:
            heads = [await ledger.commit(Change(BENCH, facts=(Fact("Ticked", {"n": n, "x": 0.1}),))) for n in range(6)]
            return heads[4][0].hash

    return asyncio.run(run())


def verified(path: Path, clock: Clock, expected: str | None = None) -> Flaw | None:
    async def run() -> Flaw | None:
        async with open_ledger(path, bench="a", clock=clock) as ledger:
            chain, after = Chain(), 0
            while page := await ledger.events(after=after, limit=2):
                chain.feed([asdict(event) for event in page], expected=expected)
                after = page[-1].seq
            return chain.finish(expected)

    return asyncio.run(run())


def edit(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_an_untouched_chain_holds_and_has_every_head_that_was_noted(tmp_path: Path, clock: Clock) -> None:
    head = filled(tmp_path / "l.db", clock)
    assert verified(tmp_path / "l.db", clock, head) is None


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE events SET body = replace(body, '3', '9') WHERE seq = 4", 4),
        ("UPDATE events SET body = 'spoiled' WHERE seq = 4", 4),
        ("UPDATE events SET body = '{\"n\":NaN}' WHERE seq = 2", 2),
        ("UPDATE events SET actor = 'lead' WHERE seq = 1", 1),
        ("UPDATE events SET at = at + 1 WHERE seq = 6", 6),
        ("UPDATE events SET at = 'never' WHERE seq = 6", 6),
        ("UPDATE events SET role = 'admin' WHERE seq = 5", 5),
        ("DELETE FROM events WHERE seq = 3", 3),
        ("DELETE FROM events WHERE seq = 1", 1),
        ("UPDATE events SET previous = hash WHERE seq = 2", 2),
    ],
)
def test_an_edited_row_is_found(tmp_path: Path, clock: Clock, statement: str, seq: int) -> None:
    filled(tmp_path / "l.db", clock)
    edit(tmp_path / "l.db", statement)
    flaw = verified(tmp_path / "l.db", clock)
    assert flaw is not None
    assert flaw.seq == seq


def test_a_tail_that_was_cut_is_found_by_a_head_noted_elsewhere(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "l.db"
    head = filled(path, clock)
    edit(path, "DELETE FROM events WHERE seq >= 5")
    assert verified(path, clock) is None
    flaw = verified(path, clock, head)
    assert flaw is not None
    assert "cut" in flaw.what


def test_each_bench_has_a_chain_of_its_own(clock: Clock) -> None:
    async def run() -> None:
        async with open_database("sqlite://") as database:
            a, b = (SqlLedger(database, bench=name, clock=clock) for name in "ab")
            for ledger in (a, b, a, b, b):
                await ledger.commit(Change(BENCH, facts=(Fact("Ticked"),)))
            assert ((await a.head())[0], (await b.head())[0]) == (2, 3)
            for ledger in (a, b):
                chain = Chain()
                chain.feed([asdict(event) for event in await ledger.events()])
                assert (chain.finish(), chain.head) == (None, (await ledger.head())[1])

    asyncio.run(run())


def test_a_clock_that_tells_whole_seconds_breaks_no_hash() -> None:
    class Whole:
        def now(self) -> float:
            return 1700000000

    async def run() -> None:
        async with open_ledger("sqlite://", bench="a", clock=Whole()) as ledger:
            await ledger.commit(Change(BENCH, facts=(Fact("Ticked", {"n": 10**16, "f": 1e22, "z": -0.0}),)))
            chain = Chain()
            chain.feed([asdict(event) for event in await ledger.events()])
            assert chain.finish() is None

    asyncio.run(run())
