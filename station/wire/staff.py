"""Who is there: signing in at a terminal that many use, and the list of those who may.

A session's token comes as a fact of SignIn and HandOver, and goes with every further request in the header SESSION. PINs and badges
cross the socket as text, and are hidden wherever a message is printed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, SecretStr

from station.wire.messages import Message, Role

SESSION = "X-Sixtap-Session"
IDLE = "X-Sixtap-Idle"
"""Header of a request: whole seconds since somebody last touched the terminal that asks. Screens ask by themselves too."""


def _told(secret: SecretStr) -> str:
    return secret.get_secret_value()


Pin = Annotated[SecretStr, Field(max_length=64), PlainSerializer(_told, return_type=str, when_used="json")]
Badge = Annotated[SecretStr, Field(max_length=200), PlainSerializer(_told, return_type=str, when_used="json")]


Ticket = Annotated[SecretStr, Field(max_length=64), PlainSerializer(_told, return_type=str, when_used="json")]


class BadgeHeard(Message):
    """The bench's scanner read somebody's badge. Who stands at the terminal there signs in, or takes over, with this ticket: once, and
    within some seconds. Only clients of accounts that many share hear it; the badge itself stays with the service. Not repeated."""

    type: Literal["badge_heard"] = "badge_heard"
    ticket: Ticket


class PutStaff(Message):
    """Add somebody, or change who `staff` is (by id or name). A PIN or badge of None stays, an empty one is taken away.

    Facts: staff.
    """

    command: Literal["put_staff"] = "put_staff"
    staff: str = ""
    name: str
    role: Role = "operator"
    pin: Pin | None = None
    badge: Badge | None = None


class RemoveStaff(Message):
    """Somebody left: the name is erased, what they did stays in the record under their id. By id or name. Facts: staff."""

    command: Literal["remove_staff"] = "remove_staff"
    staff: str


class SignIn(Message):
    """At a shared account: by id (or name) and PIN, or by a badge, as text or as a BadgeHeard's ticket. A badge without a PIN makes an
    operator of everybody.

    Facts: session, staff, name, role.
    """

    command: Literal["sign_in"] = "sign_in"
    staff: str = ""
    pin: Pin | None = None
    badge: Badge | None = None
    ticket: Ticket | None = None


class SignOut(Message):
    """The session ends; the bench goes on."""

    command: Literal["sign_out"] = "sign_out"


class HandOver(Message):
    """The shift of who is signed in ends and that of the named one begins. Facts: as of SignIn."""

    command: Literal["hand_over"] = "hand_over"
    staff: str = ""
    pin: Pin | None = None
    badge: Badge | None = None
    ticket: Ticket | None = None


class StaffView(Message):
    """One of the staff."""

    id: str
    name: str
    role: Role
    has_pin: bool
    has_badge: bool


class StaffPage(Message):
    """All of them, by name."""

    items: tuple[StaffView, ...]


class Me(Message):
    """Who asks. `locked`: a shared account at which nobody is signed in, and somebody has to be."""

    you: str
    role: Role
    shared: bool
    signed_in: bool
    locked: bool
