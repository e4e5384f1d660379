"""`sixtap codes`: users' codes that a console exported, and devices that it lists."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from station import wire
from station.cli.options import JsonOption, SocketOption
from station.cli.printing import FAILED, WRONG_USE, as_json, ask, complain, end, say, table
from station.client import Client
from station.domain.called import People, Person
from station.domain.errors import BadRoster, WrongUse
from station.domain.policy import Mode, mode_of
from station.domain.rosterrows import Cells
from station.userfiles.reading import read_table

if TYPE_CHECKING:
    from station.assembly.exported import Found, Owned, Unread

app = typer.Typer(help="Users' codes that a console exported.", no_args_is_help=True, rich_markup_mode=None)
OUTCOMES = {"new": "new", "replaced": "in place of the one before", "same": "there already"}


@app.command("import")
def import_codes(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="PNG, JPEG, PDF or JSON files, folders or ZIP files.")],
    socket: SocketOption,
    named: Annotated[Path | None, typer.Option("--map", help="A table with the columns file and user; FILE.pdf#3 is a page.")] = None,
    mode: Annotated[str, typer.Option(help="The only mode that these codes are for, such as wpco.")] = "",
    expires: Annotated[
        str, typer.Option(help="The day until which they are valid, such as 2027-01-31; else they are permanent.")
    ] = "",
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Import the good ones although others are bad.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look at them.")] = False,
    json: JsonOption = False,
) -> None:
    """Keep users' codes, encrypted, until their units are settled. Each is read, checked and matched to its user first."""
    only, until = _mode(mode), _until(expires)
    said = _map(named) if named else {}
    people = ask(socket, _people)
    found, unread = _read(paths)
    from station.assembly.exported import owners  # imported here: the other commands need none of it

    good, refused = owners(found, people, said=said, mode=only)
    bad = [*(one for one in unread if not one.harmless), *refused]
    stop = not good or (bad and not skip_bad)
    outcomes = {} if stop else ask(socket, lambda client: _put(client, good, only, until, dry_run=dry_run))
    _tell(good, outcomes, bad, [one for one in unread if one.harmless], json=json)
    if stop:
        _refuse(f"{len(bad)} bad, {len(good)} good. Nothing was imported." if bad else "No code was found.")
    if not json:
        say(f"{len(good)} codes are good; nothing was imported." if dry_run else f"{len(good)} codes are kept.")
    if bad:
        end(FAILED)


def _read(paths: Sequence[Path]) -> tuple[list[Found], list[Unread]]:
    from station.assembly.exported import Unread, codes_in  # imported here: it needs OpenCV and a PDF reader

    found: list[Found] = []
    unread: list[Unread] = []
    with typer.progressbar(codes_in(paths), label="Reading", hidden=not sys.stderr.isatty(), file=sys.stderr) as bar:
        for one in bar:
            if isinstance(one, Unread):
                unread.append(one)
            else:
                found.append(one)
    return found, unread


async def _people(client: Client) -> People:
    people: list[Person] = []
    after: str | None = ""
    while after is not None:
        page = await client.users(after=after, limit=1000)
        people += (Person(user.id, user.name, user.email, user.account) for user in page.items)
        after = page.after
    return People(people)


async def _put(client: Client, good: Sequence[Owned], mode: Mode | None, until: float | None, *, dry_run: bool) -> dict[str, str]:
    codes = tuple(
        wire.ExportedCode.model_validate(
            {"user": one.person.id, "content": one.found.content, "source": one.found.source[-300:], "mode": mode, "expires": until}
        )
        for one in good
    )
    done = await client.command(wire.PutCodes(codes=codes, dry_run=dry_run))
    outcomes: dict[str, str] = done.facts["outcomes"]
    return outcomes


def _tell(good: Sequence[Owned], outcomes: dict[str, str], bad: Sequence[Unread], others: Sequence[Unread], *, json: bool) -> None:
    if json:
        rows = [{"file": one.found.source, "user": one.person.id, "what": outcomes.get(one.person.id)} for one in good]
        problems = [{"file": one.source, "reason": one.reason, "remedy": one.remedy} for one in bad]
        as_json({"codes": rows, "problems": problems, "ignored": [one.source for one in others]})
        return
    if good:
        shown = [(one.found.source, str(one.person), OUTCOMES.get(outcomes.get(one.person.id, ""), "good")) for one in good]
        table(("file", "user", "code"), shown)
    for one in bad:
        complain(str(one))
    for one in others:
        complain(f"Note: {one}")


