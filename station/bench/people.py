"""People: users come into the roster, are changed, get a policy, and leave it. The record hears ids only, never a name."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from station.bench.minting import MintAhead
from station.bench.ordering import reorder
from station.bench.record import Record
from station.domain.errors import BadRoster, NotFound, WrongUse
from station.domain.policy import Mode, mode_of, policy_id
from station.domain.roster import Row, check_row, known_by
from station.ports import Actor, Change, Fact, Ledger, Minting, User

CHUNK = 500  # rows in one commit, so that a long import never stalls the bench


@dataclass(frozen=True, slots=True)
class Difference:
    """What a row would do to the roster: the user that it is about, unless it is new, and the columns that change."""

    user: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """The users of an import, by id in the rows' order, and what became of them."""

    users: tuple[str, ...]
    added: int
    changed: int
    same: int
    begun: int


async def find_user(ledger: Ledger, who: str) -> User:
    """By id, e-mail address, or a name that nobody else has. Raises NotFound; WrongUse when several have this name."""
    found = await ledger.user(who) if who else None
    if found is not None:
        return found
    users = await ledger.find_users([who]) if "@" in who else ()
    users = users or await ledger.find_users(names=[who])
    if not users:
        raise NotFound(f"No user has the id, e-mail or name {who[:80]!r}.", "List them with: sixtap users list")
    if len(users) > 1:
        raise WrongUse(
            f"{len(users)} users are named {who[:80]!r}.", f"Say which, by e-mail or id: {', '.join(u.id for u in users[:5])}"
        )
    return users[0]


async def must_be_there(ledger: Ledger, user: str) -> None:
    """Raises WrongUse for the id of somebody who was removed; nobody's (a generic code's) is no id."""
    if user and await ledger.user(user) is None:
        raise WrongUse("The user of this unit was removed.", "Skip or fail the unit.")


