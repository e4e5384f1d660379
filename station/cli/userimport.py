"""`sixtap users import`: a file of users, understood, checked, compared with the roster, and sent."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say, table
from station.cli.userdifference import CHUNK, compared, sent
from station.client import Client, Refused
from station.domain.columns import read_maps
from station.domain.errors import BadRoster, WrongUse
from station.domain.roster import RowProblem
from station.userfiles.reading import How, UserFile, read_user_file

LARGE = 1 << 20  # octets from which on reading shows its progress
MOST_TOLD = 20  # problems printed for people
MAILS = 50  # users who are invited by one message

MapOption = Annotated[
    list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help="What a column is, by header or number; - leaves it out.")
]


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV (with a header row, or as TinyMDM's console takes it) or XLSX.")],
    socket: SocketOption,
    maps: MapOption = None,
    sheet: Annotated[str, typer.Option(help="The sheet of a workbook, by name or number; else the first.")] = "",
    encoding: Annotated[str, typer.Option(help="The encoding of a text, where it is not found out.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave bad and repeated rows out, and import the others.")] = False,
    json: JsonOption = False,
) -> None:
    """Add users from a file, or change those who are there already; --dry-run shows what would change."""
    with read_file(file, maps or [], sheet, encoding, json=json) as checked:
        if dry_run:
            _dry_run(socket, file, checked, skip_bad=skip_bad, json=json)
            return
        if json and not _usable(checked, skip_bad):
            as_json(_document(checked))
        refuse_bad(file, checked, skip_bad)
        _explain(file, checked)
        _import(socket, checked, json=json)


def read_file(path: Path, maps: Sequence[str] = (), sheet: str = "", encoding: str = "", *, json: bool = False) -> UserFile:
    """A user file, read through; bad rows are among its problems. Ends with code 2 and the reason when it is no user file at all."""
    try:
        how = How(read_maps(maps), sheet, encoding)
        small = path.stat().st_size < LARGE
        with typer.progressbar(length=1000, label="Reading", hidden=small, file=sys.stderr) as bar:
            return read_user_file(path, how, lambda share: bar.update(int(share * 1000) - bar.pos))
    except OSError as why:
        complain(f"{path} cannot be read: {why.strerror}. Check its name.")
        end(WRONG_USE)
    except WrongUse as why:
        complain(str(why))
        end(WRONG_USE)
    except BadRoster as why:
        problems = [one for one in why.problems if isinstance(one, RowProblem)]
        if json:
            as_json({"good": 0, "problems": [_problem(one) for one in problems]})
        for line in (f"{path}: {why}", *map(str, problems)):
            complain(line)
        end(WRONG_USE)


def _usable(checked: UserFile, skip_bad: bool) -> bool:
    return checked.broken is None and (skip_bad or not checked.bad + checked.duplicates)


def refuse_bad(path: Path, checked: UserFile, skip_bad: bool = False) -> None:
    """Tell of bad rows. Nothing is imported from a file with one, unless they are to be skipped and the rest can be read."""
    _tell_problems(checked)
    if _usable(checked, skip_bad):
        return
    if checked.broken is not None:
        complain(f"{path}: {checked.broken} Nothing was imported.")
    else:
        complain(f"{path}: {_counted(checked)}. Nothing was imported. Correct the file, or leave bad rows out with --skip-bad.")
    end(WRONG_USE)


def _tell_problems(checked: UserFile) -> None:
    for problem in checked.problems[:MOST_TOLD]:
        where = checked.columns.where(problem.column)
        complain(f"line {problem.line}, column {where}: {problem.value!r}: {problem.reason}")
    more = checked.more_problems + len(checked.problems[MOST_TOLD:])
    if more:
        complain(f"... and {more} more of this kind.")


def _counted(checked: UserFile) -> str:
    bad = f"{checked.bad} bad {'row' if checked.bad == 1 else 'rows'}"
    duplicates = f"{checked.duplicates} {'duplicate' if checked.duplicates == 1 else 'duplicates'}"
    return f"{bad}, {duplicates}, {checked.good} good"


def _explain(path: Path, checked: UserFile) -> None:
    """How the file was understood, unless there is nothing to explain."""
    for note in checked.notes:
        complain(f"{path}: {note}")
    columns = checked.columns
    if columns.evident:
        return
    if columns.layout == "tinymdm":
        complain(f"{path}: no header row; the {len(columns.fields)} columns were read in TinyMDM's order (see --dry-run).")
    else:
        read = ", ".join(f"{header or number} = {field or '-'}" for number, header, field in _columns(checked))
        complain(f"{path}: columns: {read} (change it with --map)")


def _columns(checked: UserFile) -> list[tuple[int, str, str]]:
    columns = checked.columns
    headers = columns.headers or ("",) * len(columns.fields)
    return [(number, header, field) for number, (header, field) in enumerate(zip(headers, columns.fields, strict=True), 1)]


# --- what would change ------------------------------------------------------------------------------------------------------


def _dry_run(socket: Path, path: Path, checked: UserFile, *, skip_bad: bool, json: bool) -> None:
    difference, why_not = compared(socket, checked)
    if json:
        as_json(_document(checked) | difference.document() | {"compared": not why_not})
    for note in (*checked.notes, *([why_not] if why_not else [])):
        complain(f"{path}: {note}")
    if not json:
        table(("column", "header", "is"), [(number, header, field or "(left out)") for number, header, field in _columns(checked)])
        say("")
        difference.show(checked)
    refuse_bad(path, checked, skip_bad)


def _document(checked: UserFile) -> dict[str, Any]:
    columns = [{"column": number, "header": header, "field": field or None} for number, header, field in _columns(checked)]
    return {
        "layout": checked.columns.layout,
        "columns": columns,
        "notes": list(checked.notes),
        "good": checked.good,
        "bad": checked.bad,
        "duplicate": checked.duplicates,
        "invite": checked.invited,
        "problems": [_problem(one) for one in checked.problems],
        "more_problems": checked.more_problems,
    }


def _problem(one: RowProblem) -> dict[str, object]:
    return {"line": one.line, "column": one.column, "value": one.value, "reason": one.reason}


# --- sending -----------------------------------------------------------------------------------------------------------------


def _import(socket: Path, checked: UserFile, *, json: bool) -> None:
    done = ask(socket, lambda client: _send(client, checked))
    done["skipped"] = checked.bad + checked.duplicates
    if json:
        as_json(done)
    else:
        _tell(done)
    if done["refused"] or done["invitations_refused"]:
        end(FAILED)


def _tell(done: dict[str, Any]) -> None:
    say(f"{done['added']} users added, {done['changed']} changed, {done['same']} as they were.")
    if done["invited"]:
        say(f"{_users(done['invited'])} invited by mail.")
    if done["had_a_code"]:
        say(f"{_users(done['had_a_code'])} not mailed: each had a code before. To send another: sixtap invite --resend")
    if done["mailed"]:
        say(f"{_users(done['mailed'])} mailed by the management service itself.")
    if done["not_mailed"]:
        complain(f"{_users(done['not_mailed'])} not mailed: the service mails those whom it creates; its console can do it again.")
    for one in done["unknown_there"]:
        complain(f"{one['user']} is not wholly known to the management service: {one['why']}")
    for one in done["refused"]:
        complain(f"{one['user']} was not invited: {one['why']}")
    if done["invitations_refused"]:
        complain(f"Nobody was invited from there on: {done['invitations_refused']}")
    if done["skipped"]:
        complain(f"{done['skipped']} rows were left out.")


def _users(count: int) -> str:
    return "1 user was" if count == 1 else f"{count} users were"


async def _send(client: Client, checked: UserFile) -> dict[str, Any]:
    done: dict[str, Any] = dict.fromkeys(("added", "changed", "same", "invited", "had_a_code", "mailed", "not_mailed"), 0)
    done |= {"refused": [], "unknown_there": [], "invitations_refused": ""}
    invited: dict[str, str] = {}  # what they are called, by id
    with typer.progressbar(length=checked.good, label="Importing", hidden=checked.good <= CHUNK, file=sys.stderr) as bar:
        async for rows, facts in sent(client, checked, wire.ImportUsers):
            for what in ("added", "changed", "same"):
                done[what] += int(facts[what])
            wanted = {user: row.email or row.name for user, row in zip(facts["users"], rows, strict=True) if row.send_email}
            if "mailed" in facts:  # the management service knows persons, and sends its own mail
                done["mailed"] += len(facts["mailed"])
                done["not_mailed"] += len(wanted.keys() - facts["mailed"])
                done["unknown_there"] += facts["unknown_there"]
            else:
                invited |= wanted
            bar.update(len(rows))
    await _invite(client, invited, done)
    return done


async def _invite(client: Client, called: Mapping[str, str], done: dict[str, Any]) -> None:
    """Have these users, who are called so, mailed their first codes. The import stands whatever comes of this."""
    users = list(called)
    with typer.progressbar(length=len(users), label="Inviting", hidden=len(users) <= MAILS, file=sys.stderr) as bar:
        for start in range(0, len(users), MAILS):
            some = tuple(users[start : start + MAILS])
            try:
                invited, refused = await invite(client, some)
                refused = [{**one, "user": called.get(one["user"], one["user"])} for one in refused]
            except Refused as why:
                done["invitations_refused"] = str(why)
                return
            done["invited"] += invited
            done["refused"] += refused
            done["had_a_code"] += len(some) - invited - len(refused)
            bar.update(len(some))


async def invite(client: Client, users: tuple[str, ...]) -> tuple[int, list[dict[str, str]]]:
    """How many of these users were sent their first code, or will be as soon as the mail server takes it; and who was not, and why.

    Those who had a code before are passed over.
    """
    facts = (await client.command(wire.InviteUsers(users=users, first=True))).facts
    invitations = wire.Invitations.model_validate(facts).invitations
    refused = [{"user": one.asked, "why": one.why} for one in invitations if one.outcome not in {"sent", "waiting"}]
    return len(invitations) - len(refused), refused
