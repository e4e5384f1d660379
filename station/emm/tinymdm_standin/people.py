"""Users, groups, policies and permanent codes of the account, and the oddities with which records are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from station.emm.emulator.seeded import Seeded

from . import invented
from .refusals import Refusal, Shape

CUSTOM = ("custom_field_1", "custom_field_2", "custom_field_3")
LONGEST = 255
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Quirks:
    """How records and refusals are written; the defaults are what was seen most. All of these were met in the real service.

    dates: of `enrollment_timestamp` and `last_sync_timestamp`. empty_numbers: "" for numbers that are not set. float_versions:
    versions as numbers. numeric_ids: ids as numbers.
    """

    dates: Literal["epoch", "iso", "day_first"] = "epoch"
    refusals: Shape = "text"
    empty_numbers: bool = True
    float_versions: bool = False
    numeric_ids: bool = False

    def ident(self, value: str) -> str | int:
        return int(value) if self.numeric_ids and value else value

    def date(self, moment: datetime | None) -> object:
        if moment is None:
            return "" if self.empty_numbers else None
        if self.dates == "epoch":
            return int(moment.timestamp())
        return moment.isoformat() if self.dates == "iso" else moment.strftime("%d-%m-%Y %H:%M:%S")

    def version(self, text: str) -> str | float:
        return float(text) if self.float_versions and re.fullmatch(r"\d+(\.\d+)?", text) else text


@dataclass(slots=True)
class User:
    """Somebody, or (from a group's code, or with the fleet) nobody in particular: then `made` is True."""

    id: str
    name: str
    email: str = ""
    anonymous: bool = False
    made: bool = False
    custom: dict[str, str] = field(default_factory=dict)
    group: str = ""
    policy: str = ""
    mailed: int = 0

    def record(self, quirks: Quirks) -> dict[str, Any]:
        return {
            "id": quirks.ident(self.id),
            "name": self.name,
            "email": self.email or None,
            "is_anonymous": self.anonymous,
            "group_id": quirks.ident(self.group) or None,
            "policy_id": quirks.ident(self.policy) or None,
            **{name: self.custom.get(name, "") for name in CUSTOM},
        }


@dataclass(slots=True)
class Group:
    """Users together; `prefix` names those whom its code makes."""

    id: str
    name: str
    policy: str = ""
    prefix: str = invented.PREFIXES[0]

    def record(self, quirks: Quirks) -> dict[str, Any]:
        return {"id": quirks.ident(self.id), "name": self.name, "policy_id": quirks.ident(self.policy) or None}


@dataclass(frozen=True, slots=True)
class Code:
    """A permanent code: of a user or of a group, with the console's WPCO box ticked or not. `secret` is what the phone sends."""

    secret: str = field(repr=False)
    owner: str
    group: bool
    wpco: bool


class People:
    """All of them. Ids rise and are never used twice."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._last = 1000
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.policies: dict[str, str] = {}
        self.codes: dict[str, Code] = {}
        self._mails: dict[str, str] = {}

    def policy(self, name: str, ident: str = "") -> str:
        """A new policy; its id. Policies are made in the console only."""
        ident = ident or self._next()
        self.policies[ident] = name
        return ident

    def create(self, said: Mapping[str, Any]) -> User:
        """A user as POST /users describes them. Raises 400 for what the console would refuse."""
        name, email, anonymous = said.get("name"), said.get("email") or "", said.get("is_anonymous", False)
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
            raise Refusal(400, "The field name is required.")
        if not isinstance(anonymous, bool) or not isinstance(said.get("send_email", False), bool):
            raise Refusal(400, "The fields is_anonymous and send_email must be boolean.")
        if not isinstance(email, str) or (not anonymous and not _MAIL.fullmatch(email)):
            raise Refusal(400, "The field email must be an e-mail address, unless the user is anonymous.")
        if email and email.casefold() in self._mails:
            raise Refusal(400, f"duplicate user: {email}")
        user = User(self._next(), name, "" if anonymous else email, anonymous)
        user.mailed = int(bool(said.get("send_email") and user.email))  # anonymous users get no mail
        user.custom = _custom(said)
        self.users[user.id] = user
        if user.email:
            self._mails[user.email.casefold()] = user.id
        return user

    def update(self, ident: str, said: Mapping[str, Any]) -> User:
        """Raises 400, 404."""
        user = self.user(ident)
        name = said.get("name", user.name)
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
            raise Refusal(400, "The field name must be a text.")
        user.custom |= _custom(said)
        user.name = name
        return user

    def user(self, ident: str) -> User:
        """Raises 404."""
        if ident not in self.users:
            raise Refusal(404, "User not found")
        return self.users[ident]

    def by_mail(self, email: str) -> User:
        """Raises 404."""
        return self.user(self._mails.get(email.casefold(), ""))

    def group(self, ident: str) -> Group:
        """Raises 400 for what is no group's id, 404 for one that is not there."""
        if not ident.isdigit():
            raise Refusal(400, "Invalid group id")
        if ident not in self.groups:
            raise Refusal(404, "Group not found")
        return self.groups[ident]

    def create_group(self, said: Mapping[str, Any]) -> Group:
        """Raises 400."""
        name = said.get("name")
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
            raise Refusal(400, "The field name is required.")
        group = Group(self._next(), name)
        self.groups[group.id] = group
        return group

    def assign(self, policy: str, member: str) -> None:
        """Put a group (or a user) into a policy; out of the one before. Raises 404."""
        if policy not in self.policies:
            raise Refusal(404, "Policy not found")
        if member in self.users:
            self.users[member].policy = policy
        else:
            self.group(member).policy = policy

    def policy_of(self, user: User) -> str:
        """A user's own policy, else the group's; "" for "No policy"."""
        group = self.groups.get(user.group)
        return user.policy or (group.policy if group else "")

    def code(self, owner: str, *, group: bool, wpco: bool) -> Code:
        """The permanent code: the same each time. Raises 400 while there is no policy, as the console shows no code then."""
        policy = self.group(owner).policy if group else self.policy_of(self.user(owner))
        if not policy:
            raise Refusal(400, "No policy")
        secret = self._seeded.letters(invented.LETTERS, "tinymdm code", owner, int(wpco))
        return self.codes.setdefault(secret, Code(secret, owner, group, wpco))

    def generic(self, group: Group, label: str) -> User:
        """The user whom a group's code makes for a phone."""
        user = User(self._next(), f"{group.name}-{label}", anonymous=True, made=True, group=group.id)
        self.users[user.id] = user
        return user

    def _next(self) -> str:
        self._last += 1
        return str(self._last)


def _custom(said: Mapping[str, Any]) -> dict[str, str]:
    given = {name: said[name] for name in CUSTOM if said.get(name) is not None}
    if not all(isinstance(value, str) for value in given.values()):
        raise Refusal(400, "A custom field must be a text.")
    return given
