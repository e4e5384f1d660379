"""What every ledger must say of places that are given to other users: the one in memory and the one in a file."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from station.domain.enrollment import Failed, Held, HoldReason, Reassigned, ShowOrdered, Skipped, advance
from station.domain.errors import LeaseLost, NotFound, WrongUse
from station.domain.policy import Mode
from station.ports import BENCH, Change, Ledger, Reassign, User
from station.store.ledger import SqlLedger, open_ledger
from tests.contract.test_ledger import ATTEMPT, BATCH, LEAD, SetClock, move, queued, users
from tests.contract.test_ledger_queue import ADDRESSES, on_a_ledger

NEW = User("u9", "Nina")


async def give(ledger: Ledger, ident: str, user: str, *, stale: int = 0) -> None:
    unit = await ledger.enrollment(ident)
    event = Reassigned(unit.user, user, Mode.WPCO, "field", "absent")
    moved = advance(replace(unit, revision=unit.revision - stale), event)
    await ledger.commit(Change(LEAD, moves=((moved, event),), reassign=Reassign(ident, user)))


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_place_is_the_other_user_s_and_the_former_one_is_free(tmp_path: Path, address: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        await ledger.commit(Change(BENCH, users=(NEW,)))
        await give(ledger, "e2", "u9")
        unit = await ledger.enrollment("e2")
        assert (unit.user, unit.position, unit.mode, unit.policy, unit.revision) == ("u9", 2, Mode.WPCO, "field", 1)
        assert await ledger.enrollments_of("u2") == ()
        assert [one.id for one in await ledger.users(free=True)] == ["u2"]
        (event,) = await ledger.events(enrollment="e2")
        assert (event.kind, event.actor) == ("Reassigned", "grace")
        told = {name: event.body[name] for name in ("former", "user", "reason", "mode", "policy")}
        assert told == {"former": "u2", "user": "u9", "reason": "absent", "mode": "wpco", "policy": "field"}
        assert (await ledger.counts("b1"))[0].received == 3
        claimed = [await ledger.claim("b1", 60.0) for _ in range(3)]
        assert [one[0].user for one in claimed if one] == ["u1", "u9", "u3"]
        await give(ledger, "e2", "u2")  # and back, also while this very bench has claimed it
        assert (await ledger.enrollment("e2")).user == "u2"

    on_a_ledger(tmp_path, address, scenario)


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_is_in_a_queue_or_not_there_gets_no_place_and_nothing_is_written(tmp_path: Path, address: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        await ledger.commit(Change(BENCH, users=(NEW,)))
        await move(ledger, "e1", ShowOrdered("a1"), attempts=(ATTEMPT,))
        await move(ledger, "e3", Held(HoldReason.BY_OPERATOR))
        before, head = await ledger.enrollments(batch="b1"), await ledger.head()
        refused: tuple[tuple[str, type[Exception]], ...] = (("u1", WrongUse), ("u3", WrongUse), ("u8", NotFound))
        for user, error in refused:
            with pytest.raises(error):
                await give(ledger, "e2", user)
        with pytest.raises(LeaseLost):
            await give(ledger, "e2", "u9", stale=1)
        assert (await ledger.enrollments(batch="b1"), await ledger.head()) == (before, head)
        await move(ledger, "e3", Failed())
        await give(ledger, "e2", "u3")
        await move(ledger, "e2", Skipped())

    on_a_ledger(tmp_path, address, scenario)


def test_a_place_that_another_bench_has_claimed_stays_until_the_claim_runs_out(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with open_ledger(tmp_path / "l.db", bench="bench-1", clock=clock) as ledger:
            other = SqlLedger(ledger._database, bench="bench-2", clock=clock)
            await ledger.commit(Change(BENCH, users=(*users(1), NEW), batches=(BATCH,), enrollments=queued(1)))
            await other.claim("b1", 60.0)
            with pytest.raises(WrongUse, match="Another bench"):
                await give(ledger, "e1", "u9")
            clock.time += 61.0
            await give(ledger, "e1", "u9")
            assert (await ledger.enrollment("e1")).user == "u9"

    asyncio.run(run())
