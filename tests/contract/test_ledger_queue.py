"""What every ledger must say of a long queue: of the one in memory and of the one in a file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from station.domain.enrollment import Skipped, State, advance
from station.domain.errors import NotFound, WrongUse
from station.ports import BENCH, Change, Fact, Ledger, Reorder, User
from station.store.ledger import open_ledger
from tests.contract.test_ledger import BATCH, LEAD, SetClock, move, queued, users

ADDRESSES = ("sqlite://", "ledger.db")


def on_a_ledger(folder: Path, address: str, scenario: Callable[[Ledger], Awaitable[None]]) -> None:
    """Run it on a ledger that holds one batch of three queued users."""

    async def run() -> None:
        where = address if "://" in address else folder / address
        async with open_ledger(where, bench="bench-1", clock=SetClock()) as ledger:
            await ledger.commit(Change(BENCH, users=users(3), batches=(BATCH,), enrollments=queued(3)))
            await scenario(ledger)

    asyncio.run(run())


SORTED = {
    "position": "e1 e2 e3 e4 e5",
    "-position": "e5 e4 e3 e2 e1",
    "name": "e5 e1 e2 e3 e4",
    "-name": "e4 e3 e2 e1 e5",
    "state": "e1 e3 e4 e5 e2",
    "-state": "e2 e5 e4 e3 e1",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_window_shows_a_part_of_the_queue_in_any_order(tmp_path: Path, address: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        more = (User("u4", "Älva 100%", "a_b@example.org"), User("u5", ""))
        other = replace(queued(1)[0], id="x1", batch="b2")
        await ledger.commit(Change(BENCH, users=more, batches=(replace(BATCH, id="b2"),), enrollments=(*queued(5)[3:], other)))
        await move(ledger, "e2", Skipped())
        for sort, expected in SORTED.items():
            for offset in range(7):
                for limit in (1, 2, 5, 6):
                    units, total = await ledger.queue_window("b1", offset=offset, limit=limit, sort=sort)
                    assert ([one.id for one in units], total) == (expected.split()[offset : offset + limit], 5), (sort, offset, limit)

        async def found(search: str, *states: State, sort: str = "position") -> list[str]:
            units, total = await ledger.queue_window("b1", offset=0, limit=9, search=search, states=states, sort=sort)
            assert total == len(units)
            return [one.id for one in units]

        assert await found("ÄLVA") == await found("0%") == await found("A_B@") == ["e4"]
        assert await found("5") == ["e5"]
        assert await found("name", sort="-name") == ["e3", "e2", "e1"]
        assert await found("name", State.QUEUED, State.HELD) == ["e1", "e3"]
        assert await found("%%") == await found("9" * 30) == await found("\u0665") == []
        for offset, limit in ((-1, 1), (0, 0)):
            with pytest.raises(WrongUse, match="window"):
                await ledger.queue_window("b1", offset=offset, limit=limit)
        with pytest.raises(WrongUse, match="order"):
            await ledger.queue_window("b1", offset=0, limit=1, sort="holder")

    on_a_ledger(tmp_path, address, scenario)


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_waits_is_put_before_another_one_and_is_claimed_in_that_order(tmp_path: Path, address: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        other = replace(queued(1)[0], id="x1", batch="b2", position=3)
        await ledger.commit(Change(BENCH, batches=(replace(BATCH, id="b2"),), enrollments=(*queued(6)[3:], other)))
        await move(ledger, "e3", Skipped())
        stale = await ledger.enrollment("e4")

        async def order() -> str:
            units = await ledger.enrollments(batch="b1")
            assert [one.position for one in units] == [1, 2, 3, 4, 5, 6]
            return " ".join(one.id for one in units)

        async def put(ident: str, before: str | None) -> str:
            await ledger.commit(Change(LEAD, reorder=Reorder("b1", ident, before)))
            return await order()

        # e3 waits no more, so it keeps its place
        assert await put("e5", "e2") == "e1 e5 e3 e2 e4 e6"
        assert await put("e1", "e6") == "e5 e2 e3 e4 e1 e6"
        assert await put("e2", "e4") == "e5 e2 e3 e4 e1 e6"
        assert await put("e6", None) == "e6 e5 e3 e2 e4 e1"
        assert await put("e6", None) == "e6 e5 e3 e2 e4 e1"
        assert (await ledger.enrollment("x1")).position == 3
        skipped = advance(stale, Skipped())
        await ledger.commit(Change(LEAD, moves=((skipped, Skipped()),)))
        assert await order() == "e6 e5 e3 e2 e4 e1"
        claimed = await ledger.claim("b1", 60.0)
        assert claimed is not None
        assert claimed[0].id == "e6"
        assert await put("e1", None) == "e6 e1 e3 e5 e4 e2"
        claimed = await ledger.claim("b1", 60.0)
        assert claimed is not None
        assert claimed[0].id == "e1"

    on_a_ledger(tmp_path, address, scenario)


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_who_waits_unclaimed_changes_places(tmp_path: Path, address: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        other = replace(queued(1)[0], id="x1", batch="b2")
        await ledger.commit(Change(BENCH, batches=(replace(BATCH, id="b2"),), enrollments=(*queued(4)[3:], other)))
        await ledger.claim("b1", 60.0)
        await move(ledger, "e2", Skipped())
        before, head = await ledger.enrollments(batch="b1"), await ledger.head()
        for ident, goal, error in (
            ("e1", "e4", WrongUse),
            ("e4", "e1", WrongUse),
            ("e2", None, WrongUse),
            ("e4", "e2", WrongUse),
            ("e4", "x1", NotFound),
            ("x1", None, NotFound),
            ("e9", None, NotFound),
        ):
            with pytest.raises(error):
                await ledger.commit(Change(LEAD, reorder=Reorder("b1", ident, goal), facts=(Fact("QueueReordered"),)))
        assert (await ledger.enrollments(batch="b1"), await ledger.head()) == (before, head)

    on_a_ledger(tmp_path, address, scenario)
