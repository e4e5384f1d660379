"""A place goes to another user only while nobody else has a hand on either."""

from __future__ import annotations

from sqlalchemy import Connection, select

from station.domain.enrollment import OPEN, State
from station.domain.errors import NotFound, WrongUse
from station.ports import Reassign
from station.store.schema import enrollments, users

_TAKEN = tuple(state.value for state in (*OPEN, State.HELD))


def check(connection: Connection, order: Reassign, *, bench: str, now: float) -> None:
    """NotFound for a user who is not there, WrongUse for one who is in a queue, and while another bench has claimed the place."""
    # two benches that give places to one user take turns
    if connection.execute(select(users.c.id).where(users.c.id == order.user).with_for_update()).first() is None:
        raise NotFound(f"There is no user {order.user}.", "Nothing was written.")
    places = enrollments.c
    asked = select(places.id).where(places.user == order.user, places.id != order.enrollment, places.state.in_(_TAKEN))
    if connection.execute(asked.limit(1)).first() is not None:
        raise WrongUse("The user has a place in a queue already.", "Choose somebody who is in no queue; nothing was written.")
    claimed = select(places.holder).where(places.id == order.enrollment, places.lease_until > now, places.holder != bench)
    if connection.execute(claimed.with_for_update()).first() is not None:
        raise WrongUse("Another bench has made the code of this place.", "Let it take its turn there; nothing was written.")