class People:
    """What admins do with the roster. Each method is one act of one actor."""

    def __init__(self, record: Record, minting: MintAhead, service: Minting) -> None:
        self._record = record
        self._minting = minting
        self._service = service

    # --- import ------------------------------------------------------------------------------------------------------------------

    async def import_users(
        self, actor: Actor, rows: Sequence[Row], *, only_new: bool = False, place: int = 0, begun: int | None = None
    ) -> Imported:
        """Add users, or change those who are there already: known by their address, or without one by both their names.

        `only_new`: WrongUse when one is there. What a row leaves empty is left as it is. New users come in the order of their places
        (those of the rows, counted from `place`) among all of the import that began then (milliseconds since the epoch, else now).
        """
        began = int(self._record.clock.now() * 1000) if begun is None else begun
        idents = _idents(began, place, len(rows))
        users: list[str] = []
        added = changed = 0
        for start in range(0, len(rows), CHUNK):
            async with self._record.roster:
                part = slice(start, start + CHUNK)
                new, other, ids = await self._write(actor, rows[part], idents[part], only_new)
            users += ids
            added += new
            changed += other
        return Imported(tuple(users), added, changed, len(users) - added - changed, began)

    async def import_whole(self, actor: Actor, rows: Sequence[Row], *, begun: int) -> Imported:
        """As `import_users`, but in one commit: all of it, or nothing whatever happens."""
        idents = _idents(begun, 0, len(rows))
        ids: list[str] = []
        new: list[User] = []
        changed: list[tuple[User, User]] = []
        async with self._record.roster:
            for start in range(0, len(rows), CHUNK):
                part = slice(start, start + CHUNK)
                some, fresh, other = self._sorted(rows[part], idents[part], await self._known(rows[part]))
                ids += some
                new += fresh
                changed += other
            await self._put(actor, new, changed)
        return Imported(tuple(ids), len(new), len(changed), len(ids) - len(new) - len(changed), begun)

    async def _write(self, actor: Actor, rows: Sequence[Row], idents: Sequence[str], only_new: bool) -> tuple[int, int, list[str]]:
        known = await self._known(rows)
        if only_new and known:
            raise WrongUse(f"The user is there already: {next(iter(known.values())).id}.", "Change it with: sixtap users edit")
        ids, new, changed = self._sorted(rows, idents, known)
        await self._put(actor, new, changed)
        return len(new), len(changed), ids

    def _sorted(
        self, rows: Sequence[Row], idents: Sequence[str], known: Mapping[str, User]
    ) -> tuple[list[str], list[User], list[tuple[User, User]]]:
        """The users' ids in the rows' order; those who are new; those who change, before and after."""
        ids: list[str] = []
        new: list[User] = []
        changed: list[tuple[User, User]] = []
        for ident, row in zip(idents, rows, strict=True):
            before = known.get(_key(row))
            after = _user(ident, row) if before is None else merged(before, row)
            ids.append(after.id)
            if before is None:
                new.append(after)
            elif after != before:
                changed.append((before, after))
        return ids, new, changed

    async def _put(self, actor: Actor, new: Sequence[User], changed: Sequence[tuple[User, User]]) -> None:
        written = (*new, *(after for _, after in changed))
        if not written:
            return
        parts = [written[start : start + CHUNK] for start in range(0, len(written), CHUNK)]
        facts = tuple(Fact("UsersImported", {"users": [user.id for user in part]}) for part in parts)
        await self._record.commit(Change(actor, users=written, facts=facts))
        await self._follow(actor, [after for before, after in changed if (before.mode, before.policy) != (after.mode, after.policy)])

    async def compare(self, rows: Sequence[Row]) -> list[Difference]:
        """What an import of these rows would do; nothing is written."""
        differences = []
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            known = await self._known(part)
            for row in part:
                before = known.get(_key(row))
                differences.append(Difference(before.id, changes(before, merged(before, row))) if before else Difference(None, ()))
        return differences

    async def _known(self, rows: Sequence[Row]) -> dict[str, User]:
        emails = [row.email for row in rows if row.email]
        names = [row.name for row in rows if not row.email]
        found = await self._record.ledger.find_users(emails, names) if rows else ()
        asked = {_key(row) for row in rows}
        known = {known_by(user.email, user.name, user.directory): user for user in found}
        return {key: user for key, user in known.items() if key in asked}

    async def note_accounts(self, actor: Actor, accounts: Mapping[str, str]) -> None:
        """Keep the management service's own ids (by the users' ids). Users who are gone are passed over."""
        async with self._record.roster:
            found = [await self._record.ledger.user(ident) for ident in accounts]
            noted = tuple(
                replace(user, account=accounts[user.id]) for user in found if user is not None and user.account != accounts[user.id]
            )
            if noted:
                fact = Fact("AccountsNoted", {"users": [user.id for user in noted]})
                await self._record.commit(Change(actor, users=noted, facts=(fact,)))

    # --- change ------------------------------------------------------------------------------------------------------------------

    async def edit(self, actor: Actor, who: str, values: dict[str, object]) -> tuple[str, ...]:
        """Change these fields of a user, an empty text taking a value away; which ones changed. BadRoster, NotFound, WrongUse."""
        async with self._record.roster:
            before = await find_user(self._record.ledger, who)
            after = _checked(replace(before, **_typed(values)))  # type: ignore[arg-type]  # the wire's message has their types
            if after.email.casefold() != before.email.casefold() and await self._record.ledger.find_users([after.email]):
                raise WrongUse("Another user has this e-mail address.", "One address belongs to one user.")
            changed = changes(before, after)
            if changed:
                fact = Fact("UserEdited", {"user": after.id, "columns": list(changed)})
                await self._record.commit(Change(actor, users=(after,), facts=(fact,)))
        if {"mode", "policy"}.intersection(changed):
            await self._follow(actor, [after])
        return changed

    async def assign(
        self, actor: Actor, users: Sequence[str] | None, *, group: str | None, policy: str, mode: Mode | None
    ) -> tuple[int, int]:
        """Give a policy (and a mode) to these users, to all of a group, or to all. How many got one, and how many changed by it.

        A user in a queue is shown a code of the new policy; a code that is out keeps the one that it was made with.
        """
        policy = policy_id(policy)
        named = None if users is None else sorted({(await find_user(self._record.ledger, who)).id for who in users})
        assigned = changed = 0
        last = ""
        while True:
            async with self._record.roster:
                page = await self._page(named, group, last)
                after = [replace(user, policy=policy, mode=mode or user.mode) for user in page]
                other = [new for new, old in zip(after, page, strict=True) if new != old]
                if other:
                    body: dict[str, object] = {"policy": policy, "mode": mode, "users": [user.id for user in other]}
                    await self._record.commit(Change(actor, users=tuple(other), facts=(Fact("PolicyAssigned", body),)))
            if not page:
                break
            await self._follow(actor, other)
            assigned, changed, last = assigned + len(page), changed + len(other), page[-1].id
        if group is not None and not assigned:
            raise NotFound(f"No user is in the group {group[:80]!r}.", "List them with: sixtap users list")
        return assigned, changed

    async def _page(self, named: Sequence[str] | None, group: str | None, last: str) -> Sequence[User]:
        """Some of those who are meant, with ids greater than `last`; of all users when nobody is named."""
        ledger = self._record.ledger
        if named is None:
            return await ledger.users(after=last, limit=CHUNK, group=group or "")
        found = [await ledger.user(ident) for ident in named if ident > last][:CHUNK]
        return [user for user in found if user is not None]

    async def _follow(self, actor: Actor, users: Sequence[User]) -> None:
        """Whoever waits in a queue is shown a code of the mode and policy that the user has now."""
        by_id = {user.id: user for user in users}
        for enrollment in await self._record.ledger.queued_of(list(by_id)) if by_id else ():
            user = by_id[enrollment.user]
            batch = await self._record.ledger.batch(enrollment.batch)
            mode, policy = user.mode or batch.mode, user.policy or batch.policy or enrollment.policy
            await reorder(self._record, self._minting, self._service, actor, enrollment.id, mode, policy)


