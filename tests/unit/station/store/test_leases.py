"""Two benches on one database: claims are leased and fenced."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, event

from station.domain.enrollment import Enrollment, ShowOrdered, State, advance
from station.domain.errors import LeaseLost, WrongUse
from station.ports import BENCH, Change, Lease
from station.store.database import open_database
from station.store.ledger import SqlLedger

Roster = Callable[[int], Change]


@dataclass
class SetClock:
    time: float = 1000.0

    def now(self) -> float:
        return self.time


@dataclass
class Benches:
    a: SqlLedger
    b: SqlLedger
    clock: SetClock


Play = Callable[[Callable[[Benches], Awaitable[None]]], None]


@pytest.fixture
def play(roster: Roster) -> Play:
    """Runs a scenario with two benches that share one database with two queued users."""

    def played(scenario: Callable[[Benches], Awaitable[None]]) -> None:
        async def run() -> None:
            clock = SetClock()
            async with open_database("sqlite://") as database:
                benches = Benches(SqlLedger(database, bench="a", clock=clock), SqlLedger(database, bench="b", clock=clock), clock)
                await benches.a.commit(roster(2))
                await scenario(benches)

        asyncio.run(run())

    return played


async def claimed(ledger: SqlLedger, seconds: float = 60.0) -> tuple[Enrollment, Lease]:
    taken = await ledger.claim("b", seconds)
    assert taken is not None
    return taken


def shown(enrollment: Enrollment, lease: Lease) -> Change:
    ordered = ShowOrdered("a1")
    return Change(BENCH, moves=((advance(enrollment, ordered), ordered),), lease=lease)


def test_two_benches_never_hold_the_same_enrollment(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        (first, _), (second, _) = await asyncio.gather(claimed(benches.a), claimed(benches.b))
        assert {first.id, second.id} == {"e1", "e2"}
        assert await benches.a.claim("b", 60.0) is await benches.b.claim("b", 60.0) is None

    play(scenario)


def test_a_bench_that_froze_and_wakes_up_late_cannot_write(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        enrollment, lease = await claimed(benches.a)
        benches.clock.time += 60.0
        taken, fresh = await claimed(benches.b)
        assert (taken.id, fresh.fence) == (enrollment.id, lease.fence + 1)
        with pytest.raises(LeaseLost, match="e1"):
            await benches.a.commit(shown(enrollment, lease))
        with pytest.raises(LeaseLost):
            await benches.a.renew(lease, 60.0)
        await benches.a.release(lease)
        assert await benches.a.events() == ()
        await benches.b.commit(shown(taken, fresh))
        assert (await benches.a.enrollment("e1")).state is State.SHOWING

    play(scenario)


def test_a_lease_is_no_others_even_with_the_same_number(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        enrollment, lease = await claimed(benches.a)
        with pytest.raises(LeaseLost):
            await benches.b.commit(shown(enrollment, lease))
        with pytest.raises(LeaseLost):
            await benches.b.renew(lease, 60.0)
        await benches.b.release(lease)
        await benches.a.commit(shown(enrollment, lease))

    play(scenario)


def test_a_lease_that_ran_out_is_still_its_holders_until_another_takes_it(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        enrollment, lease = await claimed(benches.a)
        benches.clock.time += 600.0
        renewed = await benches.a.renew(lease, 60.0)
        assert renewed == Lease("e1", lease.fence, benches.clock.time + 60.0)
        assert (await claimed(benches.b))[0].id == "e2"
        await benches.a.commit(shown(enrollment, lease))

    play(scenario)


def test_a_bench_that_claims_again_cannot_write_under_its_older_lease(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        enrollment, old = await claimed(benches.a)
        benches.clock.time += 60.0
        again, fresh = await claimed(benches.a)
        assert (again.id, fresh.fence) == (enrollment.id, old.fence + 1)
        with pytest.raises(LeaseLost, match=f"fence {old.fence}"):
            await benches.a.commit(shown(enrollment, old))
        await benches.a.release(old)
        await benches.a.renew(fresh, 60.0)

    play(scenario)


def test_a_release_runs_even_when_its_waiter_is_cancelled(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        _, lease = await claimed(benches.a)
        busy = [asyncio.create_task(benches.a.head()) for _ in range(3)]
        releasing = asyncio.create_task(benches.a.release(lease))
        await asyncio.sleep(0)
        releasing.cancel()
        await asyncio.gather(*busy)
        assert (await claimed(benches.b))[0].id == "e1"

    play(scenario)


def test_a_released_lease_is_no_longer_good(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        enrollment, lease = await claimed(benches.a)
        await benches.a.release(lease)
        with pytest.raises(LeaseLost):
            await benches.a.commit(shown(enrollment, lease))

    play(scenario)


def test_a_change_can_release_the_lease_that_it_was_written_under(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        _, lease = await claimed(benches.a)
        with pytest.raises(WrongUse, match="carry"):
            await benches.a.commit(Change(BENCH, release_lease=True))
        await benches.a.commit(Change(BENCH, lease=lease, release_lease=True))
        assert (await claimed(benches.b))[0].id == "e1"

    play(scenario)


def test_a_restarted_bench_frees_its_own_leases_and_no_others(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        enrollment, lease = await claimed(benches.a)
        await claimed(benches.b)
        assert await benches.a.release_all() == 1
        with pytest.raises(LeaseLost):
            await benches.a.commit(shown(enrollment, lease))
        assert (await claimed(benches.a))[0].id == "e1"
        assert await benches.a.claim("b", 60.0) is None

    play(scenario)


def test_who_is_cancelled_while_claiming_holds_nothing(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        waiting = asyncio.create_task(benches.a.claim("b", 60.0))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await benches.a.head()  # the claim has run by now, and its giving back is queued
        assert await benches.a.release_all() == 0
        assert (await claimed(benches.b))[0].id == "e1"
        assert (await claimed(benches.b))[1].fence == 1
        fences = await benches.a._database.run(lambda c: c.exec_driver_sql("SELECT fence FROM enrollments ORDER BY id").all())
        assert [row[0] for row in fences] == [2, 1]

    play(scenario)


def test_the_claim_reads_the_index_of_queued_rows_alone(play: Play) -> None:
    async def scenario(benches: Benches) -> None:
        executed: list[tuple[str, Any]] = []

        def watch(*seen: Any) -> None:
            executed.append((seen[2], seen[3]))

        def explain(connection: Connection) -> list[str]:
            statement, parameters = next(one for one in executed if one[0].startswith("SELECT"))
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return [row[3] for row in plan]

        event.listen(await benches.a._database.run(lambda connection: connection.engine), "before_cursor_execute", watch)
        await claimed(benches.a)
        plan = await benches.a._database.run(explain)
        assert plan == ["SEARCH enrollments USING INDEX ix_enrollments_queued (batch=?)"]

    play(scenario)
