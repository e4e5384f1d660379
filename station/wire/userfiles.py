"""A user file as it was read: its columns, its rows, and what is wrong with it. It is read where the client runs; rows go to the
service by KeepRows."""

from __future__ import annotations

from pydantic import Field

from station.wire.messages import Message
from station.wire.people import UserRow

USER_FIELDS = (
    "name", "first_name", "last_name", "email", "group", "directory", "anonymous", "send_email", "wpco",
    "policy", "mode", "custom1", "custom2", "custom3", "language",
)  # fmt: skip
"""What a column of a user file may hold."""


class FileColumn(Message):
    """One column. `header`: the file's own word, empty where it has no header row; `field`: what it holds (one of USER_FIELDS), empty
    where it is left out; `samples`: of the first rows that hold a user."""

    header: str
    field: str
    samples: tuple[str, ...]


class FileProblem(Message):
    """One thing that keeps a row, or the file, out. `line`: of the file, from 1; `column`: its number from 1, None where the
    problem is in none; `field`: as in FileColumn, empty for a column that holds none; `reason`: a sentence."""

    line: int
    column: int | None
    field: str
    value: str
    reason: str


class UserFile(Message):
    """A file that was read through. `refused` and `remedy` say why no row of it can be used: it is no user file, its columns are not
    known (then `columns` holds what can be said of them), or from some line on it cannot be read.

    `headed`: its first row names the columns. `rows` are the good ones, in order, none where there are more than MOST_WHOLE;
    `lines`: where they begin. `good`, `bad`, `duplicates` count rows, `more_problems` those that are not listed; `invited`: rows
    that order a mail.
    """

    refused: str = ""
    remedy: str = ""
    headed: bool = False
    columns: tuple[FileColumn, ...] = ()
    notes: tuple[str, ...] = ()
    rows: tuple[UserRow, ...] = Field(default=(), repr=False)
    lines: tuple[int, ...] = ()
    good: int = 0
    bad: int = 0
    duplicates: int = 0
    invited: int = 0
    problems: tuple[FileProblem, ...] = ()
    more_problems: int = 0


class Folders(Message):
    """Folders of the bench's configuration in which files for the terminal are laid."""

    paths: tuple[str, ...]
