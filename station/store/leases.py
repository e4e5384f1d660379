"""Claims on enrollments: leased by time, fenced by number.

A claim raises the enrollment's fence, so a bench that froze and wakes up late carries an old number and is refused. A lease that
ran out is still its holder's until another bench takes the enrollment: nobody else has it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, select, update

from station.domain.enrollment import Enrollment, State
from station.domain.errors import LeaseLost
from station.ports import Lease
from station.store import rows
from station.store.schema import enrollments

# Literal in the statement, not a parameter: the planner must see it to know that the partial index of queued rows applies.
_QUEUED = enrollments.c.state == bindparam(None, State.QUEUED.value, literal_execute=True)


def claim(connection: Connection, batch: str, *, bench: str, now: float, seconds: float) -> tuple[Enrollment, Lease] | None:
    """Lease the lowest queued enrollment of the batch that nobody holds."""
    row = connection.execute(free(batch, now)).mappings().first()
    if row is None:
        return None
    lease = Lease(row["id"], row["fence"] + 1, now + seconds)
    taken = {"holder": bench, "fence": lease.fence, "lease_until": lease.until}
    connection.execute(update(enrollments).where(enrollments.c.id == lease.enrollment).values(taken))
    return rows.enrollment(row), lease


def free(batch: str, now: float) -> Select[Any]:
    """The lowest queued enrollment that nobody holds, for the partial index of queued rows."""
    return (
        select(enrollments)
        .where(_QUEUED, enrollments.c.batch == batch, enrollments.c.lease_until <= now)
        .order_by(enrollments.c.position, enrollments.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # nothing on SQLite, where one writer at a time is the rule
    )


def renew(connection: Connection, lease: Lease, *, bench: str, now: float, seconds: float) -> Lease:
    """The lease, from now on for `seconds`. Raises LeaseLost when it is no longer this bench's."""
    longer = Lease(lease.enrollment, lease.fence, now + seconds)
    if connection.execute(update(enrollments).where(_held(lease, bench)).values(lease_until=longer.until)).rowcount != 1:
        raise _lost(lease)
    return longer


def release(connection: Connection, lease: Lease, *, bench: str) -> None:
    """Give it back; nothing happens when it is another's by now."""
    connection.execute(update(enrollments).where(_held(lease, bench)).values(holder=None, lease_until=0))


def release_all(connection: Connection, *, bench: str) -> int:
    """Free what an earlier process of this bench held; how many."""
    return connection.execute(update(enrollments).where(enrollments.c.holder == bench).values(holder=None, lease_until=0)).rowcount


def check(connection: Connection, lease: Lease, *, bench: str) -> None:
    """Raises LeaseLost unless this bench still holds the newest fence."""
    if connection.execute(select(enrollments.c.id).where(_held(lease, bench)).with_for_update()).first() is None:
        raise _lost(lease)


def _held(lease: Lease, bench: str) -> ColumnElement[bool]:
    return and_(
        enrollments.c.id == lease.enrollment,
        enrollments.c.fence == lease.fence,
        enrollments.c.holder == bench,
    )


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(
        f"Enrollment {lease.enrollment} is no longer held under fence {lease.fence}.",
        "Another bench took it or it was released; nothing was written. Take the phone off the stand and go on with the next user.",
    )