@app.command("list")
def list_codes(socket: SocketOption, json: JsonOption = False) -> None:
    """Who has a code; never the code itself."""
    found = ask(socket, lambda client: client.codes()).items
    if json:
        as_json([one.model_dump(mode="json") for one in found])
        return
    columns = ("user", "e-mail", "kind", "mode", "valid until", "imported", "id")
    table(
        columns,
        [(one.name, one.email, _kind(one), one.mode or "any", _day(one.expires), _day(one.imported), one.user) for one in found],
    )


def _kind(one: wire.CodeView) -> str:
    return "damaged: import it again" if one.damaged else one.kind or ""


def _day(at: float | None) -> str:
    return "permanent" if at is None else f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}" if at else "-"


@app.command()
def purge(
    socket: SocketOption,
    users: Annotated[list[str] | None, typer.Argument(metavar="[USER...]", help="E-mails, ids, or names.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody's.")] = False,
    json: JsonOption = False,
) -> None:
    """Overwrite and remove codes before their units are settled."""
    if bool(users) == everybody:
        complain("Say whose: USER... or --all.")
        end(WRONG_USE)
    order = wire.PurgeCodes(users=None if everybody else tuple(users or ()))
    facts = ask(socket, lambda client: client.command(order)).facts
    as_json(facts) if json else say(f"{facts['purged']} codes were purged.")


@app.command()
def devices(
    file: Annotated[Path, typer.Argument(help="The console's device list: CSV or XLSX with a header row.")],
    socket: SocketOption,
    zone: Annotated[str, typer.Option(help="Time zone of its dates, such as Europe/Paris; else this machine's.")] = "",
    month_first: Annotated[bool, typer.Option("--month-first", help="03/04 is the 4th of March.")] = False,
    json: JsonOption = False,
) -> None:
    """Confirm enrollments by the console's device list, the whole of it; import it again when it has changed."""
    rows, where = _table(file), _zone(zone)
    people = ask(socket, _people)
    from station.assembly.exported.devicelist import Dates, read_devices  # imported here: the other commands need none of it

    try:
        found = read_devices(rows, people, Dates(time.time(), where, month_first))
    except BadRoster as why:
        _refuse(f"{file}: {why}")
    for problem in found.problems:
        complain(str(problem))
    if found.problems:
        _refuse(f"{file}: {len(found.problems)} bad rows. Nothing was imported.")
    columns = wire.DeviceRow.model_fields
    listed = tuple(
        wire.DeviceRow(user=one.person.id, **{name: getattr(one, name) for name in columns if name != "user"}) for one in found.devices
    )
    facts = ask(socket, lambda client: client.command(wire.PutDevices(devices=listed))).facts
    if json:
        as_json(facts | {"others": found.others, "timed": found.timed})
        return
    say(f"{facts['devices']} devices of users of this roster; {found.others} rows of others.")
    if not found.timed:
        complain("Warning: the list does not tell when devices enrolled; what it lists for the first time counts as enrolled now.")


@app.command()
def confirm(
    unit: Annotated[str, typer.Argument(help="The unit's id.")],
    socket: SocketOption,
    serial: Annotated[str, typer.Option(help="The serial number that the console shows.")] = "",
) -> None:
    """Give your word that the console has this unit's device; where bench and batch take it. The record names you."""
    ask(socket, lambda client: client.command(wire.ConfirmDevice(enrollment=unit, serial=serial)))
    say(f"The device of {unit} is confirmed by your word.")


def _mode(text: str) -> Mode | None:
    try:
        return mode_of(text) if text else None
    except WrongUse as why:
        _refuse(f"--mode: {why}")


def _until(text: str) -> float | None:
    if not text:
        return None
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        _refuse("--expires must be a day such as 2027-01-31.")
    return (day.replace(hour=23, minute=59) if len(text) == len("2027-01-31") else day).astimezone().timestamp()


def _zone(text: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(text) if text else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _refuse(f"--zone: {text[:60]!r} is no time zone; write one such as Europe/Paris.")


def _map(path: Path) -> dict[str, str]:
    from station.assembly.exported import read_map  # imported here: the other commands need none of it

    try:
        return read_map(_table(path))
    except BadRoster as why:
        _refuse(f"{path}: {why}")


def _table(path: Path) -> list[Cells]:
    try:
        return read_table(path)
    except OSError as why:
        _refuse(f"{path} cannot be read: {why.strerror}. Check its name.")
    except BadRoster as why:
        _refuse(f"{path}: {why}")


def _refuse(why: str) -> NoReturn:
    complain(why)
    end(WRONG_USE)
