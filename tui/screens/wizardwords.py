"""What an admin says of a new batch, step by step: what is asked, what is still missing, how it reads, the order that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from station.wire import CreateBatch, PolicyView
from station.words import N_, Catalogue
from station.words.modes import MODE_MEANS, MODES
from tui.feed import Feed
from tui.plain import plain
from tui.screens.form import Field
from tui.screens.sheet import Choice
from tui.text import mode_name

Step = Literal["users", "mode", "policy", "details"]
STEPS: tuple[Step, ...] = ("users", "mode", "policy", "details")
"""In the order in which they are asked."""

WHO: dict[str, tuple[str, str]] = {
    "all": (N_("All users without a batch"), N_("those who are in no batch yet")),
    "group": (N_("One group"), N_("all of it, also who is in a batch")),
    "phones": (N_("No users"), N_("one generic code for many phones")),
    "file": (N_("Users from a file"), N_("CSV or XLSX: a stick, a folder, a path")),
}
ATTESTATION: dict[str, str] = {
    "never": N_("nobody's: the camera alone"),
    "lead": N_("a lead's"),
    "operator": N_("an operator's"),
}
NAMING: dict[str, str] = {
    "sequence": N_("a running number"),
    "serial": N_("the serial number"),
    "date": N_("the date"),
}
HOUR = 3600
LIFETIMES: dict[str, str] = {
    str(8 * HOUR): N_("8 hours"),
    str(24 * HOUR): N_("a day"),
    str(7 * 24 * HOUR): N_("a week"),
    str(30 * 24 * HOUR): N_("30 days"),
}
"""How long a generic code lives, by its seconds."""

MOST_PHONES = 100_000
USERS_OWN = N_("each user's own")
COUNT_WRONG = N_("Phones: a number from 1 to {most}.")
DEFAULTS: Mapping[str, str] = {
    "name": "",
    "attestation": "lead",
    "label": "",
    "phones": "",
    "lifetime": str(8 * HOUR),
    "prefix": "",
    "naming": "sequence",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A batch as far as it was said. `members`: ids of the group's users, or of the file's; `policy`: None until it was chosen, empty
    for the users' own; `details`: what the form holds, by its fields' ids."""

    who: str = ""
    group: str = ""
    file: str = ""
    members: tuple[str, ...] = ()
    mode: str = ""
    policy: str | None = None
    details: Mapping[str, str] = field(default_factory=lambda: DEFAULTS)

    @property
    def generic(self) -> bool:
        """Whether it has phones instead of users."""
        return self.who == "phones"

    @property
    def missing(self) -> Step | None:
        """The first step that still has to be answered."""
        answered = {
            "users": bool(self.who),
            "mode": bool(self.mode),
            "policy": self.policy is not None and bool(self.policy or not self.generic),
            "details": bool(self.details["name"]) and self.counted,
        }
        return next((step for step in STEPS if not answered[step]), None)

    @property
    def counted(self) -> bool:
        """Whether the number of phones is one, where one is needed."""
        count = self.details["phones"]
        return not self.generic or (count.isascii() and count.isdigit() and len(count) <= 6 and 1 <= int(count) <= MOST_PHONES)


async def groups(feed: Feed) -> dict[str, tuple[str, ...]]:
    """Every group of the roster by name, with the ids of its users in the roster's order."""
    found: dict[str, list[str]] = {}
    after: str | None = ""
    while after is not None:
        page = await feed.users(after=after)
        for user in page.items:
            if user.group:
                found.setdefault(user.group, []).append(user.id)
        after = page.after
    return {name: tuple(found[name]) for name in sorted(found, key=str.casefold)}


def who_choices(t: Catalogue, draft: Draft) -> tuple[Choice, ...]:
    """Whom a batch can be for; the one that was said stands out."""
    return tuple(_choice(who, t(label), t(note), draft.who) for who, (label, note) in WHO.items())


def mode_choices(t: Catalogue, draft: Draft) -> tuple[Choice, ...]:
    """Every management mode and what it means; the one that was said stands out."""
    return tuple(_choice(mode, mode_name(t, mode), t(MODE_MEANS[mode]), draft.mode) for mode in MODES)


def _choice(ident: str, label: str, note: str, said: str) -> Choice:
    """One of several answers, marked when it is what was said before."""
    return Choice(ident, f"✔ {label}", note, "act") if ident == said else Choice(ident, label, note)


