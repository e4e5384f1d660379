"""What every ledger must say of settings that were changed on a bench: the one in memory and the one in a file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from station.domain.errors import LeaseLost, WrongUse
from station.ports import Change, KeptSetting, Lease
from station.store.ledger import open_ledger
from tests.contract.test_ledger import LEAD, SetClock
from tests.contract.test_ledger_queue import ADDRESSES


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_changed_setting_is_kept_until_it_is_taken_back(tmp_path: Path, address: str) -> None:
    async def run() -> None:
        where = address if "://" in address else tmp_path / address
        async with open_ledger(where, bench="bench-1", clock=SetClock()) as ledger:
            assert await ledger.kept_settings() == ()
            await ledger.commit(Change(LEAD, settings=(KeptSetting("times.scan", "90"), KeptSetting("language", "fr"))))
            await ledger.commit(Change(LEAD, settings=(KeptSetting("times.scan", "95.5"),)))
            assert await ledger.kept_settings() == (KeptSetting("language", "fr"), KeptSetting("times.scan", "95.5"))
            await ledger.commit(Change(LEAD, settings=(KeptSetting("language", ""), KeptSetting("nothing", ""))))
            assert await ledger.kept_settings() == (KeptSetting("times.scan", "95.5"),)
            with pytest.raises(LeaseLost):
                await ledger.commit(Change(LEAD, lease=Lease("e9", 1, 0.0), settings=(KeptSetting("times.scan", "5"),)))
            with pytest.raises(WrongUse):
                await ledger.commit(Change(LEAD, settings=(KeptSetting("times.scan", "1"), KeptSetting("language", "\udc80"))))
            assert await ledger.kept_settings() == (KeptSetting("times.scan", "95.5"),)

    asyncio.run(run())


def test_each_bench_has_its_own_and_finds_them_again(tmp_path: Path) -> None:
    async def run() -> None:
        for bench, value in (("bench-1", "90"), ("bench-2", "100")):
            async with open_ledger(tmp_path / "l.db", bench=bench, clock=SetClock()) as ledger:
                assert await ledger.kept_settings() == ()
                await ledger.commit(Change(LEAD, settings=(KeptSetting("times.scan", value),)))
        async with open_ledger(tmp_path / "l.db", bench="bench-1", clock=SetClock()) as ledger:
            assert await ledger.kept_settings() == (KeptSetting("times.scan", "90"),)

    asyncio.run(run())
