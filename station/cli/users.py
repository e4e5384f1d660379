"""`sixtap users`: the roster."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import WRONG_USE, as_json, ask, complain, end, say, table
from station.client import Client
from station.domain.errors import BadRoster
from station.domain.roster import Roster, RowProblem, decode, read_roster

app = typer.Typer(help="People who get a device.", no_args_is_help=True, rich_markup_mode=None)
CHUNK = 500


def read_file(path: Path, json: bool = False) -> Roster:
    """A user file, read; bad rows are among its problems. Ends with code 2 and the reason when it is no user file at all."""
    try:
        roster = read_roster(decode(path.read_bytes()))
    except OSError as why:
        complain(f"{path} cannot be read: {why.strerror}. Check its name.")
        end(WRONG_USE)
    except BadRoster as why:
        problems = tuple(one for one in why.problems if isinstance(one, RowProblem))
        if json:
            as_json({"good": 0, "problems": [_problem(one) for one in problems]})
        complain(f"{path}: {why}")
        _print_problems(problems)
        end(WRONG_USE)
    return roster


def _print_problems(problems: tuple[RowProblem, ...]) -> None:
    for problem in problems:
        complain(str(problem))


def refuse_bad(path: Path, roster: Roster) -> None:
    """Nothing is imported from a file with a bad row."""
    if roster.problems:
        _print_problems(roster.problems)
        bad = len({problem.line for problem in roster.problems})
        rows = "row" if bad == 1 else "rows"
        complain(f"{path}: {bad} bad {rows}, {len(roster.rows)} good. Nothing was imported. Correct the file and import it again.")
        end(WRONG_USE)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV with a header row: name, and any of email, policy, mode, group.")],
    socket: SocketOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the file; no service is needed.")] = False,
    json: JsonOption = False,
) -> None:
    """Add users from a file, or change those whose e-mail is there already."""
    roster = read_file(file, json)
    if json and roster.problems:
        as_json({"good": len(roster.rows), "problems": [_problem(one) for one in roster.problems]})
    refuse_bad(file, roster)
    if dry_run:
        as_json({"good": len(roster.rows), "problems": []}) if json else say(f"{file}: {len(roster.rows)} good rows, none bad.")
        return
    added, changed = ask(socket, lambda client: _send(client, roster))
    as_json({"added": added, "changed": changed}) if json else say(f"{added} users added, {changed} changed.")


def _problem(one: RowProblem) -> dict[str, object]:
    return {"line": one.line, "column": one.column, "value": one.value, "reason": one.reason}


async def _send(client: Client, roster: Roster) -> tuple[int, int]:
    rows = tuple(
        wire.UserRow(name=row.name, email=row.email, policy=row.policy, mode=row.mode or None, group=row.group) for row in roster.rows
    )
    added = changed = 0
    with typer.progressbar(length=len(rows), label="Importing", hidden=len(rows) <= CHUNK, file=sys.stderr) as bar:
        for start in range(0, len(rows), CHUNK):
            done = await client.command(wire.ImportUsers(rows=rows[start : start + CHUNK]))
            added += int(done.facts["added"])
            changed += int(done.facts["changed"])
            bar.update(min(CHUNK, len(rows) - start))
    return added, changed


@app.command("list")
def list_users(socket: SocketOption, json: JsonOption = False) -> None:
    """All users."""

    async def fetch(client: Client) -> list[wire.UserView]:
        found: list[wire.UserView] = []
        after: str | None = ""
        while after is not None:
            page = await client.users(after=after)
            found += page.items
            after = page.after
        return found

    found = ask(socket, fetch)
    if json:
        as_json([one.model_dump(mode="json") for one in found])
    else:
        table(("id", "name", "email", "policy", "group"), [(u.id, u.name, u.email, u.policy, u.group) for u in found])