def group_rows(t: Catalogue, draft: Draft, known: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Every group and how many are in it, the one that was said first."""
    rows = [(name, f"{plain(name, 60)}  ·  {_users(t, len(ids))}") for name, ids in known.items()]
    return sorted(rows, key=lambda row: row[0] != draft.group)


def policy_rows(t: Catalogue, draft: Draft, policies: tuple[PolicyView, ...]) -> list[tuple[str, str]]:
    """Every policy, the one that was said first. Users may have their own; a generic code cannot."""
    own = [] if draft.generic else [("", t(USERS_OWN))]
    rows = [*own, *((policy.name, plain(policy.name, 60)) for policy in policies)]
    return sorted(rows, key=lambda row: row[0] != draft.policy)


def details(t: Catalogue, draft: Draft) -> tuple[Field, ...]:
    """The lines of the form: those of phones without users only where there are none."""
    said = draft.details
    fields = (
        Field("name", t("Name of the batch"), said["name"], limit=100, wanted=True),
        Field("attestation", t("Whose word counts"), said["attestation"], choices=_said(t, ATTESTATION)),
        Field("label", t("Labels"), said["label"], choices=(("", t("not demanded")), ("yes", t("demanded before each code")))),
    )
    if not draft.generic:
        return fields
    return (
        *fields,
        Field("phones", t("Phones"), said["phones"], limit=6, wanted=True),
        Field("lifetime", t("The code lives"), said["lifetime"], choices=_said(t, LIFETIMES)),
        Field("prefix", t("Devices' names begin"), said["prefix"], limit=40),
        Field("naming", t("and go on with"), said["naming"], choices=_said(t, NAMING)),
    )


def review(t: Catalogue, draft: Draft) -> list[tuple[str, str]]:
    """The batch on one page: what each line is about, and what was said of it; empty where nothing was yet."""
    mode = f"{mode_name(t, draft.mode)}. {t(MODE_MEANS[draft.mode])}" if draft.mode else ""
    said = draft.details
    lines = [
        (t("Name of the batch"), plain(said["name"], 100)),
        (t("For"), _for_whom(t, draft)),
        (t("Mode"), mode),
        (t("Policy"), _policy(t, draft)),
        (t("Whose word counts"), t(ATTESTATION[said["attestation"]])),
        (t("Labels"), t("demanded before each code") if said["label"] else t("not demanded")),
    ]
    if draft.generic:
        lines += [
            (t("The code lives"), t(LIFETIMES[said["lifetime"]])),
            (t("Devices' names begin"), plain(said["prefix"], 40)),
            (t("and go on with"), t(NAMING[said["naming"]])),
        ]
    return lines


def order(draft: Draft) -> CreateBatch:
    """The order for a batch of which nothing is missing."""
    said = draft.details
    known: dict[str, object] = {
        "name": said["name"],
        "mode": draft.mode,
        "policy": draft.policy or "",
        "attestation": said["attestation"],
        "identity": "label" if said["label"] else "none",
    }
    if draft.generic:
        known |= {"phones": int(said["phones"]), "token_lifetime": int(said["lifetime"])}
        known |= {"prefix": said["prefix"], "naming": said["naming"]}
    elif draft.who in ("group", "file"):
        known["users"] = draft.members
    return CreateBatch.model_validate(known)


def _for_whom(t: Catalogue, draft: Draft) -> str:
    match draft.who:
        case "all":
            return t("all users who are in no batch yet")
        case "group":
            return t("group {group}", group=plain(draft.group, 40)) + f"  ·  {_users(t, len(draft.members))}"
        case "file":
            return t("the users of {file}", file=plain(draft.file, 40)) + f"  ·  {_users(t, len(draft.members))}"
        case "phones" if draft.counted:
            return t.plural("{count} phone, one generic code", "{count} phones, one generic code", int(draft.details["phones"]))
        case "phones":
            return t("one generic code for many phones")
    return ""


def _policy(t: Catalogue, draft: Draft) -> str:
    if draft.policy is None or (draft.generic and not draft.policy):
        return ""
    if not draft.policy:
        return t(USERS_OWN)
    name = plain(draft.policy, 60)
    return name if draft.generic else t("{policy}, for users who have none", policy=name)


def _users(t: Catalogue, count: int) -> str:
    return t.plural("{number} user", "{number} users", count, number=count)


def _said(t: Catalogue, table: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, t(words)) for value, words in table.items())
