"""An import that is one act: its rows come in parts, and all of them are written or none."""

from __future__ import annotations

import pytest

from station.bench.gathering import PATIENCE
from station.bench.people import CHUNK, Imported
from station.domain.errors import BadRoster, LedgerFailed, SixtapError, WrongUse
from station.domain.roster import Row
from station.ports import Actor
from tests.bench.rig import Rig
from tests.bench.scenes import bench
from tests.bench.test_people import ADMIN, KIOSK, facts, imported, users

OTHER = Actor("grace", "admin")
MOST = 5000


def rows(count: int, begin: int = 0) -> list[Row]:
    return [Row(1, f"P{number}", f"p{number}@example.com") for number in range(begin, begin + count)]


def kept(rig: Rig, *parts: list[Row], actor: Actor = ADMIN, most: int = MOST) -> int:
    """The name of an import that these parts were kept of."""
    begun: int | None = None
    place = 0
    for part in parts:
        begun = rig.bench.gathering.keep(actor, part, place=place, begun=begun, most=most).begun
        place += len(part)
    assert begun is not None
    return begun


def whole(rig: Rig, *parts: list[Row]) -> Imported:
    begun = kept(rig, *parts)
    taken = rig.bench.gathering.take(ADMIN, begun, sum(map(len, parts)))
    return rig.act(rig.bench.people.import_whole(ADMIN, taken, begun=begun))


def test_all_parts_are_written_in_one_go_in_the_order_of_the_file() -> None:
    with bench(started=False) as rig:
        before = len(rig.loop.run_until_complete(rig.ledger.users(limit=1000)))
        done = whole(rig, rows(CHUNK), rows(100, CHUNK))
        assert (done.added, done.changed, done.same) == (CHUNK + 100, 0, 0)
        assert [user.name for user in users(rig, *done.users)] == [f"P{number}" for number in range(CHUNK + 100)]
        assert list(done.users) == sorted(done.users)
        told = [event["users"] for event in facts(rig, "UsersImported")][-2:]
        assert [len(part) for part in told if isinstance(part, list)] == [CHUNK, 100]
        assert before + CHUNK + 100 == len(rig.loop.run_until_complete(rig.ledger.users(limit=1000)))


def test_it_does_what_the_import_in_parts_does() -> None:
    with bench(started=False) as rig:
        first = imported(rig, Row(1, "P1", "p1@example.com", group="Old"), KIOSK)
        done = whole(rig, [Row(1, "P1", "P1@example.com", group="New"), KIOSK, Row(3, "P9")])
        assert (done.added, done.changed, done.same) == (1, 1, 1)
        assert done.users[:2] == first.users
        assert users(rig, done.users[0])[0].group == "New"


def test_a_write_that_fails_writes_nothing_of_it() -> None:
    def fail() -> None:
        raise LedgerFailed("The disk is full.", "Make room.")

    with bench(started=False, check=False) as rig:
        begun = kept(rig, rows(CHUNK), rows(CHUNK, CHUNK))
        taken = rig.bench.gathering.take(ADMIN, begun, 2 * CHUNK)
        head = rig.loop.run_until_complete(rig.ledger.head())
        rig.ledger.before_commit = fail
        with pytest.raises(LedgerFailed):
            rig.loop.run_until_complete(rig.bench.people.import_whole(ADMIN, taken, begun=begun))
        rig.ledger.before_commit = None
        assert rig.loop.run_until_complete(rig.ledger.find_users(["p0@example.com", "p999@example.com"])) == ()
        assert rig.loop.run_until_complete(rig.ledger.head()) == head


def test_what_was_dropped_cannot_be_imported() -> None:
    with bench(started=False) as rig:
        begun = kept(rig, rows(2))
        assert not rig.bench.gathering.drop(OTHER, begun)
        assert rig.bench.gathering.drop(ADMIN, begun)
        assert not rig.bench.gathering.drop(ADMIN, begun)
        with pytest.raises(WrongUse, match="broke off; nothing of it was written"):
            rig.bench.gathering.take(ADMIN, begun, 2)


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_part_that_is_missing_or_came_twice_breaks_it_off(place: int) -> None:
    with bench(started=False) as rig:
        begun = kept(rig, rows(2))
        with pytest.raises(WrongUse, match="broke off"):
            rig.bench.gathering.keep(ADMIN, rows(1, 7), place=place, begun=begun, most=MOST)
        with pytest.raises(WrongUse, match="broke off"):
            rig.bench.gathering.take(ADMIN, begun, 2)


@pytest.mark.parametrize("count", [1, 3])
def test_another_number_of_rows_than_was_kept_breaks_it_off(count: int) -> None:
    with bench(started=False) as rig:
        begun = kept(rig, rows(2))
        with pytest.raises(WrongUse, match="broke off"):
            rig.bench.gathering.take(ADMIN, begun, count)


def test_more_rows_than_may_be_written_at_once_are_refused() -> None:
    with bench(started=False) as rig, pytest.raises(WrongUse, match="more than 3 users"):
        kept(rig, rows(2), rows(2, 2), most=3)


def test_a_user_in_two_parts_is_refused_with_the_row() -> None:
    with bench(started=False) as rig, pytest.raises(BadRoster, match=r"Row 3 .* is on line 1 already"):
        kept(rig, rows(2), [Row(1, "P0", "P0@example.com")])


def test_each_person_has_one_import_and_none_sees_another_s() -> None:
    with bench(started=False) as rig:
        mine, theirs = kept(rig, rows(2)), kept(rig, rows(3), actor=OTHER)
        assert len(rig.bench.gathering.take(OTHER, theirs, 3)) == 3
        kept(rig, rows(1))  # begun anew: the first is forgotten, even where both began in one moment
        with pytest.raises(WrongUse):
            rig.bench.gathering.take(ADMIN, mine, 2)


def test_what_lies_about_for_an_hour_is_forgotten() -> None:
    with bench(started=False) as rig:
        begun = kept(rig, rows(2))
        rig.wait(PATIENCE + 1)
        kept(rig, rows(1), actor=OTHER)
        with pytest.raises(SixtapError):
            rig.bench.gathering.take(ADMIN, begun, 2)
