from __future__ import annotations

import asyncio
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.simulated.loop import run_virtual
from station.emm.amapi.faults import Fault
from station.emm.amapi.pacing import LONGEST_WAIT, TRIES, Budget, pause, walk_interval, worth_another_try


@settings(deadline=None, max_examples=30)
@given(limit=st.integers(1, 60), gaps=st.lists(st.floats(0, 40), min_size=1, max_size=120), callers=st.integers(1, 4))
def test_no_sixty_seconds_ever_hold_more_calls_than_the_budget(limit: int, gaps: list[float], callers: int) -> None:
    taken: list[float] = []

    async def call(budget: Budget, own: list[float]) -> None:
        for gap in own:
            await asyncio.sleep(gap)
            await budget.take()
            taken.append(asyncio.get_running_loop().time())

    async def main() -> None:
        budget = Budget(limit)
        async with asyncio.TaskGroup() as group:
            for index in range(callers):
                group.create_task(call(budget, gaps[index::callers]))

    run_virtual(main())
    assert len(taken) == len(gaps)
    for first, beyond in zip(taken, taken[limit:], strict=False):
        assert beyond - first >= 60 - 1e-3


def test_a_budget_that_is_not_used_up_makes_nobody_wait() -> None:
    async def main() -> float:
        budget = Budget(50)
        for _ in range(50):
            await budget.take()
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == 0


def test_a_call_that_was_cancelled_while_it_waited_takes_nothing() -> None:
    async def main() -> float:
        budget = Budget(1)
        await budget.take()
        waiting = asyncio.create_task(budget.take())
        await asyncio.sleep(30)
        waiting.cancel()
        await budget.take()
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == pytest.approx(60)


@pytest.mark.parametrize(("pages", "seconds"), [(0, 5), (1, 5), (4, 5), (5, 6), (50, 60), (100, 120)])
def test_the_interval_between_walks_grows_with_the_pages(pages: int, seconds: float) -> None:
    assert walk_interval(pages, 50) == seconds


def test_pauses_grow_and_are_never_the_same_for_two_benches() -> None:
    one, other = ([pause(Fault("busy"), tries, Random(seed)) for tries in range(1, TRIES)] for seed in (1, 2))
    assert one != other
    assert all(0.5 * 2 ** (tries - 2) <= wait <= 1.5 * 2 ** (tries - 2) for tries, wait in enumerate(one, start=1))


def test_pauses_after_a_refusal_for_quota_reach_into_the_next_minute() -> None:
    assert sum(pause(Fault("quota"), tries, Random(0)) for tries in range(1, TRIES)) > 30


def test_a_pause_that_the_service_asks_for_is_kept() -> None:
    assert 20 <= pause(Fault("quota", retry_after=20), 1, Random(0)) <= 21


@pytest.mark.parametrize(
    ("fault", "again"),
    [
        (Fault("busy"), True),
        (Fault("quota", retry_after=LONGEST_WAIT), True),
        (Fault("quota", retry_after=LONGEST_WAIT + 1), False),
        (Fault("forbidden"), False),
        (ValueError(), False),
    ],
)
def test_only_what_may_pass_soon_is_tried_again(fault: Exception, again: bool) -> None:
    assert worth_another_try(fault) is again
