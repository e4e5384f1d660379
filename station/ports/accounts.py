"""People at the management service, where it knows persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the roster. `user`: our opaque id; `account`: the service's, where it is known. `mail`: the service shall send its
    own mail with the code when it creates them."""

    user: str
    name: str = field(repr=False)
    email: str = field(default="", repr=False)
    anonymous: bool = False
    group: str = ""
    custom: tuple[str, str, str] = field(default=("", "", ""), repr=False)
    account: str = ""
    mail: bool = False


@dataclass(frozen=True, slots=True)
class Put:
    """What became of one of them. `problem` says why there is no `account`, or what of them could not be set."""

    user: str
    account: str = ""
    created: bool = False
    mailed: bool = False
    problem: str = ""


class Roster(Protocol):
    """A management service that keeps users of its own."""

    async def put_users(self, people: Sequence[Person]) -> tuple[Put, ...]:
        """Make the service know them all, in their order; doing it again creates nobody twice.

        Raises what a call raises where nothing can be done for anybody.
        """
        ...
