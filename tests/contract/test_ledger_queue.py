"""What every ledger must say of a long queue: of the one in memory and of the one in a file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from station.domain.enrollment import Skipped, State
from station.domain.errors import WrongUse
from station.ports import BENCH, Change, Ledger, User
from station.store.ledger import open_ledger
from tests.contract.test_ledger import BATCH, SetClock, move, queued, users

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
