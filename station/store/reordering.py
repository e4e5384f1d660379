"""Who waits in a queue is put before another one: the places of those between them move by one."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, case, func, select, update

from station.domain.enrollment import State
from station.domain.errors import NotFound, WrongUse
from station.ports import Reorder
from station.store.schema import batches, enrollments

_UNITS = enrollments.c


def reorder(connection: Connection, order: Reorder, *, now: float) -> None:
    """Only those that wait, and that no bench has claimed, change places; all others keep theirs. NotFound, WrongUse."""
    # two benches that reorder one queue take turns
    connection.execute(select(batches.c.id).where(batches.c.id == order.batch).with_for_update())
    waiting = and_(_UNITS.batch == order.batch, _UNITS.state == State.QUEUED.value, _UNITS.lease_until <= now)
    place = _place(connection, order.batch, order.enrollment, now)
    if order.before is None:
        goal: int = connection.execute(select(func.min(_UNITS.position)).where(waiting)).scalar_one()
    else:
        goal = _place(connection, order.batch, order.before, now)
    if goal < place:
        _shift(connection, order.enrollment, and_(waiting, _UNITS.position.between(goal, place)), forwards=True)
    elif goal > place:
        _shift(connection, order.enrollment, and_(waiting, _UNITS.position >= place, _UNITS.position < goal), forwards=False)


def _place(connection: Connection, batch: str, ident: str, now: float) -> int:
    asked = select(_UNITS.position, _UNITS.state, _UNITS.lease_until).where(_UNITS.id == ident, _UNITS.batch == batch)
    found = connection.execute(asked).first()
    if found is None:
        raise NotFound(f"There is no enrollment {ident} in this batch.", "Look it up in its batch.")
    if found.state != State.QUEUED.value:
        raise WrongUse(f"Only who waits in the queue can change places; {ident} is {found.state}.", "Choose somebody who waits.")
    if found.lease_until > now:
        raise WrongUse(f"The code of {ident} is made already.", "It comes next anyway: choose somebody behind it.")
    position: int = found.position
    return position


def _shift(connection: Connection, moved: str, between: ColumnElement[bool], *, forwards: bool) -> None:
    """Give the moved one the far end's place, each of the others its neighbour's. In one statement: they may be very many."""
    end = select(func.min(_UNITS.position) if forwards else func.max(_UNITS.position)).where(between)
    goal = connection.execute(end).scalar_one()
    neighbour = func.lead(_UNITS.position) if forwards else func.lag(_UNITS.position)
    place = case((_UNITS.id == moved, goal), else_=neighbour.over(order_by=(_UNITS.position, _UNITS.id)))
    line = select(_UNITS.id, place.label("place")).where(between).subquery()
    connection.execute(update(enrollments).where(_UNITS.id == line.c.id).values(position=line.c.place))