def _idents(began: int, place: int, count: int) -> list[str]:
    """Fresh ids. They sort as the users came in, so that a batch of all users keeps the file's order."""
    salt = secrets.token_hex(4)
    return [f"u_{began:012x}{number:06x}{salt}" for number in range(place, place + count)]


def _user(ident: str, row: Row) -> User:
    mode = Mode(row.mode) if row.mode else None
    return User(
        ident, row.name, row.email, _policy(row.policy), mode, row.group, row.directory, row.anonymous, row.language, row.custom
    )


def merged(user: User, row: Row) -> User:
    """The user as the row has it; what the row leaves empty stays."""
    return replace(
        user,
        name=row.name,
        email=row.email or user.email,
        policy=_policy(row.policy) or user.policy,
        mode=Mode(row.mode) if row.mode else user.mode,
        group=row.group or user.group,
        directory=row.directory or user.directory,
        anonymous=row.anonymous or user.anonymous,
        language=row.language or user.language,
        custom=(row.custom[0] or user.custom[0], row.custom[1] or user.custom[1], row.custom[2] or user.custom[2]),
    )


def changes(before: User, after: User) -> tuple[str, ...]:
    """Names of the fields that differ."""
    return tuple(one.name for one in fields(User) if getattr(before, one.name) != getattr(after, one.name))


def _policy(text: str) -> str:
    return policy_id(text) if text else ""


def _key(row: Row) -> str:
    return known_by(row.email, row.name, row.directory)


def _typed(values: dict[str, object]) -> dict[str, object]:
    if "mode" in values:
        values = values | {"mode": mode_of(str(values["mode"])) if values["mode"] else None}
    if values.get("policy"):
        values = values | {"policy": policy_id(str(values["policy"]))}
    return values


def _checked(user: User) -> User:
    texts = (user.name, user.email, user.policy, user.mode or "", user.group, user.directory)
    row = Row(1, *texts, anonymous=user.anonymous, custom=user.custom, language=user.language)
    problems = check_row(row)
    if problems:
        first = problems[0]
        raise BadRoster(f"{first.column} {first.value!r} {first.reason}.", "Nothing was changed.", tuple(problems))
    return user
