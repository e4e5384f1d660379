"""People: orders about users, and how users are listed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from station.wire.messages import Message

Custom = tuple[str, str, str]
NO_CUSTOM: Custom = ("", "", "")
MOST_ROWS = 5000  # in one message, so that reading it never stalls the bench
MOST_WHOLE = 20_000  # of one act: it is written in one commit, and a bench at work waits for it


class UserRow(Message):
    """One user to import. `anonymous`: without a name of their own; `directory`: what they are called in a directory. `send_email`:
    their code is mailed to them after the import."""

    name: str
    email: str = ""
    policy: str = ""
    mode: str | None = None
    group: str = ""
    directory: str = ""
    anonymous: bool = False
    send_email: bool = False
    language: str = ""
    custom: Custom = NO_CUSTOM


Rows = Annotated[tuple[UserRow, ...], Field(max_length=MOST_ROWS)]


class ImportUsers(Message):
    """Add users to the roster; one who is there already is changed: known by the e-mail, or without one by name and directory name.

    What a row leaves empty stays as it is. `only_new`: refused when one is there. A file that comes in several messages keeps its
    order when each says the `place` of its first row in the file, and all after the first the `begun` that was the first one's fact.

    Facts: users (ids in the rows' order), added, changed, same, begun. Nobody is invited by it: see InviteUsers. A management service
    that keeps users of its own is told of them; then mailed (ids of whom it sent its own mail, as send_email ordered) and
    unknown_there (list of {"user", "why"}) are among the facts.
    """

    command: Literal["import_users"] = "import_users"
    rows: Rows
    only_new: bool = False
    place: int = Field(default=0, ge=0, lt=1 << 24)
    begun: int | None = Field(default=None, ge=0, lt=1 << 48)


class CompareUsers(Message):
    """What an import of these rows would do; nothing is changed. Facts: see Comparison."""

    command: Literal["compare_users"] = "compare_users"
    rows: Rows


class KeepRows(Message):
    """The next rows of an import that is one act: nothing is written before ImportKept. `place`: of the first of them among all;
    `begun`: what the first message's facts said. One import at a time: the first message of another takes its place.

    Facts: begun, kept (rows so far). At most MOST_WHOLE rows.
    """

    command: Literal["keep_rows"] = "keep_rows"
    rows: Rows
    place: int = Field(default=0, ge=0, lt=1 << 24)
    begun: int | None = Field(default=None, ge=0, lt=1 << 48)


class ImportKept(Message):
    """Import all rows that were kept, `count` of them, in one commit: all or nothing. Nobody is invited, and no service told.

    Facts: as ImportUsers's, and accounts: whether the management service keeps users of its own, which MakeKnown tells of them.
    """

    command: Literal["import_kept"] = "import_kept"
    begun: int = Field(ge=0, lt=1 << 48)
    count: int = Field(ge=1, lt=1 << 24)


class DropRows(Message):
    """Forget the rows that were kept. Facts: dropped (whether there were any)."""

    command: Literal["drop_rows"] = "drop_rows"
    begun: int = Field(ge=0, lt=1 << 48)


class MakeKnown(Message):
    """Make users, by their ids, known to a management service that keeps users of its own; it mails nobody. Doing it again creates
    nobody twice. Facts: unknown_there (list of {"user", "why"})."""

    command: Literal["make_known"] = "make_known"
    users: Annotated[tuple[str, ...], Field(max_length=MOST_ROWS)]


class Verdict(Message):
    """What would become of the row at this place: `columns` are those that change."""

    row: int
    what: Literal["new", "changed", "same"]
    user: str | None = None
    columns: tuple[str, ...] = ()


class Comparison(Message):
    """The facts of CompareUsers."""

    verdicts: tuple[Verdict, ...]


class EditUser(Message):
    """Change a user, named by id, e-mail or a name that nobody else has; None leaves a value as it is, an empty text takes it away.
    Facts: changed (names of the fields)."""

    command: Literal["edit_user"] = "edit_user"
    user: str
    name: str | None = None
    email: str | None = None
    policy: str | None = None
    mode: str | None = None
    group: str | None = None
    directory: str | None = None
    anonymous: bool | None = None
    language: str | None = None
    custom: Custom | None = None


class AssignUsers(Message):
    """Give users a policy (and a mode): those named (as in EditUser), or all of a group, or with neither all users.
    Facts: assigned, and changed: how many had another one before."""

    command: Literal["assign_users"] = "assign_users"
    users: tuple[str, ...] | None = None
    group: str | None = None
    policy: str
    mode: str | None = None


class RemoveUser(Message):
    """Revoke a user's codes and erase the name; the record keeps the opaque id. `user`: as in EditUser. Facts: removed (the id)."""

    command: Literal["remove_user"] = "remove_user"
    user: str


class InviteUsers(Message):
    """Mail users their codes: those named by id, e-mail or name (with `batch`, only for their places in it), and units by id.
    `resend`: a fresh code also for those who have one; it makes the old one void. `first`: users who ever had a code, in any batch,
    are passed over and no part of the facts. Facts: see Invitations."""

    command: Literal["invite_users"] = "invite_users"
    users: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    batch: str | None = None
    resend: bool = False
    first: bool = False


class Invitation(Message):
    """What came of one. `asked`: the user or unit as it was named. "waiting": the mail server does not take it yet, it is tried again;
    "unknown": it broke off after the mail was handed over; "withdrawn": the unit went on meanwhile. `why` is empty of those sent."""

    asked: str
    unit: str
    outcome: Literal["sent", "waiting", "refused", "unknown", "withdrawn"]
    why: str


class Invitations(Message):
    """The facts of InviteUsers: users first, then units, in the order in which they were named."""

    invitations: tuple[Invitation, ...]


class MailPreview(Message):
    """A user's invitation as it would be sent (RFC 5322), with a sample in the place of the code."""

    mail: str


class UserView(Message):
    """A person of the roster. `account`: the management service's own id for them."""

    id: str
    name: str
    email: str
    policy: str
    mode: str | None
    group: str
    directory: str = ""
    anonymous: bool = False
    language: str = ""
    custom: Custom = Field(default=NO_CUSTOM)
    account: str = ""


class UserPage(Message):
    """Some users; `after` is what to ask for next, None at the end."""

    items: tuple[UserView, ...]
    after: str | None
