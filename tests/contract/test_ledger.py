"""What every ledger must do, asked of the one in memory and of the one in a file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest

from station.domain.audit import EMPTY, Chain
from station.domain.enrollment import (
    Attempt,
    CodeShown,
    Enrollment,
    Held,
    HoldReason,
    JourneyEvent,
    Phone,
    PhoneCount,
    Place,
    ScanWitnessed,
    ShowOrdered,
    Skipped,
    State,
    UserCount,
    advance,
)
from station.domain.errors import LeaseLost, LedgerFailed, NotFound, WrongUse
from station.domain.evidence import Device, Evidence
from station.domain.policy import Mode
from station.ports import BENCH, Actor, Batch, Change, Effect, Fact, Ledger, User
from station.store.ledger import open_ledger

BATCH = Batch("b1", "Monday", Mode.DEDICATED, "kiosk", created=5.0)
ATTEMPT = Attempt("a1", "e1", 1, token="enterprises/E/enrollmentTokens/T")  # noqa: S106  its name, not its value
LEAD = Actor("grace", "lead")


@dataclass
class SetClock:
    time: float = 1000.0

    def now(self) -> float:
        return self.time


Scenario = Callable[[Ledger, SetClock], Awaitable[None]]
Play = Callable[[Scenario], None]


@pytest.fixture(params=["memory", "file"])
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Play:
    """Runs a scenario on a ledger that holds one batch of three queued users."""
    address = "sqlite://" if request.param == "memory" else str(tmp_path / "ledger.db")

    def played(scenario: Scenario) -> None:
        async def run() -> None:
            clock = SetClock()
            async with open_ledger(address, bench="bench-1", clock=clock) as ledger:
                await ledger.commit(Change(BENCH, users=users(3), batches=(BATCH,), enrollments=queued(3)))
                await scenario(ledger, clock)

        asyncio.run(run())

    return played


def users(number: int) -> tuple[User, ...]:
    return tuple(User(f"u{i}", f"Name {i}", f"Name{i}@Example.org") for i in range(1, number + 1))


def queued(number: int) -> tuple[Enrollment, ...]:
    return tuple(Enrollment(f"e{i}", "b1", i, f"u{i}", Mode.DEDICATED, "kiosk") for i in range(1, number + 1))


async def move(ledger: Ledger, ident: str, *events: JourneyEvent, **rest: object) -> None:
    enrollment = await ledger.enrollment(ident)
    moves = []
    for event in events:
        enrollment = advance(enrollment, event)
        moves.append((enrollment, event))
    await ledger.commit(replace(Change(BENCH, moves=tuple(moves)), **rest))  # type: ignore[arg-type]


def test_several_moves_of_one_enrollment_follow_on_each_other_in_one_change(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        await move(ledger, "e1", ShowOrdered("a1"), CodeShown("a1"), ScanWitnessed("a1", 4, 1900.0), attempts=(ATTEMPT,))
        stored = await ledger.enrollment("e1")
        assert (stored.state, stored.tray, stored.due, stored.revision) == (State.SCANNED, 4, 1900.0, 3)
        events = await ledger.events(enrollment="e1")
        assert [event.kind for event in events] == ["ShowOrdered", "CodeShown", "ScanWitnessed"]
        assert [(e.body["from"], e.body["to"]) for e in events][2] == ("showing", "scanned")
        assert events[2].body == {"attempt": "a1", "tray": 4, "due": 1900.0, "from": "showing", "to": "scanned", "reason": None}

    play(scenario)


def test_recorded_events_are_returned_as_they_are_read_later(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        clock.time = 1234.5
        fact = Fact("TrayFreed", {"tray": 3, "score": 0.25, "names": ["ä", "\u202e", 'q"\\'], "none": None}, enrollment="e1")
        held = Held(HoldReason.FAULT, "camera")
        moved = advance(await ledger.enrollment("e2"), held)
        written = await ledger.commit(Change(LEAD, moves=((moved, held),), facts=(fact,)))
        assert written == await ledger.events()
        assert [event.seq for event in written] == [1, 2]
        assert {(e.at, e.bench, e.actor, e.role, e.batch) for e in written} == {(1234.5, "bench-1", "grace", "lead", "b1")}
        assert (written[0].body["reason"], written[0].body["to"]) == ("fault", "held")
        assert await ledger.head() == (2, written[1].hash)

    play(scenario)


def test_the_record_is_read_from_its_newest_event_on_and_searched(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        for number in range(3):
            await ledger.commit(Change(LEAD if number else BENCH, facts=(Fact("Ticked", {"number": number}), Fact("Tock_ed"))))
        assert await ledger.newest_events() == tuple(reversed(await ledger.events()))
        assert [event.seq for event in await ledger.newest_events(before=5, limit=2)] == [4, 3]
        assert [event.seq for event in await ledger.newest_events(search="tICK")] == [5, 3, 1]
        assert [event.seq for event in await ledger.newest_events(search="grace", limit=3)] == [6, 5, 4]
        assert [event.seq for event in await ledger.newest_events(search="k_e")] == [6, 4, 2]
        assert [event.seq for event in await ledger.newest_events(search="tICK", actors=("grace",), limit=3)] == [6, 5, 4]
        assert [event.seq for event in await ledger.newest_events(search="nobody", actors=("nobody",))] == []
        assert await ledger.newest_events(before=1) == ()

    play(scenario)


def test_the_chain_verifies_page_by_page(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        assert await ledger.head() == (0, EMPTY)
        for number in range(7):
            await ledger.commit(Change(BENCH, facts=(Fact("Ticked", {"number": number}), Fact("Tocked"))))
        chain, after = Chain(), 0
        while page := await ledger.events(after=after, limit=4):
            chain.feed([asdict(event) for event in page])
            after = page[-1].seq
        assert chain.finish() is None
        assert (chain.length, chain.head) == await ledger.head()

    play(scenario)


def test_evidence_is_kept_and_told(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        piece = Evidence("witness", 1000.5, "camera", "a1", {"score": 0.97, "frames": 12, "dark": True, "note": None})
        await move(ledger, "e1", ShowOrdered("a1"), attempts=(ATTEMPT,), evidence=(piece,), facts=(Fact("Noted"),))
        assert await ledger.evidence("e1") == (piece,)
        assert await ledger.evidence("e2") == ()
        shown, noted, filed = await ledger.events()
        assert (shown.kind, noted.kind, filed.kind) == ("ShowOrdered", "Noted", "EvidenceFiled")
        assert (filed.batch, filed.enrollment, filed.body) == ("b1", "e1", asdict(piece))

    play(scenario)


def test_a_writer_with_an_old_revision_is_refused(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        old = await ledger.enrollment("e1")
        await move(ledger, "e1", Skipped())
        event = ShowOrdered("a1")
        with pytest.raises(LeaseLost, match="revision is 1, not 0"):
            await ledger.commit(Change(BENCH, moves=((advance(old, event), event),), attempts=(ATTEMPT,)))
        assert await ledger.attempt("a1") is None
        assert (await ledger.enrollment("e1")).state is State.SKIPPED

    play(scenario)


def test_a_change_that_fails_at_its_end_leaves_nothing(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        event = ShowOrdered("a1")
        change = Change(
            BENCH,
            moves=((advance(await ledger.enrollment("e1"), event), event),),
            attempts=(ATTEMPT,),
            users=(User("u9", "New"),),
            effects=(Effect("f1", "mint", "no such attempt", 1.0),),
        )
        with pytest.raises(LedgerFailed, match="FOREIGN KEY"):
            await ledger.commit(change)
        assert (await ledger.enrollment("e1")).state is State.QUEUED
        assert (await ledger.attempt("a1"), await ledger.user("u9"), await ledger.head()) == (None, None, (0, EMPTY))
        await ledger.commit(replace(change, effects=()))
        assert (await ledger.enrollment("e1")).state is State.SHOWING

    play(scenario)


def test_rows_are_replaced_by_id_and_found_again(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        second = replace(ATTEMPT, id="a2", number=2)
        phone = Phone("p1", "b1", "e1", "a1")
        device = Device("enterprises/E/devices/D", token=ATTEMPT.token or "", reference="a1", serial="007")
        intent = Effect("f1", "mint", "a1", 1.0)
        await ledger.commit(Change(BENCH, attempts=(ATTEMPT, second), phones=(phone,), devices=(device,), effects=(intent,)))
        assert await ledger.open_effects() == (intent,)
        settled, tray = replace(intent, outcome="done", token="T"), replace(phone, place="tray", tray=2)  # noqa: S106
        seen, first = replace(device, model="Pixel"), replace(ATTEMPT, device=device.name, ended="scanned")
        await ledger.commit(Change(BENCH, attempts=(first,), phones=(tray,), devices=(seen,), effects=(settled,)))
        assert await ledger.open_effects() == ()
        assert await ledger.attempts("e1") == (first, second)
        assert (await ledger.attempt("a1"), await ledger.attempt_by_token(ATTEMPT.token or "")) == (first, second)
        assert (await ledger.phone("p1"), await ledger.phone("p2")) == (tray, None)
        assert await ledger.phones(batch="b1", enrollment="e1", places=("tray", "stand")) == (tray,)
        assert await ledger.phones(places=("stand",)) == await ledger.phones(batch="b2") == ()
        assert (await ledger.device(device.name), await ledger.device("none")) == (seen, None)
        assert await ledger.device_names() == {device.name}

    play(scenario)


def test_both_counts_close(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        await move(ledger, "e1", ShowOrdered("a1"), attempts=(ATTEMPT,))
        await move(ledger, "e2", Skipped())
        await move(ledger, "e3", Held(HoldReason.FAULT))
        places: tuple[Place, ...] = ("stand", "tray", "set_aside", "failed", "verified", "verified")
        phones = tuple(Phone(f"p{i}", "b1", "e1", "a1", place) for i, place in enumerate(places))
        await ledger.commit(Change(BENCH, phones=phones))
        assert await ledger.counts("b1") == (UserCount(3, 0, 1, 0, 1, 1), PhoneCount(6, 2, 2, 1, 1))
        assert await ledger.counts("none") == (UserCount(), PhoneCount())

    play(scenario)


def test_the_lowest_free_one_is_claimed_and_nobody_else_gets_it(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        await move(ledger, "e1", Skipped())
        claimed = await ledger.claim("b1", 60.0)
        assert claimed is not None
        assert (claimed[0], claimed[1].fence, claimed[1].until) == (await ledger.enrollment("e2"), 1, 1060.0)
        other = await ledger.claim("b1", 60.0)
        assert other is not None
        assert other[0].id == "e3"
        assert await ledger.claim("b1", 60.0) is None
        await ledger.release(other[1])
        again = await ledger.claim("b1", 60.0)
        assert again is not None
        assert (again[0].id, again[1].fence) == ("e3", 2)
        assert await ledger.claim("no such batch", 60.0) is None

    play(scenario)


def test_batches_are_found_by_id_or_name_and_users_by_page(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        assert await ledger.batch("b1") == await ledger.batch("Monday") == BATCH
        with pytest.raises(NotFound):
            await ledger.batch("Tuesday")
        with pytest.raises(NotFound):
            await ledger.enrollment("e9")
        twin = replace(BATCH, id="b0", created=6.0)
        await ledger.commit(Change(BENCH, batches=(twin,)))
        assert await ledger.batches() == (BATCH, twin)
        with pytest.raises(WrongUse, match="Several"):
            await ledger.batch("Monday")
        assert await ledger.users(after="u1", limit=1) == users(2)[1:]
        assert await ledger.users(free=True) == ()
        await move(ledger, "e2", Skipped())
        assert await ledger.users(free=True) == users(2)[1:]
        assert await ledger.find_users(["NAME3@example.org", "name1@example.org", "", "x"]) == (users(1)[0], users(3)[2])
        twins = (User("u8", "ÅSA"), User("u9", "Åsa", "name9@example.org"))
        await ledger.commit(Change(BENCH, users=twins))
        assert await ledger.find_users(["name9@example.org"], ["åsa", "", "nobody"]) == twins
        assert set(await ledger.users_with(["u9", "u1", "no such"])) == {twins[1], users(1)[0]}
        assert await ledger.users_with([]) == ()
        assert await ledger.queued_of(["u1", "u2", "u8", "u1"]) == (await ledger.enrollment("e1"),)

    play(scenario)


def test_enrollments_come_by_position_and_no_page_leaves_one_out(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        others = tuple(replace(one, id=f"x{one.id}", batch="b2") for one in queued(3))
        await ledger.commit(Change(BENCH, batches=(replace(BATCH, id="b2"),), enrollments=others))
        assert await ledger.enrollments(batch="b1", after=1) == queued(3)[1:]
        assert await ledger.enrollments(batch="b1", states=(State.HELD, State.SHOWING)) == ()
        seen: list[str] = []
        after = 0
        while page := await ledger.enrollments(after=after, limit=3, states=(State.QUEUED,)):
            seen += [one.id for one in page]
            after = page[-1].position
        assert seen == ["e1", "xe1", "e2", "xe2", "e3", "xe3"]
        with pytest.raises(WrongUse, match="page"):
            await ledger.enrollments(limit=0)

    play(scenario)


def test_setup_times_are_those_of_phones_that_were_scanned_and_have_their_device(play: Play) -> None:
    async def scenario(ledger: Ledger, clock: SetClock) -> None:
        attempts = [replace(ATTEMPT, id=f"t{n}", number=n, scanned=1000.0, device=f"d{n}") for n in range(1, 4)]
        unscanned = replace(ATTEMPT, id="t4", number=4, scanned=None, device="d4")
        waiting = replace(ATTEMPT, id="t5", number=5, scanned=1000.0, device=None)
        early = replace(ATTEMPT, id="t6", number=6, scanned=1000.0, device="d6")
        devices = [Device(f"d{n}", model="Pixel 8a", enrolled=1000.0 + 60 * n) for n in range(1, 5)]
        devices.append(Device("d6", model="Pixel 8a", enrolled=900.0))
        await ledger.commit(Change(BENCH, attempts=(*attempts, unscanned, waiting, early), devices=tuple(devices)))
        assert [(one.model, one.seconds) for one in await ledger.setup_times()] == [("Pixel 8a", each) for each in (180, 120, 60)]
        assert len(await ledger.setup_times(limit=1)) == 1

    play(scenario)
