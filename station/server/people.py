"""Orders and queries about users."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from aiohttp import web

from station import wire
from station.bench.bench import Bench
from station.bench.people import Difference, Imported, find_user
from station.domain.errors import BadRoster, WrongUse
from station.domain.policy import mode_of
from station.domain.roster import Row, RowProblem, check_row, repeated
from station.ports import Actor, User
from station.server.asking import Queries, limit

WholeOrder = wire.KeepRows | wire.ImportKept | wire.DropRows | wire.MakeKnown
Order = wire.ImportUsers | wire.CompareUsers | wire.EditUser | wire.AssignUsers | wire.RemoveUser
AT_ONCE = 200  # rows between which others have their turn


def queries(bench: Bench, laid: Sequence[Path] = ()) -> Queries:
    """Paths, what answers them, and the arguments that they take."""

    async def users(request: web.Request) -> wire.UserPage:
        most, query = limit(request), request.query
        found = await bench.record.ledger.users(
            after=query.get("after", ""),
            limit=most,
            free=bool(query.get("free")),
            group=query.get("group", ""),
            search=query.get("search", ""),
        )
        return wire.UserPage(items=tuple(map(_view, found)), after=found[-1].id if len(found) == most else None)

    async def user(request: web.Request) -> wire.UserView:
        return _view(await find_user(bench.record.ledger, request.query.get("who", "")))

    async def folders(_: web.Request) -> wire.Folders:
        return wire.Folders(paths=tuple(map(str, laid)))

    return (
        ("/v1/users", users, ("after", "limit", "group", "search", "free")),
        ("/v1/user", user, ("who",)),
        ("/v1/folders", folders, ()),
    )


def _view(user: User) -> wire.UserView:
    return wire.UserView.model_validate(asdict(user))


async def order(bench: Bench, actor: Actor, command: Order) -> dict[str, object]:
    """Carry it out; returns facts for the client."""
    people = bench.people
    match command:
        case wire.ImportUsers():
            return await _import(bench, actor, command)
        case wire.CompareUsers(rows=rows):
            verdicts = _verdicts(await people.compare(await _checked(rows)))
            return wire.Comparison(verdicts=verdicts).model_dump(mode="json")
        case wire.EditUser(user=who):
            said = command.model_dump(exclude={"command", "user"}, exclude_none=True)
            return {"changed": list(await people.edit(actor, who, _tidied(said)))}
        case wire.AssignUsers(users=who, group=group, policy=policy, mode=mode):
            if who is not None and group is not None:
                raise WrongUse("Users are named and a group too.", "Name one of both.")
            assigned, changed = await people.assign(actor, who, group=group, policy=policy, mode=mode_of(mode) if mode else None)
            return {"assigned": assigned, "changed": changed}
        case wire.RemoveUser(user=who):
            return {"removed": await bench.leaving.remove(actor, who)}


async def _import(bench: Bench, actor: Actor, command: wire.ImportUsers) -> dict[str, object]:
    rows = await _checked(command.rows)
    done = await bench.people.import_users(actor, rows, only_new=command.only_new, place=command.place, begun=command.begun)
    return _told(done) | await bench.accounts.follow(actor, done.users, [row.send_email for row in rows])


async def order_whole(bench: Bench, actor: Actor, command: WholeOrder) -> dict[str, object]:
    """Carry out a part of an import that is one act; returns facts for the client."""
    match command:
        case wire.KeepRows(rows=rows, place=place, begun=begun):
            gathered = bench.gathering.keep(actor, await _checked(rows), place=place, begun=begun, most=wire.MOST_WHOLE)
            return {"begun": gathered.begun, "kept": len(gathered.rows)}
        case wire.ImportKept(begun=begun, count=count):
            done = await bench.people.import_whole(actor, bench.gathering.take(actor, begun, count), begun=begun)
            return {**_told(done), "accounts": bench.accounts.kept}
        case wire.DropRows(begun=begun):
            return {"dropped": bench.gathering.drop(actor, begun)}
        case wire.MakeKnown(users=users):
            told = await bench.accounts.follow(actor, users, [False] * len(users))
            return {"unknown_there": told.get("unknown_there", [])}


def _told(done: Imported) -> dict[str, object]:
    return {name: getattr(done, name) for name in ("users", "added", "changed", "same", "begun")}


def _verdicts(differences: Sequence[Difference]) -> tuple[wire.Verdict, ...]:
    return tuple(
        wire.Verdict(
            row=place, what="new" if one.user is None else "changed" if one.columns else "same", user=one.user, columns=one.columns
        )
        for place, one in enumerate(differences)
    )


async def _checked(rows: tuple[wire.UserRow, ...]) -> list[Row]:
    """The same rules as for a file, for whoever speaks to the socket without one."""
    checked: list[Row] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, 1):
        candidate = _row(line, row)
        problems: list[RowProblem] = check_row(candidate) or repeated(candidate, seen)
        if problems:
            raise BadRoster(f"Row {line} cannot be imported: {problems[0]}.", "Correct it; nothing was imported.", tuple(problems))
        checked.append(candidate)
        if line % AT_ONCE == 0:
            await asyncio.sleep(0)
    return checked


def _row(line: int, row: wire.UserRow) -> Row:
    texts = (row.name, row.email, row.policy, row.mode or "", row.group, row.directory, *row.custom, row.language)
    tidy = [text.strip() if text.isascii() else _tidy(text) for text in texts]
    name, email, policy, mode, group, directory, one, two, three, language = tidy
    return Row(line, name, email, policy, mode, group, directory, row.anonymous, row.send_email, (one, two, three), language)


def _tidied(said: dict[str, object]) -> dict[str, object]:
    def tidy(value: object) -> object:
        if isinstance(value, str):
            return _tidy(value)
        return tuple(map(tidy, value)) if isinstance(value, tuple) else value

    return {name: tidy(value) for name, value in said.items()}


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())
