"""The file, its lock, its one thread, and what happens when it cannot be used."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from station.domain.errors import ConfigurationError, LedgerFailed
from station.ports import BENCH, Change, Clock, Fact, User
from station.store.database import open_database
from station.store.ledger import open_ledger

Roster = Callable[[int], Change]


def pragmas(connection: Connection) -> dict[str, object]:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}


def test_the_file_is_durable_private_and_checked(tmp_path: Path) -> None:
    async def run() -> None:
        async with open_database(tmp_path / "ledger.db") as database:
            expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000, "secure_delete": 1}
            assert await database.run(pragmas) == expected
            for name in ("ledger.db", "ledger.db-wal"):
                assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600

    asyncio.run(run())


def test_a_second_opener_is_refused_until_the_first_closes(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "ledger.db"

    async def run() -> None:
        async with open_ledger(path, bench="a", clock=clock) as first:
            with pytest.raises(LedgerFailed, match=rf"in use by another process \(number {os.getpid()}\)"):
                async with open_ledger(f"sqlite:///{path}", bench="b", clock=clock):
                    pytest.fail("opened twice")
            await first.commit(Change(BENCH, facts=(Fact("Ticked"),)))
        async with open_ledger(path, bench="a", clock=clock) as again:
            assert (await again.head())[0] == 1

    asyncio.run(run())


def test_a_lease_held_before_a_restart_is_free_at_once(tmp_path: Path, clock: Clock, roster: Roster) -> None:
    async def run() -> None:
        async with open_ledger(tmp_path / "l.db", bench="a", clock=clock) as ledger:
            await ledger.commit(roster(1))
            assert await ledger.claim("b", 3600.0) is not None
        async with open_ledger(tmp_path / "l.db", bench="a", clock=clock) as ledger:
            assert await ledger.claim("b", 3600.0) is not None

    asyncio.run(run())


def test_one_thread_owns_the_connection_and_ends_with_it() -> None:
    async def run() -> None:
        before = set(threading.enumerate())
        async with open_database("sqlite://") as database:
            seen = {await database.run(lambda _: threading.current_thread()) for _ in range(3)}
            assert len(seen) == 1
            assert seen == set(threading.enumerate()) - before
            raw = await database.run(lambda connection: connection.connection.dbapi_connection)
            assert isinstance(raw, sqlite3.Connection)
            with pytest.raises(sqlite3.ProgrammingError, match="thread"):
                raw.execute("SELECT 1")
        assert set(threading.enumerate()) == before

    asyncio.run(run())


def test_closing_runs_what_is_queued_and_refuses_what_comes_later(clock: Clock, tmp_path: Path) -> None:
    async def run() -> None:
        gate = threading.Event()
        async with open_ledger(tmp_path / "l.db", bench="a", clock=clock) as ledger:
            ledger.before_commit = lambda: assert_set(gate)
            commits = [asyncio.create_task(ledger.commit(Change(BENCH, facts=(Fact("Ticked"),)))) for _ in range(5)]
            await asyncio.sleep(0)
            closing = [asyncio.create_task(ledger.close()) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(LedgerFailed, match="closed"):
                await ledger.head()
            gate.set()
            assert [written[0].seq for written in await asyncio.gather(*commits)] == [1, 2, 3, 4, 5]
            await asyncio.gather(*closing)
        async with open_ledger(tmp_path / "l.db", bench="a", clock=clock) as ledger:
            assert (await ledger.head())[0] == 5

    asyncio.run(run())


def assert_set(gate: threading.Event) -> None:
    assert gate.wait(10)


def test_a_cancelled_commit_is_written_whole(clock: Clock) -> None:
    async def run() -> None:
        gate, started = threading.Event(), threading.Event()
        async with open_ledger("sqlite://", bench="a", clock=clock) as ledger:

            def hold() -> None:
                started.set()
                assert_set(gate)

            ledger.before_commit = hold
            change = Change(BENCH, users=(User("u", "Name"),), facts=(Fact("Ticked"),))
            running = asyncio.create_task(ledger.commit(change))
            queued = asyncio.create_task(ledger.commit(Change(BENCH, facts=(Fact("Tocked"),))))
            await asyncio.to_thread(assert_set, started)
            for task in (running, queued):
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            gate.set()
            assert [event.kind for event in await ledger.events()] == ["Ticked", "Tocked"]
            assert await ledger.user("u") is not None

    asyncio.run(run())


def test_the_loop_goes_on_while_the_ledger_writes(clock: Clock) -> None:
    async def run() -> None:
        gate = threading.Event()
        async with open_ledger("sqlite://", bench="a", clock=clock) as ledger:
            ledger.before_commit = lambda: assert_set(gate)
            commit = asyncio.create_task(ledger.commit(Change(BENCH, facts=(Fact("Ticked"),))))
            for _ in range(100):
                await asyncio.sleep(0)
            assert not commit.done()
            gate.set()
            await commit

    asyncio.run(run())


def test_a_full_disk_loses_nothing_and_is_survived(tmp_path: Path, clock: Clock) -> None:
    async def run() -> None:
        async with open_ledger(tmp_path / "l.db", bench="a", clock=clock) as ledger:
            await ledger.commit(Change(BENCH, facts=(Fact("Ticked"),)))
            pages = await ledger._database.run(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())
            await ledger._database.run(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}"))
            many = tuple(User(f"u{i}", "Name" * 20) for i in range(500))
            with pytest.raises(LedgerFailed, match="database or disk is full") as caught:
                await ledger.commit(Change(BENCH, facts=(Fact("Imported"),), users=many))
            assert "Name" not in str(caught.value) + str(caught.value.__cause__)
            assert (await ledger.users(), (await ledger.head())[0]) == ((), 1)
            await ledger._database.run(lambda c: c.exec_driver_sql("PRAGMA max_page_count=100000"))
            await ledger.commit(Change(BENCH, facts=(Fact("Imported"),), users=many))
            assert (await ledger.head())[0] == 2

    asyncio.run(run())


def refused(path: Path | str, match: str, kind: type[Exception] = LedgerFailed) -> None:
    async def run() -> None:
        before = threading.active_count()
        with pytest.raises(kind, match=match):
            async with open_database(path):
                pytest.fail("opened")
        assert threading.active_count() == before

    asyncio.run(run())


def test_what_cannot_be_opened_is_named_with_its_cause(tmp_path: Path) -> None:
    refused(tmp_path / "none" / "l.db", r"folder .*none does not exist")
    (tmp_path / "text.db").write_text("This is no database, however long one looks at it." * 100)
    refused(tmp_path / "text.db", "file is not a database")
    (tmp_path / "folder.db").mkdir()
    refused(tmp_path / "folder.db", "folder.db failed")
    refused("postgresql://bench:hunter2@host/ledger", "^The ledger cannot be kept at this postgresql address", ConfigurationError)
    refused("sqlite:///l.db?mode=ro", "address", ConfigurationError)
    refused("://", "cannot be read", ConfigurationError)


def test_a_refused_address_does_not_repeat_its_password() -> None:
    async def run() -> None:
        with pytest.raises(ConfigurationError) as caught:
            async with open_database("postgresql://bench:hunter2@host/ledger"):
                pass
        assert "hunter2" not in str(caught.value)

    asyncio.run(run())


def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path, clock: Clock, roster: Roster) -> None:
    path = tmp_path / "l.db"

    async def fill() -> None:
        async with open_ledger(path, bench="a", clock=clock) as ledger:
            await ledger.commit(roster(500))

    asyncio.run(fill())
    content = bytearray(path.read_bytes())
    for page in range(30, 60):
        content[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    path.write_bytes(content)
    refused(path, "damaged|malformed")
    assert path.read_bytes() == content


def test_a_ledger_of_a_newer_version_is_refused(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "l.db"

    async def fill() -> None:
        async with open_ledger(path, bench="a", clock=clock):
            pass

    asyncio.run(fill())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    refused(path, "newer sixtap")


def test_importing_many_users_stalls_nobody(clock: Clock, roster: Roster) -> None:
    async def run() -> None:
        async with open_ledger("sqlite://", bench="a", clock=clock) as ledger:
            started = time.perf_counter()
            await ledger.commit(roster(500))
            assert time.perf_counter() - started < 2
            assert (await ledger.counts("b"))[0].received == 500

    asyncio.run(run())
