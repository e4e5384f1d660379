"""One change is one transaction, whatever it holds and wherever it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from station.domain.audit import EMPTY
from station.domain.enrollment import Enrollment, Phone, ScanWitnessed, ShowOrdered, Skipped, State, advance
from station.domain.errors import LeaseLost, LedgerFailed, NotFound, WrongUse
from station.domain.evidence import Evidence
from station.domain.policy import Mode
from station.ports import BENCH, Actor, Change, Clock, Fact, User
from station.store.ledger import SqlLedger, open_ledger

Play = Callable[[Callable[[SqlLedger], Awaitable[None]]], None]
FACT = Fact("Ticked")


@pytest.fixture
def play(roster: Callable[[int], Change], clock: Clock) -> Play:
    """Runs a scenario on a ledger in memory with two queued users."""

    def played(scenario: Callable[[SqlLedger], Awaitable[None]]) -> None:
        async def run() -> None:
            async with open_ledger("sqlite://", bench="a", clock=clock) as ledger:
                await ledger.commit(roster(2))
                await scenario(ledger)

        asyncio.run(run())

    return played


def test_a_fault_before_the_commit_undoes_all_of_it_and_one_after_it_nothing(play: Play) -> None:
    async def scenario(ledger: SqlLedger) -> None:
        change = Change(BENCH, users=(User("u9", "New"),), facts=(FACT,))

        def fault() -> None:
            raise ZeroDivisionError

        ledger.before_commit = fault
        with pytest.raises(ZeroDivisionError):
            await ledger.commit(change)
        assert (await ledger.user("u9"), await ledger.head()) == (None, (0, EMPTY))
        ledger.before_commit, ledger.after_commit = None, fault
        with pytest.raises(ZeroDivisionError):
            await ledger.commit(change)
        assert (await ledger.user("u9"), (await ledger.head())[0]) == (User("u9", "New"), 1)

    play(scenario)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        (Change(BENCH, facts=(FACT, Fact("Odd", {"score": float("nan")}))), WrongUse, "Odd: score"),
        (Change(BENCH, facts=(FACT, Fact("Odd", {"text": "\ud800"}))), WrongUse, "surrogate"),
        (Change(BENCH, facts=(FACT, Fact("Odd\udfff"))), WrongUse, "surrogate"),
        (Change(Actor("\udc00"), facts=(FACT,)), WrongUse, "surrogate"),
        (Change(BENCH, facts=(FACT,), users=(User("u9", "Gr\udc61ce"),)), WrongUse, r"users\.name"),
        (Change(BENCH, facts=(FACT,), evidence=(Evidence("label", 1.0, "scanner", "none", {}),)), NotFound, "attempt none"),
        (Change(BENCH, facts=(FACT,), evidence=(Evidence("label", float("inf"), "x", "a1", {}),)), WrongUse, "not finite"),
        (Change(BENCH, facts=(FACT,), phones=(Phone("p", "none", "e1", "a1"),)), LedgerFailed, "FOREIGN KEY"),
        (
            Change(BENCH, facts=(FACT,), enrollments=(Enrollment("e1", "b", 9, "u", Mode.WPCO, "p"),)),
            LedgerFailed,
            r"UNIQUE.*enrollments\.id",
        ),
        (
            Change(BENCH, facts=(FACT,), moves=((Enrollment("no", "b", 9, "u", Mode.WPCO, "p", revision=1), Skipped()),)),
            NotFound,
            "enrollment no",
        ),
    ],
)
def test_a_change_that_cannot_be_written_is_refused_whole(play: Play, change: Change, error: type[Exception], match: str) -> None:
    async def scenario(ledger: SqlLedger) -> None:
        with pytest.raises(error, match=match):
            await ledger.commit(replace(change, users=(User("u8", "First"), *change.users)))
        assert await ledger.user("u8") is None
        assert await ledger.head() == (0, EMPTY)
        assert (await ledger.commit(Change(BENCH, facts=(FACT,))))[0].seq == 1

    play(scenario)


def test_the_second_of_two_moves_must_follow_on_the_first(play: Play) -> None:
    async def scenario(ledger: SqlLedger) -> None:
        first, second = ShowOrdered("a1"), ScanWitnessed("a1", 1, 2.0)
        shown = advance(await ledger.enrollment("e1"), first)
        scanned = advance(shown, second)
        with pytest.raises(LeaseLost, match="revision is 0, not 1"):
            await ledger.commit(Change(BENCH, moves=((scanned, second), (shown, first))))
        assert (await ledger.enrollment("e1")).state is State.QUEUED
        await ledger.commit(Change(BENCH, moves=((shown, first), (scanned, second))))
        assert await ledger.enrollment("e1") == scanned

    play(scenario)


def test_a_new_enrollment_can_be_moved_by_the_change_that_brings_it(play: Play) -> None:
    async def scenario(ledger: SqlLedger) -> None:
        new = Enrollment("e9", "b", 9, "u9", Mode.WPCO, "p")
        moved = advance(new, Skipped("left the company"))
        written = await ledger.commit(Change(BENCH, enrollments=(new,), moves=((moved, Skipped("left the company")),)))
        assert written[0].body == {"from": "queued", "to": "skipped", "reason": "left the company"}
        assert await ledger.enrollment("e9") == moved

    play(scenario)


def test_an_empty_change_records_nothing(play: Play) -> None:
    async def scenario(ledger: SqlLedger) -> None:
        assert await ledger.commit(Change(BENCH)) == ()
        assert await ledger.head() == (0, EMPTY)

    play(scenario)


ODD = (
    "Robert'); DROP TABLE users;--",
    'quote " double',
    "nul \x00 bell \x07 escape \x1b[31m",
    "right to left \u202eevil\u202c \u200f",
    "\u0645\u062d\u0645\u062f, \u5f20\u4f1f, Zoe\u0308, \U0001f9d1\u200d\U0001f680",
    "line\r\nbreak\ttab \u2028",
    "=HYPERLINK(1) [bold]markup[/bold] %s {0} :name ?",
    "",
)


@pytest.mark.parametrize("name", ODD)
def test_names_of_every_kind_come_back_as_they_went_in(play: Play, name: str) -> None:
    async def scenario(ledger: SqlLedger) -> None:
        user = User("u9", name, email=f"{name}@x.org", group=name)
        written = await ledger.commit(Change(BENCH, users=(user,), facts=(Fact("Noted", {name: name}),)))
        assert await ledger.user("u9") == user
        assert await ledger.find_users([user.email.upper()]) == (user,)
        assert (await ledger.events())[0] == written[0]
        assert written[0].body == {name: name}

    play(scenario)


def test_a_text_that_no_database_holds_finds_nothing_and_breaks_nothing(play: Play) -> None:
    async def scenario(ledger: SqlLedger) -> None:
        with pytest.raises(WrongUse, match="no database can hold"):
            await ledger.batch("\ud800")
        assert (await ledger.batch("b")).id == "b"

    play(scenario)


def test_names_are_in_the_table_of_users_alone(tmp_path: Path, clock: Clock, roster: Callable[[int], Change]) -> None:
    """After the users are gone from their table, no byte of the file tells of them."""
    path = tmp_path / "l.db"

    async def run() -> None:
        async with open_ledger(path, bench="a", clock=clock) as ledger:
            await ledger.commit(roster(40))
            event = ShowOrdered("a1")
            moved = advance(await ledger.enrollment("e1"), event)
            await ledger.commit(Change(BENCH, moves=((moved, event),), facts=(Fact("Noted", {"user": "u1"}),)))
            await ledger._database.run(lambda connection: connection.exec_driver_sql("DELETE FROM users"))

    async def written() -> None:
        async with open_ledger(tmp_path / "kept.db", bench="a", clock=clock) as ledger:
            await ledger.commit(roster(40))

    asyncio.run(run())
    asyncio.run(written())
    assert b"n7@example.org" in (tmp_path / "kept.db").read_bytes()
    for file in tmp_path.glob("l.db*"):
        assert b"@example.org" not in file.read_bytes()
        assert b"Name 7" not in file.read_bytes()
